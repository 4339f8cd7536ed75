"""New items for people to review that follow from what people did."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection

from inspector.enums import Severity
from inspector.storage import tables
from inspector.storage.queues import Reason, State, urgency_of
from inspector.storage.rows import insert_new

__all__ = ["NewItem", "open_item"]


@dataclass(frozen=True, slots=True)
class NewItem:
    """A call to be reviewed. ``because``: titles by rule id, worst first. ``excluded``: who may not have it.

    ``key``: tells items of the same call and reason apart, such as the review that is looked at again.
    """

    call_id: str
    reason: Reason
    key: str
    business_date: date | None
    because: Mapping[str, str] = field(default_factory=dict)
    severity: Severity | None = None
    of_review: str | None = None
    excluded: frozenset[str] = frozenset()
    assigned_to: str | None = None
    due_at: datetime | None = None

    @property
    def id(self) -> str:
        return hashlib.sha256(f"{self.call_id}\0{self.reason}\0{self.key}".encode()).hexdigest()[:24]


def open_item(connection: Connection, new: NewItem, now: datetime) -> str:
    """Opens it unless it is there already, in whatever state. Returns its id."""
    row = {
        "id": new.id,
        "call_id": new.call_id,
        "reason": new.reason.value,
        "because": [{"rule_id": rule_id, "title": title} for rule_id, title in new.because.items()],
        "severity": None if new.severity is None else new.severity.value,
        "urgency": urgency_of(new.severity),
        "state": State.OPEN.value,
        "business_date": new.business_date,
        "created_at": now,
        "due_at": new.due_at,
        "of_review": new.of_review,
        "excluded": sorted(new.excluded),
        "assigned_to": new.assigned_to,
        "fence": 0,
    }
    connection.execute(insert_new(connection, tables.review_item).values(row))
    return new.id
