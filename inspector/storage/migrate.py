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

__all__ = ["migrations", "to_head"]


def migrations(connection: Connection) -> Config:
    """Alembic's configuration for the migrations of this package, to be run on ``connection``."""
    config = Config()
    place = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", place.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def to_head(connection: Connection) -> None:
    """Runs what is missing, in the transaction of ``connection``: all of it or nothing.

    Raises StorageError when the database was made by a newer version of this program.
    """
    take_turn(connection, "migrate")
    config = migrations(connection)
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    unknown = set(MigrationContext.configure(connection).get_current_heads()) - known
    if unknown:
        raise StorageError(
            f"the database has schema {', '.join(sorted(unknown))}, which this version does not know",
            "use the version of inspector that made it or a newer one, or name another database",
        )
    command.upgrade(config, "head")
