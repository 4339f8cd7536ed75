"""From a voice for every chunk to who speaks when."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.diarisation.protocol import SpeakerSpan
from inspector.diarisation.segmentation import FRAME_S, FrameScores
from inspector.diarisation.spans import FILLED_S, REACH_S, Chunk, spans_of
from tests.unit.test_pieces import drawn

SLACK_S = FRAME_S + 1e-6
LOUD = drawn("9" * 50)  # 10 s in which nothing tells of a change


def chunks(*edges: tuple[int, float, float]) -> list[Chunk]:
    """Piece, start, end of each."""
    return [Chunk(piece, start_s, end_s, end_s - start_s) for piece, start_s, end_s in edges]


def told(found: Sequence[SpeakerSpan]) -> list[tuple[int, float, float]]:
    return [(span.speaker, span.start_s, span.end_s) for span in found]


def test_chunks_of_one_voice_in_a_piece_are_one_span() -> None:
    assert told(spans_of(chunks((0, 0, 0.8), (0, 0.8, 1.6), (0, 1.6, 3)), [0, 0, 0], LOUD)) == [(0, 0, 3)]


@pytest.mark.parametrize("weakest", [4, 5, 6, 7])
def test_a_change_in_a_piece_moves_to_where_the_speech_is_weakest(weakest: int) -> None:
    # chunks   |A       |B       |      the change is looked for 0.6 s around 1.2 s
    # speech   ‾‾‾‾‾‾\/‾‾‾‾‾‾‾‾‾
    # spans    |A    | |B        |
    scores = drawn("9" * weakest + "7" + "9" * 12)
    (_, _, change_s), (_, after_s, _) = told(spans_of(chunks((0, 0, 1.2), (0, 1.2, 2.4)), [0, 1], scores))
    assert change_s == after_s == pytest.approx(weakest * 0.2, abs=SLACK_S)


def test_it_does_not_move_out_of_reach() -> None:
    scores = drawn("9" * 2 + "7" + "9" * 6 + "8" + "9" * 10)  # the weakest at 0.4 s, the next at 1.8 s
    (_, _, change_s), _ = told(spans_of(chunks((0, 0, 1.5), (0, 1.5, 3)), [0, 1], scores))
    assert abs(change_s - 1.5) <= REACH_S
    assert change_s == pytest.approx(1.8, abs=SLACK_S)


def test_a_change_between_pieces_stays_where_they_end() -> None:
    assert told(spans_of(chunks((0, 0, 1.2), (1, 1.4, 3)), [0, 1], LOUD)) == [(0, 0, 1.2), (1, 1.4, 3)]


@pytest.mark.parametrize(("rest_s", "spans"), [(FILLED_S - 0.01, 1), (FILLED_S, 2)])
def test_short_rests_of_one_voice_are_filled(rest_s: float, spans: int) -> None:
    assert len(told(spans_of(chunks((0, 0, 1), (1, 1 + rest_s, 3)), [0, 0], LOUD))) == spans


def test_a_rest_in_which_another_speaks_is_not_filled() -> None:
    given = chunks((0, 0, 1), (1, 1.1, 1.3), (2, 1.4, 3))
    assert told(spans_of(given, [0, 1, 0], LOUD)) == [(0, 0, 1), (1, 1.1, 1.3), (0, 1.4, 3)]


class TestOverlap:
    SCORES = drawn("9" * 20, overlap="00000000999000000000")  # two speak 1.6 … 2.2 s

    def test_gives_both(self) -> None:
        # chunks   |A                 ||B             |
        # overlap            ####
        # spans    |A                 ||B             |
        #                    |B |
        found = told(spans_of(chunks((0, 0, 2.5), (1, 2.6, 4)), [0, 1], self.SCORES))
        assert [speaker for speaker, *_ in found] == [0, 1, 1]
        assert found[1][1:] == pytest.approx((1.6, 2.2), abs=SLACK_S)

    def test_over_a_change_both_go_on(self) -> None:
        # chunks   |A         ||B             |
        # overlap            ####
        # spans    |A           |
        #                    |B               |
        found = told(spans_of(chunks((0, 0, 1.9), (1, 1.9, 4)), [0, 1], self.SCORES))
        assert [(speaker, round(start_s, 1), round(end_s, 1)) for speaker, start_s, end_s in found] == [
            (0, 0, 2.2),
            (1, 1.6, 4),
        ]

    def test_with_the_voice_nearest_in_time(self) -> None:
        found = told(spans_of(chunks((0, 0, 0.5), (1, 1.2, 3), (2, 3.1, 4)), [0, 1, 2], self.SCORES))
        assert [speaker for speaker, start_s, _ in found if start_s == pytest.approx(1.6, abs=SLACK_S)] == [2]

    def test_of_one_voice_with_nobody_is_none(self) -> None:
        assert told(spans_of(chunks((0, 0, 4)), [0], self.SCORES)) == [(0, 0, 4)]


@st.composite
def labelled(draw: st.DrawFn) -> tuple[list[Chunk], list[int], FrameScores]:
    """Pieces one after the other, each of chunks of at least 0.1 s, with any labels and any scores."""
    given: list[Chunk] = []
    at = 0
    for piece in range(draw(st.integers(1, 8))):
        at += draw(st.integers(0, 80))
        for length in draw(st.lists(st.integers(10, 120), min_size=1, max_size=5)):
            given.append(Chunk(piece, at / 100, (at + length) / 100, length / 100))
            at += length
    steps = at // 20 + 1
    digits = st.text("0123456789", min_size=steps, max_size=steps)
    labels = draw(st.lists(st.integers(0, 3), min_size=len(given), max_size=len(given)))
    order = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    return given, [order[label] for label in labels], drawn(draw(digits), draw(digits))


@given(labelled())
def test_all_chunks_are_covered_each_voice_by_itself_without_overlap(
    given: tuple[list[Chunk], list[int], FrameScores],
) -> None:
    parts, labels, scores = given
    spans = spans_of(parts, labels, scores)
    assert [span.start_s for span in spans] == sorted(span.start_s for span in spans)
    assert {span.speaker for span in spans} == set(labels)
    for voice in set(labels):
        own = [span for span in spans if span.speaker == voice]
        assert all(before.end_s <= after.start_s + 1e-9 for before, after in pairwise(own))
    for part in parts:
        reached_s = part.start_s
        for span in spans:
            if span.start_s <= reached_s + 1e-9:
                reached_s = max(reached_s, span.end_s)
        assert reached_s >= part.end_s - 1e-9
    assert spans[0].start_s >= parts[0].start_s
    assert max(span.end_s for span in spans) <= parts[-1].end_s
