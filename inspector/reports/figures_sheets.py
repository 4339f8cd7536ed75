"""Figures as tables that people read: the same on the screen and in a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from inspector.redaction import Purpose, mask
from inspector.reports.terminal import Say
from inspector.reports.workbook import Cell, Column, ColumnKind, Sheet
from inspector.review.statistics.figures import (
    AgreementFigure,
    DriftFigure,
    FalseFires,
    PrecisionFigure,
    RateFigure,
    RecallFigure,
)
from inspector.review.statistics.gate import TARGET, Standing
from inspector.review.statistics.proportion import Estimate
from inspector.roles import Actor
from inspector.storage.figures.verdicts import Verdicts
from inspector.storage.figures.words import Days

__all__ = ["agreement_sheet", "drift_sheet", "figure_sheets", "rates_sheet", "recall_sheet", "rules_sheet"]

T, N, S = ColumnKind.TEXT, ColumnKind.COUNT, ColumnKind.SHARE
F = ColumnKind.SECONDS


def figure_sheets(verdicts: Verdicts, actor: Actor, days: Days, through: date, say: Say) -> tuple[Sheet, ...]:
    """All figures of the calls of ``days``, a sheet a kind; ``through``: the last day of the week that drifts are of.

    Raises PolicyError when the actor may not see them, and StorageError when the database fails.
    """
    return (
        rules_sheet(verdicts.precisions(actor, days), verdicts.false_fires(actor, days), say),
        recall_sheet(verdicts.recalls(actor, days), say),
        rates_sheet(verdicts.rates(actor, days), say),
        agreement_sheet(verdicts.agreements(actor, days), say),
        drift_sheet(verdicts.drifts(actor, through), say),
    )


def rules_sheet(figures: Iterable[PrecisionFigure], wrongly: Iterable[FalseFires], say: Say) -> Sheet:
    """Precision and wrong fires by rule."""
    false = {one.rule_id: one for one in wrongly}
    rows = []
    for one in figures:
        counts = (one.of_all.confirmed, one.of_all.false_alarms, one.of_all.cannot_tell)
        of_random = (one.of_random.confirmed, one.of_random.false_alarms)
        precision = None if one.standing is Standing.TOO_FEW else one.of_all.precision
        of_false = false.get(one.rule_id)
        rows.append(
            (
                *(one.rule_id, one.rule_version, say(f"figures_status_{one.status}"), *counts),
                *(*_limits(precision), TARGET, *of_random),
                *_limits(of_false.share if of_false else None, 1000),
                of_false.at_least * 1000 if of_false else None,
                _standing(one, say),
            )
        )
    return _sheet("figures_rules", (T, N, T, N, N, N, S, S, S, S, N, N, F, F, F, F, T), rows, say)


def recall_sheet(figures: Iterable[RecallFigure], say: Say) -> Sheet:
    """What rules find of what they should find."""
    rows = []
    for one in figures:
        counts = (one.fired.calls, one.fired.judged, one.fired.confirmed, one.heard, one.missed)
        more = say("figures_more_heard", count=one.more_heard) if one.more_heard else say("figures_too_few")
        rows.append((one.rule_id, *counts, *_limits(one.recall), more if one.recall is None else None))
    return _sheet("figures_recall", (T, N, N, N, N, N, S, S, S, T), rows, say)


def rates_sheet(figures: Iterable[RateFigure], say: Say) -> Sheet:
    """How often rules fired and were confirmed, by team."""
    few = say("figures_too_few")
    rows = [
        (
            *(one.rule_id, _team(one.team, say), one.applicable, one.undetermined, one.fired),
            one.fire_rate.value if one.fire_rate else None,
            one.confirmed,
            *_limits(one.confirmed_rate),
            few if one.confirmed_rate is None else None,
        )
        for one in figures
    ]
    return _sheet("figures_rates", (T, T, N, N, N, S, N, S, S, S, T), rows, say)


def agreement_sheet(figures: Iterable[AgreementFigure], say: Say) -> Sheet:
    """How far reviewers agree."""
    rows = []
    for one in figures:
        found = one.agreement
        told = (found.share, found.kappa, found.ac1, found.ac1_low, found.ac1_high) if found else (None,) * 5
        rule_id = one.rule_id or say("figures_all_rules")
        few = None if found else say("figures_too_few")
        rows.append((one.first, one.second, rule_id, one.pairs, *told, few))
    return _sheet("figures_agreement", (T, T, T, N, S, S, S, S, S, T), rows, say)


def drift_sheet(figures: Iterable[DriftFigure], say: Say) -> Sheet:
    """What changed this week; alarms first."""
    rows = []
    for one in sorted(figures, key=lambda one: not one.alarm):
        change, p = one.change, one.change.p_value
        note = "figures_too_few" if p is None else "figures_alarm" if one.alarm else "figures_steady"
        shares = (*change.now, *change.pooled)
        rows.append((one.rule_id, say(f"figures_{one.measure}"), *shares, p, say(note)))
    return _sheet("figures_drift", (T, T, N, N, N, N, S, T), rows, say)


def _sheet(name: str, kinds: Sequence[ColumnKind], rows: Sequence[Sequence[Cell]], say: Say) -> Sheet:
    titles = say(f"{name}_columns").split(",")
    columns = tuple(Column(title, kind) for title, kind in zip(titles, kinds, strict=True))
    return Sheet(say(f"{name}_sheet"), columns, rows)


def _limits(estimate: Estimate | None, per: int = 1) -> tuple[Cell, Cell, Cell]:
    if estimate is None:
        return None, None, None
    return estimate.value * per, estimate.low * per, estimate.high * per


def _standing(one: PrecisionFigure, say: Say) -> str:
    if one.standing is not Standing.TOO_FEW:
        return say(f"figures_{one.standing}")
    return say("figures_more_verdicts", count=one.more_needed) if one.more_needed else say("figures_too_few")


def _team(team: str | None, say: Say) -> str:
    return say("figures_no_team") if team is None else mask(team, Purpose.EXPORT)
