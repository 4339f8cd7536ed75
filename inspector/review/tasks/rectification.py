"""An entry of the rectification ledger (整改台账), from what was checked to its being struck off (销号).

::

    OPEN ── measure ──► MEASURES_SET ── result, evidence ──► DONE ── another person ──► STRUCK_OFF
                          ▲    ▲ │ measure                     │                            │
                          │    └─┘                    not so ──┤    again within 90 days ───┤
                          └──────────────── REOPENED ◄─────────┴────────────────────────────┘
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from inspector.alerts.calendar import WorkCalendar
from inspector.errors import PolicyError, UsageError

__all__ = [
    "ESCALATIONS",
    "Entry",
    "EntryState",
    "escalate",
    "overdue",
    "recurs",
    "reopen",
    "report_done",
    "set_measure",
    "strike_off",
]

ESCALATIONS = ("team_lead", "qa_lead")
"""Whom an overdue entry goes up to, one after the other."""


class EntryState(StrEnum):
    """How far an entry is."""

    OPEN = "open"
    MEASURES_SET = "measures_set"
    DONE = "done"
    STRUCK_OFF = "struck_off"
    REOPENED = "reopened"


_MAY_MEASURE = frozenset({EntryState.OPEN, EntryState.MEASURES_SET, EntryState.REOPENED})


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. ``inspector``: who checked, at ``checked_at``; ``content``: what; ``finding``: what was found.

    ``call_id`` or ``incident_id``: what it comes from, if not from a check of other kind. ``agent``: it is about one
    person only. ``escalated``: how many levels of :data:`ESCALATIONS` were told; ``escalate_at``: when the next one is.
    ``version`` is 1 more with every change. Texts were typed by people: whoever shows them masks them.
    """

    id: str
    opened_at: datetime
    checked_at: datetime
    inspector: str
    content: str
    finding: str
    due_at: datetime
    rule_id: str | None = None
    team: str | None = None
    agent: str | None = None
    call_id: str | None = None
    incident_id: str | None = None
    state: EntryState = EntryState.OPEN
    measure: str | None = None
    owner: str | None = None
    result: str | None = None
    evidence: str | None = None
    done_by: str | None = None
    done_at: datetime | None = None
    verified_by: str | None = None
    struck_off_at: datetime | None = None
    times_reopened: int = 0
    escalated: int = 0
    escalate_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if not self.content.strip() or not self.finding.strip():
            raise ValueError("an entry says what was checked and what was found")
        ended = self.state in (EntryState.DONE, EntryState.STRUCK_OFF)
        if ended != (None not in (self.result, self.evidence, self.done_by, self.done_at)):
            raise ValueError(f"an entry that is {self.state} and its result do not fit")
        if (self.state is EntryState.STRUCK_OFF) != (None not in (self.verified_by, self.struck_off_at)):
            raise ValueError(f"an entry that is {self.state} and its verification do not fit")


def set_measure(entry: Entry, measure: str, owner: str, due_at: datetime, now: datetime) -> Entry:
    """What is to be done, by whom, until when; it may be changed until it is done.

    Raises PolicyError when it is done already, UsageError for an empty text or a time that is over.
    """
    _only(entry, _MAY_MEASURE)
    _said(measure=measure, owner=owner)
    if due_at <= now:
        raise UsageError("what is to be done is due in the past", "name a later day")
    return replace(
        entry,
        state=EntryState.MEASURES_SET,
        measure=measure.strip(),
        owner=owner.strip(),
        due_at=due_at,
        escalated=0,
        escalate_at=due_at,
    )


def report_done(entry: Entry, result: str, evidence: str, by: str, now: datetime) -> Entry:
    """The measure is carried out. Raises PolicyError when none is set, UsageError without result or evidence."""
    _only(entry, {EntryState.MEASURES_SET})
    _said(result=result, evidence=evidence)
    told = {"result": result.strip(), "evidence": evidence.strip(), "done_by": by, "done_at": now}
    return replace(entry, state=EntryState.DONE, escalate_at=None, **told)  # type: ignore[arg-type]


def strike_off(entry: Entry, by: str, now: datetime) -> Entry:
    """Somebody else has verified it. Raises PolicyError for whoever checked, owns or did it, and before it is done."""
    _only(entry, {EntryState.DONE})
    if by in (entry.inspector, entry.owner, entry.done_by):
        raise PolicyError(
            f"{by} has a part in entry {entry.id}: another person strikes it off",
            "ask somebody who neither checked it, owns it nor did it",
        )
    return replace(entry, state=EntryState.STRUCK_OFF, verified_by=by, struck_off_at=now)


def reopen(entry: Entry, due_at: datetime) -> Entry:
    """It was not done after all, or it came back; it is due anew. Raises PolicyError when it was never done."""
    _only(entry, {EntryState.DONE, EntryState.STRUCK_OFF})
    cleared = dict.fromkeys(("result", "evidence", "done_by", "done_at", "verified_by", "struck_off_at"))
    return replace(
        entry,
        state=EntryState.REOPENED,
        due_at=due_at,
        times_reopened=entry.times_reopened + 1,
        escalated=0,
        escalate_at=due_at,
        **cleared,  # type: ignore[arg-type]
    )


def recurs(entry: Entry, called_at: datetime, within: timedelta) -> bool:
    """Whether a violation in a call at that time says that the measure did not last.

    ::

        done ──────── struck off ─────── within ───────┤
          └── calls here reopen it ────────────────────┘
    """
    if entry.done_at is None or called_at <= entry.done_at:
        return False
    return entry.struck_off_at is None or called_at <= entry.struck_off_at + within


def overdue(entry: Entry, now: datetime) -> bool:
    """Whether something should have been done by now."""
    return entry.state in _MAY_MEASURE and entry.due_at < now


def escalate(entry: Entry, now: datetime, days: int, calendar: WorkCalendar) -> tuple[Entry, tuple[str, ...]]:
    """Whom it goes up to by now, each level once: the first when it is due, the next ``days`` working days later."""
    told = []
    while entry.escalate_at is not None and entry.escalate_at <= now:
        told.append(ESCALATIONS[entry.escalated])
        last = entry.escalated + 1 == len(ESCALATIONS)
        ahead = None if last else calendar.add_days(entry.escalate_at, days)
        entry = replace(entry, escalated=entry.escalated + 1, escalate_at=ahead)
    return entry, tuple(told)


def _only(entry: Entry, states: frozenset[EntryState] | set[EntryState]) -> None:
    if entry.state not in states:
        raise PolicyError(f"entry {entry.id} is {entry.state}", "look at it: inspector rectification show")


def _said(**texts: str) -> None:
    for name, text in texts.items():
        if not text.strip():
            raise UsageError(f"the {name} is missing", "say it in words")
