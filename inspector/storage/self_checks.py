"""What teams answer of their own findings: confirmed or disputed, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine, func, select, true, update

from inspector.enums import Severity
from inspector.errors import UsageError
from inspector.roles import Actor, Deed, reach_of
from inspector.storage import tables
from inspector.storage.engine import storage_errors
from inspector.storage.queues import Reason, State
from inspector.storage.rows import append_audit

__all__ = ["SelfCheck", "SelfChecks"]


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """A call whose team is asked about what was found in it. ``because``: titles by rule id, worst first."""

    call_id: str
    source_call_id: str
    business_date: date | None
    due_at: datetime | None
    severity: Severity | None
    because: tuple[tuple[str, str], ...]


class SelfChecks:
    """Every method raises StorageError when the database fails."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def team_of(self, call_id: str) -> str | None:
        """The team of a call; None when it is not on record or nobody said."""
        call = tables.call
        found = select(call.c.facts["team"].as_string()).where(call.c.id == call_id)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return connection.scalar(found)

    def waiting(self, actor: Actor, place: int) -> tuple[int, SelfCheck | None]:
        """How many self-checks wait for the actor's answer, and the one at a place: 0 is the first to be due, of
        equals the worst; after the last one comes the first. PolicyError: he answers for no team."""
        item, call, teams = tables.review_item, tables.call, reach_of(actor, Deed.CHECK_OWN)
        own = true() if teams is None else call.c.facts["team"].as_string().in_(sorted(teams))
        asked = item.join(call, call.c.id == item.c.call_id)
        is_open = item.c.state == State.OPEN.value, item.c.reason == Reason.SELF_CHECK.value, own
        order = item.c.due_at, item.c.urgency.desc(), item.c.created_at, item.c.id
        with storage_errors(self._reader), self._reader.connect() as connection:
            count = connection.scalar(select(func.count()).select_from(asked).where(*is_open)) or 0
            found = select(item, call.c.source_call_id).select_from(asked).where(*is_open).order_by(*order)
            row = connection.execute(found.limit(1).offset(place % count if count else 0)).one_or_none()
        if row is None:
            return count, None
        return count, SelfCheck(
            row.call_id,
            row.source_call_id,
            row.business_date,
            row.due_at,
            None if row.severity is None else Severity(row.severity),
            tuple((one["rule_id"], one["title"]) for one in row.because),
        )

    def answer(self, call_id: str, state: State, actor: str, now: datetime) -> None:
        """Closes the self-check of a call. Raises UsageError when none is open."""
        item = tables.review_item
        is_open = (
            (item.c.call_id == call_id)
            & (item.c.reason == Reason.SELF_CHECK.value)
            & (item.c.state == State.OPEN.value)
        )
        closed = {"state": state.value, "closed_at": now, "closed_by": actor}
        with storage_errors(self._writer), self._writer.begin() as connection:
            if not connection.execute(update(item).where(is_open).values(closed)).rowcount:
                raise UsageError(
                    f"no self-check of call {call_id} is open",
                    "list them: inspector queue reviews list --reason self_check",
                )
            append_audit(connection, actor, "self_check", call_id, {"answer": state.value})
