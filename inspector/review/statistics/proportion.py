"""A share of a population, estimated from a part of it, with the interval that E. B. Wilson gave (1927).

Its limits stay inside 0 … 1 and hold their level for few observations and for none, where the usual ± does not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

__all__ = ["Estimate", "Observer", "wilson"]

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """``value`` with the limits that contain the truth in 95 of 100 cases. ``observed``: by how many observations."""

    value: float
    low: float
    high: float
    observed: int

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high or self.observed < 0:
            raise ValueError(f"no estimate: {self.low} … {self.value} … {self.high} of {self.observed}")


@dataclass(frozen=True, slots=True)
class Observer:
    """How well somebody judges: the share of what is there that he sees, and of what is not there that he passes."""

    sensitivity: float = 1.0
    specificity: float = 1.0

    def __post_init__(self) -> None:
        if not (0 <= self.sensitivity <= 1 and 0 <= self.specificity <= 1 and self.youden > 0):
            raise ValueError("an observer who sees no better than chance tells nothing")

    @property
    def youden(self) -> float:
        return self.sensitivity + self.specificity - 1

    def truth_of(self, observed: float) -> float:
        """The share that is there, from the share that he says is there (Rogan and Gladen 1978)."""
        return min(max((observed - (1 - self.specificity)) / self.youden, 0.0), 1.0)


PERFECT = Observer()


def wilson(hits: float, observed: float, population: int | None = None, observer: Observer = PERFECT) -> Estimate:
    """The share of hits. ``population``: of how many the observed are a random part; None: of any number.

    ``hits`` and ``observed`` are counts, or what counts of unequal weight are worth. What is observed of all is known:
    without an observer's errors its limits meet; otherwise the observations are worth more, the fewer are left. The
    limits of an observer who errs are those of what he said, turned into what is there; his errors are new with each
    observation, so no census makes them fewer. Raises ValueError for impossible counts.
    """
    if not 0 <= hits <= observed or not observed or (population is not None and observed > population):
        raise ValueError(f"{hits} of {observed} of {population} cannot be")
    share = hits / observed
    left = 1.0 if population is None or observer != PERFECT else 1 - observed / population
    low, high = _limits(share, observed / left) if left > 0 else (share, share)
    value = observer.truth_of(share)
    return Estimate(value, observer.truth_of(low), observer.truth_of(high), round(observed))


def _limits(share: float, observed: float) -> tuple[float, float]:
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    scale = 1 + z * z / observed
    centre = (share + z * z / (2 * observed)) / scale
    half = z * math.sqrt(share * (1 - share) / observed + z * z / (4 * observed * observed)) / scale
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))
