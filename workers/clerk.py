"""What a supervisor asks of the database, in a thread: one that hangs must not keep it from its children."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic

from inspector.delivery import records
from inspector.errors import InspectorError
from inspector.logs import log
from inspector.storage import Store
from inspector.storage.ledger import COURIER, RELAY, Counts

__all__ = ["Clerk", "Figures"]

EVERY_S = 2.0
OLD_S = 15.0
"""Figures that are older are those of a database that does not answer."""
END_S = 5.0


@dataclass(frozen=True, slots=True)
class Figures:
    """The ledger and the receivers as they were at ``at_s`` of the monotonic clock."""

    counts: Counts
    receivers: tuple[records.Figures, ...]
    at_s: float


class Clerk:
    """Gives back the calls of dead processes and reads the ledger's figures, again and again while the database fails.

    What it cannot tell the database is not lost: the leases of the dead end by themselves.
    """

    def __init__(self, open_store: Callable[[], Store], crashes_alone: int, every_s: float = EVERY_S) -> None:
        """``open_store`` is called in the thread, again after every failure. Raises StorageError or ConfigError."""
        self._open_store, self._crashes_alone, self._every_s = open_store, crashes_alone, every_s
        self._dead: SimpleQueue[str] = SimpleQueue()
        self._wake, self._ending = Event(), False
        self._figures: Figures | None = None
        self._thread = Thread(target=self._run, name="clerk", daemon=True)  # a database that hangs keeps nobody alive

    def __enter__(self) -> Clerk:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Tells of the last deaths, for a while."""
        self._ending = True
        self._wake.set()
        self._thread.join(END_S)

    def bury(self, owner: str) -> None:
        """The process that held leases under this name is dead. Returns at once."""
        self._dead.put(owner)
        self._wake.set()

    @property
    def counts(self) -> Counts | None:
        """The ledger at a glance; None while the database does not answer."""
        figures = self._fresh
        return None if figures is None else figures.counts

    @property
    def receivers(self) -> tuple[records.Figures, ...]:
        """Each receiver at a glance; none while the database does not answer."""
        figures = self._fresh
        return () if figures is None else figures.receivers

    @property
    def _fresh(self) -> Figures | None:
        figures = self._figures
        return figures if figures is not None and monotonic() - figures.at_s < OLD_S else None

    def _run(self) -> None:
        away = False
        while True:
            try:
                with closing(self._open_store()) as store:
                    away = False
                    self._serve(store)
            except InspectorError as error:
                if not away:
                    log().warning("database.away", error=error)
                away, self._figures = True, None
            if self._ending:
                return
            self._rest()

    def _serve(self, store: Store) -> None:
        """Until told to end. Raises StorageError when the database fails."""
        while True:
            last = self._ending
            self._tell(store)
            self._figures = Figures(store.ledger.counts(), store.deliveries.figures(), monotonic())
            if last:
                return
            self._rest()

    def _tell(self, store: Store) -> None:
        while True:
            try:
                owner = self._dead.get_nowait()
            except Empty:
                return
            try:
                returned = store.ledger.abandon(owner, self._crashes_alone)
                for name in (RELAY, COURIER):
                    store.ledger.resign(name, owner)
            except InspectorError:
                self._dead.put(owner)
                raise
            if returned:
                log().warning("calls.taken_back", calls=returned, owner=owner)

    def _rest(self) -> None:
        self._wake.wait(self._every_s)
        self._wake.clear()
