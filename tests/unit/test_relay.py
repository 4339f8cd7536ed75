"""The relay: what waits is rung for, again when it may have got lost, and never by two at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.config import WorkSettings
from inspector.enums import WorkQueue, WorkState
from inspector.errors import DoorbellError
from inspector.storage import Store, sqlite_url
from inspector.storage.ledger import Ledger, Unsent
from inspector.storage.ledger import ledger as ledger_module
from tests.accepted import Clock, id_of, intake
from tests.stubs import StubBell
from workers.relay import AHEAD_JOBS, Relay, jobs_of

BATCH, URGENT = WorkQueue.BATCH, WorkQueue.URGENT
SETTINGS = WorkSettings(lease_s=60, resend_s=120, job_calls=2, job_audio_s=1000)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(ledger_module, "datetime", clock)
    return clock


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with closing(Store.open(sqlite_url(tmp_path / "inspector.db"))) as store:
        yield store.ledger


@pytest.fixture
def bell() -> StubBell:
    return StubBell()


@pytest.fixture
def relay(ledger: Ledger, bell: StubBell) -> Relay:
    return Relay(ledger, bell, SETTINGS, "a")


def rung(bell: StubBell, queue: WorkQueue = BATCH) -> list[str]:
    return list(chain.from_iterable(bell.rung[queue]))


def ids(*numbers: int) -> tuple[str, ...]:
    return tuple(id_of(number) for number in numbers)


CALLS = st.lists(st.tuples(st.floats(0, 100), st.booleans()), max_size=40)


@given(CALLS, st.integers(1, 5), st.floats(1, 150))
def test_jobs_hold_every_call_once_within_their_limits(
    calls: list[tuple[float, bool]], most_calls: int, most_audio_s: float
) -> None:
    unsent = [Unsent(f"{place:024x}", audio_s, alone) for place, (audio_s, alone) in enumerate(calls)]
    jobs = list(jobs_of(unsent, most_calls, most_audio_s))
    assert sorted(call.call_id for job in jobs for call in job) == [call.call_id for call in unsent]
    together = [call for job in jobs for call in job if not call.alone]
    assert together == [call for call in unsent if not call.alone]
    for job in jobs:
        assert 1 <= len(job) <= most_calls
        assert len(job) == 1 or not any(call.alone for call in job)
        assert len(job) == 1 or sum(call.audio_s for call in job[:-1]) + job[-1].audio_s <= most_audio_s


def test_the_longest_first_by_queue(ledger: Ledger, bell: StubBell, relay: Relay) -> None:
    ledger.accept([intake(1), intake(2), intake(3), intake(4, queue=URGENT)])
    assert relay.tick()
    assert bell.rung == {BATCH: [ids(3, 2), ids(1)], URGENT: [ids(4)]}
    relay.tick()
    assert len(rung(bell)) == 3


def test_what_ended_a_worker_is_rung_for_alone(ledger: Ledger, bell: StubBell, relay: Relay) -> None:
    ledger.accept([intake(1), intake(2), intake(3)])
    ledger.claim(ids(1, 2), "dead", 60)
    ledger.abandon("dead", 3)
    relay.tick()
    assert sorted(bell.rung[BATCH]) == sorted([ids(3), ids(2), ids(1)])


def test_no_more_than_a_server_needs(ledger: Ledger, bell: StubBell, relay: Relay) -> None:
    ledger.accept([intake(number) for number in range(1, 2 * AHEAD_JOBS + 10)])
    relay.tick()
    relay.tick()
    assert len(bell.rung[BATCH]) == AHEAD_JOBS
    bell.take()
    relay.tick()
    assert len(bell.rung[BATCH]) == AHEAD_JOBS


def test_a_server_that_lost_everything(ledger: Ledger, bell: StubBell, relay: Relay) -> None:
    ledger.accept([intake(1), intake(2)])
    relay.tick()
    bell.forget()
    relay.tick()
    assert sorted(rung(bell)) == sorted(ids(1, 2))
    relay.tick()
    assert len(rung(bell)) == 2


def test_a_server_that_lost_everything_while_there_was_no_relay(ledger: Ledger, bell: StubBell, relay: Relay) -> None:
    ledger.accept([intake(1)])
    relay.tick()
    bell.forget()
    bell.begin_epoch()  # as another relay did that died then
    relay.resign()
    Relay(ledger, bell, SETTINGS, "a").tick()
    assert rung(bell) == [*ids(1)]


def test_a_job_that_nobody_took_up(ledger: Ledger, bell: StubBell, relay: Relay, clock: Clock) -> None:
    """A worker dies between taking a job and claiming its calls: nothing in the queue, nothing claimed."""
    ledger.accept([intake(1)])
    relay.tick()
    bell.take()
    clock.pass_s(SETTINGS.lease_s / 4 + 1)
    relay.tick()
    assert rung(bell) == [*ids(1)]


def test_a_long_queue_is_not_made_longer(ledger: Ledger, bell: StubBell, relay: Relay, clock: Clock) -> None:
    ledger.accept([intake(1)])
    relay.tick()
    clock.pass_s(SETTINGS.resend_s - 1)
    relay.tick()
    assert len(rung(bell)) == 1
    clock.pass_s(2)
    relay.tick()
    assert len(rung(bell)) == 2


def test_a_worker_that_fell_silent(ledger: Ledger, bell: StubBell, relay: Relay, clock: Clock) -> None:
    ledger.accept([intake(1)])
    relay.tick()
    ledger.claim(bell.take(), "silent", SETTINGS.lease_s)
    clock.pass_s(SETTINGS.lease_s + 1)
    relay.tick()
    assert rung(bell) == [*ids(1)]


def test_only_the_elected_one_sends(ledger: Ledger, bell: StubBell, relay: Relay, clock: Clock) -> None:
    other = Relay(ledger, bell, SETTINGS, "b")
    assert relay.tick()
    ledger.accept([intake(1)])
    assert not other.tick()
    assert rung(bell) == []
    clock.pass_s(SETTINGS.lease_s + 1)
    assert other.tick()
    assert not relay.tick()
    assert rung(bell) == [*ids(1)]


def test_a_server_that_is_away_loses_nothing(ledger: Ledger, bell: StubBell, relay: Relay) -> None:
    ledger.accept([intake(1)])
    relay.tick()
    bell.away = True
    ledger.accept([intake(2)])
    with pytest.raises(DoorbellError):
        relay.tick()
    bell.away = False
    relay.tick()
    assert sorted(rung(bell)) == sorted(ids(1, 2))


def test_a_relay_that_dies_between_ringing_and_noting_it_rings_twice(
    ledger: Ledger, bell: StubBell, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.accept([intake(1)])
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "mark_sent", _dies)
        with pytest.raises(MemoryError):
            relay.tick()
    Relay(ledger, bell, SETTINGS, "a").tick()
    assert rung(bell) == [*ids(1, 1)]
    assert ledger.claim(bell.take(), "x", 60)
    assert not ledger.claim(bell.take(), "y", 60)
    assert ledger.counts().calls(WorkState.RUNNING) == 1


def _dies(*_: object) -> None:
    raise MemoryError
