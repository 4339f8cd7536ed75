"""A PostgreSQL server of the tests' own: thrown away with them, reached by a socket in its directory only.

Awkward on purpose: text is ordered as in Chinese and the server lives in Shanghai's time zone.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

START_S = 60
# The server refuses root. In a user namespace of its own it is somebody else, also where root is a mapped one.
_NO_ROOT = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
# The server ends with the tests, even when they are killed.
_WITH_US = ("setpriv", "--pdeathsig", "INT")
_SETTINGS = {
    "fsync": "on",
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "timezone": "Asia/Shanghai",
}


class PostgresMissingError(Exception):
    """There is no server to be started here; says why."""


@dataclass(slots=True)
class Server:
    """A running server with one empty database after another."""

    directory: Path
    process: subprocess.Popen[bytes]
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str) -> str:
        return f"postgresql://inspector@/{database}?host={self.directory}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def new_database(self, template: str = "template0") -> str:
        """The URL of a database that is a copy of the template."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, url: str) -> None:
        name = url.rpartition("?")[0].rpartition("/")[2]
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def stop(self) -> None:
        """Ends it as an administrator would who is in a hurry: connections are cut, data is safe."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(START_S)

    def start(self) -> None:
        self.process = _start(self.directory)


@contextmanager
def server() -> Iterator[Server]:
    """A server for as long as it is needed. Raises PostgresMissingError where there is none to start."""
    directory = Path(tempfile.mkdtemp(prefix="inspector-pg-"))  # short: the path of a socket has 107 bytes at most
    try:
        _make(directory)
        running = Server(directory, _start(directory))
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(directory)


def _program(name: str) -> str:
    newest_first = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = shutil.which(name) or next(map(str, newest_first), None)
    if found is None:
        raise PostgresMissingError(f"{name} is not installed (Debian: apt-get install postgresql)")
    return found


def _as_somebody() -> tuple[str, ...]:
    return _NO_ROOT if os.geteuid() == 0 else ()


def _make(directory: Path) -> None:
    program = _program("initdb")
    locale = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh-Hans-CN")
    made = subprocess.run(
        (*_as_somebody(), program, "-D", str(directory / "data"), "-U", "inspector", "--auth=trust", *locale),
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise PostgresMissingError(f"initdb failed: {made.stderr.strip()[-300:]}")


def _start(directory: Path) -> subprocess.Popen[bytes]:
    settings = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
    place = ("-D", str(directory / "data"), "-k", str(directory))
    with (directory / "log").open("ab") as log:
        process = subprocess.Popen(
            (*_as_somebody(), *_WITH_US, _program("postgres"), *place, *settings), stdout=log, stderr=log
        )
    deadline = time.monotonic() + START_S
    while True:
        try:
            psycopg.connect(host=str(directory), user="inspector", dbname="postgres").close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                said = (directory / "log").read_text("utf-8", "replace")[-300:]
                raise PostgresMissingError(f"the server does not start: {said}") from None
            time.sleep(0.05)
        else:
            return process
