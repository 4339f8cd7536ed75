"""Whether verdicts let a rule accuse and alert: the bar that ``stable`` rules must clear, and what is still lacking.

The lower limit counts, not the share: 42 of 45 confirmed may be luck, so a rule must be good enough even if it was.
"""

from __future__ import annotations

from enum import StrEnum

from inspector.enums import Kind
from inspector.review.records import ACCUSING
from inspector.review.statistics.proportion import PERFECT, Estimate, Observer, wilson

__all__ = ["LEAST_VERDICTS", "TARGET", "Standing", "floor_of", "more_needed", "precision_of", "standing_of"]

LEAST_VERDICTS = 45
TARGET = 0.92
"""The share of findings that should be confirmed; shown beside, no gate."""

_FLOOR_ACCUSING, _FLOOR_SIGNAL = 0.80, 0.60


class Standing(StrEnum):
    """Where a rule is at the gate. ``too_few``: verdicts; nothing is concluded from them."""

    TOO_FEW = "too_few"
    PASSES = "passes"
    FALLS = "falls"


def floor_of(kind: Kind) -> float:
    """What the lower 95 % limit of the precision must reach: more where somebody is accused."""
    return _FLOOR_ACCUSING if kind in ACCUSING else _FLOOR_SIGNAL


def precision_of(confirmed: int, false_alarms: int, observer: Observer = PERFECT) -> Estimate | None:
    """The share of what fired that was confirmed; None without a verdict. What nobody could tell is no part of it.

    ``observer``: who gave the verdicts.
    """
    observed = confirmed + false_alarms
    return wilson(confirmed, observed, observer=observer) if observed else None


def standing_of(kind: Kind, confirmed: int, false_alarms: int) -> Standing:
    """Where a rule of that kind stands with so many verdicts."""
    precision = precision_of(confirmed, false_alarms)
    if precision is None or precision.observed < LEAST_VERDICTS:
        return Standing.TOO_FEW
    return Standing.PASSES if precision.low >= floor_of(kind) else Standing.FALLS


def more_needed(kind: Kind, confirmed: int, false_alarms: int) -> int | None:
    """How many more verdicts until the rule passes if their share stays as it is (the target's while there is none).

    0: it passes. None: with this share it never will.
    """
    observed, floor = confirmed + false_alarms, floor_of(kind)
    share = confirmed / observed if observed else TARGET
    if share <= floor:
        return None
    most = LEAST_VERDICTS
    while wilson(share * most, most).low < floor:
        most *= 2
    least = LEAST_VERDICTS
    while least < most:
        middle = (least + most) // 2
        least, most = (least, middle) if wilson(share * middle, middle).low >= floor else (middle + 1, most)
    return max(0, least - observed)
