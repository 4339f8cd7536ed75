"""``inspector sample status`` and ``inspector sample self-check``: how far reviews are, and what teams answer."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import partial
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.table import Table

from inspector.cli.actor import actor_of
from inspector.cli.draw_files import stratum_label
from inspector.cli.messages import Lang, say
from inspector.cli.streams import json_stdout
from inspector.config import Settings
from inspector.redaction import Purpose, mask
from inspector.reports.contract import to_line
from inspector.roles import Deed, require
from inspector.sampling.self_check import answer_self_check
from inspector.storage.configured import open_store
from inspector.storage.sample_progress import StratumProgress

__all__ = ["run_self_check", "run_status"]


def run_status(first: date, last: date, settings: Settings, *, json: bool) -> int:
    """What was to be drawn, was drawn, is reviewed and is left, by kind and stratum, of business dates."""
    now = datetime.now(UTC)
    with closing(open_store(settings, make=False)) as store:
        require(actor_of(settings, store), Deed.SEE_SAMPLE)
        rows = store.draws.progress(first, last, now)
        plans = store.sample_plans.kept(last)
    if json:
        for row in rows:
            json_stdout().write(to_line(_object(row)) + "\n")
        return 0
    console = Console()
    if rows:
        console.print(_table(rows, settings.lang))
    plan = say(settings.lang, "status_plan", id=plans[0]) if plans else say(settings.lang, "status_no_plan")
    for line in (() if rows else (say(settings.lang, "status_none"),)) + (plan,):
        console.print(line, markup=False, highlight=False)
    return 0


def run_self_check(call_id: str, settings: Settings, *, confirmed: bool) -> int:
    """Keeps what a team says of its own findings in a call."""
    with closing(open_store(settings, make=False)) as store:
        actor = actor_of(settings, store)
        answer_self_check(store, call_id, confirmed=confirmed, actor=actor, now=datetime.now(UTC))
    key = "self_check_confirmed" if confirmed else "self_check_disputed"
    Console().print(say(settings.lang, key, call_id=call_id), markup=False, highlight=False)
    return 0


def _object(row: StratumProgress) -> dict[str, Any]:
    masked = mask(row.stratum, Purpose.EXPORT)
    return {"schema": "inspector.sample_status/1", **asdict(row), "stratum": masked, "left": row.left}


def _table(rows: tuple[StratumProgress, ...], lang: Lang) -> Table:
    say_it = partial(say, lang)
    table = Table(box=None, pad_edge=False)
    for name in say_it("status_columns").split(","):
        table.add_column(name, justify="left" if len(table.columns) < 2 else "right")
    for kind, of_kind in groupby(rows, key=lambda row: row.kind):
        strata = list(of_kind)
        table.add_row(say_it(f"reason_{kind}"), say_it("status_total"), *_sums(strata), style="bold")
        for row in strata:
            label = mask(stratum_label(row.stratum, lang), Purpose.SCREEN)
            table.add_row("", label.replace("[", "\\["), *_sums([row]))
    return table


def _sums(rows: list[StratumProgress]) -> list[str]:
    done, drawn = sum(row.done for row in rows), sum(row.drawn for row in rows)
    counted = [sum(row.listed for row in rows), sum(row.wanted for row in rows), drawn, done, drawn - done]
    return [*map(str, counted), f"{done / drawn:.0%}", str(sum(row.overdue for row in rows))]
