"""Drives a day's run to its end, or follows whoever drives it. One loop for both: the lease may change hands.

::

    process A  lease ├─ read list ─ look ─ look ─┤ SIGKILL
    process B        │ look ─ look ─ look ───────┼─ lease over ├─ read list (all ``same``) ─ look ─ close ─ report
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Event
from time import monotonic

from inspector.night.lease import DriversLease
from inspector.night.lists import DayList, hand_in
from inspector.night.pace import Pace, Progress
from inspector.storage import Store
from inspector.storage.nights import lease_of

__all__ = ["NightJob", "Watch", "drive", "numbers_of"]

TELL_S = 5.0
"""Between two events of progress."""

Watch = Callable[[Progress, Pace, bool], None]
"""Told every time it was looked how far it is; whether this process drives."""


@dataclass(frozen=True, slots=True)
class NightJob:
    """``close``: what is done once when nothing is open; it may find that something is. ``look_s``: between looks."""

    day_list: DayList
    deadline: datetime
    lease_s: float
    look_s: float
    actor: str
    close: Callable[[date], object]


def drive(job: NightJob, store: Store, watch: Watch) -> bool:
    """Whether the run is closed; False at the deadline. Raises ManifestError and StorageError."""
    day = job.day_list.business_date
    store.nights.begin(day, job.actor)
    with DriversLease(store.ledger, lease_of(day), job.lease_s) as lease:
        return _Night(job, store, watch, lease).run()


def numbers_of(progress: Progress) -> dict[str, int]:
    """Counts as events and JSON tell them."""
    names = ("listed", "excluded", "faulty", "waiting", "running", "done", "rejected", "quarantined")
    return {name: getattr(progress, name) for name in names}


class _Night:
    def __init__(self, job: NightJob, store: Store, watch: Watch, lease: DriversLease) -> None:
        self._job, self._store, self._watch, self._lease = job, store, watch, lease
        self._day = job.day_list.business_date
        self._pace = Pace()
        self._is_read = False
        self._told_s = -TELL_S

    def run(self) -> bool:
        pause = Event()
        while True:
            if self._lease.held and not self._is_read:
                self._read()
            progress = self._look()
            if self._is_closed(progress):
                return True
            if datetime.now(UTC) >= self._job.deadline:
                return False
            pause.wait(self._job.look_s)

    def _read(self) -> None:
        """Hands the list in while this process drives, and looks now and then."""
        looked_s = monotonic()
        with closing(hand_in(self._job.day_list, self._store)) as steps:
            for _ in steps:
                if not self._lease.held:
                    return
                if monotonic() - looked_s >= self._job.look_s:
                    looked_s = monotonic()
                    self._look()
        self._store.nights.begin(self._day, self._job.actor)
        self._is_read = True

    def _look(self) -> Progress:
        progress = self._store.nights.progress(self._day)
        self._pace.note(progress, monotonic())
        self._watch(progress, self._pace, self._lease.held)
        if self._lease.held and monotonic() - self._told_s >= TELL_S:
            self._told_s = monotonic()
            self._store.nights.tell_progress(self._day, numbers_of(progress))
        return progress

    def _is_closed(self, progress: Progress) -> bool:
        run = self._store.nights.of(self._day)
        if run is None:
            return False
        if not self._lease.held:
            return run.is_closed and self._job.day_list.digest in run.elsewhere
        if self._is_read and not run.is_closed and (progress.open == 0 or run.is_signed_off):
            self._job.close(self._day)
            run = self._store.nights.of(self._day)
        return self._is_read and run is not None and run.is_closed
