"""The ledger: what is accepted comes to one end, whoever dies or comes too late on the way.

::

    accept ─► waiting ─► sent ─► running ─► done | rejected
                 ▲                  │
                 └── released, expired, abandoned ──► quarantined
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from inspector.enums import WorkQueue, WorkState
from inspector.errors import ErrorKind, RecordingError
from inspector.storage import Store
from inspector.storage.ledger import RELAY, Acceptance, EventKind, IntakeLeg, Ledger, Unsent, recovery
from inspector.storage.ledger import ledger as ledger_module
from tests.accepted import DIGEST, RULE_ID, Clock, hearing, id_of, inspection, intake, kept, leg, open_alerts, sha256_of
from tests.databases import Database

LEASE_S = 60.0
CRASHES = 3
ONE, TWO, THREE = id_of(1), id_of(2), id_of(3)
FAULT = RecordingError(ErrorKind.NOT_AUDIO, "calls/1.wav is no sound", "send sound")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(ledger_module, "datetime", clock)
    return clock


@pytest.fixture
def store(database: Database, clock: Clock) -> Iterator[Store]:
    with closing(Store.open(database.url)) as store:
        yield store


@pytest.fixture
def ledger(store: Store) -> Ledger:
    return store.ledger


def state(ledger: Ledger, call_id: str) -> WorkState:
    return next(entry.state for entry in ledger.entries(99) if entry.call_id == call_id)


def fences(ledger: Ledger, *call_ids: str, owner: str = "a") -> dict[str, int]:
    return {claim.call.id: claim.fence for claim in ledger.claim(call_ids, owner, LEASE_S)}


def finish(ledger: Ledger, number: int, fence: int) -> bool:
    call = intake(number).call
    return ledger.finish(fence, inspection(call, hearing(sha256_of(number))), kept())


def kinds(ledger: Ledger) -> list[str]:
    return [event.kind for event in ledger.events(0, 999)]


class TestAccepting:
    def test_what_is_new_waits_to_be_sent(self, ledger: Ledger, clock: Clock) -> None:
        assert ledger.accept([intake(1), intake(2, queue=WorkQueue.URGENT)]) == [Acceptance.NEW] * 2
        assert ledger.unsent(WorkQueue.BATCH, 9) == (Unsent(ONE, 1.0, False),)
        assert ledger.unsent(WorkQueue.URGENT, 9) == (Unsent(TWO, 2.0, False),)
        assert kinds(ledger) == [EventKind.ACCEPTED] * 2
        counts = ledger.counts()
        assert (counts.calls(WorkState.WAITING), counts.unsent, counts.oldest_waiting) == (2, 2, clock.at)

    def test_the_same_again_is_nothing_to_do(self, ledger: Ledger) -> None:
        ledger.accept([intake(1)])
        assert ledger.accept([intake(1), intake(1)]) == [Acceptance.SAME] * 2
        assert kinds(ledger) == [EventKind.ACCEPTED]

    def test_twice_in_one_list(self, ledger: Ledger) -> None:
        late = intake(1, leg(1, 2))
        answers = ledger.accept([intake(1), intake(1), late, intake(1, leg(1, version=2))])
        assert answers == [Acceptance.NEW, Acceptance.SAME, Acceptance.UPDATED, Acceptance.CONFLICT]
        (claim,) = ledger.claim([ONE], "a", LEASE_S)
        assert [one.segment_no for one in claim.legs] == [1, 2]

    def test_other_bytes_for_a_segment_change_nothing(self, ledger: Ledger) -> None:
        ledger.accept([intake(1)])
        assert ledger.accept([intake(1, leg(1, version=2), agent="7")]) == [Acceptance.CONFLICT]
        (claim,) = ledger.claim([ONE], "a", LEASE_S)
        assert [one.sha256 for one in claim.legs] == [sha256_of(1)]
        assert claim.call.facts.agent is None

    def test_a_recording_that_comes_late_takes_the_call_from_its_worker(self, ledger: Ledger) -> None:
        ledger.accept([intake(1)])
        fence = fences(ledger, ONE)[ONE]
        assert ledger.accept([intake(1, leg(1, 2))]) == [Acceptance.UPDATED]
        assert not finish(ledger, 1, fence)
        assert [one.call_id for one in ledger.unsent(WorkQueue.BATCH, 9)] == [ONE]

    def test_new_facts_are_worked_off_again(self, ledger: Ledger) -> None:
        ledger.accept([intake(1, agent="7")])
        assert finish(ledger, 1, fences(ledger, ONE)[ONE])
        assert ledger.accept([intake(1)]) == [Acceptance.SAME]
        assert ledger.accept([intake(1, agent="8")]) == [Acceptance.UPDATED]
        assert state(ledger, ONE) is WorkState.WAITING
        (claim,) = ledger.claim([ONE], "a", LEASE_S)
        assert claim.call.facts.agent == "8"

    def test_what_waits_may_become_urgent_and_never_the_other_way_round(self, ledger: Ledger) -> None:
        ledger.accept([intake(1)])
        assert ledger.accept([intake(1, queue=WorkQueue.URGENT)]) == [Acceptance.UPDATED]
        assert [one.call_id for one in ledger.unsent(WorkQueue.URGENT, 9)] == [ONE]
        assert ledger.accept([intake(1)]) == [Acceptance.SAME]
        fences(ledger, ONE)
        assert ledger.accept([intake(1, queue=WorkQueue.URGENT)]) == [Acceptance.SAME]

    def test_a_rejected_call_whose_recording_was_moved(self, ledger: Ledger) -> None:
        moved = IntakeLeg(1, Path("archive/1.wav"), sha256_of(1))
        ledger.accept([intake(1)])
        assert ledger.accept([intake(1, moved)]) == [Acceptance.SAME], "a copy of what waits"
        assert ledger.reject(ONE, fences(ledger, ONE)[ONE], [FAULT])
        assert ledger.accept([intake(1)]) == [Acceptance.SAME]
        assert ledger.accept([intake(1, moved), intake(1, moved)]) == [Acceptance.UPDATED, Acceptance.SAME]
        (claim,) = ledger.claim([ONE], "a", LEASE_S)
        assert claim.legs[0].path == moved.path.absolute()

    def test_bytes_that_become_known(self, ledger: Ledger) -> None:
        unread = IntakeLeg(1, Path("calls/1-1.wav"), None)
        assert ledger.accept([intake(1, unread)]) == [Acceptance.NEW]
        assert ledger.accept([intake(1, unread)]) == [Acceptance.SAME]
        assert ledger.accept([intake(1)]) == [Acceptance.UPDATED]
        (claim,) = ledger.claim([ONE], "a", LEASE_S)
        assert claim.legs[0].sha256 == sha256_of(1)

    def test_a_call_inspected_before_it_was_accepted(self, store: Store) -> None:
        store.save(inspection(intake(1).call, hearing(sha256_of(1))), DIGEST, audiences=kept().audiences)
        assert store.ledger.accept([intake(1, leg(1, version=2))]) == [Acceptance.CONFLICT]
        assert store.ledger.accept([intake(1, agent="8")]) == [Acceptance.NEW]
        (claim,) = store.ledger.claim([ONE], "a", LEASE_S)
        assert claim.call.facts.agent == "8"

    def test_more_than_one_statement_can_name(self, ledger: Ledger) -> None:
        many = [intake(number) for number in range(1, 1002)]
        assert set(ledger.accept(many)) == {Acceptance.NEW}
        assert set(ledger.accept(many)) == {Acceptance.SAME}

    def test_a_start_without_a_zone_accepts_nothing(self, ledger: Ledger) -> None:
        with pytest.raises(ValueError, match="zone"):
            ledger.accept([intake(2), intake(1, start="2025-03-01T12:00:00")])
        assert ledger.entries(9) == ()


class TestClaiming:
    def test_in_the_order_named_and_once(self, ledger: Ledger) -> None:
        ledger.accept([intake(1), intake(2), intake(3, leg(3), leg(3, 2), agent="7")])
        claims = ledger.claim([THREE, ONE, THREE, "f" * 24], "a", LEASE_S)
        assert [(one.call.id, one.fence, one.attempt) for one in claims] == [(THREE, 1, 1), (ONE, 1, 1)]
        assert (claims[0].call.facts.agent, [one.segment_no for one in claims[0].legs]) == ("7", [1, 2])
        assert ledger.claim([ONE, TWO, THREE], "b", LEASE_S)[0].call.id == TWO
        assert ledger.claim([ONE, TWO, THREE], "b", LEASE_S) == ()

    def test_renewed_while_it_is_held(self, ledger: Ledger, clock: Clock) -> None:
        ledger.accept([intake(1), intake(2)])
        held = fences(ledger, ONE, TWO)
        for _ in range(3):
            clock.pass_s(LEASE_S - 1)
            assert ledger.renew("a", {ONE: held[ONE]}, LEASE_S) == {ONE}
            ledger.expire(CRASHES)
        assert (state(ledger, ONE), state(ledger, TWO)) == (WorkState.RUNNING, WorkState.WAITING)
        assert ledger.renew("b", held, LEASE_S) == frozenset()
        assert ledger.renew("a", {ONE: held[ONE] - 1, TWO: held[TWO]}, LEASE_S) == frozenset()

    def test_given_back_without_blame(self, ledger: Ledger) -> None:
        ledger.accept([intake(1), intake(2)])
        ledger.mark_sent([ONE, TWO])
        held = fences(ledger, ONE, TWO)
        assert ledger.release({ONE: held[ONE], TWO: held[TWO] + 1}) == 1
        assert ledger.unsent(WorkQueue.BATCH, 9) == (Unsent(ONE, 1.0, False),)
        assert ledger.release(held) == 1  # asked again, as after an answer that got lost
        (again,) = ledger.claim([ONE], "b", LEASE_S)
        assert (again.fence, again.attempt) == (2, 2)

    def test_a_checkpoint_needs_the_fence(self, store: Store) -> None:
        ledger, heard = store.ledger, hearing(sha256_of(1))
        ledger.accept([intake(1)])
        fence = fences(ledger, ONE)[ONE]
        assert not ledger.checkpoint(ONE, fence + 1, heard, DIGEST)
        assert store.hearing(sha256_of(1), DIGEST) is None
        assert ledger.checkpoint(ONE, fence, heard, DIGEST)
        assert ledger.checkpoint(ONE, fence, heard, DIGEST)
        assert store.hearing(sha256_of(1), DIGEST) == heard
        assert ledger.counts().stale == 1


class TestEnding:
    def test_done_with_inspection_alert_and_events(self, store: Store) -> None:
        store.ledger.accept([intake(1)])
        assert finish(store.ledger, 1, fences(store.ledger, ONE)[ONE])
        (made,) = store.inspections(9)
        assert made.call.id == ONE
        (alert,) = open_alerts(store)
        assert (alert.call_id, alert.finding.rule_id) == (ONE, RULE_ID)
        assert kinds(store.ledger) == [EventKind.ACCEPTED, EventKind.CLAIMED, EventKind.DONE, EventKind.ALERT_OPENED]

    def test_a_stale_fence_writes_nothing_but_that_it_came(self, store: Store, clock: Clock) -> None:
        ledger = store.ledger
        ledger.accept([intake(1)])
        slow = fences(ledger, ONE, owner="slow")[ONE]
        clock.pass_s(LEASE_S + 1)
        ledger.expire(CRASHES)
        assert not finish(ledger, 1, slow)
        quick = fences(ledger, ONE, owner="quick")[ONE]
        assert not finish(ledger, 1, slow)
        assert not ledger.reject(ONE, slow, [FAULT])
        assert (store.inspections(9), len(open_alerts(store))) == ((), 0)
        assert finish(ledger, 1, quick)
        assert not finish(ledger, 1, slow)
        assert (ledger.counts().stale, state(ledger, ONE)) == (4, WorkState.DONE)

    def test_an_end_told_twice_is_one(self, store: Store) -> None:
        """The answer of the first got lost: the worker asks again and is told that it did it."""
        ledger = store.ledger
        ledger.accept([intake(1), intake(2)])
        held = fences(ledger, ONE, TWO)
        assert finish(ledger, 1, held[ONE])
        assert finish(ledger, 1, held[ONE])
        assert ledger.reject(TWO, held[TWO], [FAULT])
        assert ledger.reject(TWO, held[TWO], [FAULT])
        assert (ledger.counts().stale, len(store.inspections(9))) == (0, 1)
        assert (kinds(ledger).count(EventKind.DONE), kinds(ledger).count(EventKind.REJECTED)) == (1, 1)

    def test_rejected_with_its_faults(self, ledger: Ledger) -> None:
        ledger.accept([intake(1)])
        assert ledger.reject(ONE, fences(ledger, ONE)[ONE], [FAULT])
        (entry,) = ledger.entries(9, WorkState.REJECTED)
        assert entry.faults == ({"kind": "not_audio", "message": FAULT.message, "remedy": FAULT.remedy},)

    def test_done_though_one_of_its_recordings_is_faulty(self, ledger: Ledger) -> None:
        ledger.accept([intake(1)])
        fence = fences(ledger, ONE)[ONE]
        assert ledger.finish(fence, inspection(intake(1).call, hearing(sha256_of(1))), kept(), [FAULT])
        (entry,) = ledger.entries(9, WorkState.DONE, WorkQueue.BATCH)
        assert [one["kind"] for one in entry.faults] == ["not_audio"]

    def test_an_inspection_that_contradicts_what_is_kept(self, store: Store) -> None:
        store.ledger.accept([intake(1)])
        fence = fences(store.ledger, ONE)[ONE]
        store.save(inspection(intake(1).call, hearing("b" * 64)), DIGEST, audiences=kept().audiences)
        assert finish(store.ledger, 1, fence)
        (entry,) = store.ledger.entries(9)
        assert (entry.state, entry.faults[0]["kind"]) == (WorkState.REJECTED, "conflict")
        assert kinds(store.ledger)[-1] == EventKind.REJECTED

    def test_inspected_again_it_alerts_once(self, store: Store) -> None:
        store.ledger.accept([intake(1)])
        assert finish(store.ledger, 1, fences(store.ledger, ONE)[ONE])
        assert store.ledger.requeue([ONE, TWO], "anna") == [ONE]
        assert finish(store.ledger, 1, fences(store.ledger, ONE)[ONE])
        assert (kinds(store.ledger).count(EventKind.ALERT_OPENED), len(open_alerts(store))) == (1, 1)


class TestRecovery:
    def test_who_died_with_several_calls_is_not_the_fault_of_each(self, ledger: Ledger) -> None:
        ledger.accept([intake(1), intake(2), intake(3)])
        fences(ledger, ONE, TWO, owner="a")
        fences(ledger, THREE, owner="b")
        assert ledger.abandon("a", CRASHES) == 2
        assert ledger.abandon("a", CRASHES) == 0
        assert ledger.unsent(WorkQueue.BATCH, 9) == (Unsent(TWO, 2.0, True), Unsent(ONE, 1.0, True))
        assert [entry.crashes for entry in ledger.entries(9, WorkState.WAITING)] == [0, 0]

    def test_who_dies_alone_too_often_is_put_aside(self, ledger: Ledger, clock: Clock) -> None:
        ledger.accept([intake(1)])
        for _ in range(CRASHES):
            assert fences(ledger, ONE)
            clock.pass_s(LEASE_S + 1)
            assert ledger.expire(CRASHES) == 1
        (entry,) = ledger.entries(9)
        assert (entry.state, entry.crashes, entry.attempt) == (WorkState.QUARANTINED, CRASHES, CRASHES)
        assert entry.faults[0]["kind"] == "crashed_its_worker"
        assert ledger.expire(CRASHES) == 0
        assert kinds(ledger)[-1] == EventKind.QUARANTINED

    def test_a_lease_that_lasts_is_left_alone(self, ledger: Ledger, clock: Clock) -> None:
        ledger.accept([intake(1)])
        fences(ledger, ONE)
        clock.pass_s(LEASE_S)
        assert ledger.expire(CRASHES) == 0

    def test_sent_again_with_growing_patience(self, ledger: Ledger, clock: Clock) -> None:
        """Waits 10, 20, 40 … seconds, at most 640."""
        ledger.accept([intake(1)])
        for times in (1, 2, 4, 8, 16, 32, 64, 64, 64):
            ledger.mark_sent([ONE])
            clock.pass_s(10 * times)
            assert ledger.send_again(WorkQueue.BATCH, 10) == 0
            clock.pass_s(0.001)
            assert ledger.send_again(WorkQueue.URGENT, 10) == 0
            assert ledger.send_again(WorkQueue.BATCH, 10) == 1
            assert len(ledger.unsent(WorkQueue.BATCH, 9)) == 1

    def test_what_runs_or_ended_is_not_sent(self, ledger: Ledger, clock: Clock) -> None:
        ledger.accept([intake(1), intake(2)])
        assert finish(ledger, 1, fences(ledger, ONE, TWO)[ONE])
        ledger.mark_sent([ONE, TWO])
        clock.pass_s(9999)
        assert (ledger.send_again(WorkQueue.BATCH, 1), ledger.forget_sent()) == (0, 0)
        assert ledger.unsent(WorkQueue.BATCH, 9) == ()

    def test_a_queue_without_memory(self, ledger: Ledger) -> None:
        ledger.accept([intake(number) for number in range(1, 5)])
        ledger.mark_sent([ONE, TWO])
        assert ledger.forget_sent() == 2
        assert len(ledger.unsent(WorkQueue.BATCH, 9)) == 4
        assert len(ledger.unsent(WorkQueue.BATCH, 3)) == 3

    def test_after_a_restore_nobody_works(self, ledger: Ledger) -> None:
        ledger.accept([intake(1), intake(2), intake(3)])
        ledger.mark_sent([ONE, TWO, THREE])
        held = fences(ledger, ONE, TWO)
        assert finish(ledger, 1, held[ONE])
        assert ledger.after_restore() == 1
        assert not finish(ledger, 2, held[TWO])
        assert [one.call_id for one in ledger.unsent(WorkQueue.BATCH, 9)] == [THREE, TWO]


class TestPeople:
    def test_put_aside_and_back_with_a_trace(self, ledger: Ledger, database: Database) -> None:
        ledger.accept([intake(1), intake(2), intake(3)])
        held = fences(ledger, ONE, TWO)
        assert finish(ledger, 2, held[TWO])
        assert ledger.quarantine([THREE, ONE, TWO, "f" * 24], "noise", "anna") == sorted([ONE, THREE])
        assert not finish(ledger, 1, held[ONE])
        assert ledger.requeue([ONE], "bo") == [ONE]
        assert ledger.unsent(WorkQueue.BATCH, 9) == (Unsent(ONE, 1.0, True),)
        audit = database.rows("SELECT actor, action, subject FROM audit ORDER BY seq")
        assert audit[-1] == ("bo", "work_requeue", ONE)
        assert {row[:2] for row in audit[:-1]} == {("anna", "work_quarantine")}

    def test_more_than_one_statement_holds(self, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(recovery, "AT_ONCE", 2)
        ids = [id_of(number) for number in range(1, 6)]
        ledger.accept([intake(number) for number in range(1, 6)])
        assert sorted(ledger.quarantine(ids, "why", "bo")) == sorted(ids)
        assert sorted(ledger.requeue(ids, "bo")) == sorted(ids)

    def test_what_waits_cannot_be_requeued(self, ledger: Ledger) -> None:
        ledger.accept([intake(1)])
        assert ledger.requeue([ONE], "bo") == []

    def test_events_can_be_followed(self, ledger: Ledger) -> None:
        ledger.accept([intake(number) for number in range(1, 6)])
        first = ledger.events(0, 2)
        rest = ledger.events(first[-1].seq, 99)
        assert [event.call_id for event in (*first, *rest)] == [id_of(number) for number in range(1, 6)]
        assert json.dumps([dict(event.data) for event in first])

    def test_entries_newest_first(self, ledger: Ledger, clock: Clock) -> None:
        for number in (1, 2, 3):
            ledger.accept([intake(number)])
            clock.pass_s(1)
        assert [entry.source_call_id for entry in ledger.entries(2)] == ["3", "2"]


class TestElection:
    def test_one_at_a_time(self, ledger: Ledger, clock: Clock) -> None:
        assert ledger.elect(RELAY, "a", 10)
        assert not ledger.elect(RELAY, "b", 10)
        assert ledger.counts().relay == "a"
        clock.pass_s(9)
        assert ledger.elect(RELAY, "a", 10)
        clock.pass_s(11)
        assert ledger.counts().relay is None
        assert ledger.elect(RELAY, "b", 10)
        assert not ledger.elect(RELAY, "a", 10)

    def test_who_resigns_makes_room(self, ledger: Ledger, clock: Clock) -> None:
        ledger.elect(RELAY, "a", 10)
        ledger.resign(RELAY, "b")
        assert not ledger.elect(RELAY, "b", 10)
        ledger.resign(RELAY, "a")
        clock.pass_s(0.001)
        assert ledger.elect(RELAY, "b", 10)
