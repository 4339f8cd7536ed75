"""How far a pooled ratio could move if other recordings of the same kind had been drawn. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Ratio", "pooled"]

_DRAWS = 2000
_LEVEL = (2.5, 97.5)
_SEED = 0


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of sums and its 95 % interval; ``low``, ``high`` None when there is one recording only."""

    value: float
    low: float | None
    high: float | None


def pooled(parts: Sequence[float], wholes: Sequence[float]) -> Ratio | None:
    """Sum of ``parts`` by sum of ``wholes``, one of each a recording; None when the wholes are nothing.

    Percentile bootstrap over recordings (Bisani and Ney, ICASSP 2004). For the difference of two systems on the same
    recordings, ``parts`` are the differences: the interval is then a paired one. Same numbers, same interval.
    """
    part, whole = np.array(parts, np.float64), np.array(wholes, np.float64)
    if whole.sum() <= 0:
        return None
    value = float(part.sum() / whole.sum())
    if len(part) == 1:
        return Ratio(value, None, None)
    drawn = np.random.default_rng(_SEED).integers(len(part), size=(_DRAWS, len(part)))
    drawn_whole = whole[drawn].sum(axis=1)
    some = drawn_whole > 0  # a draw of nothing but empty recordings has no ratio
    low, high = np.percentile(part[drawn].sum(axis=1)[some] / drawn_whole[some], _LEVEL)
    return Ratio(value, float(low), float(high))
