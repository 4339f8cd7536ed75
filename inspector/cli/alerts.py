"""What ``inspector queue alerts`` does: groups of alerts shown masked, and deeds on them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from rich.console import Console
from rich.table import Column, Table

from inspector.alerts.group import AlertGroup
from inspector.cli.actor import actor_of
from inspector.cli.alert_views import group_lines
from inspector.cli.messages import say
from inspector.cli.printing import print_lines, print_objects
from inspector.config import Settings
from inspector.errors import UsageError
from inspector.reports.alert_objects import group_object
from inspector.roles import Actor
from inspector.storage import Store
from inspector.storage.alerts import GroupFilter
from inspector.storage.configured import open_store

__all__ = [
    "CloseJob",
    "ListJob",
    "run_assign",
    "run_close",
    "run_false",
    "run_hygiene",
    "run_list",
    "run_show",
    "run_step",
    "run_take",
]


@dataclass(frozen=True, slots=True)
class ListJob:
    """What to list. ``day``: a business date, ``audience``: whom it tells; None for all."""

    day: date | None
    audience: str | None
    ended: bool
    limit: int
    json: bool


@dataclass(frozen=True, slots=True)
class CloseJob:
    """How a group ends. ``version``: as it was seen, None = whatever it is now."""

    group_id: str
    result: str
    note: str | None
    version: int | None


def run_list(job: ListJob, settings: Settings) -> int:
    """Lists groups, most urgent first."""
    now = datetime.now(UTC)
    with closing(open_store(settings)) as store:
        policy = store.alerts.policy
        if job.audience is not None and job.audience not in policy.audiences:
            raise UsageError(
                say(settings.lang, "alert_audience_unknown", audience=job.audience),
                say(settings.lang, "alert_audience_remedy", known=", ".join(policy.audiences)),
            )
        which = GroupFilter(job.day, job.audience, ended=job.ended)
        actor = actor_of(settings, store)
        groups, total = store.alerts.groups(actor, which, job.limit), store.alerts.count(actor, which)
    if job.json:
        print_objects(group_object(group, policy, now) for group in groups)
    else:
        print_lines(line for group in groups for line in group_lines(group, policy, settings, now))
    keys = ("alerts_ended", "alerts_no_ended") if job.ended else ("alerts_total", "alerts_none")
    talk = Console(stderr=job.json)
    line = say(settings.lang, keys[0] if total else keys[1], groups=total, shown=len(groups))
    talk.print(line, style="bold", markup=False, highlight=False, soft_wrap=True)
    if year := policy.calendar.missing_next(now):
        warning = say(settings.lang, "alerts_calendar_missing", year=year)
        talk.print(warning, style="yellow", markup=False, highlight=False, soft_wrap=True)
    return 0


def run_show(group_id: str, settings: Settings, *, json: bool) -> int:
    """Shows one group in full."""
    now = datetime.now(UTC)
    with closing(open_store(settings)) as store:
        policy = store.alerts.policy
        group = store.alerts.group(actor_of(settings, store), group_id)
    if json:
        print_objects(iter([group_object(group, policy, now)]))
    else:
        print_lines(group_lines(group, policy, settings, now, whole=True))
    return 0


def run_take(group_id: str, settings: Settings, *, only_seen: bool) -> int:
    """Takes a group, or notes that it was seen."""

    def take(store: Store, actor: Actor) -> AlertGroup:
        alerts = store.alerts
        return alerts.acknowledge(actor, group_id) if only_seen else alerts.take(actor, group_id)

    group = _do(settings, take)
    _tell(settings, "alert_seen" if only_seen else "alert_taken", group, who=group.handler)
    return 0


def run_assign(group_id: str, to: str, settings: Settings) -> int:
    """Gives a group to somebody."""
    group = _do(settings, lambda store, actor: store.alerts.assign(actor, group_id, to))
    _tell(settings, "alert_taken", group, who=group.handler)
    return 0


def run_step(group_id: str, step: str, settings: Settings) -> int:
    """Notes that a step is done."""
    group = _do(settings, lambda store, actor: store.alerts.meet(actor, group_id, step))
    _tell(settings, "alert_step_done", group, step=step)
    return 0


def run_close(job: CloseJob, settings: Settings) -> int:
    """Ends a group with a result."""
    group = _do(
        settings, lambda store, actor: store.alerts.close(actor, job.group_id, job.result, job.note, job.version)
    )
    _tell(settings, "alert_closed", group, result=job.result)
    return 0


def run_false(call_id: str, rule_id: str, reason: str, settings: Settings) -> int:
    """Notes that one alert was none."""
    group = _do(settings, lambda store, actor: store.alerts.false_alarm(actor, call_id, rule_id, reason))
    _tell(settings, "alert_false", group, rule=rule_id)
    return 0


def run_hygiene(first: date | None, last: date | None, settings: Settings, *, json: bool) -> int:
    """What the alerts of each rule were worth, most alerts first."""
    with closing(open_store(settings)) as store:
        found = store.alerts.hygiene(actor_of(settings, store), first, last)
    if json:
        print_objects({"schema": "inspector.alert_hygiene/1", **asdict(one)} for one in found)
        return 0
    if not found:
        Console().print(say(settings.lang, "hygiene_none"))
        return 0
    names = ("raised", "found_late", "in_time", "silent", "false", "open")
    table = Table(Column(say(settings.lang, "hygiene_rule"), no_wrap=True), box=None)
    for name in names:
        table.add_column(say(settings.lang, f"hygiene_{name}"), justify="right")
    table.add_column(say(settings.lang, "hygiene_noticed_after"), justify="right")
    for one in found:
        after = "–" if one.noticed_after_s is None else f"{one.noticed_after_s / 60:.1f}"
        table.add_row(one.rule_id, *(str(getattr(one, name)) for name in names), after)
    Console().print(table)
    return 0


def _do(settings: Settings, deed: Callable[[Store, Actor], AlertGroup]) -> AlertGroup:
    with closing(open_store(settings)) as store:
        return deed(store, actor_of(settings, store))


def _tell(settings: Settings, key: str, group: AlertGroup, **told: object) -> None:
    line = say(settings.lang, key, id=group.id, **told)
    Console().print(line, markup=False, highlight=False, soft_wrap=True)
