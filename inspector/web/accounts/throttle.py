"""How many wrong passwords one address may send, whomever they are for."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock

__all__ = ["WINDOW", "Throttle"]

WINDOW = timedelta(minutes=5)
_MOST = 30
_ADDRESSES = 10_000


class Throttle:
    """Kept in memory: it is against guessing, not a record. A whole office may come from one address, so only what
    fails counts. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tries: OrderedDict[str, deque[datetime]] = OrderedDict()

    def admits(self, address: str, now: datetime) -> bool:
        """Whether it may try; it counts as failed until :meth:`forgive`."""
        with self._lock:
            tries = self._tries.setdefault(address, deque())
            self._tries.move_to_end(address)
            while len(self._tries) > _ADDRESSES:
                self._tries.popitem(last=False)
            while tries and now - tries[0] >= WINDOW:
                tries.popleft()
            if len(tries) >= _MOST:
                return False
            tries.append(now)
            return True

    def forgive(self, address: str) -> None:
        """The last try was no failure."""
        with self._lock:
            if tries := self._tries.get(address):
                tries.pop()
