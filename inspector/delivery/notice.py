"""What is told outside of a group of alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inspector.enums import AlertClass

__all__ = ["Notice", "NoticeKind"]


class NoticeKind(StrEnum):
    """What happened to the group."""

    OPENED = "opened"
    JOINED = "joined"
    ESCALATED = "escalated"
    ASSIGNED = "assigned"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing told to one audience. ``number`` counts the notices of a group; ``rules``: id and title of each;
    ``at_s``: in the call; ``started_at``: when it was said (UTC); ``quote``: masked words."""

    group_id: str
    kind: NoticeKind
    number: int
    alert_class: AlertClass
    audience: str
    rules: tuple[tuple[str, str], ...]
    call_ids: tuple[str, ...]
    source_call_ids: tuple[str, ...]
    team: str | None
    agent: str | None
    at_s: float | None
    started_at: datetime | None
    due_at: datetime | None
    overdue_when_found: bool
    remedy: str
    quote: str | None
