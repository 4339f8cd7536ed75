"""Brings a database to the schema this code knows."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from inspector.errors import StorageError
from inspector.storage.engine import take_turn

__all__ = ["PLACE", "migrations", "to_head"]

PLACE = Path(__file__).parent / "migrations"


def migrations(connection: Connection) -> Config:
    """Alembic's configuration for the migrations of this package, to be run on ``connection``."""
    config = Config()
    config.set_main_option("script_location", str(PLACE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def to_head(connection: Connection, *, make: bool = True) -> None:
    """Runs what is missing, in the transaction of ``connection``: all of it or nothing.

    Raises StorageError when the database was made by a newer version of this program, or has no tables of ours and
    ``make`` is False.
    """
    take_turn(connection, "migrate")
    config = migrations(connection)
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    current = set(MigrationContext.configure(connection).get_current_heads())
    if not current and not make:
        raise StorageError("the database is empty", "name the one that holds the calls: database_url or home")
    unknown = current - known
    if unknown:
        raise StorageError(
            f"the database has schema {', '.join(sorted(unknown))}, which this version does not know",
            "use the version of inspector that made it or a newer one, or name another database",
        )
    command.upgrade(config, "head")
