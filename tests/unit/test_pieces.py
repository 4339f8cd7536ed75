"""Speech cut wherever a voice may change."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.audio.runs import runs
from inspector.diarisation.pieces import LAG_S, LEAD_S, LEAST_S, MISSED_S, MOST, cut_pieces, tight
from inspector.diarisation.segmentation import FRAME_S, FrameScores
from inspector.model import Span
from inspector.vad.protocol import PAD_S

NO_WINDOWS = np.zeros((0, 589, 3), np.float16)
SLACK_S = FRAME_S + 1e-6


def drawn(speech: str, overlap: str = "", change: str = "", step_s: float = 0.2, level: str = "") -> FrameScores:
    """Scores in tenths, levels in tens of dB above -90, each for ``step_s``: "0" … "9"; what is not drawn is 0."""
    frames = FrameScores.at(len(speech) * step_s) + 1
    places = [min(len(speech) - 1, int(FrameScores.start_s(frame) / step_s)) for frame in range(frames)]
    rows = [row.ljust(len(speech), "0") for row in (speech, overlap, change, level)]
    columns = (np.array([int(row[at]) for at in places]) for row in rows)
    heard, both, changes, loud = (column.astype(np.float32) / 10 for column in columns)
    return FrameScores(heard, both, changes, 100 * loud - 90, NO_WINDOWS)


def edges(scores: FrameScores, *speech: tuple[float, float]) -> list[tuple[float, float]]:
    return [(piece.start_s, piece.end_s) for piece in cut_pieces(scores, tuple(Span(*span) for span in speech))]


def test_begins_and_ends_where_the_scores_do_but_for_their_slowness() -> None:
    # score      0   1   2   3
    #            _____/‾‾‾‾‾\____
    # detected       |--------|
    (piece,) = edges(drawn("00000999990000"), (0.8, 2.2))
    assert piece == pytest.approx((1.0 + LEAD_S, 2.0 - LAG_S), abs=SLACK_S)


def test_a_rest_is_a_cut() -> None:
    # score      ‾‾‾‾‾‾\/‾‾‾‾‾‾‾     a dip below 0.75, above 0.5
    first, second = edges(drawn("9999969999999"), (0.0, 2.6))
    assert first[1] == second[0] == pytest.approx(1.0, abs=0.2)


def test_a_pause_parts_two_pieces() -> None:
    # score      ‾‾‾‾‾\___/‾‾‾‾‾     for 0.4 s nobody speaks
    first, second = edges(drawn("99999009999999"), (0.0, 2.8))
    assert first[1] == pytest.approx(1.0 - LAG_S, abs=SLACK_S)
    assert second[0] == pytest.approx(1.4 + LEAD_S, abs=SLACK_S)


def test_a_change_of_voice_is_a_cut_where_it_is_surest() -> None:
    found = edges(drawn("9" * 13, change="0000068600000"), (0.0, 2.6))
    assert [end for _, end in found[:-1]] == [pytest.approx(1.2, abs=SLACK_S)]


def test_two_at_once_is_a_piece_of_its_own() -> None:
    found = edges(drawn("9" * 13, overlap="0000099900000"), (0.0, 2.6))
    assert [end for _, end in found[:-1]] == pytest.approx([1.0, 1.6], abs=SLACK_S)


@pytest.mark.parametrize(
    ("speech", "missed"),
    [
        ("00000999990000000000", (2.0 - LAG_S + PAD_S, 4.0 - PAD_S)),
        ("00000000000000999999", (0.0 + PAD_S, 2.8 + LEAD_S - PAD_S)),
    ],
)
def test_detected_speech_that_the_scores_miss_comes_back(speech: str, missed: tuple[float, float]) -> None:
    # score      _____/‾‾‾‾‾\__________
    # detected   |--------------------|
    # pieces           |----| |-------|
    assert any(piece == pytest.approx(missed, abs=SLACK_S) for piece in edges(drawn(speech), (0.0, 4.0)))


def test_a_short_stretch_that_the_scores_miss_does_not() -> None:
    pause_s = 0.2
    assert pause_s < MISSED_S
    assert len(edges(drawn("9999909999"), (0.0, 2.0))) == 2


def test_speech_without_any_score_is_one_piece() -> None:
    assert edges(drawn("0" * 20), (1.0, 3.0), (3.2, 3.5)) == [(1.0 + PAD_S, 3.0 - PAD_S), (3.2, 3.5)]


def test_no_piece_is_endless() -> None:
    found = edges(drawn("9" * 1_000), (0.0, 200.0))
    assert all(end - start <= 1.5 * MOST * FRAME_S + 0.1 for start, end in found)
    assert all(before[1] == after[0] for before, after in pairwise(found))


@pytest.mark.parametrize(
    ("span", "kept"),
    [((1.0, 3.0), (1 + PAD_S, 3 - PAD_S)), ((0.0, 3.0), (0.0, 3 - PAD_S)), ((1.0, 1.4), (1.0, 1.4))],
    ids=["padded", "begins with the recording", "short"],
)
def test_tight(span: tuple[float, float], kept: tuple[float, float]) -> None:
    assert tight(Span(*span)) == kept


@pytest.mark.parametrize(
    ("flags", "found"),
    [("", []), ("000", []), ("111", [(0, 3)]), ("0110", [(1, 3)]), ("1011", [(0, 1), (2, 4)])],
)
def test_runs(flags: str, found: list[tuple[int, int]]) -> None:
    assert runs(np.array([flag == "1" for flag in flags], np.bool_)) == found


@st.composite
def scored_speech(draw: st.DrawFn) -> tuple[FrameScores, tuple[Span, ...]]:
    """Any scores, in steps of 40 ms to 1 s, and detected speech of at least 0.2 s a span anywhere over them."""
    digits = st.text("0123456789", min_size=20, max_size=80)
    step_s = draw(st.sampled_from([0.04, 0.2, 1.0]))
    speech = draw(digits)
    scores = drawn(speech, draw(digits)[: len(speech)], draw(digits)[: len(speech)], step_s)
    length = int(len(speech) * step_s * 1000)
    times = draw(st.lists(st.integers(0, length), min_size=2, max_size=10, unique=True).map(sorted))
    spans = [(low, high) for low, high in zip(times[::2], times[1::2], strict=False) if high - low >= 200]
    return scores, tuple(Span(low / 1000, high / 1000) for low, high in spans)


@given(scored_speech())
def test_every_span_has_pieces_inside_it_in_order(given: tuple[FrameScores, tuple[Span, ...]]) -> None:
    scores, speech = given
    pieces = cut_pieces(scores, speech)
    assert all(before.end_s <= after.start_s for before, after in pairwise(pieces))
    owned = [[p for p in pieces if span.start_s <= p.start_s and p.end_s <= span.end_s] for span in speech]
    assert all(owned)
    assert sum(map(len, owned)) == len(pieces)
    assert all(piece.end_s - piece.start_s >= min(LEAST_S, MISSED_S - 2 * PAD_S) - 1e-9 for piece in pieces)
