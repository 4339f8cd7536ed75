"""Coaching of one agent because of one rule (辅导), and the hearing of his next calls of that kind (整改复查).

::

    GIVEN ── coach ──► DONE ── next calls heard: none confirmed ──► PASSED
      └─ agent acknowledges    └── one finally confirmed ─────────► RECURRED
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from inspector.review.records import DecisionState

__all__ = ["Clip", "Coaching", "CoachingState", "FollowUp", "Heard", "result_of", "standing", "too_few"]


class CoachingState(StrEnum):
    """How far it is. ``recurred``: told; a second coaching is a person's decision."""

    GIVEN = "given"
    DONE = "done"
    PASSED = "passed"
    RECURRED = "recurred"


class Heard(StrEnum):
    """What one of the next calls says. ``deciding``: heard, but what was found is not final."""

    WAITING = "waiting"
    DECIDING = "deciding"
    CLEAN = "clean"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Clip:
    """The place of a final finding that the coaching is about: a reference, the sound stays where it is.

    Times in seconds of the call; None when the finding names no place.
    """

    call_id: str
    start_s: float | None
    end_s: float | None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One of the next calls and what came of it."""

    call_id: str
    heard: Heard


@dataclass(frozen=True, slots=True)
class Coaching:
    """One task. ``title``: of the rule; ``task``: typed by a person, whoever shows it masks it.

    ``wanted``: how many calls are to be heard after it was done; ``follow_ups``: those found so far.
    """

    id: str
    agent: str
    team: str | None
    rule_id: str
    title: str
    task: str
    coach: str
    given_by: str
    given_at: datetime
    due_at: datetime
    state: CoachingState
    acknowledged_at: datetime | None
    done_at: datetime | None
    closed_at: datetime | None
    wanted: int
    version: int
    clips: tuple[Clip, ...]
    follow_ups: tuple[FollowUp, ...]

    def __post_init__(self) -> None:
        if (self.state is CoachingState.GIVEN) != (self.done_at is None):
            raise ValueError(f"coaching that is {self.state} and when it was done do not fit")
        if not self.clips:
            raise ValueError("coaching comes from a final finding")

    @property
    def heard(self) -> int:
        """How many of the next calls are heard and decided."""
        return sum(one.heard in (Heard.CLEAN, Heard.CONFIRMED) for one in self.follow_ups)


def standing(heard: bool, said: bool, state: DecisionState | None, counts: bool) -> Heard:
    """What a call says. ``said``: its reviewer confirmed the rule; ``state``: of the decision, None without one;
    ``counts``: by :func:`inspector.review.records.counts_against`, whoever found it first."""
    if counts:
        return Heard.CONFIRMED
    if not heard:
        return Heard.WAITING
    if state is None:
        return Heard.DECIDING if said else Heard.CLEAN
    return Heard.CLEAN if state is DecisionState.FINAL else Heard.DECIDING


def result_of(calls: Collection[Heard], wanted: int) -> CoachingState:
    """What the next calls say together: one final confirmation is enough to have recurred, to pass takes all."""
    if Heard.CONFIRMED in calls:
        return CoachingState.RECURRED
    clean = sum(one is Heard.CLEAN for one in calls)
    return CoachingState.PASSED if clean >= wanted else CoachingState.DONE


def too_few(task: Coaching, now: datetime, within: timedelta) -> bool:
    """Whether the time is over in which enough calls of that kind should have come: nobody can say how it went."""
    late = task.done_at is not None and now > task.done_at + within
    return task.state is CoachingState.DONE and late and len(task.follow_ups) < task.wanted
