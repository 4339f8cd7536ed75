"""Incidents as people ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Incident", "IncidentCall"]


@dataclass(frozen=True, slots=True)
class Incident:
    """One trouble that clearly more customers than usual called about. All times UTC.

    ``topic``: the rule whose signal it is, ``key``: what it is about. ``first_at`` … ``hot_until``: when there were
    more calls than usual. ``customers``, ``usual``: how many there were when it was complete, and how many are usual in
    such a time, None when nobody could know yet. ``late``: found so long after it was complete that nobody could act
    in time. ``calls``: how many are attached; ``teams``: those that answered them.
    """

    id: str
    kind: str
    title: str
    topic: str
    key: str
    first_at: datetime
    completed_at: datetime
    completed_by: str
    hot_until: datetime
    customers: int
    usual: float | None
    found_at: datetime
    late: bool
    calls: int
    teams: frozenset[str]


@dataclass(frozen=True, slots=True)
class IncidentCall:
    """A call of an incident. ``at``: when the customer said it (UTC)."""

    call_id: str
    source_call_id: str
    at: datetime
    team: str | None
