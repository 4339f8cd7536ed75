"""Who is on duty, and the notes that one shift hands over to the next (交接班)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Row, insert, select, update

from inspector.errors import PolicyError, UsageError
from inspector.review.tasks.duty import Shift, on_duty
from inspector.review.tasks.rectification import EntryState
from inspector.roles import Actor, Deed, require
from inspector.storage.alert_tables import alert_group
from inspector.storage.alerts.reading import OPEN_STATES
from inspector.storage.engine import storage_errors, take_turn
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.rows import append_audit
from inspector.storage.task_tables import handover as table
from inspector.storage.task_tables import rectification
from inspector.storage.task_tables import shift as shift_table

__all__ = ["Duty", "Handover"]


@dataclass(frozen=True, slots=True)
class Handover:
    """What one shift leaves to the next. ``alerts``: ids of groups that were open; ``overdue_entries``: of the ledger;
    ``overdue_appeals``: None where nobody counted them; ``note``: typed by a person, whoever shows it masks it.

    ``taken_by``: who has taken it over, None = nobody yet.
    """

    id: str
    audience: str
    written_by: str
    written_at: datetime
    note: str
    alerts: tuple[str, ...]
    overdue_entries: tuple[str, ...]
    overdue_appeals: int | None
    taken_by: str | None
    taken_at: datetime | None


class Duty:
    """Every method raises StorageError when the database fails, PolicyError when the actor may not, and UsageError for
    what is not there."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def plan(self, actor: Actor, shifts: Sequence[Shift], now: datetime) -> None:
        """Puts these shifts into the plan; gaps and overlaps are no fault, whoever plans looks at them."""
        require(actor, Deed.KEEP_DUTY)
        with storage_errors(self._writer), self._writer.begin() as connection:
            connection.execute(insert(shift_table), [asdict(one) for one in shifts])
            for one in shifts:
                told = {"audience": one.audience, "person": one.person}
                append_audit(connection, actor.name, "duty_plan", one.id, told)

    def shifts(self, actor: Actor, first: datetime, last: datetime) -> tuple[Shift, ...]:
        """Those that run between two times, by their beginning."""
        require(actor, Deed.KEEP_DUTY)
        within = shift_table.c.starts_at < last, shift_table.c.ends_at > first
        found = select(shift_table).where(*within).order_by(shift_table.c.starts_at, shift_table.c.id)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return tuple(Shift(**row._mapping) for row in connection.execute(found))

    def on_duty(self, actor: Actor, now: datetime) -> tuple[Shift, ...]:
        """The shifts that run now."""
        return on_duty(self.shifts(actor, now, now + timedelta(seconds=1)), now)

    def hand_over(self, actor: Actor, audience: str, note: str, overdue_appeals: int | None, now: datetime) -> Handover:
        """Writes down what is open, with what the actor says. UsageError: nobody is told who it is for."""
        require(actor, Deed.KEEP_DUTY)
        if not audience.strip():
            raise UsageError("a note is for an audience", "name one, such as duty_supervisor")
        with storage_errors(self._writer), self._writer.begin() as connection:
            handover_id = uuid4().hex[:12]
            values = {
                "id": handover_id,
                "audience": audience.strip(),
                "written_by": actor.name,
                "written_at": now,
                "note": note.strip(),
                "alerts": _open_alerts(connection, audience.strip()),
                "overdue_entries": _overdue_entries(connection, now),
                "overdue_appeals": overdue_appeals,
            }
            connection.execute(insert(table).values(values))
            append_audit(connection, actor.name, "duty_hand_over", handover_id, {"audience": audience.strip()})
            return _load(connection, handover_id)

    def take_over(self, actor: Actor, handover_id: str, now: datetime) -> Handover:
        """The next has it from now on. PolicyError: it is the actor's own, or somebody has taken it over."""
        require(actor, Deed.KEEP_DUTY)
        with storage_errors(self._writer), self._writer.begin() as connection:
            take_turn(connection, f"handover {handover_id}")
            kept = _load(connection, handover_id)
            if kept.taken_by is not None:
                raise PolicyError(f"{kept.taken_by} has taken over note {kept.id}", "nothing is left to do")
            if kept.written_by == actor.name:
                raise PolicyError("nobody takes over from himself", "let the next one do it")
            taken = {"taken_by": actor.name, "taken_at": now}
            connection.execute(update(table).where(table.c.id == kept.id).values(taken))
            append_audit(connection, actor.name, "duty_take_over", kept.id, {"audience": kept.audience})
            told = {"handover_id": kept.id, "alerts": len(kept.alerts), "entries": len(kept.overdue_entries)}
            append_events(connection, now, EventKind.DUTY_HANDED_OVER, [(None, told)])
            return _load(connection, handover_id)

    def handovers(self, actor: Actor, limit: int) -> tuple[Handover, ...]:
        """The latest notes."""
        require(actor, Deed.KEEP_DUTY)
        found = select(table).order_by(table.c.written_at.desc(), table.c.id).limit(limit)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return tuple(map(_handover, connection.execute(found)))


def _open_alerts(connection: Connection, audience: str) -> list[str]:
    group = alert_group
    found = select(group.c.id).where(group.c.state.in_(OPEN_STATES), group.c.audience == audience)
    return list(connection.scalars(found.order_by(group.c.opened_at, group.c.id)))


def _overdue_entries(connection: Connection, now: datetime) -> list[str]:
    ended = (EntryState.DONE.value, EntryState.STRUCK_OFF.value)
    found = select(rectification.c.id).where(rectification.c.due_at < now, rectification.c.state.not_in(ended))
    return list(connection.scalars(found.order_by(rectification.c.due_at, rectification.c.id)))


def _load(connection: Connection, handover_id: str) -> Handover:
    row = connection.execute(select(table).where(table.c.id == handover_id)).one_or_none()
    if row is None:
        raise UsageError(f"there is no hand-over note {handover_id}", "list them: inspector duty list")
    return _handover(row)


def _handover(row: Row[Any]) -> Handover:
    lists = {"alerts": tuple(row.alerts), "overdue_entries": tuple(row.overdue_entries)}
    return Handover(**{**row._mapping, **lists})
