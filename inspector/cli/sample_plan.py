"""``inspector sample plan``: minutes needed against minutes rostered, before anybody promises anything."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from rich.console import Console
from rich.table import Table

from inspector.cli.actor import actor_of
from inspector.cli.messages import say
from inspector.cli.streams import json_stdout
from inspector.config import Settings
from inspector.errors import UsageError
from inspector.reports.contract import to_line
from inspector.sampling.capacity import Line, Sheet, Volume
from inspector.sampling.draw import DrawKind
from inspector.sampling.planning import keep_plan, make_plan, seen_before
from inspector.storage import Store
from inspector.storage.configured import open_store

__all__ = ["PlanJob", "run_plan"]


@dataclass(frozen=True, slots=True)
class PlanJob:
    """``given``: fields of the expected day that are not taken from the last weeks. ``save``: the id of the sheet that
    was shown; None: only show one."""

    first: date
    last: date
    rostered_min: float
    directed: int
    given: dict[str, float]
    save: str | None
    json: bool


def run_plan(job: PlanJob, settings: Settings) -> int:
    """Shows the capacity sheet of a period, and keeps it where its id says that it was shown before."""
    with closing(open_store(settings)) as store:
        actor = actor_of(settings, store)
        try:
            days, volume = (job.first, job.last), _volume(job, settings, store)
            sheet = make_plan(settings, days, volume, job.rostered_min, job.directed, actor)
        except ValueError as error:
            raise UsageError(str(error), "inspector sample plan --help") from error
        if job.json:
            json_stdout().write(to_line(_object(sheet)) + "\n")
        else:
            _print(sheet, settings)
        talk = Console(stderr=job.json)
        if job.save is not None:
            keep_plan(store, sheet, job.save, actor, datetime.now(UTC))
            talk.print(say(settings.lang, "plan_saved", id=sheet.id), highlight=False)
        else:
            talk.print(say(settings.lang, "plan_not_saved", id=sheet.id), highlight=False, soft_wrap=True)
    return 0


def _volume(job: PlanJob, settings: Settings, store: Store) -> Volume:
    seen = seen_before(store, job.first)
    if seen is None and not {"calls", "call_min"} <= job.given.keys():
        raise UsageError(say(settings.lang, "plan_unseen"), say(settings.lang, "plan_unseen_remedy"))
    given: dict[str, Any] = dict(job.given)
    return replace(seen or Volume(0, 0, 0, 0, 0), **given)


def _object(sheet: Sheet) -> dict[str, Any]:
    plain = asdict(sheet) | {"first": sheet.first.isoformat(), "last": sheet.last.isoformat()}
    return {"schema": "inspector.sample_plan/1", "id": sheet.id, **plain, "needed_min": sheet.needed_min}


def _print(sheet: Sheet, settings: Settings) -> None:
    say_it, console = partial(say, settings.lang), Console()
    table = Table(box=None, pad_edge=False)
    for name in say_it("plan_columns").split(","):
        table.add_column(name, justify="left" if not table.columns else "right")
    for line in sheet.lines:
        table.add_row(*_cells(line, say_it))
    console.print(table)
    volume, target = sheet.volume, float(settings.sampling.mystery_share)
    seen = say_it("plan_seen", days=volume.days_seen) if volume.days_seen else say_it("plan_given")
    share = volume.mystery / volume.calls if volume.calls else 0.0
    for told in (
        say_it("plan_volume", seen=seen, calls=volume.calls, call_min=volume.call_min, agents=volume.agents),
        say_it("plan_minutes", needed=sheet.needed_min, rostered=sheet.rostered_min),
        say_it("plan_mystery", share=share, target=target),
    ):
        console.print(told, markup=False, highlight=False, soft_wrap=True)


def _cells(line: Line, say_it: partial[str]) -> list[str]:
    named = [say_it(f"reason_{line.kind}"), say_it(f"base_{line.base_name}")]
    figures = [str(line.base), str(line.calls), f"{line.minutes:.0f}"]
    own = line.kind is DrawKind.SELF_CHECK
    ends = ["–", "–"] if own else [str(line.reviewed), str(line.calls - line.reviewed)]
    return [*named, *figures, *ends]
