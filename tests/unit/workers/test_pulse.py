"""A child's pulse: one byte a word, never waiting, nothing without a pipe."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from workers.pulse import PULSE_VARIABLE, Beat, Pulse


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for end in (reading, writing):
        try:
            os.close(end)
        except OSError:
            continue


def test_every_word_is_one_byte(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    pulse = Pulse(writing)
    for word in (pulse.ready, pulse.busy, pulse.moved, pulse.idle):
        word()
    assert os.read(reading, 99) == bytes([Beat.READY, Beat.BUSY, Beat.MOVED, Beat.IDLE]) == b"Rbmi"


def test_moves_are_told_once_a_second(pipe: tuple[int, int]) -> None:
    """::

    0.0  0.5  0.9  1.0  1.9  2.0
    m              m         m
    """
    reading, writing = pipe
    times_s = iter((0.0, 0.5, 0.9, 1.0, 1.9, 2.0))
    pulse = Pulse(writing, lambda: next(times_s))
    told = []
    for _ in range(6):
        pulse.moved()
        pulse.idle()
        told.append(os.read(reading, 99))
    assert told == [b"mi", b"i", b"i", b"mi", b"i", b"mi"]


def test_a_supervisor_that_does_not_read_or_is_gone_holds_nobody_up(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    pulse = Pulse(writing)
    for _ in range(100_000):  # more than a pipe holds
        pulse.busy()
    os.close(reading)
    pulse.idle()


def test_the_pipe_is_that_of_the_environment_and_not_of_our_own_children(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = pipe
    os.set_inheritable(writing, True)
    monkeypatch.setenv(PULSE_VARIABLE, str(writing))
    Pulse.from_env().ready()
    assert os.read(reading, 9) == b"R"
    assert PULSE_VARIABLE not in os.environ
    assert not os.get_inheritable(writing)


def test_without_a_supervisor_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PULSE_VARIABLE, raising=False)
    pulse = Pulse.from_env()
    for word in (pulse.ready, pulse.busy, pulse.moved, pulse.idle):
        word()
