"""Who drives: one process a business date, on whatever machine. Renewed by a thread, so that a long step keeps it."""

from __future__ import annotations

import os
import secrets
import socket
from threading import Event, Thread

from inspector.errors import StorageError
from inspector.storage.ledger import Ledger

__all__ = ["DriversLease"]

RENEWALS_A_LEASE = 3


class DriversLease:
    """Use as a context manager. ``held`` changes while the thread runs: won when the other one died or ended."""

    def __init__(self, ledger: Ledger, name: str, lease_s: float) -> None:
        self._ledger, self._name, self._lease_s = ledger, name, lease_s
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._ended = Event()
        self._thread = Thread(target=self._renew, name="night-lease", daemon=True)
        self.held = False

    def __enter__(self) -> DriversLease:
        self.held = self._ledger.elect(self._name, self._owner, self._lease_s)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        if self.held:
            self._ledger.resign(self._name, self._owner)

    def _renew(self) -> None:
        while not self._ended.wait(self._lease_s / RENEWALS_A_LEASE):
            try:
                self.held = self._ledger.elect(self._name, self._owner, self._lease_s)
            except StorageError:
                self.held = False  # not known: whoever cannot ask must not drive
