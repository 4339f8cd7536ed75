"""Whether a rule fires, or is right, more or less often this week than in the weeks before.

Two shares are compared by the z test with the pooled share (Agresti 2013, 3.2.1), two-sided; over all rules together
the share of false alarms among the alarms is held at 5 % (Benjamini and Hochberg 1995). Where too little is expected
for the test to hold its level, nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeVar

__all__ = ["FALSE_SHARE", "Change", "alarms"]

FALSE_SHARE = 0.05
LEAST_EXPECTED = 5
KeyT = TypeVar("KeyT", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Change:
    """So many of so many this week, and so many of so many in the weeks before."""

    hits: int
    observed: int
    hits_before: int
    observed_before: int

    def __post_init__(self) -> None:
        if not (0 <= self.hits <= self.observed and 0 <= self.hits_before <= self.observed_before):
            raise ValueError(f"{self.hits} of {self.observed}, {self.hits_before} of {self.observed_before} cannot be")

    @property
    def p_value(self) -> float | None:
        """How likely so large a difference is if nothing changed; None: too few to say."""
        total = self.observed + self.observed_before
        share = (self.hits + self.hits_before) / total if total else 0.0
        fewest = min(self.observed, self.observed_before)
        if fewest * min(share, 1 - share) < LEAST_EXPECTED:
            return None
        spread = math.sqrt(share * (1 - share) * (1 / self.observed + 1 / self.observed_before))
        z = abs(self.hits / self.observed - self.hits_before / self.observed_before) / spread
        return 2 * (1 - NormalDist().cdf(z))


def alarms(changes: Mapping[KeyT, Change]) -> frozenset[KeyT]:
    """Those that changed by more than chance brings about, of all that were looked at together."""
    known = [(p, key) for key, change in changes.items() if (p := change.p_value) is not None]
    tested = sorted(known, key=lambda one: one[0])
    last = 0
    for place, (p, _) in enumerate(tested, 1):
        if p <= FALSE_SHARE * place / len(tested):
            last = place
    return frozenset(key for _, key in tested[:last])
