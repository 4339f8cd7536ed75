"""When a child is started, killed and given up: decisions without processes or clocks, one :class:`Life` a child.

::

                 ┌────────────── ended: again, the later the more often ───────────┐
                 ▼                                                                 │
    DOWN ──► STARTING ──ready──► IDLE ──busy──► BUSY ──moved──► BUSY …  ──idle──► IDLE
                 └─────── stuck_s without a word: KILL ──────────┘

    drain: TERM to what runs; KILL after drain_s; nothing is started any more
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from workers.pulse import Beat

__all__ = ["FIRST_DELAY_S", "ILL_AFTER", "LONGEST_DELAY_S", "STEADY_S", "Life", "Limits", "Phase", "Step"]

STEADY_S = 10.0
"""Who lived so long after it was ready did not fail at the start."""
FIRST_DELAY_S, LONGEST_DELAY_S = 0.5, 5.0
ILL_AFTER = 3
"""So many failures one after another are no accident."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``stuck_s``: how long a child may show no progress. ``drain_s``: how long it may finish what it has begun."""

    stuck_s: float
    drain_s: float

    def __post_init__(self) -> None:
        if self.stuck_s <= 0 or self.drain_s < 0:
            raise ValueError(f"limits of {self.stuck_s} s and {self.drain_s} s")


class Phase(StrEnum):
    """Where a child is in its life. ``down``: not running, to be started or not."""

    DOWN = "down"
    STARTING = "starting"
    IDLE = "idle"
    BUSY = "busy"


class Step(Enum):
    """What is to be done with a child now."""

    NOTHING = 0
    START = 1
    TERM = 2
    KILL = 3


class Life:
    """One child as its supervisor sees it. Times are seconds of any clock that never goes back.

    The step that :meth:`due` asks for is taken at once, and told: :meth:`started`, :meth:`signalled`.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.phase = Phase.DOWN
        self.starts = 0
        self.stuck_kills = 0
        self.failures = 0
        self._start_at_s = float("-inf")
        self._moved_s = 0.0  # the last sign of progress
        self._ready_s: float | None = None
        self._drain_s: float | None = None  # since when it is to end
        self._termed = self._killed = False

    @property
    def restarts(self) -> int:
        return max(0, self.starts - 1)

    @property
    def ready(self) -> bool:
        return self.phase in (Phase.IDLE, Phase.BUSY)

    @property
    def ill(self) -> bool:
        """It fails again and again and is of no use now."""
        return self.failures >= ILL_AFTER and not self.ready

    @property
    def drained(self) -> bool:
        return self._drain_s is not None and self.phase is Phase.DOWN

    def due(self, now_s: float) -> Step:
        """What is to be done now."""
        if self.phase is Phase.DOWN:
            return Step.START if self._drain_s is None and now_s >= self._start_at_s else Step.NOTHING
        if self._killed:
            return Step.NOTHING
        if self._drain_s is not None:
            if now_s - self._drain_s >= self._limits.drain_s:
                return Step.KILL
            return Step.NOTHING if self._termed else Step.TERM
        return Step.KILL if self._is_stuck(now_s) else Step.NOTHING

    def started(self, now_s: float) -> None:
        """It runs."""
        self.phase = Phase.STARTING
        self.starts += 1
        self._moved_s, self._ready_s = now_s, None
        self._termed = self._killed = False

    def signalled(self, step: Step, now_s: float) -> None:
        """TERM or KILL was sent."""
        self._termed = True
        if step is Step.KILL:
            self._killed = True
            self.stuck_kills += self._drain_s is None and self._is_stuck(now_s)

    def heard(self, beat: Beat, now_s: float) -> None:
        """The child told something."""
        if self.phase is Phase.DOWN:
            return
        self._moved_s = now_s
        if beat is Beat.BUSY:
            self.phase = Phase.BUSY
        elif beat in (Beat.READY, Beat.IDLE):
            self.phase = Phase.IDLE
        if self._ready_s is None and beat is not Beat.MOVED:
            self._ready_s = now_s

    def ended(self, now_s: float) -> None:
        """It does not run any more, or could not be started at all."""
        steady = self._ready_s is not None and now_s - self._ready_s >= STEADY_S
        self.failures = 0 if steady else self.failures + 1
        delay_s = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** min(self.failures - 1, 10)) if self.failures else 0.0
        self._start_at_s, self._ready_s = now_s + delay_s, None
        self.phase = Phase.DOWN

    def drain(self, now_s: float) -> None:
        """It is to end, and not to be started again. The first time counts."""
        if self._drain_s is None:
            self._drain_s = now_s

    def hurry(self) -> None:
        """It is to end now: whoever asked for a drain cannot wait."""
        self._drain_s = float("-inf")

    def _is_stuck(self, now_s: float) -> bool:
        return self.phase in (Phase.STARTING, Phase.BUSY) and now_s - self._moved_s >= self._limits.stuck_s
