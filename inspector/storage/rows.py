"""Records to rows and back: what every part of the store does with a connection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import Connection, Table, and_, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from inspector.errors import StorageError
from inspector.model import from_json, to_json
from inspector.storage import tables

__all__ = ["append_audit", "equal", "insert_new", "put", "read", "record", "unreadable", "values_of"]

RecordT = TypeVar("RecordT")


def put(
    connection: Connection,
    table: Table,
    key: Mapping[str, object],
    values: Mapping[str, object],
    first: Mapping[str, object],
) -> bool:
    """Updates the row of that key with ``values``, or inserts it with ``first`` too. Whether it is a new one."""
    changed = update(table).where(equal(table, key)).values(values)
    if connection.execute(changed).rowcount:
        return False
    if connection.execute(insert_new(connection, table).values({**key, **values, **first})).rowcount:
        return True
    connection.execute(changed)
    return False


def insert_new(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that leaves a row alone that somebody else inserted meanwhile; its ``rowcount`` tells."""
    insert_into = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return insert_into(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def equal(table: Table, key: Mapping[str, object]) -> Any:
    """The condition that a row has all these values."""
    return and_(*(table.c[name] == value for name, value in key.items()))


def values_of(record: object) -> dict[str, Any]:
    """A record as JSON values."""
    values: dict[str, Any] = json.loads(to_json(record))
    return values


def read(record_type: type[RecordT], text: str) -> RecordT:
    """A record from its JSON. Raises StorageError when another version wrote it in another way."""
    try:
        return from_json(record_type, text)
    except ValidationError:
        # From None: the error of pydantic quotes what it read.
        raise unreadable(record_type) from None


def record(record_type: type[RecordT], plain: object) -> RecordT:
    """A record from JSON values. Raises StorageError like :func:`read`."""
    return read(record_type, json.dumps(plain))


def unreadable(record_type: type[Any]) -> StorageError:
    """The error for a record that was written by another version."""
    return StorageError(
        f"the database holds a {record_type.__name__} that this version cannot read",
        "use the version of inspector that wrote it, or inspect the call again",
    )


def append_audit(
    connection: Connection, actor: str, action: str, subject: str, detail: Mapping[str, object]
) -> None:
    """Appends who did what to what, now, in the transaction of ``connection``."""
    row = {"at": datetime.now(UTC), "actor": actor, "action": action, "subject": subject, "detail": dict(detail)}
    connection.execute(insert(tables.audit).values(row))
