"""What reviews say of rules, teams and reviewers. Shares are numbers from 0 to 1, with their limits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from inspector.errors import UsageError
from inspector.reports.objects import figure_object
from inspector.review.statistics.figures import AgreementFigure, DriftFigure, PrecisionFigure, RateFigure, RecallFigure
from inspector.roles import Deed
from inspector.storage.figures.words import Days
from inspector.web.allowed import Allowed
from inspector.web.api.router import Day, Listed, router, told
from inspector.web.console import Caller, console_of

__all__ = ["agreements", "drifts", "precisions", "rates", "recalls"]

Sees = Annotated[Caller, Depends(Allowed(Deed.SEE_FIGURES))]


def _days(first: Day | None = None, last: Day | None = None) -> Days:
    """Business dates, both included; neither: all."""
    if first is None and last is None:
        return None
    if first is None or last is None or last < first:
        raise UsageError("the days need a first and a last one, in this order", "give both, or neither")
    return first, last


OfDays = Annotated[Days, Depends(_days)]


@router.get("/figures/precision", response_model=Listed[PrecisionFigure], summary="How often rules are right")
def precisions(request: Request, caller: Sees, days: OfDays) -> Response:
    """By rule, of what people checked."""
    return _all(console_of(request).store.verdicts.precisions(caller.actor, days))


@router.get("/figures/recall", response_model=Listed[RecallFigure], summary="How much rules find")
def recalls(request: Request, caller: Sees, days: OfDays) -> Response:
    """By rule that fired or was found missing."""
    return _all(console_of(request).store.verdicts.recalls(caller.actor, days))


@router.get("/figures/rates", response_model=Listed[RateFigure], summary="How often rules fire, by team")
def rates(request: Request, caller: Sees, days: OfDays) -> Response:
    """Whose reach is his teams sees those alone."""
    return _all(console_of(request).store.verdicts.rates(caller.actor, days))


@router.get("/figures/agreement", response_model=Listed[AgreementFigure], summary="How alike reviewers judge")
def agreements(request: Request, caller: Sees, days: OfDays) -> Response:
    """By pair of reviewers, over all rules and by rule."""
    return _all(console_of(request).store.verdicts.agreements(caller.actor, days))


@router.get("/figures/drift", response_model=Listed[DriftFigure], summary="What changed within a week")
def drifts(request: Request, caller: Sees, through: Day) -> Response:
    """The seven days that end with ``through`` beside the eight weeks before them."""
    return _all(console_of(request).store.verdicts.drifts(caller.actor, through))


def _all(found: Iterable[Any]) -> Response:
    return told({"items": [figure_object(one) for one in found], "next": None})
