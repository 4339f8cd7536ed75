"""Ends a process with all that it started, by what the kernel tells in ``/proc``. Linux only."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["kill_with_kin"]

ROUNDS = 10  # who forks while it is looked for is found the next time


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    state: str
    parent: int
    session: int


def kill_with_kin(leader: int) -> None:
    """SIGKILL to the leader of a session, to the session and to all that descends from them, in other sessions too.

    ``leader`` must not have been waited for, dead or not: else its number could be somebody else's. Of a dead one,
    those that made a session of their own are not found any more; our decoder leaves when its socket closes.
    """
    _send(leader, signal.SIGSTOP)
    for _ in range(ROUNDS):
        living = [pid for pid in _kin(leader) if pid != leader]
        for pid in living:
            _send(pid, signal.SIGKILL)
        if not living:
            break
    _send(leader, signal.SIGKILL)


def _kin(leader: int) -> set[int]:
    """The living among the session of ``leader`` and its descendants."""
    running = [process for process in _processes() if process.state not in "ZX"]
    found = {leader} | {process.pid for process in running if process.session == leader}
    while more := {process.pid for process in running if process.parent in found} - found:
        found |= more
    return found


def _processes() -> list[_Process]:
    processes = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended since it was listed
            # pid (name) state parent group session …; a name may hold blanks and brackets
            fields = (place / "stat").read_text("utf-8", "replace").rpartition(") ")[2].split()
            processes.append(_Process(int(place.name), fields[0], int(fields[1]), int(fields[3])))
    return processes


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
