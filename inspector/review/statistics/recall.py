"""Which share of what a rule should have found it has found, from calls drawn at random and heard without its answer.

::

                       fired (all of them known)              not fired
    violation     true positives: fired × precision     missed: not fired × share of missed in the sample
                  ↑ verdicts on what fired              ↑ random part of the sample that did not fire

    recall = true positives / (true positives + missed)

The limits of both numbers are joined by MOVER (Donner and Zou 2012): each limit of the ratio lies as far away as the
limits of its parts say.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from inspector.review.statistics.proportion import PERFECT, Estimate, Observer, wilson
from inspector.review.statistics.strata import Stratum, share_of

__all__ = ["Fired", "recall_of"]


@dataclass(frozen=True, slots=True)
class Fired:
    """Calls that a rule fired at: how many, how many have a verdict, how many of those were confirmed."""

    calls: int
    judged: int
    confirmed: int

    def __post_init__(self) -> None:
        if not 0 <= self.confirmed <= self.judged <= self.calls:
            raise ValueError(f"{self.confirmed} of {self.judged} of {self.calls} cannot be")


def recall_of(fired: Fired, strata: Iterable[Stratum], observer: Observer = PERFECT) -> Estimate | None:
    """The recall of a rule; None when nothing of what fired was confirmed, or nothing was heard of the others.

    ``strata``: calls that it did not fire at; those of which nothing was heard are left out.
    ``observer``: who gave the verdicts.
    """
    heard = [stratum for stratum in strata if stratum.heard]
    if not fired.confirmed or not heard:
        return None
    found = _times(wilson(fired.confirmed, fired.judged, fired.calls, observer), fired.calls)
    missed = _times(share_of(heard, observer), sum(stratum.calls for stratum in heard))
    if not found.value:
        return None
    low, high = _ratio(missed, found)
    value = found.value / (found.value + missed.value)
    return Estimate(value, 1 / (1 + high), 1 / (1 + low), fired.judged + sum(stratum.heard for stratum in heard))


def _times(estimate: Estimate, by: int) -> Estimate:
    return Estimate(estimate.value * by, estimate.low * by, estimate.high * by, estimate.observed)


def _ratio(above: Estimate, below: Estimate) -> tuple[float, float]:
    """Limits of ``above`` / ``below``, two independent numbers, the one below not 0."""
    product = above.value * below.value

    def limit(of_above: float, of_below: float, sign: float) -> float:
        other = of_below * (2 * below.value - of_below)
        if other <= 0:  # the number below may be 0, or so large that it says nothing about the ratio
            return 0.0 if sign < 0 else math.inf
        root = product**2 - of_above * (2 * above.value - of_above) * other
        return max(0.0, (product + sign * math.sqrt(max(0.0, root))) / other)

    return limit(above.low, below.high, -1), limit(above.high, below.low, 1)
