"""``inspector up`` with the real relay and the queue's real server, and no worker: no models are needed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from inspector.config import load_settings
from inspector.enums import WorkQueue, WorkState
from inspector.errors import DoorbellError
from inspector.model import Call
from inspector.storage import Store, sqlite_url
from inspector.storage.ledger import Intake, IntakeLeg
from tests.conftest import ROOT
from tests.waiting import PATIENCE_S, until
from workers.queues import Doorbell, connect


class Up:
    """The command, started, and what it logged."""

    def __init__(self, log: Path) -> None:
        self._log = log
        arguments = ["-m", "inspector", "up", "--urgent", "0", "--batch", "0"]
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=file, start_new_session=True
            )

    def pids(self) -> dict[str, int]:
        """The youngest process id of each child."""
        lines = [json.loads(line) for line in self._log.read_text().splitlines() if line.startswith("{")]
        return {line["child"]: line["pid"] for line in lines if line["event"] == "child.started"}


@pytest.fixture
def up(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Up]:
    monkeypatch.setenv("INSPECTOR_WORK__TICK_S", "0.2")
    started = Up(tmp_path / "log")
    with started.process:
        yield started
        started.process.kill()


def test_calls_are_sent_whatever_dies_and_the_end_is_in_order(up: Up, home: Path) -> None:
    """::

    accept a ──► rung     kill relay and server      accept b ──► rung by those that came back     SIGTERM ──► 0
    """
    bell = Doorbell(connect(load_settings()))

    def rung() -> int:
        try:
            return bell.waiting(WorkQueue.URGENT)
        except DoorbellError:
            return 0

    def accept(store: Store, name: str) -> None:
        store.ledger.accept([Intake(Call("test", name), (IntakeLeg(1, None, None),), WorkQueue.URGENT, 1)])

    with closing(Store.open(sqlite_url(home / "inspector.db"))) as store:
        accept(store, "a")
        until(lambda: rung() == 1)
        before = up.pids()
        assert set(before) == {"valkey", "relay", "courier"}
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        accept(store, "b")
        until(lambda: rung() >= 2)
        assert not set(up.pids().values()) & set(before.values())
        up.process.send_signal(signal.SIGTERM)
        shown, _ = up.process.communicate(timeout=PATIENCE_S)
        assert up.process.returncode == 0
        assert store.ledger.counts().calls(WorkState.WAITING) == 2
        assert store.ledger.counts().relay is None, "it has resigned"
    assert "已收工" in shown.decode()
    assert not any(Path(f"/proc/{pid}").exists() for pid in up.pids().values())
