"""质检日报 of a small day: the same figures in workbook, page and JSON, masked, private, noted."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from inspector.cli import app as cli
from inspector.cli import nightly as command
from inspector.cli.night_report import gather, write_files
from inspector.config import Settings, load_settings
from inspector.errors import ErrorKind, RecordingError
from inspector.model import Call, Facts
from inspector.night.closing import close_night
from inspector.night.records import CdrCall, Fate, Listed
from inspector.roles import Actor, Role
from inspector.storage import Store
from inspector.storage.configured import open_store
from inspector.storage.ledger import Intake
from tests.accepted import hearing, inspection, kept, leg, sha256_of

DAY = date(2025, 3, 1)
ACTOR = Actor("tester", frozenset({Role.OPERATIONS}))
NUMBER = "13812345678"
START = "2025-03-01T09:30:00+08:00"


@pytest.fixture
def settings(home: Path) -> Settings:
    return load_settings(home=home)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """Five calls: three judged, one without its file, one open; one excluded, one row of no call; one not recorded."""
    with closing(open_store(settings)) as opened:
        calls = [Call("manifest", f"{NUMBER}-{no}", Facts(team="=T1", start=START)) for no in range(5)]
        opened.ledger.accept([Intake(call, (leg(no),)) for no, call in enumerate(calls)])
        opened.nights.begin(DAY, "tester")
        rows = [Listed(call.id, Fate.ACCEPTED, 2, source_call_id=call.source_call_id) for call in calls]
        rows += [Listed("e" * 24, Fate.EXCLUDED, 7, reason="bot", source_call_id="B-1")]
        rows += [Listed("f" * 24, Fate.FAULTY, 8, reason="bad_manifest_row", is_call=False)]
        opened.nights.put(DAY, rows)
        switch = [CdrCall(call.id, call.source_call_id, START, 5.0, True, "L1", None) for call in calls]
        opened.nights.put_cdr(DAY, [*switch, CdrCall("d" * 24, "lost", START, 60.0, True, "L2", None)])
        for no, call in enumerate(calls[:4]):
            (claim,) = opened.ledger.claim([call.id], "worker", 60)
            if no == 3:
                opened.ledger.reject(call.id, claim.fence, [RecordingError(ErrorKind.NOT_FOUND, "gone", "find it")])
            else:
                opened.ledger.finish(claim.fence, inspection(claim.call, hearing(sha256_of(no))), kept())
        yield opened


def test_workbook_page_and_json_say_the_same(store: Store, settings: Settings, tmp_path: Path) -> None:
    store.nights.sign_off(DAY, "lead", "storage lost")
    assert close_night(DAY, settings=settings, store=store, actor=ACTOR) == 1
    book, page, data = write_files(gather(DAY, store, settings), tmp_path / "out", store)

    said = json.loads(data.read_text("utf-8"))
    assert said["balance"]["rejected"] == {"bad_manifest_row": 1, "not_found": 1}
    assert (said["balance"]["sum"], said["balance"]["balanced"], said["closed"]) == (7, True, True)
    assert said["cdr"]["not_recorded"] == {"file_missing": 1, "not_listed": 1}
    assert [draw["listed"] for draw in said["draws"]] == [6], "all listed calls; a row of no known call has no id"

    sheets = openpyxl.load_workbook(book)
    assert sheets.sheetnames == [
        "①概况",
        "②抽检执行",
        "③规则命中",
        "④高危预警",
        "⑤班组",
        "⑥录音问题",
        "⑦线路",
        "⑧说明",
    ]
    overview = {row[0]: row[1] for row in sheets["①概况"].iter_rows(min_row=2, values_only=True)}
    assert (overview["当日 清单通话"], overview["当日 已检"], overview["当日 未完成"]) == (7, 3, 1)
    assert sheets["③规则命中"]["F2"].value == 3
    assert sheets["⑤班组"]["A3"].value == "=T1"
    assert sheets["⑤班组"]["A3"].data_type == "s"
    problems = {row[2] for row in sheets["⑥录音问题"].iter_rows(min_row=2, values_only=True)}
    missing = {"录音文件缺失（漏录）", "录音清单无此通话（漏录）", "话单中没有此通话"}
    assert problems == {"拒收", "未完成（已签核）"} | missing

    html = page.read_text("utf-8")
    assert "命中（待复核）" in html
    assert not re.findall(r'(?:src|href)="(?!#)', html), "it loads nothing"
    cells = "".join(str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row)
    for text in (html, data.read_text("utf-8"), cells):
        assert NUMBER not in text
        assert "稳赚不赔" not in text
    assert {stat.S_IMODE(one.stat().st_mode) for one in (book, page, data)} == {0o600}
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700


def test_an_open_run_tells_so_and_a_run_that_never_was_is_no_run(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli._run(["nightly", "status", "--date", "2025-03-01", "--lang", "en"]) == 1
    assert "7 listed = 3 judged + 2 rejected + 1 excluded + 0 quarantined + 1 open" in capsys.readouterr().out
    assert cli._run(["nightly", "status", "--date", "2025-03-02", "--lang", "en"]) == 2


def test_closing_twice_draws_once(store: Store, settings: Settings) -> None:
    store.nights.sign_off(DAY, "lead", "storage lost")
    assert close_night(DAY, settings=settings, store=store, actor=ACTOR) == 1
    assert close_night(DAY, settings=settings, store=store, actor=ACTOR) is None
    assert len(store.draws.of(DAY)) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["nightly", "--date", "2025-03-01", "--manifest", "calls.csv"],
        ["nightly", "status", "--date", "2025-03-01"],
        ["nightly", "sign-off", "--date", "2025-03-01", "--reason", "x"],
    ],
)
def test_who_has_no_role_may_not(store: Store, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setattr(command, "actor_of", lambda *_: Actor("zhang", frozenset({Role.AGENT})))
    assert cli._run(arguments) == 4


def test_a_signature_needs_a_reason(store: Store) -> None:
    assert cli._run(["nightly", "sign-off", "--date", "2025-03-01", "--reason", " "]) == 2
    assert cli._run(["nightly", "--date", "2025-03-01"]) == 2
