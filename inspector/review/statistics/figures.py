"""The figures that people read, each with its base, its limits, or how much is lacking to say anything."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from inspector.enums import Kind, Status
from inspector.review.statistics.agreement import Agreement
from inspector.review.statistics.drift import Change
from inspector.review.statistics.gate import Standing, more_needed, precision_of, standing_of
from inspector.review.statistics.proportion import PERFECT, Estimate, Observer, wilson
from inspector.review.statistics.recall import Fired, recall_of
from inspector.review.statistics.strata import Stratum, share_of

__all__ = [
    "LEAST_BASE",
    "LEAST_PAIRS",
    "AgreementFigure",
    "Answers",
    "DriftFigure",
    "FalseFires",
    "PrecisionFigure",
    "RateFigure",
    "RecallFigure",
    "false_fires",
    "rate_figure",
    "recall_figure",
]

WIDEST = 0.5
"""An interval wider than this says nothing: how much more must be heard is told instead."""
LEAST_BASE = 30
"""Of fewer calls no rate is told, and none is ranked."""
LEAST_PAIRS = 30


@dataclass(frozen=True, slots=True)
class Answers:
    """How often people confirmed, called it a false alarm, could not tell."""

    confirmed: int = 0
    false_alarms: int = 0
    cannot_tell: int = 0

    @property
    def precision(self) -> Estimate | None:
        return precision_of(self.confirmed, self.false_alarms)


@dataclass(frozen=True, slots=True)
class PrecisionFigure:
    """Of one version of a rule. ``of_all``: whatever was checked, for whatever reason: not all that fired.
    ``of_random``: only what fired in calls drawn at random. ``status``: that counts now."""

    rule_id: str
    rule_version: int
    kind: Kind
    status: Status
    of_all: Answers
    of_random: Answers

    @property
    def standing(self) -> Standing:
        return standing_of(self.kind, self.of_all.confirmed, self.of_all.false_alarms)

    @property
    def more_needed(self) -> int | None:
        """As :func:`~inspector.review.statistics.gate.more_needed` of all verdicts."""
        return more_needed(self.kind, self.of_all.confirmed, self.of_all.false_alarms)


@dataclass(frozen=True, slots=True)
class FalseFires:
    """``share``: of all calls at which a rule fired wrongly, from those heard at random; None: too few were heard.
    ``at_least``: the share that was noticed, of all that were inspected."""

    rule_id: str
    heard: int
    found: int
    inspected: int
    share: Estimate | None

    @property
    def at_least(self) -> float:
        return self.found / self.inspected if self.inspected else 0.0


@dataclass(frozen=True, slots=True)
class RecallFigure:
    """``more_heard``: how many more calls heard at random would narrow the interval enough to tell; None: told, or
    nothing to tell by."""

    rule_id: str
    fired: Fired
    heard: int
    missed: int
    recall: Estimate | None
    more_heard: int | None


@dataclass(frozen=True, slots=True)
class RateFigure:
    """One rule in one team. ``confirmed``: what counts against somebody, in the end. Rates are of what is
    ``applicable``; None: that is too little."""

    rule_id: str
    team: str | None
    applicable: int
    undetermined: int
    fired: int
    confirmed: int
    fire_rate: Estimate | None
    confirmed_rate: Estimate | None


@dataclass(frozen=True, slots=True)
class AgreementFigure:
    """Two reviewers who judged the same findings on their own. ``rule_id`` None: over all rules. ``agreement`` None:
    fewer pairs than :data:`LEAST_PAIRS`."""

    first: str
    second: str
    rule_id: str | None
    pairs: int
    agreement: Agreement | None


@dataclass(frozen=True, slots=True)
class DriftFigure:
    """``measure``: ``fire_rate`` or ``precision``. ``alarm``: changed by more than chance brings about."""

    rule_id: str
    measure: str
    change: Change
    alarm: bool


def recall_figure(
    rule_id: str, fired: Fired, strata: Sequence[Stratum], observer: Observer = PERFECT
) -> RecallFigure:
    """The recall of a rule from what fired and what was heard of the rest; see ``recall.py``."""
    heard, missed = sum(stratum.heard for stratum in strata), sum(stratum.hits for stratum in strata)
    recall = recall_of(fired, strata, observer)
    if recall is None or recall.high - recall.low <= WIDEST:
        return RecallFigure(rule_id, fired, heard, missed, recall, None)
    # The width of an interval falls with the root of what it is from.
    more = math.ceil(heard * (((recall.high - recall.low) / WIDEST) ** 2 - 1))
    return RecallFigure(rule_id, fired, heard, missed, None, more)


def false_fires(rule_id: str, strata: Sequence[Stratum], found: int, inspected: int) -> FalseFires:
    """How often a rule fires wrongly. ``strata``: all calls, those heard, and the wrong fires in them."""
    heard = sum(stratum.heard for stratum in strata)
    share = share_of(strata) if heard >= LEAST_BASE else None
    return FalseFires(rule_id, heard, found, inspected, share)


def rate_figure(
    rule_id: str, team: str | None, applicable: int, undetermined: int, hits: tuple[int, int]
) -> RateFigure:
    """How often a rule fired, and was confirmed for good (``hits``), where it applied."""
    fired, confirmed = hits
    rates = [wilson(min(hit, applicable), applicable) if applicable >= LEAST_BASE else None for hit in hits]
    return RateFigure(rule_id, team, applicable, undetermined, fired, confirmed, *rates)
