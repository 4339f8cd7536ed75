"""Real processes under a real supervisor: whatever dies comes back, what is to end leaves nobody behind.

A tiny supervisor (``supervisor.py``, below) runs tiny children (``child.py``) that write their process ids down.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import ROOT

PATIENCE_S = 60.0

SUPERVISOR = """
import sys
from pathlib import Path
from workers.children import ChildSpec
from workers.life import Limits
from workers.supervisor import Supervisor

place, stuck_s, drain_s, *names = sys.argv[1:]

def buried(owner):
    with Path(place, "buried").open("a") as file:
        file.write(owner + "\\n")

def watch(overview):
    ill = [child.name for child in overview.children if child.ill]
    Path(place, "ill.new").write_text(" ".join(ill))
    Path(place, "ill.new").rename(Path(place, "ill"))

specs = [ChildSpec(name, "tiny_child", (name, place), is_server=name == "server") for name in names]
Supervisor(specs, Limits(float(stuck_s), float(drain_s)), buried).run(watch)
"""

CHILD = """
import os, signal, subprocess, sys, time
from pathlib import Path
from workers.pulse import Pulse

name, place = sys.argv[1:]
pulse = Pulse.from_env()

def note(what, pid):
    with Path(place, what).open("a") as file:
        file.write(f"{pid}\\n")

def grandchild(new_session):
    sleeper = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]
    note("grandchildren", subprocess.Popen(sleeper, start_new_session=new_session).pid)

def asked_to_end(*_):
    note("asked", name)
    if name != "deaf":
        sys.exit(0)

signal.signal(signal.SIGTERM, asked_to_end)
if name == "stillborn":
    sys.exit(3)
note("owners", os.environ["INSPECTOR_WORK_OWNER"])
if name == "stuck":
    grandchild(False), grandchild(True)
    pulse.ready()
    pulse.busy()
else:
    pulse.ready()
note(name, os.getpid())
while True:
    time.sleep(0.1)
    if name == "mover":
        pulse.busy()
        pulse.moved()
"""


class Run:
    """A supervisor in a process of its own, and what its children wrote down."""

    def __init__(self, place: Path, *names: str, stuck_s: float = 600, drain_s: float = 600) -> None:
        self.place = place
        (place / "supervisor.py").write_text(SUPERVISOR)
        (place / "tiny_child.py").write_text(CHILD)
        with (place / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(place / "supervisor.py"), str(place), str(stuck_s), str(drain_s), *names],
                env={**os.environ, "PYTHONPATH": f"{ROOT}:{place}"},
                stdout=log,
                stderr=log,
            )

    def noted(self, what: str) -> list[str]:
        """The lines that were written under this name, whole ones."""
        try:
            text = (self.place / what).read_text()
        except FileNotFoundError:
            return []
        return text[: text.rfind("\n") + 1].splitlines()

    def pids(self, what: str, count: int = 1) -> list[int]:
        """The process ids under this name, as soon as there are so many."""
        until(lambda: len(self.noted(what)) >= count)
        return [int(pid) for pid in self.noted(what)]


def until(holds: Callable[[], object]) -> None:
    """Waits for what must come to hold. Not a measurement: only a hang fails."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline_s, "it never came to hold"
        time.sleep(0.05)


def lives(pid: int) -> bool:
    """Whether it runs; who is dead and not yet waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def started(*names: str, **limits: float) -> Run:
        runs.append(Run(tmp_path, *names, **limits))
        return runs[-1]

    yield started
    for run in runs:
        run.process.kill()
        run.process.wait()
        for what in ("grandchildren", "stuck", "deaf", "plain", "mover", "server"):
            for pid in run.noted(what):
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)


def test_a_killed_child_comes_back_and_its_leases_are_ended(start: Callable[..., Run]) -> None:
    run = start("plain")
    (first,) = run.pids("plain")
    os.kill(first, signal.SIGKILL)
    assert len(set(run.pids("plain", 2))) == 2
    until(lambda: run.noted("buried"))
    owners = run.noted("owners")
    assert run.noted("buried") == owners[:1]
    assert len(set(owners)) == 2


def test_a_stuck_child_is_killed_with_its_grandchildren_in_whatever_session(start: Callable[..., Run]) -> None:
    run = start("stuck", stuck_s=3)
    (first,) = run.pids("stuck")
    grandchildren = run.pids("grandchildren", 2)[:2]
    assert run.pids("stuck", 2)[1] != first
    assert not any(map(lives, [first, *grandchildren]))


def test_a_child_that_moves_is_left_alone(start: Callable[..., Run]) -> None:
    run = start("mover", "stuck", stuck_s=3)
    run.pids("stuck", 2)
    assert len(run.noted("mover")) == 1


def test_sigterm_asks_all_to_end_and_leaves_nobody_behind(start: Callable[..., Run]) -> None:
    run = start("plain", "mover", "server")
    pids = [*run.pids("plain"), *run.pids("mover"), *run.pids("server")]
    run.process.send_signal(signal.SIGTERM)
    assert run.process.wait(PATIENCE_S) == 0
    assert not any(map(lives, pids))
    asked = run.noted("asked")
    assert sorted(asked) == ["mover", "plain", "server"]
    assert asked[-1] == "server", "others need it until they have ended"


def test_who_does_not_end_when_asked_is_killed(start: Callable[..., Run]) -> None:
    run = start("deaf", drain_s=0.5)
    (deaf,) = run.pids("deaf")
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(PATIENCE_S) == 0
    assert run.noted("asked") == ["deaf"]
    assert not lives(deaf)


def test_a_second_signal_does_not_wait(start: Callable[..., Run]) -> None:
    run = start("deaf", drain_s=600)
    (deaf,) = run.pids("deaf")
    run.process.send_signal(signal.SIGINT)
    until(lambda: run.noted("asked"))
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(PATIENCE_S) == 0
    assert not lives(deaf)


def test_children_end_with_a_supervisor_that_is_killed(start: Callable[..., Run]) -> None:
    run = start("plain", "deaf")
    pids = [*run.pids("plain"), *run.pids("deaf")]
    run.process.kill()
    run.process.wait()
    until(lambda: not any(map(lives, pids)))


def test_a_child_that_dies_at_once_is_told_to_be_ill_and_the_others_go_on(start: Callable[..., Run]) -> None:
    run = start("stillborn", "plain")
    (plain,) = run.pids("plain")
    until(lambda: (run.place / "ill").exists() and (run.place / "ill").read_text() == "stillborn")
    assert lives(plain)
    # 0.5 s, then 1 s, 2 s …: as many starts as failures before it was ill, not a loop of them
    assert len(run.noted("buried")) <= 4
