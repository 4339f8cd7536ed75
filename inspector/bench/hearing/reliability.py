"""Does the confidence of a character say how often it is right? Pure.

Expected calibration error: Naeini, Cooper and Hauskrecht, AAAI 2015; score: Brier, Monthly Weather Review 1950.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.bench.hearing.alignment import Matches
from inspector.bench.hearing.characters import Characters

__all__ = ["BINS", "Reliability", "pooled_reliability", "reliability"]

BINS = 10


@dataclass(frozen=True, slots=True)
class Reliability:
    """Heard characters by confidence, in ten equal bins from 0 to 1: how many, the sum of their confidence, how many
    are right. ``squares``: sum over all of (confidence - right)²."""

    counts: tuple[int, ...]
    confidence: tuple[float, ...]
    right: tuple[int, ...]
    squares: float

    def __post_init__(self) -> None:
        if not len(self.counts) == len(self.confidence) == len(self.right) == BINS:
            raise ValueError(f"a reliability has {BINS} bins")

    @property
    def characters(self) -> int:
        return sum(self.counts)

    @property
    def calibration_error(self) -> float | None:
        """Mean distance between confidence and share of right characters, weighted by bin; None without characters."""
        apart = sum(abs(sure - right) for sure, right in zip(self.confidence, self.right, strict=True))
        return apart / self.characters if self.characters else None


def reliability(heard: Characters, matches: Matches) -> Reliability:
    """A character is right when it is taken for an equal one that was said; one that nobody said is wrong."""
    right: NDArray[np.bool_] = np.zeros(len(heard), np.bool_)
    right[matches.heard[matches.right]] = True
    bins = np.minimum((heard.confidence * BINS).astype(np.int64), BINS - 1)

    def sums(weights: NDArray[np.float64]) -> list[float]:
        return [float(value) for value in np.bincount(bins, weights, BINS)]

    return Reliability(
        counts=tuple(np.bincount(bins, minlength=BINS).tolist()),
        confidence=tuple(sums(heard.confidence)),
        right=tuple(map(int, sums(right.astype(np.float64)))),
        squares=float(np.square(heard.confidence - right).sum()),
    )


def pooled_reliability(parts: Iterable[Reliability]) -> Reliability:
    """Of several recordings together."""
    rows = [*parts]
    return Reliability(
        counts=tuple(sum(row.counts[place] for row in rows) for place in range(BINS)),
        confidence=tuple(sum(row.confidence[place] for row in rows) for place in range(BINS)),
        right=tuple(sum(row.right[place] for row in rows) for place in range(BINS)),
        squares=sum(row.squares for row in rows),
    )
