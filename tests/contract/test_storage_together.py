"""Several who write at the same time: on both databases each sees what the others wrote before it goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from inspector.enums import WorkQueue, WorkState
from inspector.errors import PolicyError
from inspector.model import Call, Hearing, Inspection
from inspector.storage import Kept, Saved, Store, sqlite_url
from inspector.storage.engine import take_turn
from inspector.storage.ledger import Acceptance, EventKind, Intake, IntakeLeg, ledger
from tests.databases import Database
from tests.unit.test_storage import inspection_of


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(Store.open(database.url)) as store:
        yield store


def together(*tasks: Callable[[], Any]) -> list[Any]:
    """What each returns, all begun at one moment. Raises what the first of them raised."""
    barrier = threading.Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        barrier.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def inspection(number: int, recording_id: str, packs: str = "p") -> Inspection:
    made = inspection_of(Call("pbx", str(number)), packs=packs)
    return replace(made, hearing=_of(made.hearing, recording_id))


def _of(hearing: Hearing, recording_id: str) -> Hearing:
    return replace(hearing, recording=replace(hearing.recording, id=recording_id))


def test_many_who_open_a_new_database_at_the_same_time(tmp_path: Path, database: Database) -> None:
    # Each round is a new file, and the first to come must make it a database with a log while others look at it.
    for number in range(30 if database.is_sqlite else 1):
        url = sqlite_url(tmp_path / f"{number}.db") if database.is_sqlite else database.url
        for store in together(*(partial(Store.open, url) for _ in range(4))):
            store.close()


def test_of_two_recordings_for_one_call_the_first_stays(store: Store) -> None:
    for number in range(8):
        rivals = [inspection(number, letter * 64) for letter in "abc"]
        answers = together(*(partial(store.save, one, "d") for one in rivals))
        assert sorted(answers) == [Saved.CONFLICT, Saved.CONFLICT, Saved.NEW]
        (kept,) = store.inspections(9, Call("pbx", str(number)).id)
        assert kept == rivals[answers.index(Saved.NEW)]


def test_calls_that_share_a_recording(store: Store) -> None:
    for number in range(0, 24, 4):
        calls = [inspection(number + place, f"{number:064x}") for place in range(4)]
        together(*(partial(store.save, one, "d") for one in calls))
    assert len(store.inspections(99)) == 24


def test_the_same_calls_are_kept_in_opposite_orders(store: Store) -> None:
    calls = [inspection(number, f"{number:064x}") for number in range(6)]
    for one in calls:
        store.save(one, "d")
    newer = [(replace(one, packs="new"), "d") for one in calls]
    for _ in range(4):
        together(partial(store.calls.keep, newer), partial(store.calls.keep, newer[::-1]))
    assert sorted(one.packs for one in store.inspections(99)) == ["new"] * 6 + ["p"] * 6


def test_a_month_is_committed_to_one_secret(store: Store) -> None:
    def commit(secret_sha256: str) -> bool:
        try:
            store.draws.commit("2025-03", secret_sha256, "tester")
        except PolicyError:
            return False
        return True

    assert sorted(together(*(partial(commit, one * 64) for one in "abcd"))) == [False] * 3 + [True]


def test_one_is_elected(store: Store) -> None:
    won = together(*(partial(store.ledger.elect, "relay", one, 60) for one in "abcd"))
    assert sum(won) == 1


# ---- the ledger ------------------------------------------------------------------------------------------------------


def intakes(numbers: Sequence[int]) -> list[Intake]:
    return [
        Intake(Call("pbx", str(no)), (IntakeLeg(1, Path(f"{no}.wav"), f"{no:064x}", 1),), audio_s=1.0) for no in numbers
    ]


def ids(numbers: Sequence[int]) -> list[str]:
    return [Call("pbx", str(no)).id for no in numbers]


def test_a_call_that_many_accept_is_new_once(store: Store) -> None:
    numbers = list(range(12))
    orders = [numbers, numbers[::-1], numbers[6:] + numbers[:6]]
    answers = together(*(partial(store.ledger.accept, intakes(order)) for order in orders))
    by_number = [dict(zip(order, told, strict=True)) for order, told in zip(orders, answers, strict=True)]
    for number in numbers:
        assert sorted(one[number] for one in by_number) == [Acceptance.NEW, Acceptance.SAME, Acceptance.SAME]


def test_a_call_is_claimed_by_one(store: Store) -> None:
    numbers = list(range(40))
    store.ledger.accept(intakes(numbers))
    orders = {"a": ids(numbers), "b": ids(numbers[::-1]), "c": ids(numbers[20:] + numbers[:20])}
    claims = together(*(partial(store.ledger.claim, orders[who], who, 60) for who in orders))
    taken = [claim.call.id for of_one in claims for claim in of_one]
    assert sorted(taken) == sorted(ids(numbers))


def test_sending_marking_and_claiming_the_same_calls_in_other_orders(store: Store) -> None:
    numbers = list(range(60))
    store.ledger.accept(intakes(numbers))
    for _ in range(6):
        others = (
            partial(store.ledger.mark_sent, ids(numbers[::-1])),
            partial(store.ledger.send_again, WorkQueue.BATCH, 0.0),
            store.ledger.forget_sent,
        )
        claimed, *_ = together(partial(store.ledger.claim, ids(numbers), "worker", 60), *others)
        assert len(claimed) == 60
        assert store.ledger.release({claim.call.id: claim.fence for claim in claimed}) == 60


def test_a_call_is_not_taken_back_while_it_is_being_finished(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """worker  finish: ├─ holds? ──────── writes ─ end ┤     reconciler        ├─ abandon … waits … nothing to take ┤"""
    store.ledger.accept(intakes([1]))
    (claim,) = store.ledger.claim(ids([1]), "worker", 60)
    begun = threading.Event()

    def slow(*arguments: object) -> object:
        begun.set()
        reconciler.join(0.5)  # it must not get through meanwhile
        return save(*arguments)  # type: ignore[arg-type]

    def take_back() -> None:
        begun.wait()
        taken.append(store.ledger.abandon("worker", 3))

    taken: list[int] = []
    save = ledger.save_inspection
    monkeypatch.setattr(ledger, "save_inspection", slow)
    reconciler = threading.Thread(target=take_back)
    reconciler.start()
    assert store.ledger.finish(claim.fence, inspection(1, f"{1:064x}"), Kept("d"))
    reconciler.join()
    assert taken == [0]
    assert store.ledger.counts().calls(WorkState.DONE) == 1
    kinds = [event.kind for event in store.ledger.events(0, 99)]
    assert kinds == [EventKind.ACCEPTED, EventKind.CLAIMED, EventKind.DONE]


def test_a_recording_that_comes_while_its_call_is_being_finished(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is second waits and sees what the first did: the call is worked off again, and nothing is stuck."""
    for number in range(4):
        store.ledger.accept(intakes([number]))
        (claim,) = store.ledger.claim(ids([number]), "worker", 60)
        call = replace(claim.call, facts=replace(claim.call.facts, agent="3062"))
        later = Intake(call, (IntakeLeg(2, Path("two.wav"), "e" * 64, 1),), audio_s=1.0)
        made = inspection(number, f"{number:064x}")
        finished, answers = together(
            partial(store.ledger.finish, claim.fence, made, Kept("d")), partial(store.ledger.accept, [later])
        )
        assert answers == [Acceptance.UPDATED]
        assert isinstance(finished, bool)
    assert store.ledger.counts().calls(WorkState.WAITING) == 4


@pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_those_who_wait_for_each_other_are_told_to_try_again(store: Store, database: Database) -> None:
    barrier = threading.Barrier(2)

    def cross(first: str, second: str) -> str:
        try:
            with database.connection() as connection:
                take_turn(connection, first)
                barrier.wait()
                take_turn(connection, second)
        except Exception as error:  # noqa: BLE001 - which of the two it is and what it raises is the answer
            return str(getattr(getattr(error, "orig", None), "sqlstate", error))
        return "went on"

    assert sorted(together(partial(cross, "a", "b"), partial(cross, "b", "a"))) == ["40P01", "went on"]
