"""A whole database to one file and back, consistent while others write.

SQLite: its online backup, one transaction each way. PostgreSQL: ``pg_dump`` and ``pg_restore``, which see one snapshot
and write one transaction; passwords go by the environment, never by the command line, which every user can read.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, inspect

from inspector.errors import StorageError
from inspector.storage.engine import WAIT_S, open_engine, parse_url, place_of, storage_errors

__all__ = ["backend_of", "dump", "has_tables", "load"]

_SECRETS = ("password", "sslpassword")


def backend_of(url: str) -> str:
    """``sqlite`` or ``postgresql``. Raises StorageError for any other URL."""
    return parse_url(url).get_backend_name()


def has_tables(url: str) -> bool:
    """Whether there is anything in the database, of whomever. Raises StorageError when that cannot be told."""
    if backend_of(url) == "sqlite" and not _file_of(url).exists():
        return False
    engine = open_engine(url, make=False)
    try:
        with storage_errors(engine), engine.connect() as connection:
            return bool(inspect(connection).get_table_names())
    finally:
        engine.dispose()


def dump(url: str, to: Path) -> None:
    """Writes all of a database to a file that is not there yet. Raises StorageError."""
    if backend_of(url) == "postgresql":
        _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={to}")
        return
    place = _file_of(url)
    if not place.exists():
        raise StorageError(f"there is no database {place}", "name the one that holds the calls: database_url or home")
    _copy(place, to)
    try:
        with closing(sqlite3.connect(to)) as copy:
            # All of it in one file: no log beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
            found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise StorageError(f"the copy of database {place} cannot be used: {error}", "make the backup again") from error
    if found != "ok":
        raise StorageError(f"database {place} is damaged", "restore it from an older backup")


def load(url: str, file: Path, *, overwrite: bool) -> None:
    """Puts what :func:`dump` wrote of a database of the same kind into this one, all or nothing.

    ``overwrite``: in the place of what is there. Raises StorageError.
    """
    if backend_of(url) == "postgresql":
        how = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
        _run(url, "pg_restore", *how, *(("--clean", "--if-exists") if overwrite else ()), str(file))
        return
    open_engine(url).dispose()
    _copy(file, _file_of(url))


def _file_of(url: str) -> Path:
    return Path(parse_url(url).database or "")


def _copy(source: Path, target: Path) -> None:
    deadline = time.monotonic() + WAIT_S

    def give_up(status: int, _remaining: int, _total: int) -> None:
        # The copy is one step: it comes here again only while somebody else keeps the target locked.
        if status != sqlite3.SQLITE_DONE and time.monotonic() > deadline:
            raise TimeoutError("another process is writing for long")

    try:
        target.touch(mode=0o600)
        with (
            closing(sqlite3.connect(source, timeout=WAIT_S)) as opened,
            closing(sqlite3.connect(target, timeout=WAIT_S)) as copy,
        ):
            opened.backup(copy, progress=give_up)
    except (sqlite3.Error, OSError) as error:
        raise StorageError(
            f"database {source} cannot be copied to {target}: {error}",
            "make room on the disk, see that this user can read and write both, and end what uses them",
        ) from error


def _run(url: str, name: str, *arguments: str) -> None:
    """Runs a program of PostgreSQL on a database. Raises StorageError with the first line it complains in."""
    parsed = parse_url(url)
    called = [_program(name), "--no-password", f"--dbname={_without_secrets(parsed)}", *arguments]
    done = subprocess.run(called, env=_environment(parsed), capture_output=True, text=True, check=False)
    if done.returncode:
        what = next(iter(done.stderr.splitlines()), f"ended with {done.returncode}")
        raise StorageError(
            f"database {place_of(parsed)}: {what}", f"put that right; {name} must not be older than the server"
        )


def _program(name: str) -> str:
    newest_first = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version, reverse=True)
    found = next(map(str, newest_first), None) or shutil.which(name)
    if found is None:
        raise StorageError(f"{name} is not installed", "install PostgreSQL's client programs of the server's version")
    return found


def _version(program: Path) -> int:
    number = program.parts[-3]
    return int(number) if number.isdecimal() else 0


def _without_secrets(url: URL) -> str:
    query = {name: value for name, value in url.query.items() if name not in _SECRETS}
    shown = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    return shown.render_as_string()


def _environment(url: URL) -> dict[str, str]:
    password = url.password or url.query.get("password")
    return {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
