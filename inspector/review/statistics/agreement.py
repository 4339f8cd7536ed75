"""How far two reviewers agree beyond what chance would bring about, over items that both judged on their own.

Cohen's kappa falls towards 0 when nearly everything is of one kind, as violations are; Gwet's AC1 (2008) does not. Both
are told: kappa because people know it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from inspector.review.statistics.proportion import LEVEL

__all__ = ["Agreement", "agreement_of"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """``share``: of items judged alike. ``kappa``: None when both used one kind only. ``ac1`` with its limits."""

    items: int
    share: float
    kappa: float | None
    ac1: float
    ac1_low: float
    ac1_high: float


def agreement_of(verdicts: Sequence[tuple[Hashable, Hashable]]) -> Agreement | None:
    """The agreement of two reviewers, one pair of verdicts an item; None with fewer than two items."""
    items = len(verdicts)
    if items < 2:
        return None
    first, second = Counter(one for one, _ in verdicts), Counter(other for _, other in verdicts)
    kinds = list(first | second)
    share = sum(one == other for one, other in verdicts) / items
    by_chance = sum(first[kind] * second[kind] for kind in kinds) / items**2
    kappa = (share - by_chance) / (1 - by_chance) if by_chance < 1 else None
    if len(kinds) < 2:
        return Agreement(items, share, kappa, 1.0, 1.0, 1.0)
    mean = {kind: (first[kind] + second[kind]) / (2 * items) for kind in kinds}
    guessed = sum(part * (1 - part) for part in mean.values()) / (len(kinds) - 1)
    ac1 = (share - guessed) / (1 - guessed)
    half = NormalDist().inv_cdf((1 + LEVEL) / 2) * math.sqrt(_variance(verdicts, mean, guessed, ac1))
    return Agreement(items, share, kappa, ac1, max(-1.0, ac1 - half), min(1.0, ac1 + half))


def _variance(
    verdicts: Sequence[tuple[Hashable, Hashable]], mean: dict[Hashable, float], guessed: float, ac1: float
) -> float:
    """Of AC1, by how it would change without each of the items (Gwet 2014, chapter 5)."""
    items = len(verdicts)
    total = 0.0
    for one, other in verdicts:
        alike = ((one == other) - guessed) / (1 - guessed)
        chance = sum(1 - mean[kind] for kind in (one, other)) / (2 * (len(mean) - 1))
        influence = alike - 2 * (1 - ac1) * (chance - guessed) / (1 - guessed)
        total += (influence - ac1) ** 2
    return total / (items * (items - 1))
