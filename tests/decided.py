"""Calls about which people have decided, written past those who decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, insert

from inspector.enums import Kind, Outcome, Severity, Status
from inspector.review.records import Answer, DecisionState, Origin, Stage, Submitted, Verdict
from inspector.storage import Store
from inspector.storage.queues import Reason
from inspector.storage.review_tables import decision, review, verdict
from inspector.storage.reviews.items import NewItem, open_item
from inspector.storage.rows import put
from tests.signals import called, finding

RULE = "banned.guaranteed_return"


def call_of(store: Store, no: str, start: datetime, outcome: Outcome = Outcome.FIRES, **facts: str) -> str:
    """An inspected call to which the rule gave that outcome. Its id."""
    made = called(no, start, finding(RULE), **{"agent": "A1", **facts})
    store.save(replace(made, by_rule={RULE: outcome}), "d")
    return made.call.id


def judge(
    connection: Connection, item: NewItem, reviewer: str, answers: Mapping[str, Answer], at: datetime
) -> Submitted:
    """A review of an item is in, with an answer by rule."""
    item_id = open_item(connection, item, at)
    review_id = f"{item_id}-{reviewer}"
    row = {
        "id": review_id, "item_id": item_id, "call_id": item.call_id, "reviewer": reviewer,
        "reason": item.reason.value, "state": "submitted", "blind": False, "claimed_at": at, "submitted_at": at,
        "played": [], "played_speech_s": 0.0, "speech_s": 0.0, "in_estimate": False, "handling_s": 60.0, "draft": {},
    }  # fmt: skip
    connection.execute(insert(review).values(row))
    verdicts = tuple(
        Verdict(f"f-{rule_id}", rule_id, 1, Kind.FORBIDDEN, Status.STABLE, Severity.CRITICAL, Outcome.FIRES, answer,
                None if answer is Answer.CONFIRMED else "other")  # type: ignore[arg-type]
        for rule_id, answer in answers.items()
    )  # fmt: skip
    for one in verdicts:
        columns = {name: getattr(one, name) for name in Verdict.__dataclass_fields__}
        row = {**columns, "review_id": review_id, "call_id": item.call_id, "at": at}
        connection.execute(insert(verdict).values(row))
    return Submitted(
        review_id, item_id, item.call_id, "i", reviewer, item.reason.value, None, False, at, verdicts, ()
    )


def decide(
    connection: Connection,
    call_id: str,
    at: datetime,
    state: DecisionState = DecisionState.FINAL,
    answer: Answer = Answer.CONFIRMED,
    **other: object,
) -> None:
    """What holds of the rule in a call from now on."""
    key = f"decided {state}"
    submitted = judge(connection, NewItem(call_id, Reason.FINDING, f"{key} {at}", None), "decider", {RULE: answer}, at)
    values = {
        "origin": Origin.FINDING.value, "finding_id": f"f-{RULE}", "rule_version": 1, "kind": Kind.FORBIDDEN.value,
        "status": Status.STABLE.value, "severity": Severity.CRITICAL.value, "outcome": Outcome.FIRES.value,
        "agent": "A1", "team": "一组", "answer": answer.value, "stage": Stage.FIRST.value, "state": state.value,
        "review_id": submitted.review_id, "final_at": at.astimezone(UTC), "version": 1,
    }  # fmt: skip
    put(connection, decision, {"call_id": call_id, "rule_id": RULE}, {**values, **other}, {})
