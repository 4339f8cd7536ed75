"""The picture of sound: how loud every instant of each lane is at most, small enough for hours."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

import numpy as np

from inspector.audio.protocol import Float32, Int16

__all__ = ["MOST_POINTS", "Peaks"]

MOST_POINTS = 8_000
POINT_S = 0.02
"""A point is at least so long: what is shorter cannot be seen."""


class Peaks:
    """Takes samples window by window; ``add`` in order of time."""

    def __init__(self, frames: int, lanes: int, rate_hz: int) -> None:
        """``frames``: how many are to come; should more come, they fall into the last point."""
        points = max(1, min(MOST_POINTS, ceil(frames / (rate_hz * POINT_S))))
        self._step = max(1, ceil(frames / points))
        self._loudest = np.zeros((ceil(max(frames, 1) / self._step), lanes), np.int32)
        self._at = 0
        self._rate_hz = rate_hz

    def add(self, window: Int16) -> None:
        """The next samples, shape (frames, lanes)."""
        points = np.minimum((self._at + np.arange(len(window))) // self._step, len(self._loudest) - 1)
        first = np.flatnonzero(np.diff(points, prepend=-1))
        loud = np.maximum.reduceat(np.abs(window.astype(np.int32)), first, axis=0)
        self._loudest[points[first]] = np.maximum(self._loudest[points[first]], loud)
        self._at += len(window)

    def lanes(self) -> list[bytes]:
        """By lane, a byte a point: 255 is the loudest point of all lanes."""
        loudest = max(int(self._loudest.max()), 1)
        scaled = np.round(self._loudest * (255 / loudest)).astype(np.uint8)
        return [scaled[:, lane].tobytes() for lane in range(scaled.shape[1])]

    def level(self, spans: Iterable[tuple[float, float]]) -> Float32:
        """By lane, the mean of the points in these stretches (seconds); zeros where there are none."""
        of_span = np.zeros(len(self._loudest), bool)
        for start_s, end_s in spans:
            first, last = (int(at_s * self._rate_hz) // self._step for at_s in (start_s, end_s))
            of_span[first : last + 1] = True
        heard = self._loudest[of_span]
        return (heard.mean(axis=0) if len(heard) else np.zeros(self._loudest.shape[1])).astype(np.float32)
