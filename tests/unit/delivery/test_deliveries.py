"""Notices and deliveries on each kind of database: in order, all or nothing with what they tell of, once at an end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from inspector.delivery.notice import Notice
from inspector.delivery.records import Address, Circuit, DeliveryState, Fault, FaultKind, Told
from inspector.enums import AlertClass
from inspector.storage import Store
from inspector.storage.deliveries.notices import put_notice
from tests.databases import Database
from tests.receivers import notice

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
DESK, CHAT = "desk", "chat"
ALL = {DESK: Address(), CHAT: Address()}
DOWN = Fault(FaultKind.UNREACHABLE)


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(Store.open(database.url)) as store:
        yield store


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def put(store: Store, *notices: Notice, receivers: dict[str, Address] = ALL) -> None:
    for seconds, one in enumerate(notices):
        store.deliveries.put(one, at(seconds - len(notices)))
    store.deliveries.fan_out(receivers, 99, NOW)


def due(
    store: Store, name: str = DESK, under_way: tuple[str, ...] = (), only_first: bool = True, now: datetime = NOW
) -> list[tuple[str, int]]:
    found = store.deliveries.due(name, under_way, only_first, 99, now)
    return [(one.notice.group_id, one.notice.number) for one in found]


def told(store: Store, one: Notice, state: DeliveryState, next_at: datetime | None = None, name: str = DESK) -> None:
    fault = None if state in (DeliveryState.SENT, DeliveryState.GROUPED) else DOWN
    store.deliveries.told([Told(name, one.id, state, NOW, next_at, fault)], {}, NOW)


def test_a_notice_is_there_if_what_it_tells_of_is(store: Store, database: Database) -> None:
    with pytest.raises(RuntimeError), database.connection() as connection:
        put_notice(connection, notice(1), NOW)
        raise RuntimeError
    assert store.deliveries.fan_out(ALL, 99, NOW) == 0
    with database.connection() as connection:
        put_notice(connection, notice(1), NOW)
        put_notice(connection, notice(1), NOW)
    assert [store.deliveries.fan_out(ALL, 99, NOW) for _ in range(2)] == [1, 0]
    assert (due(store), due(store, CHAT)) == ([("g", 1)], [("g", 1)])
    (one,) = store.deliveries.due(DESK, (), True, 99, NOW)
    assert one.notice == notice(1)


def test_each_receiver_has_what_it_asked_for(store: Store) -> None:
    only = {DESK: Address(classes=frozenset({"P0"})), CHAT: Address(audiences=frozenset({"risk_control"}))}
    put(store, notice(1, "a"), notice(1, "b", AlertClass.P0), receivers=only)
    assert (due(store), due(store, CHAT)) == ([("b", 1)], [])


def test_a_group_in_its_order(store: Store) -> None:
    first, second, other = notice(1, "a"), notice(2, "a"), notice(5, "b")
    put(store, first, second, other)
    assert due(store) == [("a", 1), ("b", 5)]
    assert due(store, only_first=False) == [("a", 1), ("a", 2), ("b", 5)]
    assert due(store, under_way=(first.id,)) == due(store, under_way=(first.id,), only_first=False) == [("b", 5)]
    told(store, first, DeliveryState.PENDING, at(60))
    assert due(store) == due(store, only_first=False) == [("b", 5)]
    assert due(store, now=at(60)) == [("a", 1), ("b", 5)]
    assert due(store, CHAT) == [("a", 1), ("b", 5)]  # nobody waits for somebody else's receiver
    told(store, first, DeliveryState.DEAD)
    assert due(store) == [("a", 2), ("b", 5)]


def test_what_seems_to_wait_for_ever_waits_for_a_clock_that_was_set_back(store: Store) -> None:
    put(store, notice(1))
    told(store, notice(1), DeliveryState.PENDING, at(900))
    assert due(store, now=at(-600)) == []
    assert due(store, now=at(-86400)) == [("g", 1)]


def test_an_end_is_an_end(store: Store) -> None:
    put(store, notice(1))
    told(store, notice(1), DeliveryState.SENT)
    told(store, notice(1), DeliveryState.PENDING, NOW)
    one = next(one for one in store.deliveries.listed(9) if one.receiver == DESK)
    assert (one.state, one.tries, one.sent_at, one.fault) == (DeliveryState.SENT, 1, NOW, None)


def test_what_is_told_together_is_one_message(store: Store) -> None:
    both = [notice(1, "a"), notice(1, "b")]
    put(store, *both, notice(1, "c"))
    told(store, notice(1, "c"), DeliveryState.SENT)
    store.deliveries.bind(DESK, "m", [one.id for one in both])
    assert {one.message_id for one in store.deliveries.due(DESK, (), False, 1, NOW)} == {"m"}
    assert len(store.deliveries.due(DESK, (), False, 1, NOW)) == 2
    assert store.deliveries.sent_within_an_hour(DESK, NOW) == 1
    for one in both:
        told(store, one, DeliveryState.GROUPED)
    assert [store.deliveries.sent_within_an_hour(DESK, at(seconds)) for seconds in (0, 3599, 3600)] == [2, 2, 0]
    assert [one.message_id for one in store.deliveries.listed(9, DeliveryState.GROUPED)] == ["m", "m"]


def test_figures_and_circuits(store: Store) -> None:
    put(store, notice(1, "a"), notice(1, "b"), notice(1, "c"))
    told(store, notice(1, "a"), DeliveryState.SENT)
    told(store, notice(1, "b"), DeliveryState.DEAD)
    shut = Circuit(5, at(15))
    store.deliveries.know([DESK, "mail"], NOW)
    store.deliveries.told([], {DESK: shut}, NOW)
    store.deliveries.know([DESK], NOW)
    desk, mail = (one for one in store.deliveries.figures() if one.receiver != CHAT)
    assert (desk.pending, desk.dead, desk.oldest_pending, desk.last_sent, desk.circuit) == (1, 1, at(-1), NOW, shut)
    assert (mail.receiver, mail.pending, mail.last_sent, mail.circuit) == ("mail", 0, None, Circuit())


def test_what_is_dead_is_sent_again_by_hand(store: Store, database: Database) -> None:
    put(store, notice(1, "a"), notice(1, "b"), notice(1, "c"))
    for group in "ab":
        told(store, notice(1, group), DeliveryState.DEAD)
    assert store.deliveries.send_again([notice(1, "c").id], None, "qa", NOW) == 0
    assert store.deliveries.send_again([notice(1, "a").id], CHAT, "qa", NOW) == 0
    assert store.deliveries.send_again(None, DESK, "qa", at(5)) == 2
    assert {one.state for one in store.deliveries.listed(9)} == {DeliveryState.PENDING}
    assert sorted(due(store, now=at(5))) == [("a", 1), ("b", 1), ("c", 1)]
    rows = database.rows("SELECT actor, action, subject FROM audit ORDER BY seq")
    assert sorted(rows) == sorted(("qa", "delivery_send_again", notice(1, group).id) for group in "ab")
