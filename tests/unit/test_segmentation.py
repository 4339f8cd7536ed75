"""What the frame scores of a call say: where frames lie, and whether two stretches are one voice's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from inspector.diarisation.segmentation import FRAME_S, FRAMES, STEP_S, FrameScores
from inspector.model import Span

NOTHING = np.zeros(0, np.float32)


def windows(*voices: list[tuple[int, float, float]]) -> NDArray[np.float16]:
    """Local activity of windows that begin every 5 s: (voice, start, end), all in seconds of the call."""
    local = np.zeros((len(voices), FRAMES, 3), np.float16)
    for window, spoken in enumerate(voices):
        for voice, start_s, end_s in spoken:
            first, end = (max(0, round((at_s - window * STEP_S) / FRAME_S)) for at_s in (start_s, end_s))
            local[window, first:end, voice] = 1
    return local


def likeness(local: NDArray[np.float16], before: tuple[float, float], after: tuple[float, float]) -> float | None:
    return FrameScores(NOTHING, NOTHING, NOTHING, NOTHING, local).likeness(Span(*before), Span(*after))


@given(st.integers(0, 10**6))
def test_a_frame_lies_where_it_begins(frame: int) -> None:
    assert FrameScores.at(FrameScores.start_s(frame) + FRAME_S / 4) == frame
    assert FrameScores.start_s(frame) < FrameScores.start_s(frame + 1)


class TestLikeness:
    def test_one_voice(self) -> None:
        assert likeness(windows([(0, 0, 10)]), (1, 3), (3, 4)) == pytest.approx(1)

    def test_another_voice(self) -> None:
        assert likeness(windows([(0, 0, 3), (1, 3, 10)]), (1, 3), (3, 4)) == pytest.approx(0, abs=0.2)

    def test_a_voice_has_another_number_in_another_window(self) -> None:
        # window 1   |A A A A B B|
        # window 2         |C C D D D D|
        local = windows([(0, 0, 7), (1, 7, 10)], [(2, 5, 7), (0, 7, 15)])
        assert likeness(local, (5.5, 6.8), (7.2, 9)) == pytest.approx(0)

    @pytest.mark.parametrize(("at_s", "heard_by"), [(2, [0]), (7, [0, 1]), (12, [1, 2]), (17, [2, 3])])
    def test_every_window_that_hears_both_is_asked(self, at_s: float, heard_by: list[int]) -> None:
        answers = []
        for asked in range(4):
            lone: list[list[tuple[int, float, float]]] = [[] for _ in range(4)]
            lone[asked] = [(0, 0, 30)]
            if likeness(windows(*lone), (at_s - 1.5, at_s - 0.01), (at_s + 0.01, at_s + 1.5)) is not None:
                answers.append(asked)
        assert answers == heard_by

    def test_nobody_knows(self) -> None:
        assert likeness(windows([]), (1, 3), (3, 4)) is None
        assert likeness(windows([(0, 0, 30)]), (1, 3), (20, 21)) is None
        assert likeness(windows([(0, 0, 30)]), (1, 1.05), (3, 4)) is None, "too short to tell"

    def test_only_the_two_seconds_next_to_each_other_count(self) -> None:
        # |B B B B A A|A A B B B B|
        local = windows([(1, 0, 2.9), (0, 2.9, 7.1), (1, 7.1, 10)])
        assert likeness(local, (0, 5), (5, 10)) == pytest.approx(1, abs=0.02)
