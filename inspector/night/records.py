"""What a night is made of: rows of the list, calls of the switch, and what became of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from inspector.enums import Layout, WorkState
from inspector.model import Outcome

__all__ = ["CdrCall", "Fate", "Listed", "NightCall", "Part", "Pending", "Recorded", "Run"]


class Fate(StrEnum):
    """What became of a row of the list when it was read. Only what is ``accepted`` is heard."""

    ACCEPTED = "accepted"
    EXCLUDED = "excluded"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class Listed:
    """A call of the list, or a row of which nobody knows the call.

    ``item``: the call's id, else a digest of list and line. ``reason``: the rule that excludes it, or its fault.
    ``digest``: of all that its rows say; the same row need not be read through again.
    """

    item: str
    fate: Fate
    line_no: int
    digest: str = ""
    reason: str | None = None
    source_call_id: str | None = None
    is_call: bool = True

    def __post_init__(self) -> None:
        if (self.fate is Fate.ACCEPTED) == (self.reason is not None):
            raise ValueError(f"a row that is {self.fate} and the reason {self.reason} do not go together")


@dataclass(frozen=True, slots=True)
class Pending:
    """What is on record of a listed call: enough to know whether its row has to be read again."""

    fate: Fate
    digest: str
    state: WorkState | None


@dataclass(frozen=True, slots=True)
class CdrCall:
    """A call by the switch's own record (call detail record). ``line``: trunk or gateway that carried it."""

    call_id: str
    source_call_id: str
    start: str | None
    talk_s: float | None
    answered: bool | None
    line: str | None
    agent: str | None

    @property
    def was_answered(self) -> bool:
        """By its own word, else whether anybody talked."""
        return self.answered if self.answered is not None else bool(self.talk_s)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording of a call that was heard."""

    duration_s: float
    layout: Layout
    ends_early: bool


@dataclass(frozen=True, slots=True)
class NightCall:
    """A row of the list with all that is known of it now; or a call of the switch that the list lacks (``fate`` None).

    ``state`` None: it never was accepted. ``by_rule`` None: there is no inspection. ``signed``: its end was not waited
    for. Seconds of speech: ``unheard_s`` without text, ``talk_s`` of (agent, customer).
    """

    item: str
    source_call_id: str | None
    fate: Fate | None
    reason: str | None = None
    line_no: int | None = None
    part: int | None = None
    signed: bool = False
    state: WorkState | None = None
    faults: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    by_rule: Mapping[str, Outcome] | None = None
    unheard_s: float = 0.0
    talk_s: tuple[float, float] = (0.0, 0.0)
    is_uninspectable: bool = False
    recordings: tuple[Recorded, ...] = ()
    cdr: CdrCall | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What was listed until the run closed once: late calls are a further part. ``numbers``: as they were then."""

    no: int
    opened_at: datetime
    closed_at: datetime | None
    signed_by: str | None
    reason: str | None
    numbers: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Run:
    """The run of a business date. ``elsewhere``: rows of other dates, by the digest of each list read to its end."""

    business_date: date
    parts: tuple[Part, ...]
    elsewhere: Mapping[str, int]

    @property
    def is_closed(self) -> bool:
        return all(part.closed_at is not None for part in self.parts)

    @property
    def is_signed_off(self) -> bool:
        """Somebody has said that the rest is not waited for."""
        return any(part.closed_at is None and part.signed_by is not None for part in self.parts)
