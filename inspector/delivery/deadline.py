"""An end for what speaks over a plain socket.

Timeouts of sockets count from byte to byte: a peer that sends one now and then would be listened to for ever.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from threading import Lock, Timer
from time import monotonic
from types import TracebackType

__all__ = ["Deadline"]


class Deadline:
    """Shuts the connection that was made through it once the time is over; reading and writing then fail."""

    def __init__(self, timeout_s: float) -> None:
        self._ends_s = monotonic() + timeout_s
        self._timer = Timer(timeout_s, self._end)
        self._timer.daemon = True
        self._lock = Lock()
        self._ours: socket.socket | None = None
        self.is_over = False

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:
            if self._ours is not None:
                self._ours.close()
                self._ours = None

    @property
    def left_s(self) -> float:
        """Seconds until the end, never quite none."""
        return max(0.01, self._ends_s - monotonic())

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection by TCP that ends with the time. Raises OSError."""
        made = socket.create_connection((host, port), timeout=self.left_s)
        # A descriptor of our own: TLS takes the other one into another object.
        with self._lock:
            self._ours = socket.socket(fileno=os.dup(made.fileno()))
        return made

    def _end(self) -> None:
        self.is_over = True
        with self._lock, suppress(OSError):  # it has ended by itself
            if self._ours is not None:
                self._ours.shutdown(socket.SHUT_RDWR)
