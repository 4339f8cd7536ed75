"""Packing speech into windows and scattering words back."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.asr.protocol import LaneSpan
from inspector.asr.windows import CHAIN, LIMIT_S, LONGEST_PIECE_S, MARGIN_S, Part, Window, Word, chains, pack, scatter

CALL_S = 4000.0


@st.composite
def speeches(draw: st.DrawFn) -> list[LaneSpan]:
    """Up to 20 spans in each of two lanes, disjoint in their lane, some without a pause between."""
    spans = []
    for lane in (0, 1):
        at_s = 0.0
        pauses_s, lengths_s = st.sampled_from([0.0, 0.3, 0.9, 1.1, 30.0]), st.floats(0.2, LONGEST_PIECE_S)
        for pause_s, length_s in draw(st.lists(st.tuples(pauses_s, lengths_s), max_size=20)):
            at_s += pause_s
            spans.append(LaneSpan(lane, at_s, at_s + length_s))
            at_s += length_s
    return spans


@given(speeches())
def test_every_span_is_heard_once_and_no_window_is_longer_than_its_limit(speech: list[LaneSpan]) -> None:
    windows = pack(speech, CALL_S)
    packed = [piece for window in windows for piece in window.pieces]
    assert sorted(packed, key=repr) == sorted(speech, key=repr)
    assert all(window.length_s <= LIMIT_S + 1e-6 for window in windows)


@given(speeches())
def test_the_sound_of_every_span_is_in_its_window_and_no_sound_is_heard_twice(speech: list[LaneSpan]) -> None:
    windows = pack(speech, CALL_S)
    for window in windows:
        for piece in window.pieces:
            assert any(
                part.lane == piece.lane and part.start_s <= piece.start_s and piece.end_s <= part.end_s
                for part in window.parts
            )
    for lane in (0, 1):
        own = sorted((p for w in windows for p in w.parts if p.lane == lane), key=lambda part: part.start_s)
        assert all(before.end_s <= after.start_s + 1e-6 for before, after in pairwise(own))


@given(speeches())
def test_chains_hold_every_window_in_order_and_are_nearly_as_long_as_each_other(speech: list[LaneSpan]) -> None:
    windows = pack(speech, CALL_S)
    runs = chains(windows)
    assert [window for run in runs for window in run] == list(windows)
    lengths = {len(run) for run in runs}
    assert max(lengths, default=0) <= CHAIN
    assert max(lengths, default=0) - min(lengths, default=0) <= 1


def test_a_short_pause_stays_and_a_long_one_is_cut_to_its_margins() -> None:
    # lane     10|aa|12   12.5|bb|14              20|cc|21
    # window  .2 |.3  aa  bb  .3||.3 cc .3|
    a, b, c = LaneSpan(0, 10.0, 12.0), LaneSpan(0, 12.5, 14.0), LaneSpan(0, 20.0, 21.0)
    (window,) = pack([a, b, c], CALL_S)
    first, second = window.parts
    assert (first.start_s, first.end_s) == (10.0 - MARGIN_S, 14.0 + MARGIN_S)
    assert (second.start_s, second.end_s) == (20.0 - MARGIN_S, 21.0 + MARGIN_S)
    assert second.at_s == pytest.approx(first.until_s)


def test_the_margins_of_two_lanes_may_overlap_in_time_but_are_heard_one_after_the_other() -> None:
    (window,) = pack([LaneSpan(0, 10.0, 12.0), LaneSpan(1, 11.0, 13.0)], CALL_S)
    first, second = window.parts
    assert (first.lane, second.lane) == (0, 1)
    assert second.at_s == pytest.approx(first.until_s)


def test_no_margin_reaches_beyond_the_recording() -> None:
    (window,) = pack([LaneSpan(0, 0.1, 5.0)], 5.1)
    assert [(part.start_s, part.end_s) for part in window.parts] == [(0.0, 5.1)]


def test_words_go_to_the_piece_they_were_said_in_on_the_clock_of_the_call() -> None:
    # call    |..10 aaaa 12..|      |..20 cc 21..|
    # window  |.5 aaaa 2.5|  |3.1 cc 4.1|
    agent, customer = LaneSpan(0, 10.0, 12.0), LaneSpan(1, 20.0, 21.0)
    (window,) = pack([customer, agent], CALL_S)
    found = scatter(window, [Word(1.0, 1.5, "您好", 0.9), Word(3.3, 3.7, "喂", 0.8)])
    assert [(w.text, round(w.start_s, 3), round(w.end_s, 3)) for w in found[agent]] == [("您好", 10.5, 11.0)]
    assert [(w.text, round(w.start_s, 3)) for w in found[customer]] == [("喂", 20.2)]


def test_a_word_timed_into_the_pause_goes_to_the_nearer_piece_and_stays_inside_it() -> None:
    agent, customer = LaneSpan(0, 10.0, 12.0), LaneSpan(1, 20.0, 21.0)
    (window,) = pack([agent, customer], CALL_S)
    found = scatter(window, [Word(2.85, 3.0, "喂", 0.8)])
    assert found[agent] == []
    assert 20.0 <= found[customer][0].start_s < found[customer][0].end_s <= 21.0


def test_where_the_voice_changes_without_a_pause_the_clause_decides() -> None:
    # pieces  |agent     5.0|customer  |      words are timed 0.3 s early
    # words    可 以  吗   好 的               好 begins a clause at 4.6
    agent, customer = LaneSpan(0, 3.0, 5.0), LaneSpan(0, 5.0, 8.0)
    window = Window((Part(0, 3.0, 8.0, 0.0),), (agent, customer))
    words = [
        Word(0.2, 0.7, "可以", 0.9, begins=True),
        Word(0.7, 1.5, "吗", 0.9),
        Word(1.6, 1.9, "好", 0.9, begins=True),
        Word(1.9, 2.3, "的", 0.9),
    ]
    found = scatter(window, words)
    assert ["".join(word.text for word in found[piece]) for piece in (agent, customer)] == ["可以吗", "好的"]
    assert found[customer][0].start_s >= 5.0


def test_a_far_clause_does_not_move_the_change() -> None:
    agent, customer = LaneSpan(0, 0.0, 2.0), LaneSpan(0, 2.0, 6.0)
    window = Window((Part(0, 0.0, 6.0, 0.0),), (agent, customer))
    words = [Word(n / 2, n / 2 + 0.5, "字", 0.9, begins=n == 8) for n in range(12)]
    assert [len(part) for part in scatter(window, words).values()] == [4, 8]


@given(speeches(), st.lists(st.floats(0, LIMIT_S), max_size=60))
def test_every_word_goes_to_one_piece_and_stays_inside_it(speech: list[LaneSpan], times_s: list[float]) -> None:
    for window in pack(speech, CALL_S):
        words = [Word(at_s, at_s + 0.1, "字", 0.5, number % 7 == 0) for number, at_s in enumerate(sorted(times_s))]
        found = scatter(window, words)
        assert sum(map(len, found.values())) == len(words)
        for piece, own in found.items():
            assert all(piece.start_s <= word.start_s < word.end_s <= piece.end_s for word in own)


def test_no_speech_needs_no_window() -> None:
    assert pack([], CALL_S) == ()
    assert chains(()) == []
