"""From a settled decision to what counts against an agent, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
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
