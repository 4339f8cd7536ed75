"""Coaching as people give it, acknowledge it and do it. What follows it is in ``follow_ups.py``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Engine, Row, insert, or_, select, true, update

from inspector.errors import PolicyError, UsageError
from inspector.model import Finding
from inspector.review.policy import ReviewPolicy
from inspector.review.records import Origin
from inspector.review.tasks.coaching import Clip, Coaching, CoachingState
from inspector.roles import Actor, Deed, may, require
from inspector.storage import tables
from inspector.storage.engine import storage_errors
from inspector.storage.ledger.events import append_events, lock_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.review_tables import mark
from inspector.storage.rows import append_audit, read
from inspector.storage.task_tables import coaching as table
from inspector.storage.task_tables import coaching_clip as clip_table
from inspector.storage.tasks.finals import final_of
from inspector.storage.tasks.follow_ups import follow_ups_of, resample

__all__ = ["CoachingDesk", "NewCoaching"]

LOOK_EVERY = timedelta(minutes=10)
AT_ONCE = 100
"""Tasks that are looked at when somebody asks, those first that wait the longest."""


@dataclass(frozen=True, slots=True)
class NewCoaching:
    """A task for the agent of these calls, in each of which the rule is finally confirmed. ``coach``: who does it.

    ``due_at``: None = working days from now.
    """

    rule_id: str
    call_ids: tuple[str, ...]
    coach: str
    task: str
    due_at: datetime | None = None


class CoachingDesk:
    """Every method raises StorageError when the database fails, PolicyError when the actor may not, and UsageError for
    a task that is not there. An agent sees his own."""

    def __init__(self, reader: Engine, writer: Engine, policy: ReviewPolicy) -> None:
        self._reader, self._writer, self._policy = reader, writer, policy

    def give(self, actor: Actor, new: NewCoaching, now: datetime) -> Coaching:
        """Opens a task. PolicyError: a finding is not final, or names no agent; UsageError: of several."""
        require(actor, Deed.COACH, actor.teams)
        if not new.task.strip() or not new.coach.strip() or not new.call_ids:
            raise UsageError("coaching needs calls, a coach and a task in words", "name them")
        with storage_errors(self._writer), self._writer.begin() as connection:
            findings = [final_of(connection, call_id, new.rule_id) for call_id in sorted(set(new.call_ids))]
            agent, team = _one_agent(findings)
            require(actor, Deed.COACH, _teams(team))
            task_id = uuid4().hex[:12]
            clips = [_clip(connection, row) for row in findings]
            title = next((title for _, title in clips if title), new.rule_id)
            of = {"id": task_id, "agent": agent, "team": team, "title": title, "severity": findings[0].severity}
            connection.execute(insert(table).values(of | self._given(actor, new, now)))
            connection.execute(insert(clip_table), [{"coaching_id": task_id, **asdict(clip)} for clip, _ in clips])
            append_audit(connection, actor.name, "coaching_give", task_id, {"rule_id": new.rule_id})
            told = [(clip.call_id, {"coaching_id": task_id, "rule_id": new.rule_id}) for clip, _ in clips]
            append_events(connection, now, EventKind.COACHING_GIVEN, told)
            return load(connection, task_id)

    def acknowledge(self, actor: Actor, task_id: str, now: datetime) -> Coaching:
        """The agent has read it: nobody else can say so. Once more changes nothing."""
        with self._changing(task_id) as (connection, task):
            if actor.agent is None or actor.agent != task.agent:
                raise PolicyError("only the agent himself acknowledges his coaching", "let him do it")
            if task.acknowledged_at is None:
                _change(connection, task, {"acknowledged_at": now})
                append_audit(connection, actor.name, "coaching_acknowledge", task.id, {})
            return load(connection, task_id)

    def assign(self, actor: Actor, task_id: str, coach: str) -> Coaching:
        """Another coach does it, such as when the first is gone. PolicyError: done already; UsageError: nobody."""
        if not coach.strip():
            raise UsageError("nobody is named to do the coaching", "name a person")
        with self._changing(task_id) as (connection, task):
            require(actor, Deed.COACH, _teams(task.team))
            _check_given(task)
            _change(connection, task, {"coach": coach.strip()})
            append_audit(connection, actor.name, "coaching_assign", task.id, {"to": coach.strip()})
            return load(connection, task_id)

    def done(self, actor: Actor, task_id: str, now: datetime) -> Coaching:
        """The coach has done it: from now on the agent's next calls are looked for. PolicyError: done already."""
        with self._changing(task_id) as (connection, task):
            require(actor, Deed.COACH, _teams(task.team))
            if actor.name != task.coach:
                raise PolicyError(
                    f"coaching {task.id} is done by its coach: {task.coach}", "let him say so, or assign it"
                )
            _check_given(task)
            values = {"state": CoachingState.DONE.value, "done_at": now, "looked_until": now}
            _change(connection, task, values)
            append_audit(connection, actor.name, "coaching_done", task.id, {})
            return load(connection, task_id)

    def get(self, actor: Actor, task_id: str) -> Coaching:
        """One task."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            task = load(connection, task_id)
        if actor.agent is None or actor.agent != task.agent:
            require(actor, Deed.COACH, _teams(task.team))
        return task

    def tasks(self, actor: Actor, limit: int, state: CoachingState | None = None) -> tuple[Coaching, ...]:
        """The first ``limit`` that the actor may see, by what is due: his own, those of his teams, or all."""
        which = true() if state is None else table.c.state == state.value
        found = select(table.c.id).where(which, _seen_by(actor)).order_by(table.c.due_at, table.c.id).limit(limit)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return tuple(load(connection, task_id) for task_id in connection.scalars(found).all())

    def resample(self, now: datetime) -> int:
        """Opens reviews of coached agents' next calls, and closes what they answer. Returns how many were opened.

        May be asked as often as one likes: a task that was looked at a moment ago is left alone.
        """
        is_due = table.c.state == CoachingState.DONE.value, table.c.looked_until <= now - LOOK_EVERY
        waits = select(table.c.id).where(*is_due).order_by(table.c.looked_until, table.c.id).limit(AT_ONCE)
        with storage_errors(self._reader), self._reader.connect() as connection:
            task_ids = connection.scalars(waits).all()
        opened = 0
        for task_id in task_ids:
            with self._changing(task_id) as (connection, task):
                opened += resample(connection, task, self._policy, now)
        return opened

    def _given(self, actor: Actor, new: NewCoaching, now: datetime) -> dict[str, object]:
        settings = self._policy.settings
        return {
            "rule_id": new.rule_id,
            "task": new.task.strip(),
            "coach": new.coach.strip(),
            "given_by": actor.name,
            "given_at": now,
            "due_at": new.due_at or self._policy.calendar.add_days(now, settings.coaching_days),
            "state": CoachingState.GIVEN.value,
            "wanted": settings.follow_up_calls,
            "version": 1,
        }

    @contextmanager
    def _changing(self, task_id: str) -> Iterator[tuple[Connection, Coaching]]:
        with storage_errors(self._writer), self._writer.begin() as connection:
            lock_events(connection)
            connection.execute(select(table.c.id).where(table.c.id == task_id).with_for_update())
            yield connection, load(connection, task_id)


def load(connection: Connection, task_id: str) -> Coaching:
    """A task with its clips and the calls that follow. Raises UsageError when it is not there."""
    row = connection.execute(select(table).where(table.c.id == task_id)).one_or_none()
    if row is None:
        raise UsageError(f"there is no coaching {task_id}", "list it: inspector coaching list")
    clips = select(clip_table).where(clip_table.c.coaching_id == task_id).order_by(clip_table.c.call_id)
    plain = {name: value for name, value in row._mapping.items() if name in Coaching.__dataclass_fields__}
    return Coaching(
        **plain | {"state": CoachingState(row.state)},
        clips=tuple(Clip(one.call_id, one.start_s, one.end_s) for one in connection.execute(clips)),
        follow_ups=follow_ups_of(connection, task_id, row.rule_id),
    )


def _one_agent(findings: Sequence[Row[Any]]) -> tuple[str, str | None]:
    """Agent and team of all of them."""
    of = {(row.agent, row.team) for row in findings}
    if any(agent is None for agent, _ in of):
        raise PolicyError("a finding names no agent", "coaching is for somebody: complete the facts of the call")
    if len(of) > 1:
        raise UsageError("the calls are of several agents or teams", "give a task for each")
    return of.pop()


def _clip(connection: Connection, row: Row[Any]) -> tuple[Clip, str | None]:
    """Where the finding lies, and the title of its rule where it is known."""
    if row.origin == Origin.MARK.value:
        of_rule = mark.c.call_id == row.call_id, mark.c.rule_id == row.rule_id
        spot = connection.execute(select(mark).where(*of_rule).order_by(mark.c.at, mark.c.place).limit(1)).one_or_none()
        return (Clip(row.call_id, spot.start_s, spot.end_s) if spot else Clip(row.call_id, None, None)), None
    finding, inspection = tables.finding, tables.inspection
    found = (
        select(finding.c.data)
        .join(inspection, inspection.c.id == finding.c.inspection_id)
        .where(inspection.c.call_id == row.call_id, finding.c.id == row.finding_id)
        .order_by(inspection.c.made_at.desc())
        .limit(1)
    )
    data = connection.scalar(found)
    if data is None:
        return Clip(row.call_id, None, None), None
    kept = read(Finding, data)
    start_s, end_s = (kept.evidence[0].start_s, kept.evidence[0].end_s) if kept.evidence else (None, None)
    return Clip(row.call_id, start_s, end_s), kept.title


def _check_given(task: Coaching) -> None:
    if task.state is not CoachingState.GIVEN:
        raise PolicyError(f"coaching {task.id} is {task.state}", "look at it: inspector coaching show")


def _change(connection: Connection, task: Coaching, values: dict[str, object]) -> None:
    connection.execute(update(table).where(table.c.id == task.id).values(version=task.version + 1, **values))


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    if may(actor, Deed.COACH):
        return true()
    leads = may(actor, Deed.COACH, actor.teams)
    if not leads and actor.agent is None:
        require(actor, Deed.COACH)
    mine = table.c.agent == actor.agent
    return or_(mine, table.c.team.in_(sorted(actor.teams))) if leads else mine


def _teams(team: str | None) -> frozenset[str] | None:
    return None if team is None else frozenset({team})
