"""A real directory that others write to: everything that settles there is accepted once, nothing is forgotten."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from inspector.enums import WorkQueue, WorkState
from inspector.errors import StorageError
from inspector.intake.submit import Answer
from inspector.intake.watch import RETRY_S, Watch
from inspector.storage import Store
from inspector.storage.ledger import Acceptance
from tests.unit.intake.conftest import Record

SETTLE_S = 5.0


class Clock:
    """A watch and the time of its looks."""

    def __init__(self, directory: Path, store: Store) -> None:
        self.watch = Watch(directory, store.ledger, WorkQueue.BATCH, SETTLE_S)
        self.now_s = 0.0

    def look(self, after_s: float = SETTLE_S) -> list[tuple[str, str]]:
        """The name of every file with an answer, and the answer or the kind of its fault."""
        self.now_s += after_s
        return [told(answer) for answer in self.watch.tick(self.now_s)]


def told(answer: Answer) -> tuple[str, str]:
    return answer.path.name, str(answer.faults[0].error.kind if answer.faults else answer.acceptance)


@pytest.fixture
def clock(store: Store, record: Record) -> Clock:
    return Clock(record("first.wav").parent, store)


def names(store: Store) -> set[str]:
    return {entry.source_call_id for entry in store.ledger.entries(1000)}


def test_a_file_is_accepted_by_its_name_when_it_has_settled(clock: Clock, store: Store, record: Record) -> None:
    record("2025-03-01/deep.wav", seed=1)
    assert clock.look(0) == []
    assert clock.look(SETTLE_S - 0.1) == []
    assert sorted(clock.look(0.1)) == [("deep.wav", "new"), ("first.wav", "new")]
    assert clock.look() == []
    assert names(store) == {"first.wav", "2025-03-01/deep.wav"}


def test_a_growing_file_is_accepted_whole(clock: Clock, store: Store, record: Record) -> None:
    clock.look(0)
    for seconds in range(1, 5):
        record("first.wav", seconds)
        assert clock.look(SETTLE_S - 1) == []
    assert clock.look() == [("first.wav", "new")]
    assert [entry.audio_s for entry in store.ledger.entries(9)] == [4.0]


def test_names_of_unfinished_files_are_left_alone_until_they_are_renamed(clock: Clock, record: Record) -> None:
    for name in ("a.wav.part", "b.wav.tmp", "c.wav.filepart", ".d.wav", ".hidden/e.wav", "notes.txt"):
        record(name)
    clock.look(0)
    assert clock.look() == [("first.wav", "new")]
    part = record("a.wav.part")
    part.rename(part.with_suffix(""))
    assert clock.look() == []
    assert clock.look() == [("a.wav", "new")]


def test_a_restart_takes_nothing_twice_and_forgets_nothing(clock: Clock, store: Store, record: Record) -> None:
    clock.look(0)
    assert clock.look() == [("first.wav", "new")]
    record("second.wav", seed=2)
    again = Clock(record("third.wav", seed=3).parent, store)
    again.look(0)
    assert sorted(again.look()) == [("second.wav", "new"), ("third.wav", "new")]


def test_a_file_that_vanishes_before_it_is_taken_leaves_no_trace(
    clock: Clock, store: Store, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.look(0)
    gone = record("gone.wav", seed=1)
    clock.look(1)
    tick = clock.watch.tick(clock.now_s + SETTLE_S)
    scandir = os.scandir

    class Vanishing:
        """The directory as it was, after which the file is deleted."""

        def __init__(self, path: Path) -> None:
            with scandir(path) as entries:
                self.entries = list(entries)
            for entry in self.entries:
                entry.stat()
            gone.unlink(missing_ok=True)

        def __enter__(self) -> list[os.DirEntry[str]]:
            return self.entries

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(os, "scandir", Vanishing)
    assert [told(answer) for answer in tick] == [("first.wav", "new")]
    assert names(store) == {"first.wav"}


def test_a_file_that_changed_after_it_was_accepted_is_a_conflict_told_once(clock: Clock, record: Record) -> None:
    clock.look(0)
    assert clock.look() == [("first.wav", "new")]
    record("first.wav", seed=9)
    clock.look()
    assert clock.look() == [("first.wav", "conflict")]
    assert clock.look() == []


def test_an_empty_file_is_told_once_and_worked_off_when_it_is_filled(
    clock: Clock, store: Store, record: Record
) -> None:
    late = record("late.wav")
    late.write_bytes(b"")
    clock.look(0)
    assert sorted(clock.look()) == [("first.wav", "new"), ("late.wav", "empty_file")]
    assert clock.look(RETRY_S) == []
    record("late.wav", 2.0)
    clock.look(0)
    assert clock.look() == [("late.wav", "updated")]
    assert names(store) == {"first.wav", "late.wav"}


def test_what_is_no_file_and_what_has_no_fit_name_is_told_once(clock: Clock, record: Record) -> None:
    folder = record("first.wav").parent
    os.mkfifo(folder / "pipe.wav")
    (folder / "zero.wav").symlink_to("/dev/zero")
    (folder / "loop").symlink_to(folder)
    (folder / "dangling.wav").symlink_to(folder / "nowhere")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.wav")).write_bytes(b"x")
    assert clock.look(0) == [("pipe.wav", "not_readable"), ("zero.wav", "not_readable")]
    assert sorted(clock.look()) == [("first.wav", "new"), ("\udcff.wav", "bad_name")]
    assert clock.look(RETRY_S) == []


def test_a_directory_that_vanishes_and_comes_back(clock: Clock, store: Store, record: Record) -> None:
    folder = record("first.wav").parent
    clock.look(0)
    assert clock.look() == [("first.wav", "new")]
    away = folder.rename(folder.with_name("away"))
    assert clock.look() == [("calls", "not_readable")]
    assert clock.look() == []
    away.rename(folder)
    record("second.wav", seed=2)
    clock.look()
    assert clock.look() == [("second.wav", "new")]
    shutil.rmtree(folder)
    assert clock.look() == [("calls", "not_readable")]
    assert names(store) == {"first.wav", "second.wav"}


def test_nothing_is_lost_while_the_database_fails(
    clock: Clock, store: Store, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    record("second.wav", seed=2)
    clock.look(0)
    with monkeypatch.context() as broken:

        def fail(_: object) -> list[Acceptance]:
            raise StorageError("the disk is full", "make room")

        broken.setattr(store.ledger, "accept", fail)
        for _ in range(3):
            with pytest.raises(StorageError):
                clock.look()
    assert sorted(clock.look()) == [("first.wav", "new"), ("second.wav", "new")]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_to_the_directory_in_the_end_all_is_accepted_once(
    store: Store, record: Record, seed: int
) -> None:
    """Files are made, grow, are renamed and deleted, the watch is started anew; then all is left alone."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    folder = record("0.wav").parent
    clock = Clock(folder, store)
    accepted: Counter[str] = Counter()
    for step in range(40):
        files = sorted(folder.glob("*"))
        match chance.choice(["make", "make", "grow", "rename", "delete", "restart"]):
            case "make":
                record(f"{step}.wav{chance.choice(['', '.part'])}", seed=step)
            case "grow" if files:
                with chance.choice(files).open("ab") as stream:
                    stream.write(bytes(100))
            case "rename" if files:
                chance.choice(files).rename(folder / f"{step}-renamed.wav")
            case "delete" if files:
                chance.choice(files).unlink()
            case "restart":
                clock.watch = Watch(folder, store.ledger, WorkQueue.BATCH, SETTLE_S)
        accepted.update(name for name, answer in clock.look(chance.choice([0.0, 1.0, 3.0])) if answer == "new")
    accepted.update(name for _ in range(2) for name, answer in clock.look() if answer == "new")
    assert {path.name for path in folder.glob("*.wav")} <= accepted.keys() == names(store)
    assert set(accepted.values()) == {1}
    assert all(entry.state is WorkState.WAITING for entry in store.ledger.entries(1000))
