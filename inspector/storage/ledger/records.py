"""What goes into the ledger and comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from inspector.enums import WorkQueue, WorkState
from inspector.legs import Leg
from inspector.model import Call

__all__ = [
    "Acceptance",
    "Claim",
    "Counts",
    "Event",
    "EventKind",
    "Intake",
    "IntakeLeg",
    "QueueCount",
    "Unsent",
    "WorkEntry",
]


@dataclass(frozen=True, slots=True)
class IntakeLeg:
    """A recording of a call as it is accepted: it stays where it is.

    ``path`` None: the list counts it but names no file. ``sha256`` None: it could not be read.
    """

    segment_no: int
    path: Path | None
    sha256: str | None
    size_bytes: int = 0
    agent: str | None = None
    hold_spans: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        if self.path is None and self.sha256 is not None:
            raise ValueError("a recording without a path has no bytes to digest")
        if self.segment_no < 1 or self.size_bytes < 0:
            raise ValueError(f"segment {self.segment_no} of {self.size_bytes} bytes cannot be")

    @property
    def leg(self) -> Leg:
        return Leg(self.segment_no, self.path, self.agent, self.hold_spans)


@dataclass(frozen=True, slots=True)
class Intake:
    """A call to accept with its recordings by segment number. ``audio_s``: an estimate, to size jobs by."""

    call: Call
    legs: tuple[IntakeLeg, ...]
    queue: WorkQueue = WorkQueue.BATCH
    audio_s: float = 0.0

    def __post_init__(self) -> None:
        if not self.legs or self.audio_s < 0:
            raise ValueError("a call to accept has recordings and a length")
        if len({leg.segment_no for leg in self.legs}) != len(self.legs):
            raise ValueError("two recordings of a call have one segment number")


class Acceptance(StrEnum):
    """What became of a call that was to be accepted.

    ``updated``: it is known, but not with this recording or these facts; it is worked off again. ``same``: nothing to
    do. ``conflict``: for one of its segments there are other bytes already; they are kept and nothing was written.
    """

    NEW = "new"
    UPDATED = "updated"
    SAME = "same"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Claim:
    """A call that is ours to work off until the lease ends; ``fence`` proves it. ``attempt`` counts from 1."""

    call: Call
    legs: tuple[IntakeLeg, ...]
    fence: int
    attempt: int
    alone: bool


@dataclass(frozen=True, slots=True)
class Unsent:
    """A call that no job was made for since it waits."""

    call_id: str
    audio_s: float
    alone: bool


@dataclass(frozen=True, slots=True)
class WorkEntry:
    """An accepted call as people ask for it. ``faults``: objects with ``kind``, ``message``, ``remedy``."""

    call_id: str
    source_call_id: str
    state: WorkState
    queue: WorkQueue
    audio_s: float
    attempt: int
    crashes: int
    faults: tuple[Mapping[str, str], ...]
    accepted_at: datetime
    ended_at: datetime | None


class EventKind(StrEnum):
    """What happened to a call. ``work.stale``: a worker came too late, what it brought was thrown away.
    ``incident.opened``: to the call that completed the incident. ``decision.*`` name the rule."""

    ACCEPTED = "work.accepted"
    CLAIMED = "work.claimed"
    RETURNED = "work.returned"
    DONE = "work.done"
    REJECTED = "work.rejected"
    QUARANTINED = "work.quarantined"
    STALE = "work.stale"
    ALERT_OPENED = "alert.opened"
    ALERT_SEEN = "alert.seen"
    ALERT_TAKEN = "alert.taken"
    ALERT_ASSIGNED = "alert.assigned"
    ALERT_STEP = "alert.step_done"
    ALERT_ESCALATED = "alert.escalated"
    ALERT_CLOSED = "alert.closed"
    ALERT_FALSE = "alert.false_alarm"
    INCIDENT_OPENED = "incident.opened"
    DRAW_MADE = "draw.made"
    RUN_PROGRESS = "run.progress"
    RUN_CLOSED = "run.closed"
    REVIEW_CLAIMED = "review.claimed"
    REVIEW_SUBMITTED = "review.submitted"
    DECISION_SETTLED = "decision.settled"
    DECISION_FINAL = "decision.final"
    APPEAL_LODGED = "appeal.lodged"
    APPEAL_DECIDED = "appeal.decided"
    APPEAL_OVERDUE = "appeal.overdue"
    VIOLATION_STEP = "violation.step"
    LEDGER_OPENED = "rectification.opened"
    LEDGER_CLOSED = "rectification.closed"
    COACHING_GIVEN = "coaching.given"
    COACHING_CLOSED = "coaching.closed"
    CALIBRATION_CLOSED = "calibration.closed"
    DUTY_HANDED_OVER = "duty.handed_over"
    RULE_DEMOTED = "rule.demoted"
    RULE_PROMOTED = "rule.promoted"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: ids and counts, no words."""

    seq: int
    at: datetime
    kind: str
    call_id: str | None
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class QueueCount:
    """How many calls of one queue are in one state, and their sound in seconds as estimated."""

    queue: WorkQueue
    state: WorkState
    calls: int
    audio_s: float


@dataclass(frozen=True, slots=True)
class Counts:
    """The ledger at a glance. ``oldest_waiting``: when it was accepted; ``unsent``: waiting and in no job;
    ``stale``: commits refused because the call was no longer the worker's; ``relay``: who sends now, None = nobody."""

    rows: tuple[QueueCount, ...]
    oldest_waiting: datetime | None
    unsent: int
    stale: int
    relay: str | None

    def row(self, queue: WorkQueue, state: WorkState) -> QueueCount:
        """The figures of one queue and state, zeros too."""
        found = (row for row in self.rows if row.queue is queue and row.state is state)
        return next(found, QueueCount(queue, state, 0, 0.0))

    def calls(self, state: WorkState) -> int:
        return sum(row.calls for row in self.rows if row.state is state)
