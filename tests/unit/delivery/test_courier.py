"""The courier in this process: real database, real receivers, its ticks as the test asks for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from inspector.config import Settings
from inspector.delivery.records import DeliveryState, FaultKind
from inspector.enums import AlertClass
from inspector.errors import StorageError
from inspector.storage import Store, sqlite_url
from tests.receivers import SECRET, hang, http_receiver, notice, status
from tests.waiting import until
from workers.courier import Chore, Courier

PENDING, SENT, DEAD = DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.DEAD


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(sqlite_url(tmp_path / "inspector.db"))) as store:
        yield store


def desk(url: str, **more: Any) -> dict[str, Any]:
    return {"kind": "webhook", "url": url, "secrets": [SECRET], "allow_plain": True, **more}


def settings(receivers: dict[str, Any], **delivery: Any) -> Settings:
    quick = {"first_retry_s": 0.05, "pause_s": 0.1, "timeout_s": 2}
    return Settings(home=Path("unused"), delivery={"receivers": receivers, **quick, **delivery})  # type: ignore[arg-type]


@contextmanager
def courier(store: Store, made: Settings, owner: str = "a", chores: tuple[Chore, ...] = ()) -> Iterator[Courier]:
    one = Courier(store, made, owner, chores)
    yield one
    one.end()


def put(store: Store, *numbers: int, group: str = "g", cls: AlertClass = AlertClass.P1) -> None:
    for number in numbers:
        store.deliveries.put(notice(number, group, cls), datetime.now(UTC))


def states(store: Store, name: str = "desk") -> list[DeliveryState]:
    return [one.state for one in store.deliveries.listed(999, None, name)]


def ticking(one: Courier, holds: Callable[[], object]) -> None:
    until(lambda: one.tick() and holds())


def told(got: Any) -> list[int]:
    return [one["number"] for request in got for one in json.loads(request.body)["notices"]]


def test_who_is_not_elected_does_nothing(store: Store) -> None:
    with http_receiver() as there, courier(store, settings({"desk": desk(there.url)})) as first:
        assert first.tick()
        with courier(store, settings({"desk": desk(there.url)}), "b") as second:
            put(store, 1)
            assert not second.tick()
            assert there.got == []
            ticking(first, lambda: states(store) == [SENT])
    with courier(store, settings({}), "b") as third:
        assert third.tick()  # the first has resigned


def test_one_that_hangs_holds_up_nobody_else(store: Store) -> None:
    with http_receiver() as quick, http_receiver(hang) as slow:
        both = settings({"desk": desk(quick.url), "slow": desk(slow.url)}, timeout_s=1)
        with courier(store, both) as one:
            for number in range(40):
                put(store, 1, group=f"{number}")
            ticking(one, lambda: len(quick.got) == 40 and SENT not in states(store, "slow"))
            ticking(one, lambda: any(d.fault for d in store.deliveries.listed(999, None, "slow")))
            slow.answer = status(200)
            ticking(one, lambda: set(states(store, "slow")) == {SENT})
    assert len({request.headers["webhook-id"] for request in slow.got}) == 40


def test_a_group_arrives_in_order_through_faults(store: Store) -> None:
    failing = iter([500, 200, 503, 429, 200, 500])

    def answer(handler: BaseHTTPRequestHandler) -> None:
        status(next(failing, 200))(handler)

    with http_receiver(answer) as there, courier(store, settings({"desk": desk(there.url)})) as one:
        put(store, 1, 2, 3, 4)
        ticking(one, lambda: states(store) == [SENT] * 4)
    assert told(there.got) == [1, 1, 2, 2, 2, 3, 3, 4]


def test_an_outage_shuts_the_circuit_and_loses_nothing(store: Store) -> None:
    with http_receiver(status(500)) as there, courier(store, settings({"desk": desk(there.url)})) as one:
        for number in range(60):
            put(store, 1, group=f"{number}")
        ticking(one, lambda: store.deliveries.figures()[0].circuit.shut_until)
        ticking(one, lambda: store.deliveries.figures()[0].circuit.faults > 6)
        assert len(there.got) < 60  # the others wait without trying
        there.answer = status(204)
        ticking(one, lambda: states(store) == [SENT] * 60)
        assert store.deliveries.figures()[0].circuit.shut_until is None


def test_what_nobody_takes_for_too_long_is_dead_until_it_is_sent_again(store: Store) -> None:
    with http_receiver(status(500)) as there, courier(store, settings({"desk": desk(there.url)}, give_up_s=0.3)) as one:
        put(store, 1, 2)
        ticking(one, lambda: states(store) == [DEAD, DEAD])
        there.answer = status(204)
        assert store.deliveries.send_again(None, None, "qa", datetime.now(UTC)) == 2
        ticking(one, lambda: states(store) == [SENT, SENT])
    assert told(there.got)[-2:] == [1, 2]


def test_beyond_the_budget_one_message_for_all(store: Store) -> None:
    receiver = desk("", per_hour=3)
    with http_receiver() as there, courier(store, settings({"desk": receiver | {"url": there.url}}, hold_s=0.5)) as one:
        for number in range(3):
            put(store, 1, group=f"{number}")
            ticking(one, lambda: PENDING not in states(store))
        for number in range(3, 8):
            put(store, 1, group=f"{number}")
        put(store, 1, group="now", cls=AlertClass.P0)
        ticking(one, lambda: len(there.got) == 4)
        ticking(one, lambda: PENDING not in states(store))
    assert [len(json.loads(request.body)["notices"]) for request in there.got] == [1, 1, 1, 1, 5]
    grouped = store.deliveries.listed(99, DeliveryState.GROUPED)
    assert {delivery.message_id for delivery in grouped} == {there.got[-1].headers["webhook-id"]}


def test_a_receiver_with_a_wrong_file_is_told_of_once_it_is_right(store: Store, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    with (
        http_receiver() as there,
        courier(store, settings({"desk": desk(there.url, secrets=[{"file": secret}])})) as one,
    ):
        put(store, 1)
        ticking(one, lambda: [d.fault for d in store.deliveries.listed(9) if d.fault])
        (delivery,) = store.deliveries.listed(9)
        assert delivery.fault is not None
        assert delivery.fault.kind is FaultKind.SET_UP
        secret.write_text(SECRET)
        put(store, 1, group="later")
        ticking(one, lambda: SENT in states(store))


def test_what_could_not_be_noted_is_not_sent_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    note, failing = store.deliveries.told, True

    def told_later(*of: Any) -> None:
        if failing:
            raise StorageError("busy", "later")
        note(*of)

    with http_receiver() as there, courier(store, settings({"desk": desk(there.url)})) as one:
        assert one.tick()
        put(store, 1)
        monkeypatch.setattr(type(store.deliveries), "told", lambda _, *of: told_later(*of))
        one.tick()
        until(lambda: there.got)
        with pytest.raises(StorageError):
            until(lambda: not one.tick())
        with pytest.raises(StorageError):
            one.tick()
        failing = False
        ticking(one, lambda: states(store) == [SENT])
        assert len(there.got) == 1


def test_chores_hold_up_nothing_and_may_fail(store: Store) -> None:
    asked, release = Event(), Event()

    def slow(_now: datetime) -> None:
        asked.set()
        release.wait(60)
        raise StorageError("busy", "later")

    with http_receiver() as there, courier(store, settings({"desk": desk(there.url)}), "a", (slow,)) as one:
        put(store, 1)
        ticking(one, lambda: asked.is_set() and states(store) == [SENT])
        release.set()
        ticking(one, lambda: True)
