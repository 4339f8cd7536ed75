"""The way to one receiver: its sender, how it answers, and what is under way to it. Nobody else waits for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from secrets import SystemRandom

from inspector.delivery.records import Circuit, Fault, FaultKind, Parcel, Told
from inspector.delivery.schedule import Patience, circuit_after, is_shut, room_of, told_of
from inspector.delivery.senders import Sender
from inspector.delivery.settings import Receiver
from inspector.errors import ConfigError
from inspector.logs import log

__all__ = ["Lane"]

AT_ONCE = 8
"""Attempts at one receiver side by side."""
AHEAD = 16
"""Messages given to the threads of one receiver, at most: between two looks none of them may run dry."""

Outcome = tuple[Fault | None, datetime]


class Lane:
    """To be used by one thread; attempts run in threads of its own."""

    def __init__(self, name: str, receiver: Receiver, make: Callable[[], Sender], patience: Patience) -> None:
        """``make`` raises ConfigError while the receiver cannot be used: asked again with every attempt."""
        self.name, self.receiver = name, receiver
        self.circuit = Circuit()
        self._make, self._patience = make, patience
        self._sender: Sender | None = None
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=f"lane-{name}")
        self._under_way: dict[Future[Outcome], Parcel] = {}
        self._chance = SystemRandom()

    @property
    def messages_under_way(self) -> int:
        return len(self._under_way)

    @property
    def notices_under_way(self) -> frozenset[str]:
        """Ids of notices."""
        return frozenset(one.notice.id for parcel in self._under_way.values() for one in parcel.waiting)

    def room(self, now: datetime) -> int:
        """How many further messages may be given to it."""
        return room_of(self.circuit, self._patience.pause_s, len(self._under_way), AHEAD, now)

    def give(self, parcel: Parcel) -> None:
        """Sends it as soon as a thread is free."""
        self._under_way[self._threads.submit(self._attempt, parcel)] = parcel

    def collect(self) -> list[Told]:
        """What came of attempts that have ended since the last time."""
        told: list[Told] = []
        for future in [one for one in self._under_way if one.done()]:
            parcel = self._under_way.pop(future)
            fault, at = future.result()
            told += told_of(parcel, self.name, fault, self._patience, at, self._chance.random())
            self._note(parcel, fault, at)
        return told

    def take_back(self) -> None:
        """What was given and is not begun is not begun any more."""
        for future in [one for one in self._under_way if one.cancel()]:
            del self._under_way[future]

    def end(self) -> None:
        """Waits for what was begun; :meth:`collect` has the rest."""
        self.take_back()
        self._threads.shutdown()

    def _note(self, parcel: Parcel, fault: Fault | None, at: datetime) -> None:
        was_shut = is_shut(self.circuit, self._patience.pause_s, at)
        self.circuit = circuit_after(self.circuit, fault, self._patience.pause_s, at)
        if fault is not None:
            tell = log().error if fault.kind is FaultKind.SET_UP else log().warning
            tell("notice.not_sent", receiver=self.name, job_id=parcel.message_id, kind=fault.kind, status=fault.status)
        if is_shut(self.circuit, self._patience.pause_s, at) and not was_shut:
            log().error("receiver.shut", receiver=self.name, failures=self.circuit.faults)
            self.take_back()

    def _attempt(self, parcel: Parcel) -> Outcome:
        try:
            if self._sender is None:
                self._sender = self._make()
            fault = self._sender.send(parcel.message)
        except ConfigError as error:
            log().error("receiver.unusable", receiver=self.name, error=error)
            fault = Fault(FaultKind.SET_UP)
        except Exception as error:  # noqa: BLE001 - one message that we cannot send must not hold up the others
            log().error("notice.crashed", receiver=self.name, error=error)
            fault = Fault(FaultKind.CRASHED)
        return fault, datetime.now(UTC)
