"""When what is sent to a receiver. Pure: times are given, chance too.

::

    budget of 6 an hour   ① ② ③ ④ ⑤ ⑥  h h h ──a place frees, or the oldest waited ``hold_s``──► one message of all h
    faults                ✗ 2 s ✗ 4 s ✗ 8 s … 15 min … ✗ after 24 h: dead
    circuit               ✗ ✗ ✗ ✗ ✗ ├ shut, nobody tries ┤ one probe ✗ ├── shut, longer ──┤ probe ✓ open
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from inspector.delivery.records import Circuit, DeliveryState, Fault, FaultKind, Parcel, Told, Waiting
from inspector.enums import AlertClass

__all__ = ["Budget", "Patience", "circuit_after", "is_shut", "parcels_of", "room_of", "told_of"]

MOST_TOGETHER = 50
LONGEST_RETRY_S = 900.0
SET_UP_RETRY_S = 300.0
LONGEST_ASKED_S = 3600.0
FAULTS_TO_SHUT = 5
LONGEST_PAUSE_TIMES = 20.0


@dataclass(frozen=True, slots=True)
class Budget:
    """``per_hour`` messages, 0 for any number; what is beyond is held for ``hold_s`` at most."""

    per_hour: int
    hold_s: float


@dataclass(frozen=True, slots=True)
class Patience:
    """The first wait after a fault, when to give up, and the first pause of a receiver that fails and fails."""

    first_retry_s: float
    give_up_s: float
    pause_s: float


def parcels_of(due: Sequence[Waiting], told: int, budget: Budget, now: datetime) -> tuple[Parcel, ...]:
    """What to send now of what is due at one receiver that was ``told`` so many messages in the last hour.

    Of a group, a later notice is never sent before an earlier one, at most with it. What has an urgent notice in its
    group is never held. What was bound to a message goes with that message.
    """
    bound: dict[str, list[Waiting]] = {}
    for one in due:
        if one.message_id is not None:
            bound.setdefault(one.message_id, []).append(one)
    closed = {one.notice.group_id for one in due if one.message_id is not None}
    free = _oldest_group_first([one for one in due if one.notice.group_id not in closed])
    urgent = {one.notice.group_id for one in free if one.notice.alert_class is AlertClass.P0}
    at_once = _heads([one for one in free if one.notice.group_id in urgent])
    others = [one for one in free if one.notice.group_id not in urgent]
    parcels = [*map(_single, at_once), *(Parcel(message_id, tuple(of)) for message_id, of in bound.items())]
    room = max(0, budget.per_hour - told - len(parcels)) if budget.per_hour else len(others)
    return (*parcels, *_within(others, room, budget.hold_s, now))


def _within(others: Sequence[Waiting], room: int, hold_s: float, now: datetime) -> list[Parcel]:
    """As many as have room by themselves; the last place is for all the rest."""
    if len(others) <= room:
        return [_single(one) for one in _heads(others)]
    if room == 0:
        waited_too_long = min(one.since for one in others) <= now - timedelta(seconds=hold_s)
        return [_together(others[:MOST_TOGETHER])] if waited_too_long else []
    alone = _heads(others)[: room - 1]
    groups = {one.notice.group_id for one in alone}
    rest = [one for one in others if one.notice.group_id not in groups]
    return [*map(_single, alone), *([_together(rest[:MOST_TOGETHER])] if rest else [])]


def told_of(
    parcel: Parcel, receiver: str, fault: Fault | None, patience: Patience, at: datetime, chance: float
) -> list[Told]:
    """What an attempt that ended ``at`` comes to, for each notice of a parcel. ``chance``: 0 … 1, spreads retries."""
    if fault is None:
        state = DeliveryState.GROUPED if parcel.is_grouped else DeliveryState.SENT
        return [Told(receiver, one.notice.id, state, at) for one in parcel.waiting]
    end = min(one.since for one in parcel.waiting) + timedelta(seconds=patience.give_up_s)
    if at >= end:
        return [Told(receiver, one.notice.id, DeliveryState.DEAD, at, None, fault) for one in parcel.waiting]
    tries = max(one.tries for one in parcel.waiting)
    next_at = min(at + timedelta(seconds=_retry_s(fault, tries, patience.first_retry_s, chance)), end)
    return [Told(receiver, one.notice.id, DeliveryState.PENDING, at, next_at, fault) for one in parcel.waiting]


def _retry_s(fault: Fault, tries: int, first_s: float, chance: float) -> float:
    """Half of the wait is certain, the other half is up to chance: who failed together does not return together."""
    wait_s = min(first_s * 2.0 ** min(tries, 32), LONGEST_RETRY_S)
    if fault.kind is FaultKind.SET_UP:
        wait_s = max(wait_s, SET_UP_RETRY_S)
    return max(wait_s * (0.5 + chance / 2), min(fault.retry_after_s or 0.0, LONGEST_ASKED_S))


def circuit_after(circuit: Circuit, fault: Fault | None, pause_s: float, at: datetime) -> Circuit:
    """The circuit after an attempt that ended ``at``. What was under way when it shut does not make it longer."""
    if fault is None:
        return Circuit()
    if is_shut(circuit, pause_s, at):
        return circuit
    faults = circuit.faults + 1
    if faults < FAULTS_TO_SHUT:
        return Circuit(faults)
    times = min(2.0 ** min(faults - FAULTS_TO_SHUT, 16), LONGEST_PAUSE_TIMES)
    return Circuit(faults, at + timedelta(seconds=pause_s * times))


def is_shut(circuit: Circuit, pause_s: float, now: datetime) -> bool:
    """Whether nothing may be sent. A clock that was set back shuts nothing for longer than the longest pause."""
    until = circuit.shut_until
    return until is not None and now < until <= now + timedelta(seconds=pause_s * LONGEST_PAUSE_TIMES)


def room_of(circuit: Circuit, pause_s: float, under_way: int, most: int, now: datetime) -> int:
    """How many further messages may be under way: none while shut, then one probe."""
    if is_shut(circuit, pause_s, now):
        return 0
    return max(0, (most if circuit.shut_until is None else 1) - under_way)


def _oldest_group_first(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Each group in its own order, whatever was sent again by hand."""
    since: dict[str, datetime] = {}
    for one in waiting:
        since[one.notice.group_id] = min(one.since, since.get(one.notice.group_id, one.since))
    return sorted(waiting, key=lambda one: (since[one.notice.group_id], one.notice.group_id, one.notice.number))


def _heads(waiting: Sequence[Waiting]) -> list[Waiting]:
    """The first notice of each group, of what is in the order of :func:`_oldest_group_first`."""
    first: dict[str, Waiting] = {}
    for one in waiting:
        first.setdefault(one.notice.group_id, one)
    return list(first.values())


def _single(one: Waiting) -> Parcel:
    return Parcel(one.notice.id, (one,))


def _together(waiting: Sequence[Waiting]) -> Parcel:
    if len(waiting) == 1:
        return _single(waiting[0])
    ids = "\0".join(one.notice.id for one in waiting)
    return Parcel(hashlib.sha256(ids.encode()).hexdigest()[:32], tuple(waiting))
