"""What is to be told outside of a group of alerts, and the message that tells it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inspector.enums import AlertClass

__all__ = ["Message", "Notice", "NoticeKind"]


class NoticeKind(StrEnum):
    """Why something is told. ``joined``: a further alert came to a group that is known."""

    OPENED = "opened"
    JOINED = "joined"
    ESCALATED = "escalated"
    ASSIGNED = "assigned"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to be told to one audience.

    ``number`` counts the notices of a group; ``rules``: id and title, the title being the rule's own; ``at_s`` in the
    call, ``started_at`` when it was said; ``quote``: masked words of the call, for receivers that may have them.
    """

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

    def __post_init__(self) -> None:
        if self.number < 0 or not self.group_id:
            raise ValueError(f"notice {self.number} of group {self.group_id!r}")
        if any(at is not None and at.tzinfo is None for at in (self.started_at, self.due_at)):
            raise ValueError("the times of a notice need a zone")

    @property
    def id(self) -> str:
        """The same for the same notice for ever: receivers know by it what they have already."""
        return hashlib.sha256(f"{self.group_id}\0{self.number}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent at once: one notice, or several that were held back. ``is_test``: sent by hand to try a receiver."""

    id: str
    notices: tuple[Notice, ...]
    is_test: bool = False

    def __post_init__(self) -> None:
        if not self.id or not self.notices:
            raise ValueError("a message has an id and at least one notice")

    @property
    def alert_class(self) -> AlertClass:
        """That of the most urgent notice."""
        return min(notice.alert_class for notice in self.notices)
