"""``inspector nightly`` with real processes: two at once, a killed driver, a deadline, a signature, late calls."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from inspector.cli import app as cli
from inspector.config import Settings
from inspector.night.drive import NightJob, drive
from inspector.night.lists import DayList, digest_of
from inspector.storage import Store
from inspector.storage.configured import open_store, store_url
from tests.databases import Database
from tests.night_machine import DAY, environment, generated_day, machine, nightly, write_list
from tests.servers import eventually


def database(home: Path) -> Database:
    return Database(store_url(Settings(home=home)))


def ended(process: subprocess.Popen[str]) -> tuple[int, dict[str, Any]]:
    out, err = process.communicate(timeout=90)
    assert process.returncode in (0, 1), err
    return process.returncode, json.loads(out)


def test_two_at_once_are_one_run_that_balances_with_one_draw(tmp_path: Path) -> None:
    place = tmp_path / "home"
    rows = generated_day(tmp_path / "calls", 200)
    rows += generated_day(tmp_path / "calls", 1, 900, channel="bot")
    rows += [{**rows[0], "call_id": "C-gone", "path": "gone.wav"}, {**rows[0], "call_id": "", "path": "x.wav"}]
    rows += [{**rows[0], "call_id": "C-other", "start": "2025-03-02T09:30:00+08:00"}]
    sheet = write_list(tmp_path / "calls.csv", rows)
    switch = [{"call_id": row["call_id"], "start": row["start"], "talk_s": 5, "line": "L1"} for row in rows[:200]]
    switch += [{"call_id": "C-lost", "start": rows[0]["start"], "talk_s": 80, "line": "L2"}]
    switch += [{"call_id": "C-rang", "start": rows[0]["start"], "talk_s": 0, "line": "L2"}]
    cdr = write_list(tmp_path / "cdr.csv", switch)
    given = ["--date", DAY, "--manifest", sheet, "--cdr", cdr, "--json"]
    rule = '[{"name": "bot", "when": ["channel=bot"]}]'
    with machine(place):
        both = [nightly(place, *given, "--out", tmp_path / "reports", exclude=rule) for _ in range(2)]
        (code, one), (other_code, other) = map(ended, both)

    assert (code, other_code) == (0, 0)
    assert one["balance"] == other["balance"]
    balance = one["balance"]
    assert (balance["listed"], balance["judged"], balance["open"]) == (203, 200, 0)
    assert balance["rejected"] == {"bad_manifest_row": 1, "not_found": 1}
    assert balance["excluded"] == {"bot": 1}
    assert balance["balanced"]
    assert one["elsewhere"] == 1
    assert one["cdr"]["calls"] == 202
    assert one["cdr"]["not_recorded"] == {"not_answered": 1, "not_listed": 1}
    assert [draw["listed"] for draw in one["draws"]] == [202]
    assert database(place).rows("SELECT count(*) FROM run") == [(1,)]
    assert database(place).rows("SELECT count(*) FROM event WHERE kind = 'run.closed'") == [(1,)]
    assert database(place).rows("SELECT count(*) FROM audit WHERE action = 'night_close'") == [(1,)]
    files = sorted(path.suffix for path in (tmp_path / "reports").iterdir())
    assert files == [".html", ".json", ".xlsx"]


def test_the_follower_ends_the_run_whose_driver_was_killed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    sheet = write_list(tmp_path / "calls.csv", generated_day(tmp_path / "calls", 40))
    given = ["--date", DAY, "--manifest", sheet, "--json"]
    driver = nightly(home, *given)
    eventually(lambda: (home / "inspector.db").exists() and _listed(home) == 40)
    follower = nightly(home, *given)
    time.sleep(1)
    driver.send_signal(signal.SIGKILL)
    driver.communicate()
    with machine(home):
        code, report = ended(follower)
    assert code == 0
    assert (report["balance"]["judged"], report["balance"]["balanced"]) == (40, True)
    assert len(report["draws"]) == 1


def _listed(home: Path) -> int:
    try:
        return int(database(home).rows("SELECT count(*) FROM listed")[0][0])
    except Exception:  # noqa: BLE001 - the schema is being made
        return 0


def test_at_the_deadline_it_stays_open_and_is_signed_off_and_late_calls_are_a_part(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment(home).items():
        monkeypatch.setenv(name, value)
    rows = generated_day(tmp_path / "calls", 3)
    sheet = write_list(tmp_path / "calls.csv", rows)
    with closing(open_store(Settings(home=home))) as store:
        _run_past_its_deadline(store, sheet)
    given = ["nightly", "--date", DAY, "--manifest", str(sheet), "--json"]

    assert cli._run(["nightly", "status", "--date", DAY, "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["closed"], report["balance"]["open"]) == (False, 3)

    assert cli._run(["nightly", "sign-off", "--date", DAY, "--reason", "storage lost"]) == 0
    assert capsys.readouterr().out == "3 open calls are signed off.\nclosed.\n"
    assert cli._run(given) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["closed"], report["balance"]["open"]) == (True, 3)
    assert [part["reason"] for part in report["parts"]] == ["storage lost"]
    assert database(home).rows("SELECT count(*) FROM listed WHERE signed") == [(3,)]

    write_list(sheet, rows + generated_day(tmp_path / "calls", 2, 10))
    with machine(home):
        assert cli._run(given) == 0
    report = json.loads(capsys.readouterr().out)
    assert [draw["listed"] for draw in report["draws"]] == [3, 2]
    assert [part["part"] for part in report["parts"]] == [1, 2]
    assert report["parts"][1]["now"]["listed"] == 2


def _run_past_its_deadline(store: Store, sheet: Path) -> None:
    day = DayList(sheet, digest_of(sheet), b"k", date.fromisoformat(DAY), store.business_date, ())
    job = NightJob(day, datetime.now(UTC), 5.0, 0.1, "tester", lambda _: pytest.fail("nothing ended"))
    assert not drive(job, store, lambda *_: None)
