"""Edges of speech moved to where the sound begins and ends."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.diarisation.edges import INWARD, OUTWARD, sharpened
from inspector.diarisation.protocol import SpeakerSpan
from inspector.diarisation.segmentation import FRAME_S, FrameScores
from inspector.model import Span
from tests.unit.test_pieces import drawn

SLACK_S = FRAME_S + 1e-6
EVERYWHERE = (Span(0, 10),)
REACH_S = max(INWARD, OUTWARD) * FRAME_S


def levels(level: str, speech: str = "") -> FrameScores:
    """Levels of 0.1 s: "7" speech at -20 dB, "2" noise at -70 dB; the scores tell of speech from 1 s on."""
    return drawn(speech or "0" * 10 + "9" * (len(level) - 10), step_s=0.1, level=level)


def moved(scores: FrameScores, *spans: tuple[int, float, float]) -> list[tuple[int, float, float]]:
    given_spans = tuple(SpeakerSpan(*span) for span in spans)
    return [(span.speaker, span.start_s, span.end_s) for span in sharpened(given_spans, scores, EVERYWHERE)]


def test_a_rest_between_two_voices_belongs_to_none() -> None:
    # level   ___________/‾‾‾\\__/‾‾‾\\
    # before            |A    |B    |
    # after             |A  |  |B   |
    (a, b) = moved(levels("2" * 10 + "77777" + "22" + "777777"), (0, 1.0, 1.6), (1, 1.6, 2.3))
    assert a == pytest.approx((0, 1.0, 1.5), abs=SLACK_S)
    assert b == pytest.approx((1, 1.7, 2.3), abs=SLACK_S)


def test_what_sounds_before_and_after_a_span_is_its_own() -> None:
    (span,) = moved(levels("2" * 11 + "7777777" + "2222"), (0, 1.2, 1.7))
    assert span == pytest.approx((0, 1.1, 1.8), abs=SLACK_S)


def test_no_edge_leaves_the_detected_speech() -> None:
    scores = levels("2" * 11 + "7777777" + "2222")
    (span,) = sharpened((SpeakerSpan(0, 1.25, 1.7),), scores, (Span(1.2, 1.72),))
    assert (span.start_s, span.end_s) == pytest.approx((1.2, 1.72), abs=SLACK_S)
    assert span.start_s >= 1.2
    assert span.end_s <= 1.72


def test_a_gap_that_sounds_is_shared() -> None:
    # the sound of both goes on in the gap 1.4 … 1.6: nobody gets more than half of it
    a, b = moved(levels("2" * 10 + "7" * 10), (0, 1.1, 1.4), (1, 1.6, 1.9))
    assert a[2] <= b[1]
    assert a[2] == pytest.approx(1.5, abs=2 * SLACK_S)


def test_an_edge_within_another_span_stays() -> None:
    scores = levels("2" * 10 + "777" + "222" + "7777")
    assert moved(scores, (0, 1.0, 2.0), (1, 1.4, 2.0))[1][1] == 1.4


def test_a_span_without_sound_stays() -> None:
    assert moved(levels("2" * 20 + "777"), (0, 1.1, 1.6)) == [(0, 1.1, 1.6)]


@pytest.mark.parametrize(
    "scores",
    [levels("5" * 10 + "77777" + "55" + "777"), levels("7" * 20, "9" * 20)],
    ids=["noise as loud as the ends of words", "nothing quiet"],
)
def test_without_a_clear_view_nothing_moves(scores: FrameScores) -> None:
    spans = (SpeakerSpan(0, 1.0, 1.6), SpeakerSpan(1, 1.6, 1.9))
    assert sharpened(spans, scores, EVERYWHERE) == spans


@st.composite
def spoken(draw: st.DrawFn) -> tuple[tuple[SpeakerSpan, ...], FrameScores]:
    """Spans of up to three voices, those of one voice apart, and any levels."""
    steps = draw(st.integers(20, 60))
    spans = []
    for voice in range(3):
        edges = sorted(draw(st.sets(st.integers(0, steps * 10), max_size=8)))
        spans += [SpeakerSpan(voice, low / 100, high / 100) for low, high in zip(edges[::2], edges[1::2], strict=False)]
    digits = st.text("0123456789", min_size=steps, max_size=steps)
    ordered = tuple(sorted(spans, key=lambda span: (span.start_s, span.speaker)))
    return ordered, drawn(draw(digits), step_s=0.1, level=draw(digits))


@given(spoken())
def test_no_edge_moves_far_and_no_voice_overlaps_itself(case: tuple[tuple[SpeakerSpan, ...], FrameScores]) -> None:
    spans, scores = case
    found = sharpened(spans, scores, EVERYWHERE)
    for before, after in zip(spans, found, strict=True):
        assert before.speaker == after.speaker
        assert abs(after.start_s - before.start_s) <= REACH_S + SLACK_S
        assert abs(after.end_s - before.end_s) <= REACH_S + SLACK_S
    for voice in range(3):
        own = [span for span in found if span.speaker == voice]
        assert all(one.end_s <= next_one.start_s for one, next_one in pairwise(own))
