"""``inspector rejudge`` as its users run it, against a real database: the same bytes always, and every way to fail."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from inspector.alerts.route import audiences
from inspector.cli import app as cli
from inspector.errors import SetupError
from inspector.model import Call, Facts
from inspector.pipeline import inspect_hearing
from inspector.rejudging.work import Task, rejudging
from inspector.reports.contract import JUDGEMENT
from inspector.rules.load import load_plan
from inspector.rules.plan import Plan
from inspector.storage import Store, sqlite_url
from tests.builders import hearing_of, turn

pytestmark = pytest.mark.slow

PACK = """
schema: inspector.rules/1
pack: test
rules:
  - {{id: banned.promise, version: {version}, title: 承诺, kind: forbidden, class: 测试, severity: high, status: stable,
     who: agent, match: {{phrases: [{promise}]}}, message: 坐席承诺收益, remedy: 辅导}}
  - {{id: urgent.theft, version: 1, title: 账户被盗用, kind: signal, class: 紧急, severity: critical, status: stable,
     who: customer, match: {{phrases: [{theft}]}}, message: 客户称被盗刷, remedy: 立即回拨, alert: duty_supervisor}}
"""
OLD = PACK.format(version=1, promise="稳赚不赔", theft="我要找你们领导")
NEW = PACK.format(version=2, promise="收益一定翻倍", theft="被盗刷了卡号是六二二二零二零一")
SAID = (
    ("A", "这款产品稳赚不赔"),  # fires under the old packs only
    ("A", "这款产品收益一定翻倍"),  # under the new ones only
    ("C", "我的卡被盗刷了卡号是六二二二零二零一"),  # alerts under the new ones only
    ("A", "您好云川银行"),
)
CALLS = 80
DAMAGED = "UPDATE stage_result SET data = '{' WHERE recording_id = (SELECT id FROM recording WHERE call_id = ?)"
MISSING = "DELETE FROM stage_result WHERE recording_id = (SELECT id FROM recording WHERE call_id = ?)"


def run(*arguments: str | Path) -> int:
    return cli._run([str(argument) for argument in arguments])


def packs_of(place: Path, text: str) -> Path:
    place.mkdir()
    (place / "test.yaml").write_text(text, encoding="utf-8")
    return place


@pytest.fixture
def new_packs(tmp_path: Path) -> Path:
    return packs_of(tmp_path / "new", NEW)


@pytest.fixture
def stored(home: Path, tmp_path: Path) -> list[str]:
    """Calls judged by the old packs, twenty of each kind, one a minute of one day; their ids in ascending order."""
    return store_calls(home, load_plan(packs_of(tmp_path / "old", OLD)), CALLS)


def store_calls(home: Path, plan: Plan, count: int) -> list[str]:
    calls = []
    with closing(Store.open(sqlite_url(home / "inspector.db"))) as store:
        for number in range(count):
            letter, text = SAID[number % len(SAID)]
            hearing = hearing_of(turn(letter, 1.0, text), duration_s=60.0)
            hearing = replace(hearing, recording=replace(hearing.recording, id=f"{number:064x}"))
            call = Call("pbx", str(number), Facts(start=f"2025-03-01T{9 + number // 60:02}:{number % 60:02}:00+08:00"))
            store.save(inspect_hearing(call, hearing, plan), "d", audiences=audiences(plan))
            calls.append(call.id)
    return sorted(calls)


Rejudge = Callable[..., tuple[int, bytes]]


@pytest.fixture
def rejudge(stored: list[str], new_packs: Path, tmp_path: Path) -> Rejudge:
    def rejudge(*more: str | Path) -> tuple[int, bytes]:
        out = tmp_path / "out.jsonl"
        code = run("rejudge", "--packs", new_packs, "--out", out, *more)
        return code, out.read_bytes()

    return rejudge


def objects(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.decode().splitlines()]


def change(home: Path, sql: str, call_id: str) -> None:
    with closing(sqlite3.connect(home / "inspector.db")) as database, database:
        assert database.execute(sql, [call_id]).rowcount


def rows(home: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(home / "inspector.db")) as database:
        return database.execute(sql).fetchall()


# ---- what is written -------------------------------------------------------------------------------------------------


def test_the_file_is_the_same_for_any_number_of_processes_and_every_time(
    rejudge: Rejudge, stored: list[str], home: Path
) -> None:
    code, content = rejudge("--jobs", "1")
    assert code == 0
    assert [rejudge("--jobs", jobs) for jobs in ("2", "3", "2")] == [(0, content)] * 3
    told = objects(content)
    assert [one["call"]["id"] for one in told] == stored
    assert {one["schema"] for one in told} == {JUDGEMENT}
    assert rows(home, "SELECT count(*) FROM inspection") == [(CALLS,)], "without --save nothing is kept"


def test_lines_and_table_say_what_changed(rejudge: Rejudge, capsys: pytest.CaptureFixture[str]) -> None:
    code, content = rejudge("--jobs", "1", "--lang", "en")
    shown = capsys.readouterr()
    changes = [(one["newly_fires"], one["no_longer_fires"]) for one in objects(content)]
    kinds = (([], ["banned.promise"]), (["banned.promise"], []), (["urgent.theft"], []), ([], []))
    assert [changes.count(kind) for kind in kinds] == [CALLS // 4] * 4
    table = [line.split() for line in shown.out.splitlines() if "." in line]
    assert table == [["banned.promise", "60", "20", "0", "20", "20"], ["urgent.theft", "20", "20", "0", "20", "0"]]
    assert "80 calls judged again" in shown.err
    assert code == 0


def test_numbers_are_masked_unless_raw_which_leaves_a_trace(rejudge: Rejudge, home: Path) -> None:
    _, masked = rejudge("--jobs", "1")
    _, raw = rejudge("--jobs", "1", "--raw")
    assert "六二二二零二零一" in raw.decode()
    quotes = [e["quote"] for one in objects(masked) for finding in one["findings"] for e in finding["evidence"]]
    assert "被盗刷了卡号是＊＊＊＊＊＊＊＊" in quotes
    assert not any("六二二二" in quote for quote in quotes)
    actions = rows(home, "SELECT action, detail FROM audit WHERE action LIKE 'rejudge%' ORDER BY seq")
    assert [action for action, _ in actions] == ["rejudge", "rejudge_raw"]
    assert json.loads(actions[0][1]) == {"calls": CALLS, "saved": False}


def test_what_was_written_is_recorded_and_private(rejudge: Rejudge, tmp_path: Path, home: Path) -> None:
    rejudge("--jobs", "1")
    out = tmp_path / "out.jsonl"
    assert out.stat().st_mode & 0o777 == 0o600
    assert rows(home, "SELECT path, call_id, kind FROM made_file") == [(str(out), None, "rejudge")]


def test_only_some_rules(rejudge: Rejudge) -> None:
    _, content = rejudge("--jobs", "1", "--rules", "urgent.theft")
    told = objects(content)
    assert {tuple(one["by_rule"]) for one in told} == {("urgent.theft",)}
    assert not any(one["no_longer_fires"] for one in told), "of other rules nothing is known"
    assert sum(len(one["findings"]) for one in told) == CALLS // 4


def test_only_some_calls(rejudge: Rejudge, stored: list[str], tmp_path: Path) -> None:
    _, everything = rejudge("--jobs", "1")
    wanted = [stored[40], stored[3], stored[40]]
    (tmp_path / "ids.txt").write_text("\n".join(wanted) + "\n\n", encoding="utf-8")
    code, content = rejudge("--calls", tmp_path / "ids.txt")
    lines = everything.splitlines(keepends=True)
    assert (code, content) == (0, lines[3] + lines[40])
    assert rejudge("--from", "2025-03-01", "--to", "2025-03-01") == (0, everything)


# ---- what is broken --------------------------------------------------------------------------------------------------


def test_calls_that_cannot_be_read_fail_alone(
    rejudge: Rejudge, stored: list[str], home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, whole = rejudge("--jobs", "1")
    change(home, DAMAGED, stored[5])
    change(home, MISSING, stored[50])
    (tmp_path / "ids.txt").write_text("\n".join([*stored, "f" * 24]), encoding="utf-8")
    code, content = rejudge("--jobs", "2", "--calls", tmp_path / "ids.txt")
    assert code == 1
    told = objects(content)
    assert [one["call"]["id"] for one in told] == sorted([*stored, "f" * 24])
    kinds = {one["call"]["id"]: one["error"]["kind"] for one in told if "error" in one}
    assert kinds == {stored[5]: "unreadable", stored[50]: "no_hearing", "f" * 24: "not_on_record"}
    others = [line for line in content.splitlines() if b'"error"' not in line]
    assert others == [line for number, line in enumerate(whole.splitlines()) if number not in (5, 50)]
    shown = capsys.readouterr()
    assert all(one in shown.err for one in kinds)


def test_a_database_that_is_not_there(home: Path, new_packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rejudge", "--packs", new_packs) == 3
    assert not home.exists()
    assert "inspector.db" in capsys.readouterr().err.replace("\n", "")


def test_packs_that_changed_meanwhile_are_not_judged_by(new_packs: Path, tmp_path: Path) -> None:
    task = Task(sqlite_url(tmp_path / "x.db"), "Asia/Shanghai", new_packs, "another digest")
    with pytest.raises(SetupError, match="changed"), rejudging(task):
        pass


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--from", "2025-03-02"], 2),
        (["--to", "2025-02-28"], 2),
        (["--from", "2025-03-02", "--to", "2025-03-01"], 2),
        (["--from", "2025-02-30"], 2),
        (["--calls", "ids.txt", "--from", "2025-03-01"], 2),
        (["--calls", "gone.txt"], 2),
        (["--calls", "empty.txt"], 2),
        (["--calls", "wrong.txt"], 2),
        (["--rules", "urgent.theft,no.such"], 2),
        (["--rules", "urgent.theft", "--save"], 2),
        (["--jobs", "0"], 2),
        (["--out", "no/such/directory.jsonl"], 2),
        (["--packs", "empty"], 3),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_asked_for(
    home: Path,
    new_packs: Path,
    tmp_path: Path,
    arguments: list[str],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    stored = store_calls(home, load_plan(new_packs), 1)
    (tmp_path / "empty").mkdir()
    (tmp_path / "ids.txt").write_text(stored[0], encoding="utf-8")
    (tmp_path / "empty.txt").write_text("\n", encoding="utf-8")
    (tmp_path / "wrong.txt").write_text(f"{stored[0]}\n13800138000\n", encoding="utf-8")
    packs = [] if "--packs" in arguments else ["--packs", new_packs]
    assert run("rejudge", *packs, *arguments) == code
    shown = capsys.readouterr()
    assert shown.err
    assert "Traceback" not in shown.err
    assert "13800138000" not in shown.err


# ---- what is kept ----------------------------------------------------------------------------------------------------


def test_saved_inspections_raise_nothing_and_the_run_can_be_repeated(rejudge: Rejudge, home: Path) -> None:
    queues = ("SELECT * FROM alert ORDER BY 1, 2", "SELECT * FROM review_item ORDER BY 1")
    before = [rows(home, sql) for sql in queues]
    code, content = rejudge("--jobs", "2", "--save")
    assert code == 0
    assert rows(home, "SELECT count(*), count(DISTINCT packs) FROM inspection") == [(2 * CALLS, 2)]
    fired = "SELECT count(*) FROM finding WHERE rule_id = 'urgent.theft' AND outcome = 'fires'"
    assert rows(home, fired) == [(CALLS // 4,)]
    assert [rows(home, sql) for sql in queues] == before
    assert rejudge("--jobs", "1", "--save") == (0, content), "compared with the old packs again, not with itself"
    assert rows(home, "SELECT count(*) FROM inspection") == [(2 * CALLS,)]


# ---- interrupted -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_no_file_and_can_be_started_again(
    rejudge: Rejudge, new_packs: Path, tmp_path: Path, home: Path, sent: signal.Signals
) -> None:
    out = tmp_path / "later" / "out.jsonl"
    out.parent.mkdir()
    command = [sys.executable, "-m", "inspector", "rejudge", "--packs", new_packs, "--out", out, "--jobs", "2"]
    environment = os.environ | {"INSPECTOR_HOME": str(home)}
    for _ in range(10):  # on a busy machine it may be done before it is caught
        process = subprocess.Popen(
            command, env=environment, stderr=subprocess.PIPE, start_new_session=True, preexec_fn=heed_ctrl_c
        )
        wait_for(lambda: any(out.parent.iterdir()))
        os.killpg(process.pid, signal.SIGSTOP)
        wait_for(lambda pid=process.pid: state_of(pid) in "TDZ")  # not at once; D: waits for a stopped child
        if not out.exists():
            break
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        out.unlink()
    # As a terminal does: to all its processes. SIGTERM comes from a service manager, to the first one.
    (os.killpg if sent is signal.SIGINT else os.kill)(process.pid, sent)
    os.killpg(process.pid, signal.SIGCONT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told.decode()
    assert b"Traceback" not in told
    assert list(out.parent.iterdir()) == []
    code, content = rejudge()
    assert (code, len(objects(content))) == (0, CALLS)


def heed_ctrl_c() -> None:
    """A shell tells what it starts in the background to ignore it, and that is handed down."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def state_of(pid: int) -> str:
    """The letter of /proc: R running, S sleeping, T stopped, D not to be interrupted, Z ended."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]


def wait_for(what: Callable[[], bool]) -> None:
    until_s = monotonic() + 60
    while not what():
        assert monotonic() < until_s
        sleep(0.005)
