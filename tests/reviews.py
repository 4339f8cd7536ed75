"""Reviews that came in, written by hand: what is decided from them is tested without the desk that takes them in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import Connection, insert, select

from inspector.enums import Kind, Outcome, Party, Severity, Status
from inspector.model import Call, Facts, Inspection
from inspector.review.policy import ReviewPolicy
from inspector.review.records import Answer, FalseBecause, Mark, ReviewState, Submitted, Verdict
from inspector.storage import tables
from inspector.storage.decisions.after_review import after_review
from inspector.storage.queues import Reason
from inspector.storage.review_tables import review
from inspector.storage.reviews.items import NewItem, open_item
from tests.signals import called

AT = datetime(2025, 3, 3, 9, tzinfo=UTC)
FACTS = Facts(start="2025-03-01T10:00:00+08:00", agent="a1", team="一组", direction="inbound")


def heard() -> tuple[str, Inspection]:
    """A call with facts, inspected."""
    made = called("scored", datetime(2025, 3, 1, 2, tzinfo=UTC))
    call = Call("pbx", "scored", facts=FACTS)
    return call.id, replace(made, call=call)


def verdict(
    rule_id: str = "a.b",
    answer: Answer = Answer.CONFIRMED,
    severity: Severity = Severity.LOW,
    status: Status = Status.STABLE,
) -> Verdict:
    """Of a rule of what is forbidden that fired."""
    because = None if answer is Answer.CONFIRMED else FalseBecause.MISHEARD
    fired = (f"f-{rule_id}", rule_id, 1, Kind.FORBIDDEN, status, severity, Outcome.FIRES)
    return Verdict(*fired, answer, because)


def mark(rule_id: str = "m.n", severity: Severity = Severity.CRITICAL) -> Mark:
    """Heard by a person, of a rule that did not fire."""
    return Mark(rule_id, 1, Kind.FORBIDDEN, Status.STABLE, severity, 1.0, 2.0, Party.AGENT, True, True)


def open_review(
    connection: Connection, call_id: str, reviewer: str, item_id: str | None = None, *, blind: bool = False
) -> str:
    """Somebody claims an item (None: a random one of his own). Returns the id of his review."""
    if item_id is None:
        item_id = open_item(connection, NewItem(call_id, Reason.RANDOM, reviewer, date(2025, 3, 1)), AT)
    item = connection.execute(select(tables.review_item).where(tables.review_item.c.id == item_id)).one()
    review_id = hashlib.sha256(f"{item_id}\0{reviewer}".encode()).hexdigest()[:24]
    inspection_id = connection.scalar(
        select(tables.inspection.c.id).where(tables.inspection.c.call_id == call_id).limit(1)
    )
    values = {
        "id": review_id,
        "item_id": item_id,
        "call_id": call_id,
        "inspection_id": inspection_id,
        "reviewer": reviewer,
        "reason": item.reason,
        "of_review": item.of_review,
        "state": ReviewState.OPEN.value,
        "blind": blind,
        "claimed_at": AT,
        "played": [],
        "played_speech_s": 0.0,
        "speech_s": 0.0,
        "in_estimate": False,
        "handling_s": 0.0,
        "draft": {},
    }
    connection.execute(insert(review).values(values))
    return review_id


def submit(
    connection: Connection,
    review_id: str,
    policy: ReviewPolicy,
    verdicts: Sequence[Verdict] = (),
    marks: Sequence[Mark] = (),
) -> str:
    """The review comes in, and what follows from it follows. Returns its id."""
    connection.execute(review.update().where(review.c.id == review_id).values(state=ReviewState.SUBMITTED.value))
    row = connection.execute(select(review).where(review.c.id == review_id)).one()
    submitted = Submitted(
        review_id,
        row.item_id,
        row.call_id,
        row.inspection_id,
        row.reviewer,
        row.reason,
        row.of_review,
        False,
        AT,
        tuple(verdicts),
        tuple(marks),
    )
    after_review(connection, submitted, policy, AT)
    return review_id
