"""Decisions in the database: second look, arbitration, contest; each by somebody else; both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from inspector.enums import Severity
from inspector.errors import PolicyError
from inspector.review.policy import ReviewPolicy
from inspector.review.records import Answer, DecisionState, Stage
from inspector.roles import Actor, Role
from inspector.storage import Store, tables
from inspector.storage.decisions.reading import Decision, DecisionFilter
from inspector.storage.queues import Reason
from inspector.storage.review_tables import decision
from tests.databases import Database
from tests.reviews import heard, mark, open_review, submit, verdict

QA = Actor("qa", frozenset({Role.QA_LEAD}))
CRITICAL = verdict(severity=Severity.CRITICAL)


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(Store.open(database.url)) as store:
        yield store


@pytest.fixture
def call_id(store: Store) -> str:
    call_id, inspection = heard()
    store.save(inspection, "d")
    return call_id


@pytest.fixture
def policy(store: Store) -> ReviewPolicy:
    """Nothing goes to a second look by lot."""
    policy = store.decisions.policy
    return replace(policy, settings=policy.settings.model_copy(update={"second_look_share": Decimal(0)}))


def item_of(database: Database, reason: Reason) -> tuple[str, list[str], list[str]]:
    item = tables.review_item
    with database.connection() as connection:
        row = connection.execute(select(item).where(item.c.reason == reason.value)).one()
    return row.id, [one["rule_id"] for one in row.because], row.excluded


def held(store: Store, rule_id: str = "a.b") -> Decision:
    (found,) = store.decisions.find(QA, DecisionFilter(rule_id=rule_id), 9)
    return found


def review(database: Database, policy: ReviewPolicy, call_id: str, who: str, verdicts=(), item=None, marks=()) -> str:  # type: ignore[no-untyped-def]
    with database.connection() as connection:
        return submit(connection, open_review(connection, call_id, who, item), policy, verdicts, marks)


def test_one_look_settles_what_is_not_fatal(
    store: Store, database: Database, call_id: str, policy: ReviewPolicy
) -> None:
    review(database, policy, call_id, "ann", [verdict(), verdict("c.d", Answer.FALSE_ALARM)])
    found = held(store)
    assert (found.answer, found.stage, found.state, found.version) == (
        Answer.CONFIRMED,
        Stage.FIRST,
        DecisionState.SETTLED,
        1,
    )
    assert (found.agent, found.team, str(found.business_date), found.counts) == ("a1", "一组", "2025-03-01", False)
    assert database.rows("SELECT count(*) FROM event WHERE kind = 'decision.settled'") == [(1,)]
    assert database.rows("SELECT count(*) FROM review_item WHERE reason = 'second_look'") == [(0,)]


def test_two_who_differ_are_arbitrated_by_a_third(
    store: Store, database: Database, call_id: str, policy: ReviewPolicy
) -> None:
    review(database, policy, call_id, "ann", [CRITICAL, verdict("c.d")], marks=[mark()])
    second, because, excluded = item_of(database, Reason.SECOND_LOOK)
    assert (set(because), because[-1], excluded) == ({"a.b", "m.n", "c.d"}, "c.d", ["ann"])
    assert held(store).state is DecisionState.PROVISIONAL
    # He agrees on c.d, denies a.b, and says nothing of what she marked.
    review(database, policy, call_id, "bob", [verdict("a.b", Answer.FALSE_ALARM), verdict("c.d")], second)
    third, because, excluded = item_of(database, Reason.ARBITRATION)
    assert (set(because), excluded) == ({"a.b", "m.n"}, ["ann", "bob"])
    assert (held(store, "c.d").stage, held(store, "c.d").state) == (Stage.SECOND, DecisionState.SETTLED)
    review(database, policy, call_id, "cyd", [CRITICAL], third)
    assert (held(store).answer, held(store).stage, held(store).version) == (Answer.CONFIRMED, Stage.ARBITRATION, 3)
    assert (held(store, "m.n").answer, held(store, "m.n").state) == (Answer.CANNOT_TELL, DecisionState.SETTLED)


def test_nobody_looks_again_at_his_own(store: Store, database: Database, call_id: str, policy: ReviewPolicy) -> None:
    review(database, policy, call_id, "ann", [CRITICAL])
    second, _, _ = item_of(database, Reason.SECOND_LOOK)
    with pytest.raises(PolicyError, match="has judged call"):
        review(database, policy, call_id, "ann", [CRITICAL], second)
    assert (held(store).state, held(store).version) == (DecisionState.PROVISIONAL, 1)


def test_a_later_review_contests_what_is_settled_and_leaves_what_is_final(
    store: Store, database: Database, call_id: str, policy: ReviewPolicy
) -> None:
    review(database, policy, call_id, "ann", [verdict(), verdict("c.d")])
    with database.connection() as connection:
        connection.execute(update(decision).where(decision.c.rule_id == "c.d").values(state="final"))
    denied = [verdict(rule_id, Answer.FALSE_ALARM) for rule_id in ("a.b", "c.d")]
    review(database, policy, call_id, "bob", denied)
    assert (held(store).answer, held(store).version) == (Answer.CONFIRMED, 1)
    third, because, excluded = item_of(database, Reason.ARBITRATION)
    assert (because, excluded) == (["a.b"], ["ann", "bob"])
    review(database, policy, call_id, "cyd", denied, third)
    assert (held(store).answer, held(store, "c.d").answer) == (Answer.FALSE_ALARM, Answer.CONFIRMED)


def test_two_at_once_leave_one_decision(store: Store, database: Database, call_id: str, policy: ReviewPolicy) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda who: review(database, policy, call_id, who, [verdict()]), ("ann", "bob", "cyd", "dan")))
    assert held(store).version == 1
    assert database.rows("SELECT count(*) FROM event WHERE kind = 'decision.settled'") == [(1,)]


def test_a_team_lead_sees_his_team(store: Store, database: Database, call_id: str, policy: ReviewPolicy) -> None:
    review(database, policy, call_id, "ann", [verdict()])
    for team, count in (("一组", 1), ("二组", 0)):
        lead = Actor("lead", frozenset({Role.TEAM_LEAD}), frozenset({team}))
        assert len(store.decisions.find(lead, DecisionFilter(), 9)) == count
    with pytest.raises(PolicyError):
        store.decisions.find(Actor("a1", frozenset({Role.AGENT})), DecisionFilter(), 9)
