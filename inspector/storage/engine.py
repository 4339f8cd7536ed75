"""Connections: how SQLite and PostgreSQL are set up, and driver errors as StorageError with a remedy."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from inspector.errors import StorageError

__all__ = ["WAIT_S", "open_engine", "parse_url", "place_of", "sqlite_url", "storage_errors", "take_turn", "writing"]

WAIT_S = 10.0
"""How long a writer waits for another one."""

_AGAIN_S = 0.01
"""Between two attempts at what SQLite does not wait for."""

_TURN_S = 0.002
"""Between two attempts to become the writer. SQLite's own wait is up to 100 ms long: who waits so long beside one who
writes all the time gets a turn once in seconds."""

_IMMEDIATE = "inspector_immediate"

_IDLE_S = 60
"""How long PostgreSQL lets a process that was stopped in a transaction hold up the others."""

_HOW = "write it like sqlite:////absolute/path/inspector.db or postgresql://user:password@host/database"

_REMEDIES = (
    ("readonly", "make the file and its directory writable for this user"),
    ("unable to open", "make the directory writable for this user, or name another database"),
    ("locked", "another process is writing for long: end it or try again later"),
    ("not a database", "name another file, or restore the database from a backup"),
    ("malformed", "restore the database from a backup"),
    ("is full", "free some space on the disk"),
    ("NUL", "remove the zero byte from the name, the path or the call id"),
    ("too many c", "raise max_connections of the server, or run fewer processes"),
    ("connection slots", "raise max_connections of the server, or run fewer processes"),
    ("authentication failed", "correct user and password in database_url"),
    ("does not exist", "make the database on the server (createdb), or name another one"),
    ("connection", "check that the server runs and that database_url names its host and port"),
)

_REMEDIES_BY_SQLSTATE = (
    ("08", "check that the server runs and can be reached"),
    ("57P", "check that the server runs and can be reached"),
    ("25P03", "the process stood still for too long: do it again"),
    ("40", "another process wrote the same at the same time: do it again"),
    ("55P03", "another process is writing for long: end it or try again later"),
    ("53100", "free some space on the disk of the server"),
    ("53", "give the server more connections or memory, or run fewer processes"),
    ("25006", "name the primary server: this one can only be read"),
    ("42501", "grant this user the rights to make and write tables in the database"),
    ("54000", "shorten the name, the path or the call id: it is too long for an index"),
    ("22", "correct the value: the server cannot store it"),
    ("XX", "check the server's disk and restore the database from a backup"),
)
"""By the first characters of the SQLSTATE (PostgreSQL, appendix A): the server may speak any language."""


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite database in a file, whatever characters its path has."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def parse_url(url: str) -> URL:
    """A URL of SQLite, or of PostgreSQL with its driver. Raises StorageError for any other."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageError("the database URL cannot be used: it is malformed", _HOW) from error
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise StorageError(f"the database URL cannot be used: {backend} is not supported", _HOW)
    return parsed if backend == "sqlite" else parsed.set(drivername="postgresql+psycopg")


def open_engine(url: str, *, make: bool = True) -> Engine:
    """An engine for ``url``; makes the directory (0700) and the file (0600) of a SQLite database unless told not to.

    Raises StorageError when the URL, its driver or the place of the file cannot be used.
    """
    parsed = parse_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    try:
        # Parameters hold transcripts and must not show in an error message.
        engine = create_engine(
            parsed,
            hide_parameters=True,
            json_serializer=partial(json.dumps, ensure_ascii=False),
            pool_pre_ping=not sqlite,
            connect_args={"timeout": WAIT_S} if sqlite else _postgresql_options(),
        )
    except (ArgumentError, ImportError) as error:
        raise StorageError("the driver of the database is not installed", "install inspector[postgres]") from error
    if sqlite:
        _find_file(parsed, make)
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
    else:
        # First of all: SQLAlchemy cannot even read the version of the server in some.
        event.listen(engine, "connect", _check_encoding, insert=True)
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine, its transactions being for writing."""
    return engine.execution_options(**{_IMMEDIATE: True})


def take_turn(connection: Connection, name: str) -> None:
    """Lets nobody else who names the same go on until the transaction of ``connection`` ends.

    For what is first read and then written. On SQLite a transaction for writing has its turn from its beginning.
    """
    if connection.dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


def place_of(url: URL) -> str:
    """A database's URL as it may be shown: no password, and nothing of the query, which may hold one too."""
    return url.set(query={}).render_as_string()


@contextmanager
def storage_errors(engine: Engine) -> Iterator[None]:
    """Turns errors of the database into StorageError; its message holds no data."""
    try:
        yield
    except DBAPIError as error:
        # Only the first line: PostgreSQL quotes values in the following ones.
        what = next(iter(str(error.orig).splitlines()), type(error).__name__)
        raise StorageError(f"database {place_of(engine.url)}: {what}", _remedy(error.orig, what)) from error
    except PoolTimeoutError as error:
        raise StorageError(
            f"database {place_of(engine.url)}: no connection became free", "try again when less is going on"
        ) from error


def _remedy(error: Any, what: str) -> str:
    state: str | None = getattr(error, "sqlstate", None)
    found = (
        (remedy for sign, remedy in _REMEDIES if sign in what)
        if state is None
        else (remedy for begins, remedy in _REMEDIES_BY_SQLSTATE if state.startswith(begins))
    )
    return next(found, "check that the database works")


def _postgresql_options() -> dict[str, Any]:
    """Nothing waits for ever: not for a host that is gone, not for a lock, not behind a process that was stopped."""
    milliseconds = {"lock_timeout": WAIT_S * 1000, "idle_in_transaction_session_timeout": _IDLE_S * 1000}
    return {
        "connect_timeout": int(WAIT_S),
        "application_name": "inspector",
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "options": " ".join(f"-c {name}={value:.0f}" for name, value in milliseconds.items()),
    }


def _find_file(url: URL, make: bool) -> None:
    if not url.database or url.database == ":memory:":
        raise StorageError("the database URL names no file", _HOW)
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
        _keep_log(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        # The pool does not close a connection that it never got.
        connection.close()
        raise


def _keep_log(connection: sqlite3.Connection) -> None:
    """Write-ahead logging. A new database must be had alone for it, and for that SQLite itself does not wait."""
    until = time.monotonic() + WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > until:
                raise
            time.sleep(_AGAIN_S)
        else:
            return


def _check_encoding(connection: Any, _entry: ConnectionPoolEntry) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        connection.close()
        raise StorageError(
            f"the database stores text as {encoding}, which lacks characters that people say",
            "make it with: createdb --encoding=UTF8 --template=template0",
        )


def _begin(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails at once when another writer came between.
    if connection.get_execution_options().get(_IMMEDIATE, False):
        _begin_writing(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    until = time.monotonic() + WAIT_S
    driver.execute("PRAGMA busy_timeout=0").close()
    try:
        while time.monotonic() < until:
            try:
                driver.execute("BEGIN IMMEDIATE").close()
            except sqlite3.OperationalError as error:
                if not _is_busy(error):
                    break
                time.sleep(_TURN_S)
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # its error is one that callers know
    finally:
        driver.execute(f"PRAGMA busy_timeout={WAIT_S * 1000:.0f}").close()


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
