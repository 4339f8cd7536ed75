"""``inspector figures …``: what verdicts say of rules, teams and reviewers, and the gate."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Column, Table

from inspector.cli.actor import actor_of
from inspector.cli.messages import say
from inspector.cli.printing import table_of
from inspector.cli.streams import json_stdout, write_line
from inspector.config import Settings
from inspector.enums import Status
from inspector.reports import figures_sheets as sheets
from inspector.reports.contract import to_line
from inspector.reports.objects import figure_object
from inspector.reports.workbook import Sheet, write_workbook
from inspector.review.statistics.figures import PrecisionFigure
from inspector.review.statistics.gate import Standing
from inspector.roles import Actor, Deed, require
from inspector.storage import Store
from inspector.storage.configured import open_store
from inspector.storage.figures.gate import RuleState

__all__ = ["Figure", "days_of", "run_book", "run_gate", "run_promote", "run_show"]

Days = tuple[date, date] | None


class Figure(StrEnum):
    """What can be shown."""

    RULES = "rules"
    RECALL = "recall"
    RATES = "rates"
    AGREEMENT = "agreement"
    DRIFT = "drift"


SCREEN = {Figure.RULES: (0, 1, 2, 3, 4, 6, 7, 8, 12, 16)}
"""Columns that fit on a screen, where not all do."""


def days_of(month: datetime | None) -> Days:
    """The business dates of a month; None: all."""
    if month is None:
        return None
    first = month.date().replace(day=1)
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def run_show(figure: Figure, month: datetime | None, settings: Settings, *, json: bool) -> int:
    """One kind of figure. JSON: an object a line, shares as numbers from 0 to 1."""
    with closing(open_store(settings, make=False)) as store:
        found, sheet = _read(figure, store, actor_of(settings, store), days_of(month), settings)
    if json:
        for one in found:
            write_line(json_stdout(), to_line({"schema": f"inspector.figure_{figure}/1", **figure_object(one)}))
    elif sheet.rows:
        Console().print(table_of(sheet, SCREEN.get(figure, range(len(sheet.columns)))))
    else:
        Console().print(say(settings.lang, "figures_none"), highlight=False)
    return 0


def run_book(path: Path, month: datetime | None, settings: Settings) -> int:
    """All figures as a workbook, a sheet a kind; noted as written, with a trace in the audit."""
    with closing(open_store(settings, make=False)) as store:
        actor = actor_of(settings, store)
        require(actor, Deed.EXPORT_REVIEWS)
        days = days_of(month)
        through = _through(store, days)
        pages = sheets.figure_sheets(store.verdicts, actor, days, through, partial(say, settings.lang))
        write_workbook(path, pages, ZoneInfo(settings.business_tz))
        store.made_file(None, "figures", path)
        store.audit(actor.name, "figures_export", "figures", {"month": month.strftime("%Y-%m") if month else None})
    _print(say(settings.lang, "figures_written", path=path))
    return 0


def run_gate(settings: Settings, *, apply: bool, json: bool) -> int:
    """What was decided of rules, and who may come back. ``apply``: the look of this week first."""
    now = datetime.now(UTC)
    with closing(open_store(settings, make=False)) as store:
        actor = actor_of(settings, store)
        if apply:
            require(actor, Deed.GATE_RULES)
            gone = store.verdicts.look(now)
            told = [say(settings.lang, "figures_demoted", rule=one) for one in gone]
            for line in told or [say(settings.lang, "figures_none_demoted")]:
                Console(stderr=True).print(line, markup=False, highlight=False, soft_wrap=True)
        states = store.verdicts.states(actor)
        figures = store.verdicts.precisions(actor, None)
    passing = {(one.rule_id, one.rule_version): one.of_all for one in figures if _may_rise(one)}
    _show_gate(states, passing.keys(), settings, json=json)
    for rule_id, version in passing.keys() - {(one.rule_id, one.rule_version) for one in states}:
        of_all = passing[rule_id, version]
        line = say(settings.lang, "figures_evidence", rule=rule_id, version=version, **asdict(of_all))
        Console(stderr=True).print(line, markup=False, highlight=False, soft_wrap=True)
    return 0


def run_promote(rule_id: str, settings: Settings) -> int:
    """A demoted rule counts again as its pack says."""
    with closing(open_store(settings, make=False)) as store:
        store.verdicts.promote(actor_of(settings, store), rule_id, datetime.now(UTC))
    _print(say(settings.lang, "figures_promoted", rule=rule_id))
    return 0


def _read(figure: Figure, store: Store, actor: Actor, days: Days, settings: Settings) -> tuple[Iterable[Any], Sheet]:
    verdicts, told = store.verdicts, partial(say, settings.lang)
    if figure is Figure.RULES:
        found = verdicts.precisions(actor, days)
        return found, sheets.rules_sheet(found, verdicts.false_fires(actor, days), told)
    if figure is Figure.RECALL:
        recalls = verdicts.recalls(actor, days)
        return recalls, sheets.recall_sheet(recalls, told)
    if figure is Figure.RATES:
        rates = verdicts.rates(actor, days)
        return rates, sheets.rates_sheet(rates, told)
    if figure is Figure.AGREEMENT:
        agreed = verdicts.agreements(actor, days)
        return agreed, sheets.agreement_sheet(agreed, told)
    drifts = verdicts.drifts(actor, _through(store, days))
    return drifts, sheets.drift_sheet(drifts, told)


def _through(store: Store, days: Days) -> date:
    """The last day of the week that drifts are of."""
    return days[1] if days else store.business_day(datetime.now(UTC))


def _may_rise(one: PrecisionFigure) -> bool:
    return one.status is Status.TEST and one.standing is Standing.PASSES


def _show_gate(
    states: Sequence[RuleState], passing: Collection[tuple[str, int]], settings: Settings, *, json: bool
) -> None:
    first, *others = say(settings.lang, "figures_gate_columns").split(",")
    table = Table(Column(first, no_wrap=True), *others, box=None, pad_edge=False)
    for state in states:
        proposed = state.status is Status.TEST and (state.rule_id, state.rule_version) in passing
        if json:
            plain = asdict(state) | {"since": state.since.isoformat(), "looked_on": state.looked_on.isoformat()}
            write_line(json_stdout(), to_line({"schema": "inspector.rule_state/1", **plain, "proposed": proposed}))
            continue
        counts = [str(state.why[name]) for name in ("confirmed", "false_alarms", "low")]
        note = say(settings.lang, "figures_propose", rule=state.rule_id) if proposed else ""
        since = state.since.astimezone(ZoneInfo(settings.business_tz)).strftime("%Y-%m-%d %H:%M")
        status = say(settings.lang, f"status_{state.status}")
        what = [state.rule_id, str(state.rule_version), status, since, str(state.looks), state.by]
        table.add_row(*what, *counts, note)
    if json:
        return
    if states:
        Console().print(table)
    else:
        _print(say(settings.lang, "figures_none"))


def _print(line: str) -> None:
    Console().print(line, markup=False, highlight=False, soft_wrap=True)
