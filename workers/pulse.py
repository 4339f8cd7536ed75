"""How a process tells its supervisor that it lives: one byte at a time into a pipe, never waiting.

::

    R        ready    models are loaded, from now on it can be given work
    b m m i  busy, moved, moved, idle: a job; without an ``m`` for too long it is stuck
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from time import monotonic

__all__ = ["OWNER_VARIABLE", "PULSE_VARIABLE", "Beat", "Pulse", "new_owner"]

PULSE_VARIABLE = "INSPECTOR_PULSE_FD"
"""Environment variable: the number of the pipe's descriptor."""
OWNER_VARIABLE = "INSPECTOR_WORK_OWNER"
"""Environment variable: the name under which a child holds leases, so that its supervisor can end them."""

MOVED_EVERY_S = 1.0
"""A pipe holds 64 KiB: a supervisor may be stopped for hours without an ``idle`` being lost behind many ``moved``."""


class Beat(IntEnum):
    """What can be told. The values are the bytes."""

    READY = ord("R")
    BUSY = ord("b")
    MOVED = ord("m")
    IDLE = ord("i")


def new_owner() -> str:
    """A name to hold leases under that no other process has or had."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class Pulse:
    """The child's end; safe to use from several threads. Without a pipe it does nothing."""

    def __init__(self, descriptor: int | None, clock: Callable[[], float] = monotonic) -> None:
        self._descriptor, self._clock = descriptor, clock
        self._moved_s = -MOVED_EVERY_S
        if descriptor is not None:
            os.set_blocking(descriptor, False)
            os.set_inheritable(descriptor, False)

    @classmethod
    def from_env(cls) -> Pulse:
        """The pipe that the supervisor left, taken out of the environment: it is not that of our own children."""
        number = os.environ.pop(PULSE_VARIABLE, None)
        return cls(None if number is None else int(number))

    def ready(self) -> None:
        """What takes long to load is loaded."""
        self._tell(Beat.READY)

    def busy(self) -> None:
        """Work begins: from now on ``moved`` is expected."""
        self._tell(Beat.BUSY)

    def moved(self) -> None:
        """Some work was done since the last time. May be told as often as it is true."""
        now_s = self._clock()
        if now_s - self._moved_s >= MOVED_EVERY_S:
            self._moved_s = now_s
            self._tell(Beat.MOVED)

    def idle(self) -> None:
        """The work is done: nothing more is expected."""
        self._tell(Beat.IDLE)

    def _tell(self, beat: Beat) -> None:
        if self._descriptor is not None:
            # Full: the supervisor is stopped. Broken: it is gone, and we shall be too.
            with suppress(BlockingIOError, BrokenPipeError):
                os.write(self._descriptor, bytes([beat]))
