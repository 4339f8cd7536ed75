"""Figures as tables that people read: the same on the screen and in a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from inspector.cli.messages import Lang, say
from inspector.redaction import Purpose, mask
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

__all__ = ["agreement_sheet", "drift_sheet", "rates_sheet", "recall_sheet", "rules_sheet"]

T, N, S = ColumnKind.TEXT, ColumnKind.COUNT, ColumnKind.SHARE
F = ColumnKind.SECONDS


def rules_sheet(figures: Iterable[PrecisionFigure], wrongly: Iterable[FalseFires], lang: Lang) -> Sheet:
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
                *(one.rule_id, one.rule_version, say(lang, f"status_{one.status}"), *counts),
                *(*_limits(precision), TARGET, *of_random),
                *_limits(of_false.share if of_false else None, 1000),
                of_false.at_least * 1000 if of_false else None,
                _standing(one, lang),
            )
        )
    return _sheet("figures_rules", (T, N, T, N, N, N, S, S, S, S, N, N, F, F, F, F, T), rows, lang)


def recall_sheet(figures: Iterable[RecallFigure], lang: Lang) -> Sheet:
    """What rules find of what they should find."""
    rows = []
    for one in figures:
        counts = (one.fired.calls, one.fired.judged, one.fired.confirmed, one.heard, one.missed)
        more = say(lang, "figures_more_heard", count=one.more_heard) if one.more_heard else say(lang, "figures_too_few")
        rows.append((one.rule_id, *counts, *_limits(one.recall), more if one.recall is None else None))
    return _sheet("figures_recall", (T, N, N, N, N, N, S, S, S, T), rows, lang)


def rates_sheet(figures: Iterable[RateFigure], lang: Lang) -> Sheet:
    """How often rules fired and were confirmed, by team."""
    few = say(lang, "figures_too_few")
    rows = [
        (
            *(one.rule_id, _team(one.team, lang), one.applicable, one.undetermined, one.fired),
            one.fire_rate.value if one.fire_rate else None,
            one.confirmed,
            *_limits(one.confirmed_rate),
            few if one.confirmed_rate is None else None,
        )
        for one in figures
    ]
    return _sheet("figures_rates", (T, T, N, N, N, S, N, S, S, S, T), rows, lang)


def agreement_sheet(figures: Iterable[AgreementFigure], lang: Lang) -> Sheet:
    """How far reviewers agree."""
    rows = []
    for one in figures:
        found = one.agreement
        told = (found.share, found.kappa, found.ac1, found.ac1_low, found.ac1_high) if found else (None,) * 5
        rule_id = one.rule_id or say(lang, "figures_all_rules")
        few = None if found else say(lang, "figures_too_few")
        rows.append((one.first, one.second, rule_id, one.pairs, *told, few))
    return _sheet("figures_agreement", (T, T, T, N, S, S, S, S, S, T), rows, lang)


def drift_sheet(figures: Iterable[DriftFigure], lang: Lang) -> Sheet:
    """What changed this week; alarms first."""
    rows = []
    for one in sorted(figures, key=lambda one: not one.alarm):
        change, p = one.change, one.change.p_value
        note = "figures_too_few" if p is None else "figures_alarm" if one.alarm else "figures_steady"
        shares = (*change.now, *change.pooled)
        rows.append((one.rule_id, say(lang, f"figures_{one.measure}"), *shares, p, say(lang, note)))
    return _sheet("figures_drift", (T, T, N, N, N, N, S, T), rows, lang)


def _sheet(name: str, kinds: Sequence[ColumnKind], rows: Sequence[Sequence[Cell]], lang: Lang) -> Sheet:
    titles = say(lang, f"{name}_columns").split(",")
    columns = tuple(Column(title, kind) for title, kind in zip(titles, kinds, strict=True))
    return Sheet(say(lang, f"{name}_sheet"), columns, rows)


def _limits(estimate: Estimate | None, per: int = 1) -> tuple[Cell, Cell, Cell]:
    if estimate is None:
        return None, None, None
    return estimate.value * per, estimate.low * per, estimate.high * per


def _standing(one: PrecisionFigure, lang: Lang) -> str:
    say_it = partial(say, lang)
    if one.standing is not Standing.TOO_FEW:
        return say_it(f"figures_{one.standing}")
    return say_it("figures_more_verdicts", count=one.more_needed) if one.more_needed else say_it("figures_too_few")


def _team(team: str | None, lang: Lang) -> str:
    return say(lang, "figures_no_team") if team is None else mask(team, Purpose.EXPORT)
