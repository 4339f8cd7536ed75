"""The commands: what they do, that what people typed is shown masked, and workbooks with typed cells."""

from __future__ import annotations

import json
import os
import pwd
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from inspector.cli.app import main
from inspector.config import load_settings
from inspector.review.records import Answer
from inspector.roles import Person, Role
from inspector.storage import Store
from inspector.storage.configured import open_store, store_url
from inspector.storage.queues import Reason
from inspector.storage.reviews.items import NewItem
from inspector.storage.tasks.following import calibration_submitted
from tests.accepted import BOSS
from tests.databases import Database
from tests.decided import RULE, call_of, decide, judge

ME = pwd.getpwuid(os.getuid()).pw_name
PHONE = "13800138000"


@pytest.fixture
def found(home: Path) -> str:
    """A call with a final finding in the installation."""
    now = datetime.now(UTC)
    with closing(open_store(load_settings())) as store:
        call_id = call_of(store, "1", now)
        with _database().connection() as connection:
            decide(connection, call_id, now)
    return call_id


def code_of(*arguments: str) -> object:
    with pytest.raises(SystemExit) as left:
        main([*arguments, "--lang", "en"])
    return left.value.code


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert code_of(*arguments) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in run(capsys, *arguments, "--json").splitlines()]


def test_an_entry_from_end_to_end(found: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add = ("rectification", "add", "--content", "话术检查", "--rule", RULE, "--call", found)
    run(capsys, *add, "--finding", f"承诺收益，客户 {PHONE}")
    ((entry,)) = lines(capsys, "rectification", "list")
    assert (entry["schema"], entry["state"], entry["team"]) == ("inspector.rectification/1", "open", "一组")
    assert PHONE not in str(entry) and "承诺收益" in str(entry["finding"])
    one = str(entry["id"])
    run(capsys, "rectification", "measure", one, "--measure", "培训", "--owner", "li", "--due", "2099-01-02")
    shown = run(capsys, "rectification", "done", one, "--result", "完成", "--evidence", "签到表", "--version", "2")
    assert PHONE not in shown and "done, to be verified" in shown
    assert code_of("rectification", "verify", one) == 4
    assert "another person" in capsys.readouterr().err
    run(capsys, "rectification", "reopen", one, "--why", "未见成效")
    (kept,) = lines(capsys, "rectification", "show", one)
    assert [step["deed"] for step in kept["steps"]] == ["add", "measure", "done", "reopen"]  # type: ignore[attr-defined]
    book = tmp_path / "ledger.xlsx"
    run(capsys, "rectification", "export", str(book))
    header, row = openpyxl.load_workbook(book)["整改台账"].iter_rows()
    cells = {str(title.value): cell for title, cell in zip(header, row, strict=True)}
    assert len(cells) == 22
    assert (cells["检查时间"].is_date, cells["完成期限"].is_date) == (True, True)
    assert (cells["重新整改次数"].value, cells["重新整改次数"].data_type, cells["状态"].value) == (1, "n", "重新整改")
    assert PHONE not in cells["发现的问题"].value
    assert (cells["销号时间"].value, cells["核实人"].value) == (None, None)


def test_coaching_and_cases(found: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "coaching", "give", "--rule", RULE, "--call", found, "--coach", ME, "--task", f"回拨 {PHONE}")
    (task,) = lines(capsys, "coaching", "list")
    assert (task["schema"], task["state"], task["too_few"]) == ("inspector.coaching/1", "given", False)
    assert task["clips"] == [{"call_id": found, "start_s": 10.0, "end_s": 12.0}]
    assert code_of("coaching", "acknowledge", str(task["id"])) == 4
    capsys.readouterr()
    shown = run(capsys, "coaching", "done", str(task["id"]))
    assert PHONE not in shown + str(task) and "next calls heard: 0 of 5" in shown
    run(capsys, "coaching", "case", "--rule", RULE, "--call", found, "--text", "未提示风险", "--team", "一组")
    (case,) = lines(capsys, "coaching", "cases")
    assert (case["text"], case["teams"], case["read"], case["late"]) == ("未提示风险", ["一组"], [], False)


def test_a_session_from_end_to_end(found: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now, people = datetime.now(UTC), ("ann", "ben", ME)
    with closing(open_store(load_settings())) as store:
        _people(store, people, now)
        policy = store._review
    named = [word for name in people for word in ("--person", name)]
    run(capsys, "calibration", "open", "--title", "三月", "--call", found, *named)
    ((session,)) = lines(capsys, "calibration", "list")
    one = str(session["id"])
    with _database().connection() as connection:
        for name, answer in zip(people, (Answer.CONFIRMED, Answer.CONFIRMED, Answer.FALSE_ALARM), strict=True):
            item = NewItem(found, Reason.CALIBRATION, f"{one}\0{name}", None)
            submitted = judge(connection, item, name, {RULE: answer}, now)
            calibration_submitted(connection, submitted, policy, now)
    agree = ("--call", found, "--rule", RULE, "--agreed", "violated", "--note", f"如 {PHONE}", "--card-item", "c1")
    assert PHONE not in run(capsys, "calibration", "agree", one, *agree)
    shown = run(capsys, "calibration", "close", one)
    assert "differs" in shown and "too few to say" in shown and "outside of the targets" in shown
    (note,) = lines(capsys, "calibration", "notes", "--rule", RULE)
    assert (note["agreed"], note["card_item"], PHONE in str(note)) == ("violated", "c1", False)
    book = tmp_path / "march.xlsx"
    run(capsys, "calibration", "export", one, str(book))
    read = openpyxl.load_workbook(book)
    assert [row[0].value for row in read["人员"].iter_rows(min_row=2)] == sorted(people)
    assert {type(row[2].value) for row in read["人员"].iter_rows(min_row=2)} <= {int, float}
    assert read["逐项意见"].cell(2, 6).value == "违规成立"


def test_duty(found: str, capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC)
    times = [f"{now + timedelta(hours=at):%Y-%m-%dT%H:%M}" for at in (-20, 30)]
    run(capsys, "duty", "plan", "--person", "li", "--audience", "team_lead", "--from", times[0], "--to", times[1])
    assert [one["person"] for one in lines(capsys, "duty", "now")] == ["li"]
    assert "gap" in run(capsys, "duty", "plan")
    assert code_of("duty", "plan", "--person", "li") == 2
    note = run(capsys, "duty", "hand-over", "--audience", "team_lead", "--note", f"回拨 {PHONE}")
    assert PHONE not in note and "0 overdue appeals" in note
    (kept,) = lines(capsys, "duty", "list")
    assert code_of("duty", "take-over", str(kept["id"])) == 4
    assert code_of("duty", "hand-over", "--audience", "nobody") == 2


def _database() -> Database:
    return Database(store_url(load_settings()))


def _people(store: Store, names: tuple[str, ...], now: datetime) -> None:
    for name in reversed(names):
        store.people.add(BOSS, Person(name, frozenset({Role.ADMIN, Role.QA_LEAD})), now)
