"""``inspector status`` and what ``inspector up`` tells, without a worker and without Redis."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from inspector.cli import app as cli
from inspector.cli import work
from inspector.cli.messages import say
from inspector.cli.work import StatusLine, run_up, run_worker
from inspector.config import Settings, load_settings
from inspector.enums import WorkQueue, WorkState
from inspector.errors import ModelError, PackError, UsageError
from inspector.model import Call
from inspector.reports.objects import status_object
from inspector.storage import Store, sqlite_url
from inspector.storage.ledger import RELAY, Counts, Intake, IntakeLeg, QueueCount
from workers.children import ChildSpec
from workers.machine import Crew, children_of
from workers.supervisor import Overview

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def run(*arguments: str) -> int:
    return cli._run(list(arguments))


def counts(waiting_s: float, done_s: float) -> Counts:
    rows = (
        QueueCount(WorkQueue.BATCH, WorkState.WAITING, 4, waiting_s),
        QueueCount(WorkQueue.BATCH, WorkState.DONE, 2, done_s),
    )
    return Counts(rows, NOW - timedelta(minutes=5), 1, 0, "machine:1:ab")


# ---- status ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def store(home: Path) -> Store:
    """Two urgent calls, one of them claimed, and a batch call put aside."""
    store = Store.open(sqlite_url(home / "inspector.db"))
    legs = (IntakeLeg(1, None, None),)
    store.ledger.accept(
        [
            Intake(Call("test", "a"), legs, WorkQueue.URGENT, 60),
            Intake(Call("test", "b"), legs, WorkQueue.URGENT, 30),
            Intake(Call("test", "c"), legs, WorkQueue.BATCH, 10),
        ]
    )
    store.ledger.claim([Call("test", "a").id], "worker", 60)
    store.ledger.quarantine([Call("test", "c").id], "a test", "tester")
    return store


def test_status_needs_nothing_but_the_database(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    store.close()
    assert run("status", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "inspector.status/1"
    assert told["queues"]["urgent"]["running"] == {"calls": 1, "audio_s": 60.0}
    assert told["queues"]["urgent"]["waiting"] == {"calls": 1, "audio_s": 30.0}
    assert told["queues"]["batch"]["quarantined"] == {"calls": 1, "audio_s": 10.0}
    assert (told["unsent"], told["stale_commits"], told["relay"]) == (1, 0, None)
    assert told["oldest_waiting_at"].endswith("+00:00")


def test_status_for_people(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("status") == 0
    shown = capsys.readouterr().out
    assert "没有派发进程" in shown
    assert "隔离 1 通，需要人工处理" in shown
    store.ledger.elect(RELAY, "machine:1:ab", 60)
    store.close()
    assert run("status", "--lang", "en") == 0
    shown = capsys.readouterr().out
    assert "the relay is machine:1:ab" in shown
    assert "1 are not sent yet" in shown


def test_status_without_a_database_is_a_setup_error(home: Path) -> None:
    assert run("status") == 3
    assert not home.exists(), "asking makes nothing"


def test_every_queue_and_state_is_told_even_when_there_is_none() -> None:
    told = status_object(Counts((), None, 0, 0, None), NOW)
    assert set(told["queues"]) == set(WorkQueue)
    assert all(set(states) == set(WorkState) for states in told["queues"].values())
    assert told["oldest_waiting_at"] is None


# ---- up --------------------------------------------------------------------------------------------------------------


def overview(*, draining: bool = False) -> Overview:
    return Overview((), draining, 0.0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that the line sees; the test sets it."""
    now_s = [0.0]
    monkeypatch.setattr(work, "monotonic", lambda: now_s[0])
    return now_s


def test_the_line_tells_speed_and_time_left(clock: list[float]) -> None:
    """::

    0 s                     100 s
    1000 s done             1500 s done, 2000 s wait: 5 × real time, 400 s left
    """
    out = io.StringIO()
    line = StatusLine(Console(file=out, width=200), partial(say, "en"))
    line.show(counts(3000, 1000), overview())
    clock[0] = 100.0
    line.show(counts(2000, 1500), overview())
    first, second = out.getvalue().splitlines()
    assert "… × real time, about … left" in first
    assert "4 waiting, 0 running, 2 done" in second
    assert "0.14 h of audio done in this run, 5.0 × real time, about 6:40 left" in second


def test_the_line_is_told_when_it_changes_and_now_and_then(clock: list[float]) -> None:
    out = io.StringIO()
    line = StatusLine(Console(file=out, width=200), partial(say, "en"))
    for clock[0], seen in [(0, counts(9, 0)), (20, counts(9, 0)), (21, counts(8, 0)), (25, counts(7, 0))]:
        line.show(seen, overview())
    assert len(out.getvalue().splitlines()) == 2


def test_a_database_that_is_away_and_the_end_are_told(clock: list[float]) -> None:
    out = io.StringIO()
    line = StatusLine(Console(file=out, width=300), partial(say, "zh"))
    line.show(None, overview())  # nothing was read yet
    line.show(counts(9, 0), overview())
    clock[0] = 60
    line.show(None, overview())
    line.show(None, overview(draining=True))
    _, away, draining = out.getvalue().splitlines()
    assert "数据库没有回应" in away
    assert draining.startswith("正在收工")


def test_who_is_started_for_whom() -> None:
    settings = load_settings()
    assert children_of(Crew(1, 2, relay=True), settings) == (
        ChildSpec("valkey", "workers.valkey", is_server=True),
        ChildSpec("relay", "workers.relay"),
        ChildSpec("courier", "workers.courier"),
        ChildSpec("urgent-1", "workers.run", ("urgent",)),
        ChildSpec("batch-1", "workers.run", ("batch",), niceness=10),
        ChildSpec("batch-2", "workers.run", ("batch",), niceness=10),
    )


def test_a_server_of_the_banks_own_is_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECTOR_WORK__REDIS_URL", "rediss://queue.bank.example/0")
    (child,) = children_of(Crew(batch=1), load_settings())
    assert child == ChildSpec("batch-1", "workers.run", ("batch",), niceness=10)


@pytest.mark.parametrize("numbers", [(0, 0), (-1, 3)])
def test_a_machine_without_processes_is_a_usage_error(numbers: tuple[int, int]) -> None:
    with pytest.raises(UsageError):
        Crew(*numbers)


@pytest.mark.parametrize("start", [lambda s: run_up(None, None, s), lambda s: run_worker(WorkQueue.BATCH, None, s)])
def test_workers_without_models_are_not_started(home: Path, start: Callable[[Settings], int]) -> None:
    with pytest.raises(ModelError, match="whisper-base"):
        start(Settings(home=home))


def test_workers_without_rules_are_not_started(home: Path, tmp_path: Path) -> None:
    with pytest.raises(PackError):
        run_up(None, None, Settings(home=home, packs=tmp_path / "none"))
