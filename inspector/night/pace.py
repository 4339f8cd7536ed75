"""How fast a night goes and when it will be done. Pure: the clocks are the caller's."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["Pace", "Progress", "deadline_after"]

WINDOW_S = 300.0
"""The rate is that of the last minutes: the first hour says little about the last one."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a day's list is. Sound in seconds, as estimated when it was accepted."""

    listed: int
    excluded: int
    faulty: int
    waiting: int
    running: int
    done: int
    rejected: int
    quarantined: int
    audio_s: float
    audio_ended_s: float

    @property
    def open(self) -> int:
        return self.waiting + self.running

    @property
    def failed(self) -> int:
        return self.faulty + self.rejected + self.quarantined

    @property
    def ended(self) -> int:
        """Of the accepted calls."""
        return self.done + self.rejected + self.quarantined


class Pace:
    """Is told how far it is, by a clock that never goes back."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, Progress]] = deque()
        self._moved_s: float | None = None

    def note(self, progress: Progress, now_s: float) -> None:
        last = self._seen[-1][1] if self._seen else None
        if last is None or progress.running or progress.ended != last.ended or not progress.open:
            self._moved_s = now_s
        self._seen.append((now_s, progress))
        while now_s - self._seen[0][0] > WINDOW_S:
            self._seen.popleft()

    @property
    def speed(self) -> float | None:
        """Seconds of sound a second; None while nothing ended."""
        (first_s, first), (last_s, last) = self._seen[0], self._seen[-1]
        heard_s, took_s = last.audio_ended_s - first.audio_ended_s, last_s - first_s
        return heard_s / took_s if heard_s > 0 and took_s > 0 else None

    @property
    def left_s(self) -> float | None:
        """How long what is accepted will take; None while nobody can say."""
        _, last = self._seen[-1]
        if not last.open:
            return 0.0
        return None if self.speed is None else max(0.0, last.audio_s - last.audio_ended_s) / self.speed

    def idle_s(self, now_s: float) -> float:
        """For how long nothing was claimed and nothing ended although calls wait."""
        return 0.0 if self._moved_s is None else now_s - self._moved_s


def deadline_after(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The next time that clocks of ``zone`` show ``at``, strictly after ``now``. Raises ValueError without a zone."""
    if now.tzinfo is None:
        raise ValueError("a deadline is counted from a time with a zone")
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), at, zone)
    return today if today > local else datetime.combine(local.date() + timedelta(days=1), at, zone)
