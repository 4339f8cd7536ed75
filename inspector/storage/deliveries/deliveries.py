"""How far each receiver has what is to be told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Select, distinct, func, select, true, update

from inspector.delivery.notice import Notice
from inspector.delivery.records import (
    Address,
    Circuit,
    Delivery,
    DeliveryState,
    Fault,
    FaultKind,
    Figures,
    Told,
    Waiting,
)
from inspector.storage.deliveries import notices, sending
from inspector.storage.delivery_tables import delivery, notice, receiver
from inspector.storage.engine import storage_errors
from inspector.storage.rows import append_audit, insert_new, put

__all__ = ["Deliveries"]

HOUR = timedelta(hours=1)


class Deliveries:
    """Each method is one transaction and raises StorageError when the database fails."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def put(self, told: Notice, now: datetime) -> None:
        """Puts a notice that belongs to no other transaction."""
        with self._writing() as connection:
            notices.put_notice(connection, told, now)

    # ---- courier -----------------------------------------------------------------------------------------------------

    def fan_out(self, receivers: Mapping[str, Address], limit: int, now: datetime) -> int:
        """Lets up to ``limit`` new notices wait for the receivers that are to have them. Returns how many.

        Where there is nothing new it only reads.
        """
        with self._reading() as connection:
            if connection.execute(select(1).where(notice.c.fanned_at.is_(None)).limit(1)).first() is None:
                return 0
        with self._writing() as connection:
            return notices.fan_out(connection, receivers, limit, now)

    def due(
        self, name: str, under_way: Collection[str], only_first: bool, limit: int, now: datetime
    ) -> tuple[Waiting, ...]:
        """What waits for a receiver and may be sent ``now``, the most urgent first.

        ``under_way``: ids of notices that are being sent. ``only_first``: of each group the first that waits; else all
        of a group, unless an earlier one is under way or waits for its next attempt.
        """
        with self._reading() as connection:
            return sending.due(connection, name, under_way, only_first, limit, now)

    def bind(self, name: str, message_id: str, notice_ids: Sequence[str]) -> None:
        """Decides that these notices are told together, now and whenever it is tried again."""
        of = delivery.c.receiver == name, delivery.c.notice_id.in_(notice_ids)
        pending = delivery.c.state == DeliveryState.PENDING.value
        with self._writing() as connection:
            connection.execute(update(delivery).where(*of, pending).values(message_id=message_id))

    def told(self, outcomes: Sequence[Told], circuits: Mapping[str, Circuit], now: datetime) -> None:
        """Notes what came of attempts, and how receivers answer since. What is at an end already stays so."""
        with self._writing() as connection:
            sending.note(connection, outcomes)
            for name, circuit in sorted(circuits.items()):
                values = {"faults": circuit.faults, "shut_until": circuit.shut_until, "changed_at": now}
                put(connection, receiver, {"name": name}, values, {})

    def sent_within_an_hour(self, name: str, now: datetime) -> int:
        """How many messages a receiver had in the hour before ``now``."""
        messages = func.count(distinct(func.coalesce(delivery.c.message_id, delivery.c.notice_id)))
        last_hour = delivery.c.sent_at > now - HOUR, delivery.c.sent_at <= now
        with self._reading() as connection:
            return connection.scalar(select(messages).where(delivery.c.receiver == name, *last_hour)) or 0

    def circuits(self) -> dict[str, Circuit]:
        """How the receivers that are known answered last, by name."""
        with self._reading() as connection:
            return _circuits(connection)

    def know(self, names: Iterable[str], now: datetime) -> None:
        """Receivers that there are; those that are known stay as they are."""
        with self._writing() as connection:
            for name in names:
                first = {"name": name, "faults": 0, "shut_until": None, "changed_at": now}
                connection.execute(insert_new(connection, receiver).values(first))

    # ---- people ------------------------------------------------------------------------------------------------------

    def listed(self, limit: int, state: DeliveryState | None = None, name: str | None = None) -> tuple[Delivery, ...]:
        """The ``limit`` deliveries that began to wait last, of one state and receiver when they are given."""
        found = (
            select(delivery)
            .where(true() if state is None else delivery.c.state == state.value)
            .where(true() if name is None else delivery.c.receiver == name)
            .order_by(delivery.c.since.desc(), delivery.c.notice_id, delivery.c.receiver)
            .limit(limit)
        )
        with self._reading() as connection:
            return tuple(_delivery(row) for row in connection.execute(found))

    def figures(self) -> tuple[Figures, ...]:
        """Every receiver of which anything is known, by name."""
        open_ = delivery.c.state.in_([DeliveryState.PENDING.value, DeliveryState.DEAD.value])
        grouped = select(delivery.c.receiver, delivery.c.state, func.count(), func.min(delivery.c.since))
        with self._reading() as connection:
            rows = connection.execute(grouped.where(open_).group_by(delivery.c.receiver, delivery.c.state)).all()
            circuits = _circuits(connection)
            names = sorted(circuits.keys() | {name for name, *_ in rows})
            last_sent = {name: connection.execute(_last_sent(name)).scalar_one() for name in names}
        waiting = {name: (count, oldest) for name, state, count, oldest in rows if state == DeliveryState.PENDING}
        dead = {name: count for name, state, count, _ in rows if state == DeliveryState.DEAD}
        return tuple(
            Figures(
                name,
                waiting.get(name, (0, None))[0],
                dead.get(name, 0),
                waiting.get(name, (0, None))[1],
                last_sent[name],
                circuits.get(name, Circuit()),
            )
            for name in names
        )

    def send_again(self, notice_ids: Sequence[str] | None, name: str | None, actor: str, now: datetime) -> int:
        """Lets dead deliveries wait anew, all (None) or those of some notices and one receiver; leaves a trace.

        Returns how many.
        """
        dead = (
            delivery.c.state == DeliveryState.DEAD.value,
            true() if notice_ids is None else delivery.c.notice_id.in_(notice_ids),
            true() if name is None else delivery.c.receiver == name,
        )
        again = {"state": DeliveryState.PENDING.value, "since": now, "next_at": now, "tries": 0, "message_id": None}
        with self._writing() as connection:
            found = connection.execute(select(delivery.c.notice_id, delivery.c.receiver).where(*dead)).all()
            connection.execute(update(delivery).where(*dead).values(**again))
            for row in found:
                append_audit(connection, actor, "delivery_send_again", row.notice_id, {"receiver": row.receiver})
            return len(found)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with storage_errors(self._reader), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with storage_errors(self._writer), self._writer.begin() as connection:
            yield connection


def _circuits(connection: Connection) -> dict[str, Circuit]:
    return {row.name: Circuit(row.faults, row.shut_until) for row in connection.execute(select(receiver))}


def _last_sent(name: str) -> Select[Any]:
    return select(func.max(delivery.c.sent_at)).where(delivery.c.receiver == name)


def _delivery(row: Any) -> Delivery:
    return Delivery(
        row.notice_id,
        row.receiver,
        row.group_id,
        row.number,
        row.alert_class,
        DeliveryState(row.state),
        row.since,
        row.tries,
        row.next_at,
        row.message_id,
        None if row.fault_kind is None else Fault(FaultKind(row.fault_kind), row.fault_status),
        row.sent_at,
    )
