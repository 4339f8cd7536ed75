"""Who drives and who follows, what is told meanwhile; without workers."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from inspector.cli import nightly as command
from inspector.cli.messages import say
from inspector.cli.nightly import _NightLine
from inspector.night.drive import NightJob, drive
from inspector.night.lease import DriversLease
from inspector.night.lists import DayList, digest_of
from inspector.night.pace import Pace, Progress
from inspector.storage import Store, sqlite_url
from inspector.storage.nights import lease_of
from tests.waiting import until

DAY = date(2025, 3, 1)
NAME = lease_of(DAY)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(sqlite_url(tmp_path / "inspector.db"))) as opened:
        yield opened


def job(store: Store, sheet: Path, closed: list[date], lease_s: float = 0.3) -> NightJob:
    def close(day: date) -> None:
        closed.append(day)
        store.nights.close(day, {}, "tester")

    day_list = DayList(sheet, digest_of(sheet), b"key", DAY, store.business_date, ())
    return NightJob(day_list, datetime.now(UTC) + timedelta(minutes=5), lease_s, 0.02, "tester", close)


@pytest.fixture
def empty_list(tmp_path: Path) -> Path:
    path = tmp_path / "calls.csv"
    path.write_text("call_id,path\n", "utf-8")
    return path


def test_an_empty_day_is_closed_by_whoever_drives_and_only_once(store: Store, empty_list: Path) -> None:
    closed: list[date] = []
    assert drive(job(store, empty_list, closed), store, lambda *_: None)
    assert drive(job(store, empty_list, closed), store, lambda *_: None)
    assert closed == [DAY]


def test_a_follower_waits_for_the_driver_and_takes_over_when_it_is_gone(store: Store, empty_list: Path) -> None:
    closed: list[date] = []
    driving: list[bool] = []
    with DriversLease(store.ledger, NAME, 0.3) as other:
        assert other.held
        told = job(store, empty_list, closed)
        follower = Thread(target=drive, args=(told, store, lambda _progress, _pace, held: driving.append(held)))
        follower.start()
        until(lambda: len(driving) > 3)
        assert not any(driving)
        assert closed == []
    follower.join()
    assert closed == [DAY]
    assert driving[-1]


def test_a_lease_that_its_holder_does_not_renew_goes_to_another(store: Store) -> None:
    assert store.ledger.elect(NAME, "killed", 0.2)
    with DriversLease(store.ledger, NAME, 0.3) as lease:
        until(lambda: lease.held)


def test_progress_is_told_once_and_idleness_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(command, "monotonic", lambda: clock[0])
    told = io.StringIO()
    console = Console(file=told, width=300)
    waiting = Progress(3, 1, 0, 2, 0, 0, 0, 0, 120.0, 0.0)
    pace = Pace()
    deadline = datetime(2025, 3, 2, 6, tzinfo=ZoneInfo("Asia/Shanghai"))
    with _NightLine(console, partial(say, "en"), deadline, ZoneInfo("Asia/Shanghai")) as line:
        for now_s in (0.0, 1.0, 59.0, 61.0, 62.0):
            clock[0] = now_s
            pace.note(waiting, now_s)
            line.show(waiting, pace, True)
    lines = told.getvalue().splitlines()
    assert [text for text in lines if "nothing has been claimed for 61 s" in text]
    assert len([text for text in lines if "claimed" in text]) == 1
    assert len([text for text in lines if "3 listed, 0 ended, 2 open" in text]) == 2, "every ten seconds"
    assert lines[0] == "this process drives it."
