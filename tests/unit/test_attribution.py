"""Whose speech is whose: every detected second belongs to one voice, what is said under another is known."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.diarisation.attribution import Attribution, VoiceSpan, attribute
from inspector.diarisation.protocol import Diarisation, SpeakerSpan
from inspector.model import Span
from inspector.vad.protocol import PAD_S


def spans(*edges: tuple[float, float]) -> tuple[Span, ...]:
    return tuple(Span(*edge) for edge in edges)


def told(*voices: tuple[int, float, float]) -> Diarisation:
    return Diarisation(tuple(SpeakerSpan(*voice) for voice in voices))


def mono(speech: tuple[Span, ...], *voices: tuple[int, float, float]) -> Attribution:
    return attribute({0: speech}, {0: told(*voices)})


def pieces_of(found: Attribution, lane: int = 0) -> list[tuple[int, float, float]]:
    return [(piece.speaker, piece.start_s, piece.end_s) for piece in found.pieces[lane]]


@st.composite
def lanes(draw: st.DrawFn) -> tuple[tuple[Span, ...], Diarisation]:
    """Detected speech and any voices at all: inside it, beside it, over each other; times in steps of 10 ms."""
    edges = draw(st.lists(st.integers(0, 3_000), min_size=2, max_size=12, unique=True).map(sorted))
    detected = [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=False) if high - low >= 4]
    voice = st.tuples(st.integers(0, 2), st.integers(0, 3_000), st.integers(1, 1_000))
    voices = sorted(draw(st.lists(voice, min_size=1, max_size=12)), key=lambda one: (one[1], one[0]))
    spoken = [SpeakerSpan(who, start / 100, (start + length) / 100) for who, start, length in voices]
    return tuple(Span(low / 100, high / 100) for low, high in detected), Diarisation(tuple(spoken))


class TestPieces:
    @given(st.lists(lanes(), min_size=1, max_size=2))
    def test_cover_the_detected_speech_exactly_and_belong_to_a_voice(
        self, given: list[tuple[tuple[Span, ...], Diarisation]]
    ) -> None:
        found = attribute(
            {lane: speech for lane, (speech, _) in enumerate(given)},
            {lane: voices for lane, (_, voices) in enumerate(given)},
        )
        for lane, (speech, _) in enumerate(given):
            own = found.pieces[lane]
            assert all(piece.lane == lane == found.lane_of[piece.speaker] for piece in own)
            assert all(piece.start_s < piece.end_s for piece in own)
            assert all(before.end_s <= after.start_s for before, after in pairwise(own))
            for span in speech:
                inside = [piece for piece in own if piece.start_s < span.end_s and piece.end_s > span.start_s]
                assert (inside[0].start_s, inside[-1].end_s) == (span.start_s, span.end_s)
                assert all(before.end_s == after.start_s for before, after in pairwise(inside))
            detected_s = sum(span.duration_s for span in speech)
            assert sum(piece.end_s - piece.start_s for piece in own) == pytest.approx(detected_s)

    def test_change_in_the_middle_of_a_rest(self) -> None:
        # detected |-------------------|
        # voices    |AAAA|    |BBBBBBB|
        # pieces   |A      |B          |
        assert pieces_of(mono(spans((1, 10)), (0, 1.2, 4), (1, 5, 9.8))) == [(0, 1, 4.5), (1, 4.5, 10)]

    def test_who_speaks_under_a_longer_turn_does_not_cut_it(self) -> None:
        # voices    |AAAAAAAAAAA|
        #               |BB|
        assert pieces_of(mono(spans((0, 10)), (0, 0, 10), (1, 4, 5))) == [(0, 0, 10)]

    def test_where_two_speak_the_longer_turn_goes_on(self) -> None:
        # voices    |AAAAAAAA|
        #                 |BBBBBBBBBBBB|
        # pieces    |A    |B           |
        assert pieces_of(mono(spans((0, 12)), (0, 0, 5), (1, 3, 12))) == [(0, 0, 3), (1, 3, 12)]

    def test_speech_without_any_voice_goes_to_the_nearer(self) -> None:
        # detected  |----|  |--|    |----|
        # voices     |AA|            |BB|
        found = mono(spans((0, 2), (4, 5), (8, 10)), (0, 0.2, 1.8), (1, 8.2, 9.8))
        assert pieces_of(found) == [(0, 0, 2), (0, 4, 5), (1, 8, 10)]

    def test_a_channel_of_one_party_is_cut_nowhere(self) -> None:
        found = attribute({0: spans((0, 2), (4, 9))}, {})
        assert pieces_of(found) == [(0, 0, 2), (0, 4, 9)]


class TestVoices:
    def test_are_numbered_through_the_lanes(self) -> None:
        # left   |A (0)| |B (1)|
        # right            |C (2)|
        found = attribute({0: spans((0, 2), (3, 5)), 1: spans((4, 6))}, {0: told((0, 0.1, 1.9), (1, 3.1, 4.9))})
        assert found.lane_of == {0: 0, 1: 0, 2: 1}
        assert pieces_of(found, 1) == [(2, 4, 6)]
        assert [span.speaker for span in found.spans] == [0, 1, 2]

    def test_a_silent_lane_has_one_too(self) -> None:
        found = attribute({0: (), 1: spans((4, 6)), 2: ()}, {2: told()})
        assert found.lane_of == {0: 0, 1: 1, 2: 2}
        assert (found.pieces[0], found.pieces[2]) == ((), ())

    def test_speech_of_one_voice_is_what_was_detected_without_its_padding(self) -> None:
        # The first begins with the recording: it has none before. The last is too short to tell.
        found = attribute({1: spans((0, 2), (4, 9), (10, 10.4))}, {})
        assert [(span.start_s, span.end_s) for span in found.spans] == [
            (0, 2 - PAD_S),
            (4 + PAD_S, 9 - PAD_S),
            (10, 10.4),
        ]

    def test_speech_of_diarised_voices_is_what_the_diariser_says(self) -> None:
        found = mono(spans((1, 10)), (0, 1.2, 4), (1, 3.5, 9.8))
        assert found.spans == (VoiceSpan(0, 0, 1.2, 4), VoiceSpan(1, 0, 3.5, 9.8))


class TestHidden:
    def test_a_word_under_a_longer_turn(self) -> None:
        # voices    |AAAAAAAAAAA|
        #               |BB|
        # hidden        |B |
        assert mono(spans((0, 10)), (0, 0, 10), (1, 4, 5)).hidden() == (VoiceSpan(1, 0, 4, 5),)

    def test_the_end_of_a_turn_under_the_next(self) -> None:
        # voices    |AAAAAAAA|
        #                 |BBBBBBBBBBBB|
        # hidden          |A |
        assert mono(spans((0, 12)), (0, 0, 5), (1, 3, 12)).hidden() == (VoiceSpan(0, 0, 3, 5),)

    def test_the_edge_of_a_turn_is_none(self) -> None:
        assert mono(spans((0, 12)), (0, 0, 3.2), (1, 3, 12)).hidden() == ()

    def test_two_channels_hide_nothing(self) -> None:
        assert attribute({0: spans((0, 5)), 1: spans((2, 8))}, {}).hidden() == ()

    @given(lanes())
    def test_lies_in_a_piece_of_another_voice(self, given: tuple[tuple[Span, ...], Diarisation]) -> None:
        speech, voices = given
        found = attribute({0: speech}, {0: voices})
        for hidden in found.hidden():
            assert any(
                piece.speaker != hidden.speaker and piece.start_s <= hidden.start_s and hidden.end_s <= piece.end_s
                for piece in found.pieces[0]
            )
            assert any(
                span.speaker == hidden.speaker and span.start_s <= hidden.start_s and hidden.end_s <= span.end_s
                for span in found.spans
            )


class TestSpeakerAt:
    # pieces   |A 0 … 3|B 3 … 6|      |A 8 … 10|
    @pytest.fixture
    def found(self) -> Attribution:
        return mono(spans((0, 6), (8, 10)), (0, 0, 3), (1, 3, 6), (0, 8, 10))

    @pytest.mark.parametrize(
        ("start_s", "end_s", "speaker"),
        [
            (0, 3, 0),
            (3, 6, 1),
            (1, 2, 0),
            (2, 3.9, 0),
            (2.5, 4, 1),
            (0, 6.5, 0),  # as much of both: the first
            (5.9, 8.05, 1),
            (5.9, 9, 0),
            (6.5, 7.5, 1),  # between: the one before
            (7, 8.1, 0),
            (10, 11, 0),
            (20, 30, 0),
            (0, 30, 0),
        ],
    )
    def test_the_voice_that_has_most_of_it(
        self, found: Attribution, start_s: float, end_s: float, speaker: int
    ) -> None:
        assert found.speaker_at(0, start_s, end_s) == speaker

    def test_before_all_speech_it_is_the_first(self) -> None:
        assert mono(spans((5, 9)), (0, 5, 7), (1, 7, 9)).speaker_at(0, 1, 2) == 0

    @given(lanes())
    def test_every_piece_belongs_to_its_own_voice(self, given: tuple[tuple[Span, ...], Diarisation]) -> None:
        speech, voices = given
        found = attribute({0: speech}, {0: voices})
        for piece in found.pieces[0]:
            assert found.speaker_at(0, piece.start_s, piece.end_s) == piece.speaker


class TestSplit:
    def test_what_was_said_until_then_is_a_new_voices(self) -> None:
        # pieces   |A 0 … 3|  |A 4 … 7|B 7 … 9|  |A 10 … 12|
        # until              5
        # pieces   |C      |  |C      |B      |  |A        |
        found = mono(spans((0, 3), (4, 9), (10, 12)), (0, 0.1, 3), (0, 4.1, 7), (1, 7, 8.9), (0, 10.1, 11.9))
        apart = found.split(0, 5.0)
        assert pieces_of(apart) == [(2, 0, 3), (2, 4, 7), (1, 7, 9), (0, 10, 12)]
        assert [(span.speaker, span.start_s) for span in apart.spans] == [(2, 0.1), (2, 4.1), (1, 7), (0, 10.1)]
        assert apart.lane_of == {0: 0, 1: 0, 2: 0}
        assert pieces_of(found)[0] == (0, 0, 3), "the one before stays as it was"

    def test_other_lanes_are_left_alone(self) -> None:
        apart = attribute({0: spans((0, 2), (3, 5)), 1: spans((0, 4))}, {}).split(0, 2.0)
        assert pieces_of(apart, 1) == [(1, 0, 4)]
        assert apart.lane_of == {0: 0, 1: 1, 2: 0}

    @given(lanes(), st.floats(0, 40))
    def test_moves_speech_and_loses_none(self, given: tuple[tuple[Span, ...], Diarisation], until_s: float) -> None:
        speech, voices = given
        found = attribute({0: speech}, {0: voices})
        apart = found.split(0, until_s)
        for before, after in zip(found.pieces[0], apart.pieces[0], strict=True):
            assert (before.start_s, before.end_s) == (after.start_s, after.end_s)
            assert after.speaker == (
                len(found.lane_of) if before.speaker == 0 and before.start_s < until_s else before.speaker
            )
