"""A share of all calls, from parts of unequal weight: what is listed is known, what was heard a random part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from inspector.review.statistics.proportion import PERFECT, Estimate, Observer, wilson

__all__ = ["Stratum", "share_of", "without"]


@dataclass(frozen=True, slots=True)
class Stratum:
    """Calls of one kind: how many there are, how many of them were heard, and had what is counted."""

    calls: int
    heard: int
    hits: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.heard <= self.calls:
            raise ValueError(f"{self.hits} of {self.heard} of {self.calls} cannot be")


def share_of(strata: Sequence[Stratum], observer: Observer = PERFECT) -> Estimate:
    """The share of hits in all calls of these strata, of each of which some were heard; ValueError when not.

    Strata count by their calls; where they were heard in unequal parts, the heard calls are worth as many as equally
    weighted ones would be (Kish 1965).
    """
    if not strata or not all(stratum.heard for stratum in strata):
        raise ValueError("a share needs strata of which something was heard")
    calls = sum(stratum.calls for stratum in strata)
    share = sum(stratum.calls * stratum.hits / stratum.heard for stratum in strata) / calls
    worth = calls**2 / sum(stratum.calls**2 / stratum.heard for stratum in strata)
    return wilson(share * worth, worth, calls, observer)


def without(fired: int, listed: int, strata: Iterable[Stratum]) -> list[Stratum]:
    """What is left of strata when ``fired`` of all the ``listed`` calls are taken out, from each by its size.

    In which stratum those not heard lie is not known. ``strata``: whole, but only their heard calls that stay.
    """
    part = max(0.0, 1 - fired / listed) if listed else 0.0
    return [replace(one, calls=max(one.heard, round(one.calls * part))) for one in strata]
