"""Weeks of review from the first call to the last final decision, through the services that people use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import select

from inspector.enums import Kind, Outcome, Severity, Status
from inspector.review.appeals.records import ViolationState
from inspector.review.reasons import Reason
from inspector.review.records import ACCUSING, Answer, DecisionState, Origin, Stage
from inspector.storage import Store
from inspector.storage.ledger.records import EventKind
from inspector.storage.review_tables import decision, review, verdict
from inspector.storage.tables import event, review_item
from tests.databases import Database
from tests.playing_week import ALL, BOSS, ERRS, GREETING, LOOSE, Play
from tests.review_week import TRAITS


class Played:
    """What the weeks left."""

    def __init__(self, store: Store, database: Database) -> None:
        self.store, self.database = store, database
        self.play = Play(store, seed=1)
        self.play.all_of_it()

    def rows(self, table: Any) -> list[Any]:
        with self.database.connection() as connection:
            return list(connection.execute(select(table)))


@pytest.fixture
def played(database: Database) -> Iterator[Played]:
    with closing(Store.open(database.url)) as store:
        yield Played(store, database)


@pytest.mark.slow
def test_weeks_end_with_everything_final_and_only_what_people_confirmed_counted(played: Played) -> None:
    decisions, reviews = played.rows(decision), {one.id: one for one in played.rows(review)}
    _nothing_is_left_open(played, decisions)
    _nobody_judges_twice(played, decisions, reviews)
    _rules_went_down_and_up(played)
    _only_final_findings_count(played, decisions)
    _appeals_were_decided(played)


def _nothing_is_left_open(played: Played, decisions: list[Any]) -> None:
    assert {item.state for item in played.rows(review_item)} == {"done"}
    assert {one.state for one in decisions} == {"final"}
    states = {one.state for one in played.store.violations.list(BOSS, ALL, 1000)}
    assert states == {ViolationState.FINAL, ViolationState.OVERTURNED}
    final = [one for one in played.rows(event) if one.kind == EventKind.DECISION_FINAL]
    assert len(final) == len(decisions)
    # every finding of a call that entered the queue has a verdict of somebody
    judged = {(one.call_id, one.rule_id) for one in played.rows(verdict)}
    found = {
        (call_id, finding.rule_id)
        for call_id, one in played.play.truth.items()
        for finding in one.inspection.findings
        if one.inspection.queues
    }
    assert found <= judged


def _nobody_judges_twice(played: Played, decisions: list[Any], reviews: dict[str, Any]) -> None:
    by_call = defaultdict(list)
    for one in reviews.values():
        by_call[one.call_id].append(one.reviewer)
    assert all(len(set(names)) == len(names) for names in by_call.values())
    fatal = [one for one in decisions if one.severity == Severity.CRITICAL and one.answer == Answer.CONFIRMED]
    assert fatal
    assert Stage.FIRST not in {one.stage for one in fatal}
    arbiters = {one.reviewer for one in reviews.values() if one.reason == Reason.ARBITRATION}
    assert arbiters
    assert not arbiters & ERRS.keys()  # reviewers may not arbitrate


def _rules_went_down_and_up(played: Played) -> None:
    changes = [
        (one.kind, one.data["rule_id"])
        for one in sorted(played.rows(event), key=lambda one: one.seq)
        if one.kind in (EventKind.RULE_DEMOTED, EventKind.RULE_PROMOTED)
    ]
    assert changes == [
        (EventKind.RULE_DEMOTED, GREETING),
        (EventKind.RULE_PROMOTED, GREETING),
        (EventKind.RULE_DEMOTED, LOOSE),
    ]
    states = {one.rule_id: one.status for one in played.store.verdicts.states(BOSS)}
    assert states == {GREETING: Status.STABLE, LOOSE: Status.TEST}


def _only_final_findings_count(played: Played, decisions: list[Any]) -> None:
    against = defaultdict(set)
    for one in decisions:
        accuses = Kind(one.kind) in ACCUSING and one.status == Status.STABLE
        found = one.origin == Origin.MARK or one.outcome == Outcome.FIRES
        if accuses and found and (one.state, one.answer) == (DecisionState.FINAL, Answer.CONFIRMED) and one.agent:
            against[one.agent, f"{one.business_date:%Y-%m}"].add(one.call_id)
    numbers = [one for month in ("2025-02", "2025-03") for one in played.store.violations.numbers(BOSS, month)]
    assert {(one.agent, one.month): one.calls for one in numbers if one.calls} == {
        key: len(calls) for key, calls in against.items()
    }
    counted = {one.rule_id for one in played.store.violations.list(BOSS, ALL, 1000)}
    assert counted == {"banned.promise", GREETING, LOOSE}  # no signal, no emotion, nothing on trial
    demoted = [one for one in decisions if one.status == Status.TEST and TRAITS[one.rule_id].status is Status.STABLE]
    assert {one.rule_id for one in demoted} == {GREETING, LOOSE}
    told = {(one.call_id, one.rule_id) for one in played.store.violations.list(BOSS, ALL, 1000)}
    assert not told & {(one.call_id, one.rule_id) for one in demoted}


def _appeals_were_decided(played: Played) -> None:
    appeals = [
        appeal
        for one in played.store.violations.list(BOSS, ALL, 1000)
        for appeal in played.store.violations.appeals_of(BOSS, one.call_id, one.rule_id)
    ]
    assert {appeal.level for appeal in appeals} == {1, 2}
    assert {appeal.state.value for appeal in appeals} == {"upheld", "overturned"}
    overturned = {(one.call_id, one.rule_id) for one in appeals if one.state.value == "overturned"}
    kept = {(one.call_id, one.rule_id): one.answer for one in played.rows(decision)}
    assert {kept[key] for key in overturned} == {"false_alarm"}
