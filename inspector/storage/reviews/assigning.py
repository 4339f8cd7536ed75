"""What who leads the reviewers does to an item: gives it to somebody, takes it back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select, update

from inspector.errors import PolicyError, UsageError
from inspector.review.reasons import Reason, State, deed_of
from inspector.review.records import ReviewState
from inspector.roles import Person, may
from inspector.storage import tables
from inspector.storage.review_tables import review
from inspector.storage.reviews.claiming import Claimant, barred

__all__ = ["assign", "named", "recall"]


def named(connection: Connection, item_id: str) -> Row[Any]:
    """The open item of that id, or the only one whose id begins so, with the business data of its call.

    Raises UsageError when there is none or several, and when it is not open.
    """
    item, call = tables.review_item, tables.call
    found = (
        select(item, call.c.facts)
        .outerjoin(call, call.c.id == item.c.call_id)
        .where(item.c.id.startswith(item_id, autoescape=True))
        .limit(2)
    )
    rows = connection.execute(found).all()
    if len(rows) != 1 or not item_id:
        many = "several items begin" if rows else "no item begins"
        raise UsageError(f"{many} with: {item_id}", "look it up: inspector review list")
    if rows[0].state != State.OPEN.value or rows[0].reason == Reason.SELF_CHECK.value:
        raise UsageError(f"item {rows[0].id} is not to be handed out: {rows[0].reason}, {rows[0].state}", "")
    return rows[0]


def assign(claimant: Claimant, row: Row[Any], person: Person) -> None:
    """It is that person's alone. ``claimant``: the person. Raises PolicyError when he may not have it, or somebody has
    it already."""
    if not may(person.actor, deed_of(Reason(row.reason))) or barred(claimant, row):
        raise PolicyError(f"{person.name} may not review item {row.id}", "assign it to somebody else")
    item = tables.review_item
    unclaimed = item.c.owner.is_(None) | (item.c.lease_until <= claimant.now) | (item.c.owner == person.name)
    given = update(item).where(item.c.id == row.id, item.c.state == State.OPEN.value, unclaimed)
    if not claimant.connection.execute(given.values(assigned_to=person.name)).rowcount:
        raise PolicyError(f"somebody works on item {row.id}", "recall it first: inspector review recall")


def recall(connection: Connection, row: Row[Any]) -> None:
    """It is anybody's again; what was typed stays as a draft."""
    item = tables.review_item
    free = {"owner": None, "lease_until": None, "assigned_to": None, "fence": item.c.fence + 1}
    connection.execute(update(item).where(item.c.id == row.id, item.c.state == State.OPEN.value).values(free))
    going_on = review.c.state.in_([ReviewState.OPEN.value, ReviewState.REVEALED.value])
    dropped = update(review).where(review.c.item_id == row.id, going_on)
    connection.execute(dropped.values(state=ReviewState.DROPPED.value))
