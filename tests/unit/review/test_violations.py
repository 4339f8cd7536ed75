"""From a settled decision to what counts against an agent, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from inspector.enums import Kind, Outcome, Severity, Status
from inspector.errors import PolicyError, UsageError
from inspector.review.appeals.records import CaseStep, ViolationState
from inspector.review.records import Answer, FalseBecause, Submitted, Verdict
from inspector.roles import Actor, Role
from inspector.storage import Store
from inspector.storage.violations.consequences import after_settled, appeal_decided
from inspector.storage.violations.lodging import Plea
from inspector.storage.violations.reading import ViolationFilter
from tests.databases import Database
from tests.decisions import put_decision, put_review

NOW = datetime(2025, 3, 3, 4, tzinfo=UTC)
AGENT = Actor("li", frozenset({Role.AGENT}), agent="3321")
LEAD = Actor("qa", frozenset({Role.QA_LEAD}))
LATE = timedelta(days=60)


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(Store.open(database.url)) as store:
        yield store


def settle(store: Store, database: Database, **other: object) -> None:
    with database.connection() as connection:
        put_decision(connection, "c", "banned.x", put_review(connection, "c", "first", NOW), **other)
        after_settled(connection, "c", ["banned.x"], store._review, NOW)


def decide(store: Store, database: Database, reviewer: str, answer: Answer) -> None:
    ((item_id,),) = database.rows("SELECT item_id FROM appeal WHERE state = 'open'")
    because = None if answer is Answer.CONFIRMED else FalseBecause.NEGATED
    said = Verdict(
        "f", "banned.x", 1, Kind.FORBIDDEN, Status.STABLE, Severity.CRITICAL, Outcome.FIRES, answer, because
    )
    with database.connection() as connection:
        review_id = put_review(connection, "c", reviewer, NOW, item_id)
        submitted = Submitted(review_id, item_id, "c", "i", reviewer, "appeal", None, False, NOW, (said,), ())
        appeal_decided(connection, submitted, store._review, NOW)


def counted(store: Store) -> list[int]:
    return [one.calls for one in store.violations.numbers(LEAD, "2025-03") if one.calls]


def test_what_nobody_appeals_counts_only_after_its_time(store: Store, database: Database) -> None:
    settle(store, database)
    (told,) = store.violations.mine(AGENT, 9)
    store.violations.acknowledge(AGENT, "c", "banned.x", NOW)
    assert store.violations.advance(told.appeal_until) == 0  # inclusive
    assert counted(store) == []
    assert store.violations.advance(told.appeal_until + timedelta(microseconds=1)) == 1
    assert store.violations.advance(NOW + LATE) == 0
    assert counted(store) == [1]
    with pytest.raises(UsageError, match="cannot be appealed"):
        store.violations.lodge(AGENT, "c", "banned.x", Plea("no"), NOW + LATE)


@pytest.mark.parametrize("answer", [Answer.FALSE_ALARM, Answer.CANNOT_TELL])
def test_an_overturned_one_never_counts(store: Store, database: Database, answer: Answer) -> None:
    settle(store, database)
    store.violations.lodge(AGENT, "c", "banned.x", Plea("客户先说的"), NOW)
    with pytest.raises(UsageError, match="already"):
        store.violations.lodge(AGENT, "c", "banned.x", Plea("again"), NOW)
    assert store.violations.advance(NOW + LATE) == 0  # the reviewer's silence
    assert (store.violations.escalate(NOW + LATE), store.violations.escalate(NOW + LATE)) == (1, 0)
    decide(store, database, "second", answer)
    assert database.rows("SELECT answer, stage, state FROM decision") == [(answer.value, "appeal", "final")]
    assert counted(store) == []


def test_upheld_twice_by_others_is_final(store: Store, database: Database) -> None:
    settle(store, database)
    store.violations.lodge(AGENT, "c", "banned.x", Plea("one"), NOW)
    ((item_id,),) = database.rows("SELECT item_id FROM appeal")
    with pytest.raises(PolicyError, match="had a part"), database.connection() as connection:
        own = Submitted("r", item_id, "c", "i", "first", "appeal", None, False, NOW, (), ())
        appeal_decided(connection, own, store._review, NOW)
    decide(store, database, "second", Answer.CONFIRMED)
    assert counted(store) == []
    store.violations.lodge(AGENT, "c", "banned.x", Plea("two"), NOW)
    decide(store, database, "third", Answer.CONFIRMED)
    assert [one.state for one in store.violations.mine(AGENT, 9)] == [ViolationState.FINAL]
    assert counted(store) == [1]


@pytest.mark.parametrize(
    "other",
    [
        {"kind": Kind.SIGNAL.value},
        {"status": Status.TEST.value},
        {"outcome": Outcome.UNDETERMINED.value},
        {"answer": Answer.CANNOT_TELL.value},
    ],
)
def test_what_may_never_count_is_final_and_told_nobody(
    store: Store, database: Database, other: dict[str, object]
) -> None:
    settle(store, database, **other)
    assert database.rows("SELECT state FROM decision") == [("final",)]
    assert (store.violations.mine(AGENT, 9), counted(store)) == ((), [])


def test_a_case_goes_step_by_step_and_two_people_judge_it(store: Store, database: Database) -> None:
    settle(store, database)
    store.violations.step(LEAD, "c", "banned.x", CaseStep.REPORTED, None, NOW)
    store.violations.step(LEAD, "c", "banned.x", CaseStep.HANDLED, None, NOW)
    with pytest.raises(PolicyError, match="final"):
        store.violations.step(LEAD, "c", "banned.x", CaseStep.ACCOUNTABILITY, None, NOW)
    store.violations.advance(NOW + LATE)
    with pytest.raises(PolicyError, match="handled"):
        store.violations.step(LEAD, "c", "banned.x", CaseStep.ACCOUNTABILITY, None, NOW)


def test_a_withdrawn_appeal_leaves_all_as_it_was(store: Store, database: Database) -> None:
    settle(store, database)
    store.violations.lodge(AGENT, "c", "banned.x", Plea("one"), NOW)
    lead = Actor("lead", frozenset({Role.TEAM_LEAD}), frozenset({"A"}))
    with pytest.raises(PolicyError, match="may not withdraw"):
        store.violations.withdraw(lead, "c", "banned.x", NOW)
    store.violations.withdraw(AGENT, "c", "banned.x", NOW)
    assert database.rows("SELECT state FROM review_item WHERE reason = 'appeal'") == [("withdrawn",)]
    with pytest.raises(UsageError, match="already"):
        store.violations.lodge(AGENT, "c", "banned.x", Plea("again"), NOW)
    assert store.violations.advance(NOW + LATE) == 1
    assert counted(store) == [1]


def test_an_appeal_is_in_time_up_to_the_last_microsecond(store: Store, database: Database) -> None:
    settle(store, database)
    (told,) = store.violations.mine(AGENT, 9)
    lead = Actor("lead", frozenset({Role.TEAM_LEAD}), frozenset({"A"}))
    other = Actor("other", frozenset({Role.TEAM_LEAD}), frozenset({"B"}))
    with pytest.raises(PolicyError):
        store.violations.lodge(other, "c", "banned.x", Plea("not mine"), told.appeal_until)
    with pytest.raises(UsageError, match="its time is over"):
        store.violations.lodge(lead, "c", "banned.x", Plea("late"), told.appeal_until + timedelta(microseconds=1))
    store.violations.lodge(lead, "c", "banned.x", Plea("in time"), told.appeal_until)
    store.violations.withdraw(lead, "c", "banned.x", told.appeal_until)  # who lodged it may


def test_a_withdrawn_final_appeal_leaves_what_was_upheld(store: Store, database: Database) -> None:
    settle(store, database)
    store.violations.lodge(AGENT, "c", "banned.x", Plea("one"), NOW)
    decide(store, database, "second", Answer.CONFIRMED)
    store.violations.lodge(AGENT, "c", "banned.x", Plea("two"), NOW)
    store.violations.withdraw(AGENT, "c", "banned.x", NOW)
    assert [one.state for one in store.violations.mine(AGENT, 9)] == [ViolationState.UPHELD]
    with pytest.raises(UsageError, match="already"):
        store.violations.lodge(AGENT, "c", "banned.x", Plea("three"), NOW)
    assert store.violations.advance(NOW + LATE) == 1
    assert counted(store) == [1]


def test_an_appeal_and_the_end_of_its_time_at_once_make_one_of_the_two(store: Store, database: Database) -> None:
    settle(store, database)
    (told,) = store.violations.mine(AGENT, 9)

    def lodge(_: int) -> bool:
        try:
            store.violations.lodge(AGENT, "c", "banned.x", Plea("at once"), told.appeal_until)
        except UsageError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        lodged = [pool.submit(lodge, no) for no in range(4)]
        ended = [pool.submit(store.violations.advance, NOW + LATE) for _ in range(2)]
        outcome = [sum(one.result() for one in lodged), sum(one.result() for one in ended)]
    assert outcome in ([1, 0], [0, 1])
    states = {(1, 0): ("appealed", "settled"), (0, 1): ("final", "final")}
    found = database.rows("SELECT v.state, d.state FROM violation v, decision d")
    assert found == [states[outcome[0], outcome[1]]]


def test_what_is_decided_anew_is_told_anew_and_its_appeal_is_over(store: Store, database: Database) -> None:
    # told ── appeal ── decided anew: told again, all the time ── appeal, the first of that notice
    settle(store, database)
    store.violations.lodge(AGENT, "c", "banned.x", Plea("one"), NOW)
    later = NOW + timedelta(days=3)
    with database.connection() as connection:
        after_settled(connection, "c", ["banned.x"], store._review, later)
    (told,) = store.violations.mine(AGENT, 9)
    assert (told.state, told.notice, told.noticed_at) == (ViolationState.NOTIFIED, 2, later)
    store.violations.lodge(AGENT, "c", "banned.x", Plea("two"), later)
    states = [one.state.value for one in store.violations.appeals_of(AGENT, "c", "banned.x")]
    assert states == ["superseded", "open"]


def test_of_an_agent_nobody_knows_nobody_is_told_and_nobody_counted(store: Store, database: Database) -> None:
    settle(store, database, agent=None)
    assert store.violations.mine(AGENT, 9) == ()
    (told,) = store.violations.list(LEAD, ViolationFilter(unknown=True), 9)
    assert told.agent is None
    for team, may in (("B", False), ("A", True)):
        lead = Actor("lead", frozenset({Role.TEAM_LEAD}), frozenset({team}))
        with nullcontext() if may else pytest.raises(PolicyError):
            store.violations.lodge(lead, "c", "banned.x", Plea("录音里不是我们的人"), NOW)
    decide(store, database, "second", Answer.CONFIRMED)
    assert store.violations.advance(NOW + LATE) == 1
    assert database.rows("SELECT state, answer FROM decision") == [("final", "confirmed")]
    assert counted(store) == []


def test_several_at_once_end_each_violation_once(store: Store, database: Database) -> None:
    with database.connection() as connection:
        for no in range(30):
            put_decision(connection, f"c{no}", "banned.x", put_review(connection, f"c{no}", "first", NOW))
            after_settled(connection, f"c{no}", ["banned.x"], store._review, NOW)
    with ThreadPoolExecutor(6) as pool:
        ended = list(pool.map(store.violations.advance, [NOW + LATE] * 6))
    assert sum(ended) == 30
    assert database.rows("SELECT count(*) FROM event WHERE kind = 'decision.final'") == [(30,)]


def test_what_is_being_arbitrated_again_does_not_end(store: Store, database: Database) -> None:
    settle(store, database)
    database.change("UPDATE decision SET state = 'provisional', version = version + 1")
    assert store.violations.advance(NOW + LATE) == 0
    store.violations.look(NOW + LATE)
    assert [one.state for one in store.violations.mine(AGENT, 9)] == [ViolationState.NOTIFIED]


def test_a_list_is_narrowed_by_rule_team_and_time_and_never_widened(store: Store, database: Database) -> None:
    settle(store, database)
    day = timedelta(days=1)
    for which, found in (
        (ViolationFilter(rule_id="banned.x", teams={"A"}, noticed=(NOW, NOW + day)), 1),
        (ViolationFilter(rule_id="banned.y"), 0),
        (ViolationFilter(teams={"B"}), 0),
        (ViolationFilter(noticed=(NOW - day, NOW)), 0),
        (ViolationFilter(noticed=(NOW + day, NOW + 2 * day)), 0),
    ):
        assert len(store.violations.list(LEAD, which, 9)) == found, which
    other = Actor("lead", frozenset({Role.TEAM_LEAD}), frozenset({"B"}))
    for which in (ViolationFilter(), ViolationFilter(teams={"A"})):
        assert store.violations.list(other, which, 9) == ()
