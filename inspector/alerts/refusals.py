"""Why a deed on a group of alerts was not done: of the two kinds of errors, each with its reason as data."""

from __future__ import annotations

from enum import StrEnum

from inspector.errors import PolicyError, UsageError

__all__ = ["DeedMisusedError", "DeedRefusedError", "Refusal"]


class Refusal(StrEnum):
    """``held``: somebody else has it. ``ended``: it is at an end. ``changed``: not as it was seen. ``not_open``: the
    alert is not open any more. ``no_...``: what was named is not there."""

    HELD = "held"
    ENDED = "ended"
    CHANGED = "changed"
    NOT_OPEN = "not_open"
    NOT_OWED = "not_owed"
    NO_RESULT = "no_result"
    NO_REASON = "no_reason"
    NO_PERSON = "no_person"
    NO_GROUP = "no_group"
    NO_ALERT = "no_alert"


class DeedRefusedError(PolicyError):
    """The group is not in a state for it. ``who``: has it, or ended it."""

    def __init__(self, why: Refusal, message: str, remedy: str, who: str | None = None) -> None:
        super().__init__(message, remedy)
        self.why, self.who = why, who


class DeedMisusedError(UsageError):
    """What was asked for does not exist."""

    def __init__(self, why: Refusal, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.why = why
