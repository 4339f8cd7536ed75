"""Typical cases (典型案例): told to the people of some teams, who confirm that they have read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Row, insert, select

from inspector.errors import PolicyError, UsageError
from inspector.roles import Actor, Deed, may, require
from inspector.storage.engine import storage_errors
from inspector.storage.people_tables import person
from inspector.storage.rows import append_audit, insert_new
from inspector.storage.task_tables import case_note as table
from inspector.storage.task_tables import case_reading
from inspector.storage.tasks.finals import final_of

__all__ = ["CaseNote", "Cases"]

FILED_WITHIN = timedelta(hours=24)
"""After the finding became final."""


@dataclass(frozen=True, slots=True)
class CaseNote:
    """A case as a person wrote it, naming nobody; whoever shows it masks it. ``read``: when, by person.

    ``unread``: active people of the teams who have not confirmed it.
    """

    id: str
    call_id: str
    rule_id: str
    text: str
    teams: frozenset[str]
    filed_by: str
    filed_at: datetime
    due_at: datetime
    read: tuple[tuple[str, datetime], ...]
    unread: tuple[str, ...]

    @property
    def late(self) -> bool:
        return self.filed_at > self.due_at


class Cases:
    """Every method raises StorageError when the database fails, PolicyError when the actor may not, and UsageError for
    a case that is not there. Who belongs to one of the teams may read a case."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def file(self, actor: Actor, finding: tuple[str, str], text: str, teams: frozenset[str], now: datetime) -> CaseNote:
        """Files a case of a final finding (call id, rule id). UsageError: no text, or nobody who is to read it.

        PolicyError: the finding does not count, or one of the teams is none of the actor's.
        """
        require(actor, Deed.COACH, actor.teams)
        if not text.strip() or not teams:
            raise UsageError("a case needs a text and teams that read it", "name them")
        call_id, rule_id = finding
        with storage_errors(self._writer), self._writer.begin() as connection:
            row = final_of(connection, call_id, rule_id)
            for team in (row.team, *teams):
                require(actor, Deed.COACH, None if team is None else frozenset({team}))
            case_id = uuid4().hex[:12]
            values = {
                "id": case_id,
                "call_id": call_id,
                "rule_id": rule_id,
                "text": text.strip(),
                "teams": sorted(teams),
                "filed_by": actor.name,
                "filed_at": now,
                "due_at": (row.final_at or now) + FILED_WITHIN,
            }
            connection.execute(insert(table).values(values))
            append_audit(connection, actor.name, "case_file", case_id, {"rule_id": rule_id, "teams": sorted(teams)})
            return _load(connection, case_id)

    def confirm_read(self, actor: Actor, case_id: str, now: datetime) -> CaseNote:
        """The actor has read it; once more changes nothing. PolicyError: it is not for one of his teams."""
        with storage_errors(self._writer), self._writer.begin() as connection:
            case = _load(connection, case_id)
            if not case.teams & actor.teams:
                raise PolicyError(f"case {case_id} is not for the teams of {actor.name}", "nothing is to be confirmed")
            row = {"case_id": case_id, "person": actor.name, "read_at": now}
            if connection.execute(insert_new(connection, case_reading).values(row)).rowcount:
                append_audit(connection, actor.name, "case_read", case_id, {})
            return _load(connection, case_id)

    def latest(self, actor: Actor, limit: int) -> tuple[CaseNote, ...]:
        """The ``limit`` latest that the actor may see: those for his teams, or all."""
        everything = may(actor, Deed.COACH)
        with storage_errors(self._reader), self._reader.connect() as connection:
            rows = connection.execute(select(table).order_by(table.c.filed_at.desc(), table.c.id)).all()
            mine = [row for row in rows if everything or actor.teams & set(row.teams)]
            return tuple(_case(connection, row) for row in mine[:limit])


def _load(connection: Connection, case_id: str) -> CaseNote:
    row = connection.execute(select(table).where(table.c.id == case_id)).one_or_none()
    if row is None:
        raise UsageError(f"there is no case {case_id}", "list them: inspector coaching cases")
    return _case(connection, row)


def _case(connection: Connection, row: Row[Any]) -> CaseNote:
    of_case = select(case_reading).where(case_reading.c.case_id == row.id).order_by(case_reading.c.read_at)
    read = tuple((one.person, one.read_at) for one in connection.execute(of_case))
    people = connection.execute(select(person.c.name, person.c.teams).where(person.c.active).order_by(person.c.name))
    teams, known = frozenset(row.teams), {name for name, _ in read}
    unread = tuple(name for name, of in people if teams & set(of) and name not in known)
    return CaseNote(**{**row._mapping, "teams": teams}, read=read, unread=unread)
