"""What teams answer of their own findings: confirmed or disputed, once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, select, update

from inspector.errors import UsageError
from inspector.storage import tables
from inspector.storage.engine import storage_errors
from inspector.storage.queues import Reason, State
from inspector.storage.rows import append_audit

__all__ = ["SelfChecks"]


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
