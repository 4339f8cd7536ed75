"""Packing speech into windows and scattering words back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspector.asr.protocol import LaneSpan
from inspector.asr.windows import GAP_S, LIMIT_S, Word, pack, scatter

spans = st.lists(
    st.builds(
        lambda lane, start, length: LaneSpan(lane, start, start + length),
        st.integers(0, 1),
        st.floats(0, 600),
        st.floats(0.2, LIMIT_S - GAP_S),
    ),
    max_size=40,
)


@given(spans)
def test_every_span_is_heard_once_and_no_window_is_longer_than_the_model_hears(speech: list[LaneSpan]) -> None:
    windows = pack(speech)
    packed = [piece.speech for window in windows for piece in window.pieces]
    assert sorted(packed, key=repr) == sorted(speech, key=repr)
    assert all(window.length_s <= 30.0 for window in windows)


@given(spans)
def test_pieces_keep_the_order_of_speaking_with_a_pause_between(speech: list[LaneSpan]) -> None:
    for window in pack(speech):
        starts = [piece.speech.start_s for piece in window.pieces]
        assert starts == sorted(starts)
        for before, after in zip(window.pieces, window.pieces[1:], strict=False):
            assert after.at_s - before.at_s - before.length_s >= GAP_S - 1e-6


def test_words_go_to_the_piece_they_were_said_in_on_the_clock_of_the_call() -> None:
    # call    |..10 aaaa 12..|      |..20 cc 21..|
    # window  |.8 aaaa 2.8|  |3.6 cc 4.6|
    agent, customer = LaneSpan(0, 10.0, 12.0), LaneSpan(1, 20.0, 21.0)
    (window,) = pack([customer, agent])
    first, second = window.pieces
    assert (first.speech, second.speech) == (agent, customer)
    hello = Word(first.at_s + 0.5, first.at_s + 1.0, "您好", 0.9)
    found = scatter(window, [hello, Word(second.at_s + 0.2, second.at_s + 0.6, "喂", 0.8)])
    assert [(w.text, round(w.start_s, 3), round(w.end_s, 3)) for w in found[first]] == [("您好", 10.5, 11.0)]
    assert [(w.text, round(w.start_s, 3)) for w in found[second]] == [("喂", 20.2)]


def test_a_word_timed_into_the_pause_goes_to_the_nearer_piece_and_stays_inside_it() -> None:
    (window,) = pack([LaneSpan(0, 10.0, 12.0), LaneSpan(1, 20.0, 21.0)])
    first, second = window.pieces
    late = Word(second.at_s - 0.3, second.at_s - 0.1, "喂", 0.8)
    found = scatter(window, [late])
    assert found[first] == []
    assert 20.0 <= found[second][0].start_s < found[second][0].end_s <= 21.0


def test_no_speech_needs_no_window() -> None:
    assert pack([]) == ()
