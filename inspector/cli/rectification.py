"""What ``inspector rectification`` does: entries of the ledger shown masked, and deeds on them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from inspector.cli.actor import actor_of
from inspector.cli.messages import say
from inspector.cli.printing import print_lines, print_objects
from inspector.cli.task_views import clock, shown
from inspector.config import Settings
from inspector.redaction import Purpose, mask_staff
from inspector.reports.objects import object_of
from inspector.reports.task_sheets import ledger_sheet
from inspector.reports.workbook import write_workbook
from inspector.review.tasks.rectification import Entry, EntryState, overdue
from inspector.roles import Actor
from inspector.storage.configured import open_store
from inspector.storage.tasks.rectification import EntryStep, NewEntry, Rectification

__all__ = ["run_add", "run_deed", "run_export", "run_list", "run_show"]

MOST_ENTRIES = 100_000
"""In a workbook."""

Deed = Callable[[Rectification, Actor, datetime], Entry]

_TYPED = frozenset({"content", "finding", "measure", "result", "evidence"})


def run_add(new: NewEntry, settings: Settings) -> int:
    """Opens an entry."""
    return run_deed(lambda ledger, actor, now: ledger.add(actor, new, now), settings)


def run_deed(deed: Deed, settings: Settings) -> int:
    """Does something to an entry and shows it as it is then."""
    with closing(open_store(settings)) as store:
        entry = deed(store.tasks.rectification, actor_of(settings, store), datetime.now(UTC))
    print_lines(_lines(entry, settings))
    return 0


def run_list(limit: int, state: EntryState | None, settings: Settings, *, only_overdue: bool, json: bool) -> int:
    """Lists entries by what is due."""
    with closing(open_store(settings)) as store:
        actor, ledger = actor_of(settings, store), store.tasks.rectification
        now = datetime.now(UTC)
        found = ledger.overdue(actor, now, limit) if only_overdue else ledger.entries(actor, limit, state)
    if json:
        print_objects(_object(entry) for entry in found)
    else:
        print_lines(_line(entry, settings) for entry in found)
    talk = Console(stderr=json)
    talk.print(say(settings.lang, "rectification_total", count=len(found)), style="bold", highlight=False)
    return 0


def run_show(entry_id: str, settings: Settings, *, json: bool) -> int:
    """Shows an entry and all that was done to it."""
    with closing(open_store(settings)) as store:
        entry, steps = store.tasks.rectification.get(actor_of(settings, store), entry_id)
    if json:
        history = [object_of("inspector.rectification_step/1", step, frozenset({"note"})) for step in steps]
        print_objects([_object(entry) | {"steps": history}])
    else:
        print_lines([*_lines(entry, settings), *(_step_line(step, settings) for step in steps)])
    return 0


def run_export(path: Path, settings: Settings) -> int:
    """Writes the entries that the actor may see as a workbook."""
    with closing(open_store(settings)) as store:
        entries = store.tasks.rectification.entries(actor_of(settings, store), MOST_ENTRIES)
    write_workbook(path, [ledger_sheet(entries)], ZoneInfo(settings.business_tz))
    said = say(settings.lang, "tasks_written", path=path, count=len(entries))
    Console().print(said, markup=False, highlight=False, soft_wrap=True)
    return 0


def _line(entry: Entry, settings: Settings) -> str:
    late = f"  {say(settings.lang, 'rectification_overdue')}" if overdue(entry, datetime.now(UTC)) else ""
    state, due = say(settings.lang, f"entry_{entry.state}"), clock(entry.due_at, settings)
    about = f"{entry.team or '–'}  {entry.rule_id or shown(entry.content)}"
    return f"{entry.id}  {state}  {say(settings.lang, 'tasks_due', due=due)}  {about}  {entry.owner or '–'}{late}"


def _lines(entry: Entry, settings: Settings) -> list[str]:
    texts = {name: shown(getattr(entry, name)) for name in sorted(_TYPED)}
    times = {name: clock(getattr(entry, name), settings) for name in ("checked_at", "done_at", "struck_off_at")}
    people = {name: getattr(entry, name) or "–" for name in ("inspector", "done_by", "verified_by")}
    agent = "–" if entry.agent is None else mask_staff(entry.agent, Purpose.SCREEN)
    said = {"agent": agent, "times": entry.times_reopened, "version": entry.version, **texts, **times, **people}
    return [_line(entry, settings), *say(settings.lang, "rectification_detail", **said).splitlines()]


def _step_line(step: EntryStep, settings: Settings) -> str:
    deed = say(settings.lang, f"entry_deed_{step.deed}")
    note = "" if step.note is None else f"  {shown(step.note)}"
    about = "" if step.about is None else f"  {step.about}"
    return f"    {clock(step.at, settings)}  {step.actor or '–'}  {deed}{about}{note}".replace("\n", " / ")


def _object(entry: Entry) -> dict[str, object]:
    return object_of("inspector.rectification/1", entry, _TYPED)
