"""Whatever happens in whatever order: the ledger keeps its promises.

Hypothesis plays two workers, a relay, a server that forgets, people and the time against one ledger; the model knows
no more than which calls were accepted, which fences were given out, and which of them may still count.
"""

from __future__ import annotations

from contextlib import closing
from unittest import mock

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from inspector.enums import WorkQueue, WorkState
from inspector.errors import ErrorKind, RecordingError
from inspector.storage import Store, tables
from inspector.storage.ledger import Acceptance, Claim
from inspector.storage.ledger import ledger as ledger_module
from inspector.storage.ledger.recovery import LONGEST_BACK_OFF
from tests.accepted import Clock, hearing, id_of, inspection, intake, kept, leg
from tests.databases import Database

LEASE_S, RESEND_S, CRASHES = 60.0, 120.0, 2
ENDS = {WorkState.DONE, WorkState.REJECTED, WorkState.QUARANTINED}
NUMBERS = st.integers(1, 4)
OWNERS = st.sampled_from(("a", "b"))
FAULT = RecordingError(ErrorKind.NOT_AUDIO, "no sound", "send sound")


class LedgerMachine(RuleBasedStateMachine):
    """Calls 1 to 4. ``claims``: every fence ever given out; ``live``: the one of a call that counts, if any."""

    store: Store
    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.patched = mock.patch.object(ledger_module, "datetime", self.clock)
        self.patched.start()
        self.ledger = self.store.ledger
        self.accepted: dict[int, dict[int, int]] = {}  # number → segment → version of its bytes
        self.facts: dict[int, str] = {}
        self.urgent: set[int] = set()
        self.claims: list[Claim] = []
        self.live: dict[str, int] = {}
        self.ended: dict[str, WorkState] = {}
        self.done_by: dict[str, int] = {}

    @initialize()
    def begin(self) -> None:
        """With a call that two workers believe to have: what is worth trying is possible from the first step."""
        self.accept(1, 1, 1, WorkQueue.BATCH)
        self.accept(2, 1, 1, WorkQueue.URGENT)
        self.overtake(1)

    @rule(number=NUMBERS, segment_no=st.integers(1, 2), version=st.integers(1, 2), queue=st.sampled_from(WorkQueue))
    def accept(self, number: int, segment_no: int, version: int, queue: WorkQueue) -> None:
        (answer,) = self.ledger.accept([intake(number, leg(number, segment_no, version), queue=queue)])
        known = self.accepted.get(number)
        if known is None:
            expected = Acceptance.NEW
        elif segment_no not in known:
            expected = Acceptance.UPDATED
        else:
            waits = id_of(number) not in self.live.keys() | self.ended.keys()
            hastened = queue is WorkQueue.URGENT and number not in self.urgent and waits
            same = Acceptance.UPDATED if hastened else Acceptance.SAME
            expected = same if known[segment_no] == version else Acceptance.CONFLICT
        assert answer is expected
        if answer in (Acceptance.NEW, Acceptance.UPDATED):
            self.accepted.setdefault(number, {})[segment_no] = version
            self.urgent |= {number} if queue is WorkQueue.URGENT else set()
            self._waits_again(id_of(number))

    @precondition(lambda self: self.accepted)
    @rule(data=st.data(), agent=st.sampled_from("xy"))
    def tell_facts(self, data: st.DataObject, agent: str) -> None:
        number = data.draw(st.sampled_from(sorted(self.accepted)))
        segment_no, version = next(iter(self.accepted[number].items()))
        (answer,) = self.ledger.accept([intake(number, leg(number, segment_no, version), agent=agent)])
        assert answer is (Acceptance.SAME if self.facts.get(number) == agent else Acceptance.UPDATED)
        if answer is Acceptance.UPDATED:
            self.facts[number] = agent
            self._waits_again(id_of(number))

    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=4), owner=OWNERS)
    def claim(self, numbers: list[int], owner: str) -> None:
        may = {id_of(n) for n in numbers if n in self.accepted} - self.live.keys() - self.ended.keys()
        claims = self.ledger.claim([id_of(number) for number in numbers], owner, LEASE_S)
        assert {claim.call.id for claim in claims} == may
        for claim in claims:
            assert all(claim.fence > old.fence for old in self.claims if old.call.id == claim.call.id)
            assert len(claim.legs) == len(self.accepted[int(claim.call.source_call_id)])
            self.claims.append(claim)
            self.live[claim.call.id] = claim.fence

    @rule(number=NUMBERS)
    def overtake(self, number: int) -> None:
        """One worker is stopped beyond its lease, another one takes the call: from now on both may come."""
        self.claim([number], "a")
        self.time_passes(LEASE_S + 1)
        self.claim([number], "b")

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), owner=OWNERS)
    def renew(self, data: st.DataObject, owner: str) -> None:
        claim = self._any_claim(data)
        still = self.ledger.renew(owner, {claim.call.id: claim.fence}, LEASE_S)
        assert not still or self._counts(claim)

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def checkpoint(self, data: st.DataObject) -> None:
        claim = self._any_claim(data)
        heard = hearing(f"{len(self.claims):064x}")
        assert self.ledger.checkpoint(claim.call.id, claim.fence, heard, "other") == self._counts(claim)
        assert (self.store.hearing(heard.recording.id, "other") is not None) == self._counts(claim)
        with self.database.connection() as connection:
            connection.execute(tables.stage_result.delete().where(tables.stage_result.c.digest == "other"))

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        claim = self._any_claim(data)
        call_id, number = claim.call.id, int(claim.call.source_call_id)
        made = inspection(claim.call, hearing(claim.legs[0].sha256 or ""))
        assume(len(self.accepted[number]) == 1)  # else the recordings must be joined, which is a worker's business
        assume(claim.legs[0].segment_no == 1)
        before = self._effects()
        told = self.ledger.finish(claim.fence, made, kept())
        assert told == (self._counts(claim) or self.done_by.get(call_id) == claim.fence)
        if self._counts(claim):
            self._ends(call_id, WorkState.DONE, claim.fence)
        else:
            assert self._effects() == before

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def reject(self, data: st.DataObject) -> None:
        claim = self._any_claim(data)
        told = self.ledger.reject(claim.call.id, claim.fence, [FAULT])
        assert told == (self._counts(claim) or self.done_by.get(claim.call.id) == claim.fence)
        if self._counts(claim):
            self._ends(claim.call.id, WorkState.REJECTED, claim.fence)

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        claim = self._any_claim(data)
        assert self.ledger.release({claim.call.id: claim.fence}) == self._counts(claim)
        if self._counts(claim):
            self._waits_again(claim.call.id)

    @rule(owner=OWNERS)
    def worker_dies(self, owner: str) -> None:
        self.ledger.abandon(owner, CRASHES)
        self._learn_who_was_taken_back()

    @rule(seconds=st.sampled_from((1.0, LEASE_S, RESEND_S)))
    def time_passes(self, seconds: float) -> None:
        self.clock.pass_s(seconds)
        self.ledger.expire(CRASHES)
        self._learn_who_was_taken_back()

    @rule(queue=st.sampled_from(WorkQueue), limit=st.integers(1, 4))
    def relay_sends(self, queue: WorkQueue, limit: int) -> None:
        self.ledger.mark_sent([call.call_id for call in self.ledger.unsent(queue, limit)])

    @rule(numbers=st.lists(NUMBERS, max_size=2))
    def stale_relay_marks(self, numbers: list[int]) -> None:
        self.ledger.mark_sent([id_of(number) for number in numbers])

    @rule()
    def queue_forgets(self) -> None:
        self.ledger.forget_sent()
        waiting = len(self.ledger.entries(99, WorkState.WAITING))
        assert sum(len(self.ledger.unsent(queue, 99)) for queue in WorkQueue) == waiting

    @rule()
    def restored(self) -> None:
        self.ledger.after_restore()
        self.live.clear()

    @rule(number=NUMBERS)
    def requeue(self, number: int) -> None:
        call_id = id_of(number)
        assert self.ledger.requeue([call_id], "anna") == ([call_id] if call_id in self.ended else [])
        if call_id in self.ended:
            self._waits_again(call_id)

    @rule(number=NUMBERS)
    def put_aside(self, number: int) -> None:
        call_id = id_of(number)
        may = number in self.accepted and call_id not in self.ended
        assert self.ledger.quarantine([call_id], "noise", "anna") == ([call_id] if may else [])
        if may:
            self._ends(call_id, WorkState.QUARANTINED)

    @invariant()
    def every_accepted_call_is_in_exactly_one_state(self) -> None:
        entries = self.ledger.entries(99)
        states = {entry.call_id: entry.state for entry in entries}
        urgent = {entry.call_id for entry in entries if entry.queue is WorkQueue.URGENT}
        assert urgent == {id_of(number) for number in self.urgent}, "what is urgent stays so"
        assert states.keys() == {id_of(number) for number in self.accepted}
        assert {one for one, state in states.items() if state is WorkState.RUNNING} == self.live.keys()
        assert {one: state for one, state in states.items() if state in ENDS} == self.ended

    @invariant()
    def one_effect_per_key(self) -> None:
        done = self.database.rows("SELECT call_id FROM inspection ORDER BY call_id")
        assert len(done) == len(set(done))
        assert self.database.rows("SELECT call_id FROM alert ORDER BY call_id") == done
        done_ids = {call_id for call_id, state in self.ended.items() if state is WorkState.DONE}
        assert done_ids <= {call_id for (call_id,) in done}

    @rule()
    def what_waits_is_sent_sooner_or_later(self) -> None:
        self.time_passes(RESEND_S * LONGEST_BACK_OFF + 1)
        for queue in WorkQueue:
            self.ledger.send_again(queue, RESEND_S)
        unsent = {call.call_id for queue in WorkQueue for call in self.ledger.unsent(queue, 99)}
        assert unsent == {id_of(number) for number in self.accepted} - self.live.keys() - self.ended.keys()

    def teardown(self) -> None:
        """Whatever it was: one honest worker brings all to an end."""
        try:
            self.what_waits_is_sent_sooner_or_later()
            unsent = [call.call_id for queue in WorkQueue for call in self.ledger.unsent(queue, 99)]
            for claim in self.ledger.claim(unsent, "last", LEASE_S):
                assert self.ledger.reject(claim.call.id, claim.fence, [FAULT])
            assert {entry.state for entry in self.ledger.entries(99)} <= ENDS
        finally:
            self.patched.stop()
            with self.database.connection() as connection:
                for table in reversed(tables.metadata.sorted_tables):
                    if table.name not in ("audit", "rule_state_change"):  # nobody may delete what these hold
                        connection.execute(table.delete())
                # Of no table of ours: what searches look through has a form of its own on each database.
                all_terms = "INSERT INTO call_term (call_term) VALUES ('delete-all')"
                connection.execute(text(all_terms if self.database.is_sqlite else "DELETE FROM call_term"))

    def _any_claim(self, data: st.DataObject) -> Claim:
        return data.draw(st.sampled_from(self.claims))

    def _counts(self, claim: Claim) -> bool:
        return self.live.get(claim.call.id) == claim.fence

    def _waits_again(self, call_id: str) -> None:
        for known in (self.live, self.ended, self.done_by):
            known.pop(call_id, None)

    def _ends(self, call_id: str, state: WorkState, fence: int | None = None) -> None:
        self._waits_again(call_id)
        self.ended[call_id] = state
        if fence is not None:
            self.done_by[call_id] = fence

    def _learn_who_was_taken_back(self) -> None:
        for entry in self.ledger.entries(99):
            if entry.call_id in self.live and entry.state is WorkState.WAITING:
                self._waits_again(entry.call_id)
            elif entry.call_id in self.live and entry.state is WorkState.QUARANTINED:
                assert entry.crashes == CRASHES
                self._ends(entry.call_id, WorkState.QUARANTINED)

    def _effects(self) -> list[object]:
        return self.database.rows("SELECT id, made_at FROM inspection ORDER BY id")


def test_any_order_of_anything(database: Database) -> None:
    with closing(Store.open(database.url)) as store:
        machine = type("Machine", (LedgerMachine,), {"store": store, "database": database})
        examples = 60 if database.is_sqlite else 20
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples, stateful_step_count=30, suppress_health_check=list(HealthCheck), deadline=None
            ),
        )
