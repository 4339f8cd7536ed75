"""Which schema a database has, and the way back to an older one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from inspector.errors import StorageError
from inspector.storage.engine import open_engine, storage_errors, take_turn, writing
from inspector.storage.migrate import PLACE, migrations
from inspector.storage.rows import append_audit

__all__ = ["downgrade", "known_revisions", "revision_of"]


def revision_of(url: str) -> str | None:
    """The revision of the schema of a database; None when it has no tables of ours. Raises StorageError."""
    with _connection(url) as connection:
        return _current(connection)


def known_revisions() -> tuple[str, ...]:
    """The revisions that this version of the program knows, newest first."""
    return tuple(one.revision for one in ScriptDirectory(str(PLACE)).walk_revisions())


def downgrade(url: str, revision: str, actor: str) -> None:
    """Takes a database back to an older schema, which forgets what that cannot hold; leaves a trace in the audit.

    Raises StorageError when the revision is not an older one, or the database fails: then nothing was changed.
    """
    with _connection(url) as connection:
        take_turn(connection, "migrate")
        current, known = _current(connection), known_revisions()
        older = known[known.index(current) + 1 :] if current in known else ()
        if revision not in older:
            raise StorageError(
                f"the database cannot go back from schema {current} to {revision}",
                f"name one of: {', '.join(older) or 'none is older'}",
            )
        command.downgrade(migrations(connection), revision)
        append_audit(connection, actor, "db_downgrade", revision, {"from": current})


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    engine = open_engine(url, make=False)
    try:
        with storage_errors(engine), writing(engine).begin() as connection:
            yield connection
    finally:
        engine.dispose()
