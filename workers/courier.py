"""Tells alerts outside, and does what is due without a call: one process at a time, whichever is elected.

::

    database: notice ──fan out──► delivery: pending ──► lane of its receiver ──► sent | grouped
                                     ▲                      │ fault
                                     └── next_at, circuit ──┘ … after 24 h: dead
    a courier that dies between sending and noting sends twice, with the same id
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from threading import Event
from time import monotonic
from zoneinfo import ZoneInfo

from inspector.config import Settings
from inspector.delivery.records import Circuit, Told
from inspector.delivery.schedule import Budget, Patience, parcels_of
from inspector.delivery.senders import sender_of
from inspector.errors import InspectorError, StorageError
from inspector.failpoints import failpoint
from inspector.logs import log
from inspector.storage import Store
from inspector.storage.ledger import COURIER
from workers.lane import Lane
from workers.pulse import Pulse
from workers.serving import serve
from workers.shift import owner_of_this_process

__all__ = ["Chore", "Courier", "main"]

READ_AT_ONCE = 500
CHORES_S = 1.0
TRY_ELECTION_S = 1.0
"""How often who is not elected asks again; who is, asks four times while the lease lasts."""
AWAY_S = 1.0

Chore = Callable[[datetime], object]
"""Something that is due at times, told what time it is."""


class Courier:
    """One courier; of several only the elected one does anything. To be used by one thread."""

    def __init__(self, store: Store, settings: Settings, owner: str, chores: Sequence[Chore] = ()) -> None:
        self._store, self._owner, self._chores = store, owner, chores
        self._delivery, self._lease_s = settings.delivery, settings.work.lease_s
        patience = Patience(self._delivery.first_retry_s, self._delivery.give_up_s, self._delivery.pause_s)
        zone, receivers = ZoneInfo(settings.business_tz), self._delivery.receivers
        self._lanes = [
            Lane(name, receiver, partial(sender_of, receiver, zone, self._delivery.timeout_s), patience)
            for name, receiver in receivers.items()
        ]
        self._addresses = {name: receiver.address for name, receiver in receivers.items()}
        self._elected, self._elect_s = False, float("-inf")
        self._untold: list[Told] = []
        self._circuits = {lane.name: Circuit() for lane in self._lanes}  # as the database has them
        self._chore_thread = ThreadPoolExecutor(1, thread_name_prefix="chores")
        self._chores_done: Future[None] | None = None
        self._chores_s = float("-inf")

    def tick(self) -> bool:
        """Notes what was sent, then sends. Whether this courier is the elected one. Raises StorageError."""
        self._note()
        if not self._is_elected():
            for lane in self._lanes:
                lane.take_back()
            return False
        self._do_chores()
        now = datetime.now(UTC)
        self._store.deliveries.fan_out(self._addresses, READ_AT_ONCE, now)
        for lane in self._lanes:
            self._fill(lane, now)
        return True

    def end(self) -> None:
        """Waits for what was begun, notes it and lets another one begin at once. Raises StorageError."""
        for lane in self._lanes:
            lane.end()
        self._chore_thread.shutdown()
        self._note()
        self._store.ledger.resign(COURIER, self._owner)

    def _note(self) -> None:
        """What cannot be noted now is noted the next time: until then nothing is read, so nothing is sent twice."""
        for lane in self._lanes:
            self._untold += lane.collect()
        circuits = {one.name: one.circuit for one in self._lanes if one.circuit != self._circuits.get(one.name)}
        if not self._untold and not circuits:
            return
        if self._untold:
            failpoint("courier.sent")
        self._store.deliveries.told(self._untold, circuits, datetime.now(UTC))
        failpoint("courier.marked")
        self._untold = []
        self._circuits |= circuits

    def _is_elected(self) -> bool:
        now_s = monotonic()
        if now_s >= self._elect_s:
            was, self._elected = self._elected, False
            self._elected = self._store.ledger.elect(COURIER, self._owner, self._lease_s)
            self._elect_s = now_s + (self._lease_s / 4 if self._elected else min(TRY_ELECTION_S, self._lease_s / 4))
            if self._elected and not was:
                self._begin()
        return self._elected

    def _begin(self) -> None:
        """Goes on with what the courier before knew of the receivers."""
        deliveries = self._store.deliveries
        deliveries.know(self._addresses, datetime.now(UTC))
        self._circuits |= deliveries.circuits()
        for lane in self._lanes:
            lane.circuit = self._circuits[lane.name]

    def _fill(self, lane: Lane, now: datetime) -> None:
        room = lane.room(now)
        if room == 0:
            return
        deliveries, budget = self._store.deliveries, Budget(lane.receiver.per_hour, self._delivery.hold_s)
        limit = READ_AT_ONCE if budget.per_hour else room
        due = deliveries.due(lane.name, lane.notices_under_way, not budget.per_hour, limit, now)
        if not due:
            return
        told = deliveries.sent_within_an_hour(lane.name, now) + lane.messages_under_way if budget.per_hour else 0
        failpoint("courier.read")
        for parcel in parcels_of(due, told, budget, now)[:room]:
            if parcel.is_grouped and parcel.waiting[0].message_id is None:
                deliveries.bind(lane.name, parcel.message_id, [one.notice.id for one in parcel.waiting])
            lane.give(parcel)

    def _do_chores(self) -> None:
        """In a thread: one that takes long must not hold up an alert."""
        if self._chores_done is not None and self._chores_done.done():
            self._chores_done.result()
            self._chores_done = None
        if self._chores_done is None and monotonic() - self._chores_s >= CHORES_S:
            self._chores_s = monotonic()
            self._chores_done = self._chore_thread.submit(_do, self._chores)


def _do(chores: Sequence[Chore]) -> None:
    for chore in chores:
        try:
            chore(datetime.now(UTC))
        except InspectorError as error:
            log().warning("chore.failed", error=error)


def main() -> int:
    """Runs until it is told to end. Returns the exit code."""
    return serve("courier", _run)


def _run(store: Store, settings: Settings, ended: Event, pulse: Pulse) -> None:
    chores = (
        store.alerts.escalate,
        store.incidents.look,
        store.violations.look,
        store.verdicts.look,
        store.tasks.look,
        store.search.fill,
    )
    courier = Courier(store, settings, owner_of_this_process(), chores)
    pulse.busy()  # from now on: a courier that does not tick is stuck
    away = False
    while not ended.is_set():
        try:
            courier.tick()
            away = False
        except StorageError as error:
            if not away:
                log().warning("courier_waits", error=error)
            away = True
        pulse.moved()
        ended.wait(AWAY_S if away else settings.delivery.tick_s)
    courier.end()


if __name__ == "__main__":
    sys.exit(main())
