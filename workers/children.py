"""One child of a supervisor: its process, its pulse and what became of it. When is decided in ``workers/life.py``."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from inspector.logs import log
from workers.kin import kill_with_kin
from workers.life import Life, Limits, Phase, Step
from workers.pulse import OWNER_VARIABLE, PULSE_VARIABLE, Beat, new_owner

__all__ = ["Child", "ChildSpec", "ChildState"]

# -P: the working directory, in which recordings of strangers may lie, cannot slip in a module. Hence the path by hand.
PACKAGE_ROOT = str(Path(__file__).resolve().parent.parent)
BOOT = (
    "import sys; root = sys.argv.pop(1); root in sys.path or sys.path.insert(0, root); "
    "from workers.child import main; main(sys.argv[1:])"
)
STDERR = 2
PIPE_BYTES = 64 << 10
BEATS = frozenset(map(int, Beat))


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """What to run: ``python -m module arguments``, at this niceness or more.

    ``is_server``: the others need it, and it tells no pulse.
    """

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    is_server: bool = False
    niceness: int = 0


@dataclass(frozen=True, slots=True)
class ChildState:
    """One child at a glance. ``ill``: it fails again and again and is of no use."""

    name: str
    is_server: bool
    phase: Phase
    ready: bool
    ill: bool
    restarts: int
    stuck_kills: int


@dataclass(frozen=True, slots=True)
class _Running:
    """A process that was started; ``pulse``: our end of its pipe; ``owner``: the name under which it holds leases."""

    process: subprocess.Popen[bytes]
    pulse: int
    owner: str

    @property
    def has_ended(self) -> bool:
        """Asked without waiting for it: until it is waited for, its number is nobody else's."""
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


class Child:
    """``buried``: told the name under which a process held leases, once it is dead for sure. Must not block."""

    def __init__(
        self, spec: ChildSpec, limits: Limits, selector: selectors.BaseSelector, buried: Callable[[str], None]
    ) -> None:
        self.spec, self.life = spec, Life(limits)
        self._selector, self._buried = selector, buried
        self._running: _Running | None = None

    @property
    def state(self) -> ChildState:
        spec, life = self.spec, self.life
        return ChildState(spec.name, spec.is_server, life.phase, life.ready, life.ill, life.restarts, life.stuck_kills)

    def step(self, now_s: float) -> None:
        """Notes its end, then does what is due."""
        if self._running is not None and self._running.has_ended:
            self._bury(self._running, now_s)
        step = self.life.due(now_s)
        if step is Step.START:
            self._start(now_s)
        elif step is not Step.NOTHING and self._running is not None:
            self._signal(step, self._running.process.pid, now_s)

    def kill(self) -> None:
        """Ends it at once, for ever, with all that it started."""
        if self._running is not None:
            kill_with_kin(self._running.process.pid)
            self._running.process.wait()

    def _start(self, now_s: float) -> None:
        try:
            running = _spawned(self.spec)
        except OSError as error:
            log().error("child.not_started", child=self.spec.name, error=error)
            self.life.ended(now_s)
            return
        self._running = running
        self._selector.register(running.pulse, selectors.EVENT_READ, self._hear)
        self.life.started(now_s)
        if self.spec.is_server:
            self.life.heard(Beat.READY, now_s)
        log().info("child.started", child=self.spec.name, pid=running.process.pid, owner=running.owner)

    def _hear(self, pulse: int, now_s: float) -> None:
        """Takes in what its pulse says."""
        with suppress(BlockingIOError):
            beats = os.read(pulse, PIPE_BYTES)
            for beat in filter(BEATS.__contains__, beats):
                self.life.heard(Beat(beat), now_s)
            if not beats and pulse in self._selector.get_map():  # nobody is there to tell any more
                self._selector.unregister(pulse)

    def _signal(self, step: Step, pid: int, now_s: float) -> None:
        if step is Step.KILL:
            log().warning("child.killed", child=self.spec.name, pid=pid, state=self.life.phase)
        self.life.signalled(step, now_s)
        if step is Step.TERM:
            os.kill(pid, signal.SIGTERM)
        else:
            kill_with_kin(pid)

    def _bury(self, running: _Running, now_s: float) -> None:
        kill_with_kin(running.process.pid)
        code = running.process.wait()
        if running.pulse in self._selector.get_map():
            self._selector.unregister(running.pulse)
        os.close(running.pulse)
        self._running = None
        self.life.ended(now_s)
        tell = log().error if self.life.ill else log().info
        tell("child.ended", child=self.spec.name, code=code, failures=self.life.failures)
        self._buried(running.owner)


def _spawned(spec: ChildSpec) -> _Running:
    """Raises OSError when there can be no more processes."""
    owner = new_owner()
    command = [sys.executable, "-P", "-c", BOOT, PACKAGE_ROOT, str(os.getpid()), str(spec.niceness), spec.module]
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    try:
        process = subprocess.Popen(
            [*command, *spec.arguments],
            stdin=subprocess.DEVNULL,
            stdout=STDERR,
            env={**os.environ, OWNER_VARIABLE: owner, PULSE_VARIABLE: str(writing)},
            start_new_session=True,
            pass_fds=(writing,),
        )
    except OSError:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    return _Running(process, reading, owner)
