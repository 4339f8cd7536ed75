"""Keeps the leases of a worker's calls while it makes progress, in a thread of its own.

::

    claimed ──┬──moved──┬──moved──┬─────────┬─────────┬──────────── stuck: nothing moved for ``stuck_s``
              renewed   renewed   renewed   renewed   not any more: the calls go to another worker
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Event, Lock, Thread
from time import monotonic

from inspector.errors import StorageError
from inspector.logs import log
from inspector.storage.ledger import Ledger

__all__ = ["Leases"]

RENEWALS_A_LEASE = 3


class Leases:
    """The calls that a worker holds, by their fences. Use as a context manager; safe from any thread."""

    def __init__(self, ledger: Ledger, owner: str, lease_s: float, stuck_s: float) -> None:
        self._ledger, self._owner, self._lease_s, self._stuck_s = ledger, owner, lease_s, stuck_s
        self._fences: dict[str, int] = {}
        self._moved_s = monotonic()
        self._lock, self._ended = Lock(), Event()
        self._thread = Thread(target=self._renew, name="leases", daemon=True)

    def __enter__(self) -> Leases:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def hold(self, fences: Mapping[str, int]) -> None:
        """Begins to keep the leases of these calls."""
        with self._lock:
            self._fences.update(fences)
            self._moved_s = monotonic()

    def let_go(self, call_id: str) -> None:
        """Ends to keep the lease of a call, which may be lost already."""
        with self._lock:
            self._fences.pop(call_id, None)

    def held(self) -> dict[str, int]:
        """The calls that are still ours, as far as is known."""
        with self._lock:
            return dict(self._fences)

    def moved(self) -> None:
        """Progress was made."""
        self._moved_s = monotonic()

    def _renew(self) -> None:
        while not self._ended.wait(self._lease_s / RENEWALS_A_LEASE):
            fences = self.held()
            if not fences or monotonic() - self._moved_s > self._stuck_s:
                continue
            try:
                still = self._ledger.renew(self._owner, fences, self._lease_s)
            except StorageError as error:
                log().warning("lease_not_renewed", calls=len(fences), error_kind=type(error).__name__)
                continue
            if lost := fences.keys() - still:
                log().warning("lease_lost", calls=len(lost))
                with self._lock:
                    for call_id in lost:
                        if self._fences.get(call_id) == fences[call_id]:
                            del self._fences[call_id]
