"""Whether what a voice said can be judged at all: expected from confidence and from speech without text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.asr.protocol import LostSpan, Transcript
from inspector.diarisation.attribution import attribute
from inspector.diarisation.intelligibility import expected_share_right, mark_uninspectable
from inspector.diarisation.protocol import Diarisation, SpeakerSpan
from inspector.model import Span, UnheardWhy, Utterance


def utterance(lane: int, start_s: float, end_s: float, confidence: float) -> Utterance:
    """Five characters a second."""
    count = round((end_s - start_s) * 5)
    at_s = tuple(start_s + 0.2 * place for place in range(count + 1))
    return Utterance(lane, start_s, end_s, "字" * count, at_s[:-1], at_s[1:], (confidence,) * count)


def textless(lane: int, start_s: float, end_s: float) -> LostSpan:
    return LostSpan(lane, start_s, end_s, UnheardWhy.NO_TEXT)


class TestExpectedShare:
    def test_of_text_alone_it_is_the_mean_confidence(self) -> None:
        said = [utterance(0, 0, 2, 0.9), utterance(0, 3, 5, 0.5)]
        assert expected_share_right(said, []) == pytest.approx(0.7)

    def test_speech_without_text_counts_as_wrong(self) -> None:
        assert expected_share_right([utterance(0, 0, 9, 0.8)], [textless(0, 10, 20)]) == pytest.approx(0.4)

    def test_doubtful_text_counts_by_its_text_only(self) -> None:
        doubtful = LostSpan(0, 0, 2, UnheardWhy.LOW_CONFIDENCE)
        assert expected_share_right([utterance(0, 0, 2, 0.2)], [doubtful]) == pytest.approx(0.2)

    def test_nothing_said(self) -> None:
        assert expected_share_right([], []) is None

    @given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 20)), max_size=5), st.floats(0.1, 100))
    def test_more_lost_never_makes_it_better(self, parts: list[tuple[float, float]], lost_s: float) -> None:
        said = [utterance(0, 0, length_s + 0.2, confidence) for confidence, length_s in parts]
        share = expected_share_right(said, [textless(0, 0, lost_s)])
        assert share is not None
        assert 0 <= share <= (expected_share_right(said, []) or 0) + 1e-9


class TestMarking:
    # left     |aaaaaaaa|          |aaaaaaaa|          understood
    # right               |########|          |####|   guessed at best
    LEFT, RIGHT = (Span(0, 4), Span(9, 13)), (Span(4, 9), Span(13, 15))
    SAID = (utterance(0, 0, 4, 0.9), utterance(0, 9, 12, 0.9), utterance(1, 4, 9, 0.3))
    LOST = (textless(1, 13, 15), textless(0, 12, 13))

    def test_a_lane_that_cannot_be_understood_is_lost_as_a_whole_and_the_other_stays(self) -> None:
        marked = mark_uninspectable(attribute({0: self.LEFT, 1: self.RIGHT}, {}), Transcript(self.SAID, self.LOST))
        assert marked.utterances == self.SAID
        assert marked.lost == (
            textless(0, 12, 13),
            LostSpan(1, 4, 9, UnheardWhy.UNINSPECTABLE),
            LostSpan(1, 13, 15, UnheardWhy.UNINSPECTABLE),
        )

    def test_a_call_that_was_heard_stays_as_it_is(self) -> None:
        transcript = Transcript((utterance(0, 0, 4, 0.7), utterance(0, 9, 13, 0.7)), (textless(1, 13, 13.5),))
        only = {0: self.LEFT, 1: (Span(13, 13.5),)}
        assert mark_uninspectable(attribute(only, {}), transcript) == transcript, "half a second says nothing of a line"

    def test_one_voice_of_a_mono_call(self) -> None:
        # one lane  |aaaa|bbbbbbbb|aaaa|     b is far away from the telephone
        voices = (SpeakerSpan(0, 0, 4), SpeakerSpan(1, 4, 12), SpeakerSpan(0, 12, 16))
        said = (utterance(0, 0, 4, 0.9), utterance(0, 4, 12, 0.3), utterance(0, 12, 16, 0.9))
        found = attribute({0: (Span(0, 16),)}, {0: Diarisation(voices)})
        marked = mark_uninspectable(found, Transcript(said, ()))
        assert marked.lost == (LostSpan(0, 4, 12, UnheardWhy.UNINSPECTABLE),)

    def test_a_voice_without_any_text(self) -> None:
        transcript = Transcript((), (textless(1, 4, 9), textless(1, 13, 15)))
        marked = mark_uninspectable(attribute({1: self.RIGHT}, {}), transcript)
        assert {span.why for span in marked.lost} == {UnheardWhy.UNINSPECTABLE}
