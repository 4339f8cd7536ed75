"""Whether a rule fires, or is right, more or less often this week than in the weeks before.

Calls of a week have much in common (a campaign, a fault), so shares swing more from week to week than chance alone
makes them. How much more is taken from the weeks before themselves (Pearson's chi-square by its degrees of freedom, at
least 1; McCullagh and Nelder 1989, 4.5.2), and the difference of the two shares is compared with Student's t of so many
weeks. Over all that is looked at together the share of false alarms among the alarms is held at 5 % (Benjamini and
Hochberg 1995). Where too little is expected for the test to hold its level, nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["FALSE_SHARE", "Change", "alarms"]

FALSE_SHARE = 0.05
LEAST_EXPECTED = 5
LEAST_WEEKS = 4
KeyT = TypeVar("KeyT", bound=Hashable)
Share = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Change:
    """So many of so many this week, and in each of the weeks before."""

    now: Share
    before: tuple[Share, ...]

    def __post_init__(self) -> None:
        if any(not 0 <= hits <= observed for hits, observed in (self.now, *self.before)):
            raise ValueError(f"{self.now} after {self.before} cannot be")

    @property
    def pooled(self) -> Share:
        """Of all the weeks before together."""
        return sum(hits for hits, _ in self.before), sum(observed for _, observed in self.before)

    @property
    def p_value(self) -> float | None:
        """How likely so large a difference is if nothing changed; None: too few to say."""
        (hits, observed), (hits_before, observed_before) = self.now, self.pooled
        weeks = [week for week in self.before if week[1]]
        total = observed + observed_before
        share = (hits + hits_before) / total if total else 0.0
        if len(weeks) < LEAST_WEEKS or min(observed, observed_before) * min(share, 1 - share) < LEAST_EXPECTED:
            return None
        variance = share * (1 - share) * (1 / observed + 1 / observed_before) * _swing(weeks)
        t = abs(hits / observed - hits_before / observed_before) / math.sqrt(variance)
        return _beyond(t, len(weeks) - 1)


def alarms(changes: Mapping[KeyT, Change]) -> frozenset[KeyT]:
    """Those that changed by more than chance brings about, of all that were looked at together."""
    known = [(p, key) for key, change in changes.items() if (p := change.p_value) is not None]
    tested = sorted(known, key=lambda one: one[0])
    last = 0
    for place, (p, _) in enumerate(tested, 1):
        if p <= FALSE_SHARE * place / len(tested):
            last = place
    return frozenset(key for _, key in tested[:last])


def _swing(weeks: list[Share]) -> float:
    """By how much the variance from week to week is larger than chance makes it."""
    share = sum(hits for hits, _ in weeks) / sum(observed for _, observed in weeks)
    if not 0 < share < 1:
        return 1.0
    chi_square = sum((hits - observed * share) ** 2 / (observed * share * (1 - share)) for hits, observed in weeks)
    return max(1.0, chi_square / (len(weeks) - 1))


def _beyond(t: float, freedom: int) -> float:
    """The two-sided tail of Student's t (Abramowitz and Stegun, 26.7.3 and 26.7.4)."""
    angle = math.atan(t / math.sqrt(freedom))
    cosine = math.cos(angle)
    odd = freedom % 2
    term = cosine if odd else 1.0
    total = 0.0
    for step in range(freedom // 2):
        if step:
            term *= cosine**2 * (2 * step - 1 + odd) / (2 * step + odd)
        total += term
    if not odd:
        return max(0.0, 1 - math.sin(angle) * total)
    return max(0.0, 1 - 2 / math.pi * (angle + math.sin(angle) * total))
