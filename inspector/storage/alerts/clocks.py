"""The clocks of a group in the database: started, pulled forward, met, stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from inspector.alerts.clocks import Deadline, Profile, Since, deadlines
from inspector.alerts.policy import AlertPolicy
from inspector.storage.alert_tables import alert_group, alert_step
from inspector.storage.rows import equal

__all__ = ["meet", "rows_of", "settle", "start", "stop"]

_DEADLINE = ("started_at", "due_at", "calendar", "provisional")
_NOT_MET: dict[str, Any] = {"met_at": None, "met_by": None, "stopped": False, "escalated": 0}


def rows_of(
    group_id: str, audience: str, starts: Mapping[str, datetime], policy: AlertPolicy, now: datetime
) -> list[dict[str, Any]]:
    """The steps of clocks that people know of since now. ``audience``: whose steps they are where no owner is named."""
    rows: list[dict[str, Any]] = []
    for clock, started_at in starts.items():
        profile = policy.clocks[clock]
        made = deadlines(profile, started_at, now, policy.calendar)
        for place, (one, escalate_at) in enumerate(zip(made, _armed(profile, made, {}), strict=True)):
            key = {"group_id": group_id, "clock": clock, "id": one.step.id, "place": place}
            told = {"escalations": _told(one), "escalate_at": escalate_at, **_NOT_MET}
            times = {"started_at": started_at, "found_at": now, **_deadline(one)}
            rows.append({**key, "owner": one.step.owner or audience, **times, **told})
    return rows


def start(connection: Connection, group_id: str, rows: Sequence[dict[str, Any]]) -> None:
    """Starts the clocks of ``rows`` in a group that has some. One that runs stays, but for what is due earlier than it
    was: calls of a night are not judged in the order in which they were made."""
    running = {(row.clock, row.id): row for row in _steps(connection, group_id)}
    fresh = [row for row in rows if (row["clock"], row["id"]) not in running]
    for row in rows:
        kept = running.get((row["clock"], row["id"]))
        if kept is not None and kept.stopped:
            _change(connection, kept, row)
        elif kept is not None and kept.met_at is None and row["due_at"] < kept.due_at:
            _change(connection, kept, {name: row[name] for name in _DEADLINE})
    if fresh:
        connection.execute(insert(alert_step), fresh)


def meet(
    connection: Connection, group_id: str, step_ids: set[str], by: str, policy: AlertPolicy, now: datetime
) -> list[str]:
    """Notes that owed steps are done; what follows them is due from now on. Returns those that were owed."""
    rows = _steps(connection, group_id)
    met = [row for row in rows if row.id in step_ids and row.met_at is None and not row.stopped]
    for row in met:
        _change(connection, row, {"met_at": max(now, row.found_at), "met_by": by, "escalate_at": None})
    for clock in sorted({row.clock for row in met} & policy.clocks.keys()):
        _follow(connection, group_id, policy.clocks[clock], {row.id for row in met if row.clock == clock}, policy)
    return [row.id for row in met]


def stop(connection: Connection, group_id: str, keep: frozenset[str] = frozenset()) -> None:
    """Ends what is owed by all clocks but those to ``keep``."""
    step = alert_step
    owed = (step.c.group_id == group_id, step.c.met_at.is_(None), step.c.clock.not_in(keep))
    connection.execute(update(step).where(*owed).values(stopped=True, escalate_at=None))


def settle(connection: Connection, group_id: str, values: Mapping[str, object]) -> None:
    """Writes what changed of a group, with its next deadline: the last thing that is done to it."""
    group, step = alert_group, alert_step
    owed = (step.c.group_id == group_id, step.c.met_at.is_(None), step.c.stopped.is_(False))
    due = select(func.min(step.c.due_at)).where(*owed).scalar_subquery()
    changed = {**values, "due_at": due, "version": group.c.version + 1}
    connection.execute(update(group).where(group.c.id == group_id).values(changed))


def _follow(connection: Connection, group_id: str, profile: Profile, done: set[str], policy: AlertPolicy) -> None:
    """Reckons what comes after the steps that were just ``done``."""
    rows = {row.id: row for row in _steps(connection, group_id) if row.clock == profile.name}
    met = {row.id: row.met_at for row in rows.values() if row.met_at is not None}
    first = next(iter(rows.values()))
    made = deadlines(profile, first.started_at, first.found_at, policy.calendar, met)
    for before, one, escalate_at in zip(profile.steps, made[1:], _armed(profile, made, met)[1:], strict=False):
        row = rows.get(one.step.id)
        if row is None or row.met_at is not None or row.stopped or one.step.since is not Since.STEP_BEFORE:
            continue
        # Only now does its turn come: one that is waited for already has perhaps gone up.
        told = {"escalations": _told(one), "escalate_at": escalate_at} if before.id in done else {}
        _change(connection, row, {**_deadline(one), **told})


def _armed(profile: Profile, made: tuple[Deadline, ...], met: Mapping[str, datetime]) -> list[datetime | None]:
    """When each step goes up first. One whose turn has not come does not: the one before it does."""
    waits = [False] + [
        after.since is Since.STEP_BEFORE and before.id not in met for before, after in pairwise(profile.steps)
    ]
    firsts = [one.escalations[0][0] if one.escalations else None for one in made]
    return [None if waiting else first for waiting, first in zip(waits, firsts, strict=True)]


def _deadline(one: Deadline) -> dict[str, Any]:
    return {"due_at": one.due_at, "calendar": one.calendar, "provisional": one.provisional}


def _told(one: Deadline) -> list[list[str]]:
    return [[at.isoformat(), to] for at, to in one.escalations]


def _steps(connection: Connection, group_id: str) -> list[Any]:
    step = alert_step
    found = select(step).where(step.c.group_id == group_id).order_by(step.c.clock, step.c.place)
    return list(connection.execute(found).all())


def _change(connection: Connection, row: Any, values: Mapping[str, object]) -> None:
    key = {"group_id": row.group_id, "clock": row.clock, "id": row.id}
    connection.execute(update(alert_step).where(equal(alert_step, key)).values(values))
