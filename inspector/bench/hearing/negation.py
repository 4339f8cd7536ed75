"""How often a rule takes a denial for a promise: the recordings of negation pairs, by noise. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from inspector.bench.hearing.truth import Pair
from inspector.bench.interval import Ratio
from inspector.model import Outcome

__all__ = ["NegationRow", "negation", "wilson"]

_Z = 1.959964  # 95 %, both sides


@dataclass(frozen=True, slots=True)
class NegationRow:
    """Recordings of one kind at one noise: how many, and the shares that the pair's own rule answers so."""

    lawful: bool
    snr_db: float
    recordings: int
    fires: Ratio
    undetermined: Ratio


def negation(answers: Sequence[tuple[Pair, Outcome]]) -> list[NegationRow]:
    """Lawful ones first, cleanest first."""
    rows = []
    for lawful, snr_db in sorted({(pair.lawful, pair.snr_db) for pair, _ in answers}, reverse=True):
        own = [outcome for pair, outcome in answers if (pair.lawful, pair.snr_db) == (lawful, snr_db)]
        fires, undetermined = (wilson(own.count(one), len(own)) for one in (Outcome.FIRES, Outcome.UNDETERMINED))
        rows.append(NegationRow(lawful, snr_db, len(own), fires, undetermined))
    return rows


def wilson(hits: int, trials: int) -> Ratio:
    """A share and its 95 % interval, which is right for shares near 0 as well (Wilson, JASA 1927).

    Raises ValueError without trials.
    """
    if not 0 <= hits <= trials or trials == 0:
        raise ValueError(f"{hits} of {trials} is no share")
    share, square = hits / trials, _Z * _Z
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    reach = _Z / (1 + square / trials) * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    return Ratio(share, max(0.0, middle - reach), min(1.0, middle + reach))
