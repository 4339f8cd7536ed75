"""What was recorded of a call, and where each of several recordings lies on the call's clock."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

from inspector.enums import Layout

__all__ = ["Recording", "Segment"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One recording (leg) of a call. ``start_s``: where it begins on the call's clock.

    ``id`` and ``duration_s`` are None when it was not heard, ``path`` too when nobody said where it is: then an unknown
    length of the call is missing at ``start_s``. ``segment_no`` counts from 1; ``agent`` is who took this part.
    """

    id: str | None
    path: str | None
    segment_no: int
    start_s: float
    duration_s: float | None
    agent: str | None = None

    def __post_init__(self) -> None:
        if (self.id is None) != (self.duration_s is None):
            raise ValueError("a segment that was heard has an id and a duration, any other has neither")
        times_s = (self.start_s, self.duration_s or 0.0)
        if self.segment_no < 1 or not all(math.isfinite(time_s) and time_s >= 0 for time_s in times_s):
            raise ValueError(f"impossible segment {self.segment_no}: {self.duration_s} s from {self.start_s} s")


@dataclass(frozen=True, slots=True)
class Recording:
    """Bytes of sound, by content. ``id`` is the sha256 of the file.

    ``ends_early``: the header promises more than the file holds, so the end of the call is not there.

    For a call of several recordings: ``joined`` holds all of them, ``duration_s`` is their sum, ``holes_s`` tells when
    on the call's clock an unknown length of it is missing, and all the rest is of the first one that was heard.
    """

    id: str
    path: str
    duration_s: float
    rate_hz: int
    channels: int
    codec: str
    layout: Layout
    ends_early: bool = False
    joined: tuple[Segment, ...] = ()
    holes_s: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.duration_s < 0 or self.rate_hz <= 0 or self.channels <= 0:
            raise ValueError(f"impossible recording: {self.duration_s} s, {self.rate_hz} Hz, {self.channels} channels")

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Every recording of the call in order of time; an ordinary one is its own only segment."""
        return self.joined or (Segment(self.id, self.path, 1, 0.0, self.duration_s),)

    def place(self, at_s: float) -> tuple[Segment, float]:
        """Which recording holds this time of the call, and the time in that recording. Raises ValueError below 0."""
        if at_s < 0:
            raise ValueError(f"{at_s} s is before the call")
        heard = [segment for segment in self.segments if segment.id is not None]
        segment = heard[bisect_right([segment.start_s for segment in heard], at_s) - 1]
        return segment, at_s - segment.start_s
