"""Whatever pyannote finds, the speech that was asked for is covered, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspector.diarisation.pyannote import _covering
from inspector.model import Span

MOMENTS = st.integers(0, 60).map(lambda tenths: tenths / 10)
TURNS = st.lists(
    st.tuples(MOMENTS, MOMENTS, st.sampled_from("ab")).filter(lambda t: t[0] < t[1]),
    max_size=6,
)


@st.composite
def speeches(draw) -> tuple[Span, ...]:
    edges = sorted(draw(st.sets(MOMENTS, max_size=8)))
    return tuple(Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=False))


def found(turns, *speech):
    return [(s.start_s, s.end_s, s.speaker) for s in _covering(turns, tuple(Span(*pair) for pair in speech))]


def test_turns_are_cut_to_the_speech_and_gaps_shared():
    # speech     |--------------|     |---|
    # turns   aaaaaa     bbbb
    # found      aaaaa|bbbbbbbbb|     |bbb|
    assert found([(0, 2, "a"), (4, 5, "b")], (1, 6), (8, 9)) == [(1, 3, 0), (3, 6, 1), (8, 9, 1)]


def test_voices_are_numbered_as_they_first_speak():
    assert found([(0, 1, "z"), (1, 2, "a"), (2, 3, "z")], (0, 3)) == [(0, 1, 0), (1, 2, 1), (2, 3, 0)]


def test_overlap_stays():
    assert found([(0, 3, "a"), (2, 4, "b")], (0, 4)) == [(0, 3, 0), (2, 4, 1)]


def test_speech_in_which_nobody_was_found_is_one_voice():
    assert found([], (0, 1), (2, 3)) == [(0, 1, 0), (2, 3, 0)]
    assert found([(0, 1, "a")]) == []


@given(TURNS, speeches())
def test_every_moment_of_speech_has_a_voice_and_no_other_moment(turns, speech):
    spans = _covering(turns, speech)
    assert [span.start_s for span in spans] == sorted(span.start_s for span in spans)
    numbers = [span.speaker for span in spans]
    assert list(dict.fromkeys(numbers)) == list(range(len(set(numbers))))
    for tenth in range(60):
        at = tenth / 10 + 0.05
        wanted = any(span.start_s <= at < span.end_s for span in speech)
        told = {voice for start, end, voice in turns if start <= at < end}
        speaking = [span.speaker for span in spans if span.start_s <= at < span.end_s]
        assert len(speaking) == len(set(speaking)) == (max(1, len(told)) if wanted else 0)
