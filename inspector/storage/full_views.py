"""Calls that somebody may see unmasked for a while, with his reason."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, insert, select

from inspector.errors import UsageError
from inspector.roles import Actor, Deed, may, require
from inspector.storage.engine import storage_errors
from inspector.storage.full_view_tables import full_view
from inspector.storage.listeners import require_listener
from inspector.storage.rows import append_audit

__all__ = ["FullViews", "holds_full_view"]

_REASON_CHARS = range(5, 501)


class FullViews:
    """Every method raises StorageError when the database fails."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def open(self, actor: Actor, call_id: str, reason: str, minutes: int, now: datetime) -> datetime:
        """Lets the actor see all of a call for so long. Returns until when.

        Raises PolicyError when he may not, or may not listen to it, UsageError for a reason that is none.
        """
        require(actor, Deed.SEE_FULL)
        reason = " ".join(reason.split())
        if len(reason) not in _REASON_CHARS:
            raise UsageError(
                f"a reason has {_REASON_CHARS.start} to {_REASON_CHARS.stop - 1} characters", "say what it is for"
            )
        until = now + timedelta(minutes=minutes)
        row = {"id": secrets.token_hex(12), "name": actor.name, "call_id": call_id, "reason": reason}
        with storage_errors(self._writer), self._writer.begin() as connection:
            require_listener(connection, actor, call_id, now)
            connection.execute(insert(full_view).values(**row, at=now, until=until))
            # The reason stays out of the audit: people may write what was said.
            append_audit(connection, actor.name, "full_view", call_id, {"id": row["id"], "until": until.isoformat()})
        return until

    def holds(self, actor: Actor, call_id: str, now: datetime) -> bool:
        """Whether the actor may see all of the call now."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return holds_full_view(connection, actor, call_id, now)


def holds_full_view(connection: Connection, actor: Actor, call_id: str, now: datetime) -> bool:
    """Whether he may still, and asked for it lately."""
    mine = full_view.c.call_id == call_id, full_view.c.name == actor.name, full_view.c.until > now
    asked = select(full_view.c.id).where(*mine).limit(1)
    return may(actor, Deed.SEE_FULL) and connection.execute(asked).one_or_none() is not None
