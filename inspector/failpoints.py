"""Named places where a test lets a process die, stop or fail. Nothing happens unless ``INSPECTOR_FAILPOINTS`` says so.

``INSPECTOR_FAILPOINTS="finished=kill@3,claimed=stop"``: the third time this process comes to ``finished`` it is killed,
the first time to ``claimed`` it is stopped. Actions:

======== ==============================================================
kill     SIGKILL to this process
group    SIGKILL to its whole process group
stop     SIGSTOP to this process, until somebody continues it
memory   MemoryError, as an allocation that fails raises it
stuck    sleeps for an hour
error    OSError, as a disk that fails raises it
======== ==============================================================

After the idea of FreeBSD's fail(9).
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from threading import Lock

__all__ = ["ACTIONS", "FAILPOINTS", "failpoint"]

VARIABLE = "INSPECTOR_FAILPOINTS"
STUCK_S = 3600

FAILPOINTS = (
    "accepting",
    "accepted",
    "relay.elected",
    "relay.read",
    "relay.rung",
    "relay.marked",
    "shift.given",
    "shift.claimed",
    "shift.hearing",
    "shift.heard",
    "shift.checkpointed",
    "shift.judged",
    "shift.finished",
    "shift.released",
    "courier.read",
    "courier.sent",
    "courier.marked",
)
"""All of them, in the order a call, then what is told of it, passes them."""


def _fail_memory() -> None:
    raise MemoryError("a failpoint")


def _fail_disk() -> None:
    raise OSError(5, "a failpoint")


ACTIONS: dict[str, Callable[[], None]] = {
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "group": lambda: os.killpg(os.getpgrp(), signal.SIGKILL),
    "stop": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "memory": _fail_memory,
    "stuck": lambda: time.sleep(STUCK_S),
    "error": _fail_disk,
}

_passed: Counter[str] = Counter()
_lock = Lock()


def failpoint(name: str) -> None:
    """Passes the place of that name. Raises ValueError for a name or an action that does not exist."""
    armed = _armed()
    if not armed:
        return
    with _lock:
        _passed[name] += 1
        action = armed.get((name, _passed[name]))
    if action is not None:
        action()


@cache
def _armed() -> dict[tuple[str, int], Callable[[], None]]:
    armed = {}
    for one in filter(None, os.environ.get(VARIABLE, "").split(",")):
        name, _, what = one.partition("=")
        action, _, time_no = what.partition("@")
        if name not in FAILPOINTS or action not in ACTIONS or not (time_no or "1").isdigit():
            raise ValueError(f"{VARIABLE} cannot be understood: {one}")
        armed[name, int(time_no or "1")] = ACTIONS[action]
    return armed
