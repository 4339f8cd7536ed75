"""What takes long is computed once, beside the requests, and told however it ends."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from inspector.errors import StorageError
from inspector.web.figures import background
from inspector.web.figures.background import KEEP, OLDEST, RETRY, Background, Computed, Failed

NOW = datetime(2025, 3, 3, 4, tzinfo=UTC)


def ended(figures: Background, key: str) -> None:
    """Returns when nothing computes it any more."""
    running = figures._running.get(key)
    if running is not None:
        assert running.wait(30)


def test_who_asks_while_it_is_computed_waits_for_the_same_computation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "WAIT_S", 0.0)
    figures, go, times = Background(), threading.Event(), []

    def compute() -> str:
        times.append(1)
        assert go.wait(30)
        return "told"

    with ThreadPoolExecutor(20) as asking:
        first = list(asking.map(lambda _: figures.ask("a", compute, NOW), range(20)))
    assert first == [None] * 20
    running = figures._running["a"]
    go.set()
    assert running.wait(30)
    assert figures.ask("a", compute, NOW) == Computed("told", NOW)
    assert len(times) == 1


def test_what_is_computed_soon_is_answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "WAIT_S", 30.0)
    assert Background().ask("a", lambda: 1, NOW) == Computed(1, NOW)


def test_old_figures_are_shown_while_newer_ones_are_computed_but_not_very_old_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(background, "WAIT_S", 30.0)
    figures = Background()
    figures.ask("a", lambda: "old", NOW)
    assert figures.ask("a", lambda: "unused", NOW + KEEP - timedelta(seconds=1)) == Computed("old", NOW)
    later = NOW + KEEP
    assert figures.ask("a", lambda: "new", later) == Computed("old", NOW)
    ended(figures, "a")
    assert figures.ask("a", lambda: "unused", later) == Computed("new", later)
    assert figures.ask("a", lambda: "newest", later + OLDEST) == Computed("newest", later + OLDEST)
    figures.forget()
    assert figures.ask("a", lambda: "anew", later) == Computed("anew", later)


def test_a_failure_is_told_and_tried_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "WAIT_S", 30.0)
    figures = Background()

    def fail() -> None:
        raise StorageError("the disk is full", "make room")

    told = Failed("the disk is full", "make room", NOW)
    assert figures.ask("a", fail, NOW) == told
    assert figures.ask("a", lambda: "unused", NOW) == told
    assert figures.ask("a", lambda: "mended", NOW + RETRY) == Computed("mended", NOW + RETRY)


def test_what_nobody_foresaw_is_told_without_its_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "WAIT_S", 30.0)
    assert Background().ask("a", lambda: {}["a customer's name"], NOW) == Failed("", "", NOW)


def test_no_more_than_two_are_computed_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "WAIT_S", 0.0)
    figures, go = Background(), threading.Event()
    for key in "abc":
        assert figures.ask(key, lambda: go.wait(30), NOW) is None
    assert figures._running.keys() == {"a", "b"}
    running = [*figures._running.values()]
    go.set()
    assert all(one.wait(30) for one in running)
    figures.ask("c", lambda: "third", NOW)
    ended(figures, "c")
    assert figures.ask("c", lambda: "unused", NOW) == Computed("third", NOW)


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "WAIT_S", 30.0)
    figures = Background()
    for number in range(background.MOST_KEPT + 5):
        figures.ask(number, lambda: "kept", NOW)
    assert len(figures._done) == background.MOST_KEPT
    assert 0 not in figures._done
