"""At every named place a process dies, stops, runs out of memory, hangs or meets a disk that fails: all calls end once.

::

    first life   a process of its own, armed: accept, relay, work ──✂ at the failpoint
    second life  this process: accept again, relay, work, until everything is at an end
    afterwards   who was only stopped goes on, and comes too late

The first life has the doorbell in its memory, so all that was rung is lost with it. What it and its supervisor do with
real processes and a real server is the business of ``scripts/chaos``.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from inspector import failpoints
from inspector.config import WorkSettings
from inspector.enums import WorkQueue
from inspector.errors import StorageError
from inspector.failpoints import ACTIONS, FAILPOINTS, failpoint
from inspector.storage import Store, sqlite_url
from inspector.storage.ledger import Acceptance, EventKind
from tests.accepted import DIGEST, id_of, intake, leg, plan, sha256_of
from tests.chaos.checker import Expected, count_of, read_history, violations
from tests.databases import Database
from tests.stubs import StubBell, StubEars
from workers.pulse import Pulse
from workers.relay import Relay
from workers.shift import Hearer, Shift

PASSED_BY_CALLS = [name for name in FAILPOINTS if not name.startswith("courier.")]
NUMBERS = range(1, 6)
INTAKES = [intake(1, leg(1), leg(1, 2)), *(intake(number) for number in NUMBERS if number > 1)]
SHA256S = {f"{number}-{segment}.wav": sha256_of(number, segment) for number in NUMBERS for segment in (1, 2)}
SETTINGS = WorkSettings(lease_s=0.3, stuck_s=0.2, resend_s=0.3, job_calls=3, crashes_alone=3)
PATIENCE_S = 60.0


class Life:
    """All in one process: accepts, sends, works off. ``one_call``: a shift is told to stop when it hears its first."""

    def __init__(self, store: Store, owner: str, one_call: bool = False) -> None:
        self._store, self._bell, self._ears = store, StubBell(), StubEars(SHA256S)
        self._relay = Relay(store.ledger, self._bell, SETTINGS, owner)
        self._one_call = one_call

    def turn(self) -> None:
        """As a worker does it: what a job raises ends the job."""
        with suppress(StorageError, MemoryError, OSError):
            submit(self._store)
            self._relay.tick()
            while self._bell.rung[WorkQueue.BATCH]:
                self._work(self._bell.take())

    def _work(self, job: tuple[str, ...]) -> None:
        shift = Shift(self._store, Hearer(self._ears.hear, DIGEST), plan(), SETTINGS, Pulse(None))
        if self._one_call:
            self._ears.before = lambda _: shift.stop()
        shift.work(job)


def live_until_all_ended(store: Store, owner: str) -> None:
    life, until_s = Life(store, owner), time.monotonic() + PATIENCE_S
    while not (entries := store.ledger.entries(99)) or any(entry.ended_at is None for entry in entries):
        assert time.monotonic() < until_s, [(entry.source_call_id, entry.state) for entry in entries]
        life.turn()
        time.sleep(0.05)


def submit(store: Store) -> None:
    failpoint("accepting")
    answers = store.ledger.accept(INTAKES)
    failpoint("accepted")
    assert Acceptance.CONFLICT not in answers


@contextmanager
def first_life(url: str, armed: str) -> Iterator[int]:
    """A process of its own, in a group of its own, until the failpoint; ended for sure when the block is left."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os.environ[failpoints.VARIABLE] = armed
        os.environ["INSPECTOR_WORK_OWNER"] = "first"
        failpoints._armed.cache_clear()
        with closing(Store.open(url)) as store:
            life = Life(store, "first", one_call=True)
            life.turn()
            life.turn()
        os._exit(0)
    try:
        yield pid
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def wait_for_the_end_of(pid: int, action: str) -> None:
    """Until it is dead or stopped; one that hangs is given the time to get there."""
    if action == "stuck":
        time.sleep(1.0)
    else:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WSTOPPED | os.WNOWAIT)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("name", PASSED_BY_CALLS)
def test_all_calls_end_once(name: str, action: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(sqlite_url(tmp_path / "inspector.db"))
    Store.open(database.url).close()
    monkeypatch.setenv("INSPECTOR_WORK_OWNER", "second")
    with first_life(database.url, f"{name}={action}") as pid:
        wait_for_the_end_of(pid, action)
        with closing(Store.open(database.url)) as store:
            live_until_all_ended(store, "second")
        if action == "stop":
            os.kill(pid, signal.SIGCONT)
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    history = read_history(database)
    assert violations(history, Expected({id_of(number) for number in NUMBERS})) == []
    if action == "stop" and name in ("shift.heard", "shift.judged"):
        assert count_of(history.events, EventKind.STALE) > 0  # it brought what it had, and was refused


def test_the_places_are_passed(tmp_path: Path) -> None:
    """A failpoint that nobody passes would try nothing: armed to kill, each does."""
    for name in PASSED_BY_CALLS:
        database = Database(sqlite_url(tmp_path / f"{name}.db"))
        with first_life(database.url, f"{name}=kill") as pid:
            done = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
            assert done is not None
            assert (done.si_code, done.si_status) == (os.CLD_KILLED, signal.SIGKILL), f"{name} is not passed"
