"""Connections: how SQLite is set up, and driver errors as StorageError with a remedy."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from inspector.errors import StorageError

__all__ = ["WAIT_S", "open_engine", "sqlite_url", "storage_errors", "writing"]

WAIT_S = 10.0
"""How long a writer waits for another one."""

_IMMEDIATE = "inspector_immediate"

_REMEDIES = (
    ("readonly", "make the file and its directory writable for this user"),
    ("unable to open", "make the directory writable for this user, or name another database"),
    ("locked", "another process is writing for long: end it or try again later"),
    ("not a database", "name another file, or restore the database from a backup"),
    ("malformed", "restore the database from a backup"),
    ("is full", "free some space on the disk"),
)


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite database in a file, whatever characters its path has."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def open_engine(url: str, *, make: bool = True) -> Engine:
    """An engine for ``url``; makes the directory (0700) and the file (0600) of a SQLite database unless told not to.

    Raises StorageError when the URL, its driver or the place of the file cannot be used.
    """
    try:
        parsed = make_url(url)
        sqlite = parsed.get_backend_name() == "sqlite"
        # Parameters hold transcripts and must not show in an error message.
        engine = create_engine(
            parsed,
            hide_parameters=True,
            json_serializer=partial(json.dumps, ensure_ascii=False),
            connect_args={"timeout": WAIT_S} if sqlite else {},
        )
    except (ArgumentError, ImportError) as error:
        raise StorageError(
            "the database URL cannot be used: malformed, or its driver is not installed",
            "write it like sqlite:////absolute/path/inspector.db",
        ) from error
    if sqlite:
        _find_file(parsed, make)
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine, its transactions being for writing."""
    return engine.execution_options(**{_IMMEDIATE: True})


@contextmanager
def storage_errors(engine: Engine) -> Iterator[None]:
    """Turns errors of the database into StorageError; its message holds no data."""
    try:
        yield
    except DBAPIError as error:
        # Only the first line: PostgreSQL quotes values in the following ones.
        what = next(iter(str(error.orig).splitlines()), type(error).__name__)
        remedy = next((remedy for sign, remedy in _REMEDIES if sign in what), "check that the database works")
        raise StorageError(f"database {engine.url.render_as_string()}: {what}", remedy) from error


def _find_file(url: URL, make: bool) -> None:
    if not url.database or url.database == ":memory:":
        raise StorageError("the database URL names no file", "write it like sqlite:////absolute/path/inspector.db")
    path = Path(url.database)
    if not make and not path.exists():
        raise StorageError(f"there is no database {path}", "name the one that holds the calls: database_url or home")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise StorageError(
            f"database {path} cannot be made or written: {error.strerror}",
            "make its directory writable for this user, or name another database",
        ) from error


def _set_up(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: it leaves DDL and reads outside of them.
    connection.isolation_level = None
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        # The pool does not close a connection that it never got.
        connection.close()
        raise


def _begin(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails at once when another writer came between.
    immediate = connection.get_execution_options().get(_IMMEDIATE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
