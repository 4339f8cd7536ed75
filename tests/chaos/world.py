"""A machine of our own to be cruel to: a home, a supervisor with its children, and whoever brings calls.

The supervisor is started again when it dies, as systemd would.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from inspector.config import Settings, WorkSettings
from inspector.enums import WorkQueue, WorkState
from inspector.errors import StorageError
from inspector.model import Call
from inspector.storage import Store
from inspector.storage.configured import open_store, store_url
from inspector.storage.ledger import Acceptance, Intake, IntakeLeg
from tests.chaos.checker import Expected
from tests.databases import Database

ROOT = Path(__file__).resolve().parents[2]
FAST: Mapping[str, float] = {
    "lease_s": 2,
    "stuck_s": 20,
    "drain_s": 5,
    "tick_s": 0.1,
    "resend_s": 3,
    "crashes_alone": 3,
    "batch_workers": 2,
}
"""The fast profile: what takes minutes by default takes seconds."""

ODD = {"poison": WorkState.QUARANTINED, "stuck": WorkState.QUARANTINED, "missing": WorkState.REJECTED}
"""Recordings that cannot be done, by the beginning of their names, and how their calls are to end."""


@dataclass(slots=True)
class World:
    """Use as a context manager: everything is started, and in the end nothing runs any more.

    ``failpoints``: of the children, in each of their lives. ``work``: settings of the work other than the defaults.
    """

    home: Path
    failpoints: str = ""
    database_url: str | None = None
    work: Mapping[str, float] = field(default_factory=lambda: FAST)
    accepted: dict[str, WorkState] = field(default_factory=dict)
    log: list[tuple[float, str]] = field(default_factory=list)
    _machine: subprocess.Popen[bytes] | None = None
    _ending: threading.Event = field(default_factory=threading.Event)
    _keeper: threading.Thread | None = None
    _undo: ExitStack = field(default_factory=ExitStack)
    store: Store = field(init=False)

    def __enter__(self) -> World:
        (self.home / "calls").mkdir(parents=True)
        self.store = self._undo.enter_context(closing(open_store(self.settings)))
        self._keeper = threading.Thread(target=self._keep_running, daemon=True)
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        assert self._keeper is not None
        self._keeper.join(60)
        self._undo.close()

    @property
    def settings(self) -> Settings:
        work = WorkSettings.model_validate(self.work)
        return Settings.model_validate({"home": self.home, "database_url": self.database_url, "work": work})

    @property
    def database(self) -> Database:
        return Database(store_url(self.settings))

    @property
    def expected(self) -> Expected:
        return Expected(frozenset(self.accepted), self.accepted)

    def submit(self, names: Sequence[str], queue: WorkQueue = WorkQueue.BATCH, segment_no: int = 1) -> None:
        """Writes a recording for each name and has its call accepted, however often it takes.

        The name up to the first dot is the call's; ``missing*`` names a recording that is not written.
        """
        intakes = [self._intake(name, queue, segment_no) for name in names]
        for intake in intakes:  # before the answer: it may be accepted and the answer lost
            name = intake.call.source_call_id
            ends = (end for odd, end in ODD.items() if name.startswith(odd))
            self.accepted[intake.call.id] = next(ends, WorkState.DONE)
        while True:
            with suppress(StorageError):
                assert Acceptance.CONFLICT not in self.store.ledger.accept(intakes)
                return
            time.sleep(0.1)

    def _intake(self, name: str, queue: WorkQueue, segment_no: int) -> Intake:
        path = self.home / "calls" / f"{name}-{segment_no}.wav"
        data = f"{name} {segment_no}".encode()
        if not name.startswith("missing"):
            path.write_bytes(data)
        leg = IntakeLeg(segment_no, path, hashlib.sha256(data).hexdigest(), len(data))
        length_s = 1.0 + int(hashlib.sha256(name.encode()).hexdigest()[:4], 16) % 600
        return Intake(Call("chaos", name), (leg,), queue, length_s)

    def unfinished(self) -> int:
        """How many accepted calls are at no end yet."""
        open_ones = "SELECT count(*) FROM work WHERE state IN ('waiting', 'running')"
        while True:
            with suppress(StorageError):
                return int(self.database.rows(open_ones)[0][0])
            time.sleep(0.1)

    def wait_until_done(self, patience_s: float) -> bool:
        """Whether everything came to an end in time."""
        until_s = time.monotonic() + patience_s
        while self.unfinished():
            if time.monotonic() > until_s:
                return False
            time.sleep(0.1)
        return True

    def pids(self, module: str) -> list[int]:
        """The running children whose command line names a module."""
        machine = self._machine
        if machine is None:
            return []
        return sorted(
            pid for pid, parent, command in _processes() if parent == machine.pid and module in command.split("\0")
        )

    @property
    def supervisor_pid(self) -> int | None:
        return None if self._machine is None else self._machine.pid

    def _keep_running(self) -> None:
        # A child ends with the thread that started it: hence this one thread for all lives of the supervisor.
        with (self.home / "log").open("ab") as log:
            while not self._ending.is_set():
                self._machine = subprocess.Popen(
                    [sys.executable, "-m", "tests.chaos.machine"], cwd=ROOT, env=self._environment(), stderr=log
                )
                while self._machine.poll() is None and not self._ending.wait(0.05):
                    pass
            assert self._machine is not None
            self._machine.send_signal(signal.SIGTERM)
            try:
                self._machine.wait(30)
            except subprocess.TimeoutExpired:
                self._machine.kill()  # and its children with it

    def _environment(self) -> Mapping[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("INSPECTOR_")}
        work = {f"INSPECTOR_WORK__{name.upper()}": str(value) for name, value in self.work.items()}
        url = {"INSPECTOR_DATABASE_URL": self.database_url} if self.database_url else {}
        return {**kept, **work, **url, "INSPECTOR_HOME": str(self.home), "INSPECTOR_FAILPOINTS": self.failpoints}


def _processes() -> Iterator[tuple[int, int, str]]:
    """Process id, parent, command line of all that run."""
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended since it was listed
            state, parent = (place / "stat").read_text("utf-8", "replace").rpartition(") ")[2].split()[:2]
            if state not in "ZX":
                yield int(place.name), int(parent), (place / "cmdline").read_text("utf-8", "replace")
