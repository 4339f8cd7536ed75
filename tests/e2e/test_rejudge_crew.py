"""Processes that end while they work: nothing is lost, nothing comes twice, the order stays."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import active_children
from pathlib import Path

import pytest

from inspector.errors import SetupError, StorageError
from inspector.rejudging.crew import Chunk, Crew

pytestmark = pytest.mark.slow

CHUNKS = [tuple(f"{chunk}{place}" for place in "abc") for chunk in range(9)]
ALL = [one for chunk in CHUNKS for one in chunk]


@contextmanager
def working(place: Path) -> Iterator[Callable[[Chunk], str]]:
    """Ends at ids of files ``….once`` (once) and ``….always`` below ``place``; fails at ``….fails``."""

    def answer(chunk: Chunk) -> str:
        for one in chunk:
            once = place / f"{one}.once"
            if once.exists():
                once.unlink()
                os.kill(os.getpid(), signal.SIGKILL)
            if (place / f"{one}.always").exists():
                os._exit(3)
            if (place / f"{one}.fails").exists():
                raise StorageError("the database is gone")
        return ",".join(chunk)

    yield answer


@contextmanager
def stillborn() -> Iterator[Callable[[Chunk], str]]:
    os._exit(3)
    yield ",".join


@contextmanager
def without_packs() -> Iterator[Callable[[Chunk], str]]:
    raise StorageError("there is no database")
    yield ",".join


def answers(place: Path, jobs: int) -> list[str]:
    with Crew(jobs, partial(working, place), "died {}".format) as crew:
        return list(crew.answers(CHUNKS))


@pytest.mark.parametrize("jobs", [1, 3])
def test_answers_come_in_the_order_of_the_chunks(tmp_path: Path, jobs: int) -> None:
    assert answers(tmp_path, jobs) == [",".join(chunk) for chunk in CHUNKS]
    assert active_children() == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_chunk_of_a_process_that_was_killed_is_done_again(tmp_path: Path, jobs: int) -> None:
    for one in ("0a", "4b", "8c"):
        (tmp_path / f"{one}.once").touch()
    assert [one for answer in answers(tmp_path, jobs) for one in answer.split(",")] == ALL


def test_an_id_at_which_processes_always_end_is_told_alone(tmp_path: Path) -> None:
    (tmp_path / "2b.always").touch()
    told = [one for answer in answers(tmp_path, 2) for one in answer.split(",")]
    assert told == ["died 2b" if one == "2b" else one for one in ALL]


def test_an_error_of_ours_ends_all(tmp_path: Path) -> None:
    (tmp_path / "5a.fails").touch()
    with pytest.raises(StorageError, match="gone"):
        answers(tmp_path, 2)
    assert active_children() == []


def test_a_process_that_cannot_start() -> None:
    with pytest.raises(SetupError, match="while it started"), Crew(2, stillborn, str):
        pass
    assert active_children() == []


def test_what_a_process_says_when_it_starts() -> None:
    with pytest.raises(StorageError, match="no database"), Crew(1, without_packs, str):
        pass
    assert active_children() == []


def test_only_so_many_chunks_are_under_way(tmp_path: Path) -> None:
    """Who does not take answers is not given all of them: memory is bounded."""
    given: list[int] = []

    def chunks() -> Iterator[Chunk]:
        for number in range(1000):
            given.append(number)
            yield (str(number),)

    with Crew(1, partial(working, tmp_path), str) as crew:
        taken = crew.answers(chunks())
        assert [next(taken) for _ in range(10)] == [str(number) for number in range(10)]
        assert len(given) < 20
