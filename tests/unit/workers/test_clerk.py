"""What a supervisor asks of the database: against SQLite, and against one that fails."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from inspector.enums import WorkState
from inspector.errors import StorageError
from inspector.model import Call
from inspector.storage import Store, sqlite_url
from inspector.storage.ledger import COURIER, RELAY, Intake, IntakeLeg
from tests.waiting import until
from workers.clerk import Clerk


def store_at(place: Path) -> Store:
    return Store.open(sqlite_url(place / "inspector.db"))


def claimed(store: Store, owner: str, *names: str) -> None:
    """Accepts calls and lets ``owner`` work at them."""
    intakes = [Intake(Call("test", name), (IntakeLeg(1, None, None),)) for name in names]
    store.ledger.accept(intakes)
    store.ledger.claim([intake.call.id for intake in intakes], owner, 600)


def test_the_dead_hold_nothing_and_the_others_keep_theirs(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    claimed(store, "dead", "a", "b")
    claimed(store, "alive", "c")
    for name in (RELAY, COURIER):
        assert store.ledger.elect(name, "dead", 600)
    with Clerk(partial(store_at, tmp_path), 3, every_s=0.01) as clerk:
        clerk.bury("dead")
        until(lambda: clerk.counts and clerk.counts.calls(WorkState.WAITING) == 2)
        assert clerk.counts is not None
        assert clerk.counts.calls(WorkState.RUNNING) == 1
    for name in (RELAY, COURIER):
        assert store.ledger.elect(name, "next", 600), "the next one need not wait"
    store.close()


def test_what_is_told_at_the_very_end_is_done(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    claimed(store, "dead", "a")
    with Clerk(partial(store_at, tmp_path), 3) as clerk:
        clerk.bury("dead")
    assert store.ledger.counts().calls(WorkState.WAITING) == 1
    store.close()


def test_a_database_that_is_away_and_comes_back(tmp_path: Path) -> None:
    """::

    opened   0          1 2 3   4
             works …    away    works
    """
    store, opened, away = store_at(tmp_path), 0, False

    def opening() -> Store:
        nonlocal opened
        opened += 1
        if away:
            raise StorageError("the database is away")
        return store_at(tmp_path)

    claimed(store, "dead", "a")
    away = True
    with Clerk(opening, 3, every_s=0.01) as clerk:
        clerk.bury("dead")
        until(lambda: opened > 3)
        assert clerk.counts is None
        away = False
        until(lambda: clerk.counts and clerk.counts.calls(WorkState.WAITING) == 1)
    store.close()


def test_a_death_that_could_not_be_told_is_told_later(tmp_path: Path) -> None:
    """The database fails at the very word, not when it is opened."""
    store = store_at(tmp_path)
    claimed(store, "dead", "a")
    failures = 3

    def opening() -> Store:
        opened = store_at(tmp_path)
        abandon = opened.ledger.abandon

        def failing(owner: str, crashes_alone: int) -> int:
            nonlocal failures
            failures -= 1
            if failures >= 0:
                raise StorageError("the database is locked")
            return abandon(owner, crashes_alone)

        opened.ledger.abandon = failing  # type: ignore[method-assign]
        return opened

    with Clerk(opening, 3, every_s=0.01) as clerk:
        clerk.bury("dead")
        until(lambda: clerk.counts and clerk.counts.calls(WorkState.WAITING) == 1)
    assert failures < 0
    store.close()


def test_figures_of_long_ago_are_those_of_a_database_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_at(tmp_path).close()
    with Clerk(partial(store_at, tmp_path), 3, every_s=600) as clerk:
        until(lambda: clerk.counts)
        monkeypatch.setattr("workers.clerk.OLD_S", 0)
        assert clerk.counts is None
