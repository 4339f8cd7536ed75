"""``inspector queue incidents list | show | surges``: what several calls have in common, masked."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console

from inspector.alerts.cross_call import Surge
from inspector.cli.actor import actor_of
from inspector.cli.messages import say
from inspector.cli.streams import json_stdout, write_line
from inspector.config import Settings
from inspector.redaction import Purpose, mask, mask_call_id
from inspector.reports.contract import to_line
from inspector.roles import Deed, require
from inspector.storage.configured import open_store
from inspector.storage.incidents import Incident, IncidentCall

__all__ = ["run_list", "run_show", "run_surges"]


def run_list(limit: int, settings: Settings, *, json: bool) -> int:
    """Lists the latest incidents that whoever asks may see."""
    with closing(open_store(settings)) as store:
        actor = actor_of(settings, store)
        require(actor, Deed.SEE_ALERTS, actor.teams)
        found = store.incidents.latest(actor, limit)
    if json:
        _print_objects(map(_object, found))
    else:
        _print_lines(_line(one, settings) for one in found)
    key = "incidents_total" if found else "incidents_none"
    Console(stderr=json).print(say(settings.lang, key, shown=len(found)), style="bold", highlight=False)
    return 0


def run_show(incident_id: str, settings: Settings, *, json: bool) -> int:
    """Shows an incident and its calls."""
    with closing(open_store(settings)) as store:
        incident, calls = store.incidents.get(actor_of(settings, store), incident_id)
    if json:
        _print_objects([_object(incident) | {"calls": [_call_object(call) for call in calls]}])
    else:
        _print_lines([_line(incident, settings), *(_call_line(call, settings) for call in calls)])
    return 0


def run_surges(until: date | None, settings: Settings, *, json: bool) -> int:
    """Lists the topics that surge in the week whose last day is ``until``; None: yesterday."""
    with closing(open_store(settings)) as store:
        last = until or store.business_day(datetime.now(UTC)) - timedelta(days=1)
        end = store.day_begins(last + timedelta(days=1))
        found = store.incidents.surges(actor_of(settings, store), end)
        due = end + store.incidents.surge_due
    if json:
        _print_objects(_surge_object(one, last, due) for one in found)
    else:
        _print_lines(_surge_line(one, due, settings) for one in found)
    key = "surges_total" if found else "surges_none"
    Console(stderr=json).print(say(settings.lang, key, shown=len(found), last=last), style="bold", highlight=False)
    return 0


def _line(one: Incident, settings: Settings) -> str:
    at = [moment.astimezone(ZoneInfo(settings.business_tz)) for moment in (one.first_at, one.hot_until)]
    usual = say(settings.lang, "incident_no_usual") if one.usual is None else f"{one.usual:.1f}"
    counted = say(settings.lang, "incident_counted", customers=one.customers, usual=usual, calls=one.calls)
    late = f"  {say(settings.lang, 'incident_late')}" if one.late else ""
    about = mask(f"{one.title}：{one.key}" if one.key else one.title, Purpose.SCREEN)
    return f"{at[0]:%Y-%m-%d %H:%M}–{at[1]:%H:%M}  {one.id}  {about}  {one.topic}  {counted}{late}"


def _call_line(call: IncidentCall, settings: Settings) -> str:
    at = call.at.astimezone(ZoneInfo(settings.business_tz))
    named = f"{call.call_id} ({mask_call_id(call.source_call_id, Purpose.SCREEN)})"
    return f"    {at:%H:%M:%S}  {named}  {call.team or '–'}"


def _surge_line(one: Surge, due: datetime, settings: Settings) -> str:
    growth = say(settings.lang, "surge_new") if one.growth is None else f"+{100 * one.growth:.0f} %"
    counted = say(settings.lang, "surge_counted", calls=one.calls, before=one.before, due=f"{due:%Y-%m-%d %H:%M}")
    return f"{mask(one.topic, Purpose.SCREEN)}  {growth}  {counted}"


def _object(one: Incident) -> dict[str, object]:
    return {
        "schema": "inspector.incident/1",
        "incident_id": one.id,
        "kind": one.kind,
        "title": one.title,
        "topic": one.topic,
        "key": mask(one.key, Purpose.EXPORT),
        "first_at": one.first_at.isoformat(),
        "completed_at": one.completed_at.isoformat(),
        "completed_by": one.completed_by,
        "hot_until": one.hot_until.isoformat(),
        "found_at": one.found_at.isoformat(),
        "late": one.late,
        "customers": one.customers,
        "usual": None if one.usual is None else round(one.usual, 3),
        "call_count": one.calls,
        "teams": sorted(one.teams),
    }


def _call_object(call: IncidentCall) -> dict[str, object]:
    return {
        "call_id": call.call_id,
        "source_call_id": mask_call_id(call.source_call_id, Purpose.EXPORT),
        "at": call.at.isoformat(),
        "team": call.team,
    }


def _surge_object(one: Surge, last: date, due: datetime) -> dict[str, object]:
    return {
        "schema": "inspector.topic_surge/1",
        "topic": mask(one.topic, Purpose.EXPORT),
        "week_until": last.isoformat(),
        "calls": one.calls,
        "before": one.before,
        "growth": None if one.growth is None else round(one.growth, 3),
        "due_at": due.astimezone(UTC).isoformat(),
    }


def _print_objects(objects: Iterable[dict[str, object]]) -> None:
    for one in objects:
        write_line(json_stdout(), to_line(one))


def _print_lines(lines: Iterable[str]) -> None:
    console = Console()
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
