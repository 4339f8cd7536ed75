"""How fast the agent speaks: just below and just above the limit, over long enough."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.model import Finding, Hearing, Party, SpeechSpan, Turn, Unheard
from inspector.rules.measure import speech_rates
from tests.builders import hearing_of, judged, lost, outcome, plan_of, rule_of, turn

PLAN = plan_of(rule_of("metric", {"rate": {"limit_cpm": 300, "over_s": 60}}))


SLOW = plan_of(rule_of("metric", {"rate": {"least_cpm": 120, "over_s": 60}}))


@pytest.mark.parametrize(("count", "wanted"), [(120, "silent"), (119, "fires"), (400, "silent")])
def test_too_slow(count: int, wanted: str) -> None:
    assert outcome(SLOW, hearing_of(turn("A", 0.0, words(count), 60.0))) == wanted


def words(count: int) -> str:
    return "快" * count


def answer(*said: Turn | Unheard) -> str:
    return outcome(PLAN, hearing_of(*said))


def finding(heard: Hearing) -> Finding:
    (found,) = judged(PLAN, heard).findings
    return found


@pytest.mark.parametrize(
    ("count", "end_s", "wanted"),
    [
        (300, 60.0, "silent"),
        (301, 60.0, "fires"),
        (299, 60.0, "silent"),
        (400, 59.9, "not_applicable"),  # too little to tell
    ],
)
def test_just_below_and_above_the_limit(count: int, end_s: float, wanted: str) -> None:
    assert answer(turn("A", 0.0, words(count), end_s)) == wanted


def test_the_run_need_not_be_one_turn() -> None:
    # |A 30 s|   |A 30 s|      the pause between them is no utterance
    assert answer(turn("A", 0.0, words(150), 30.0), turn("A", 40.0, words(151), 70.0)) == "fires"
    assert answer(turn("A", 0.0, words(150), 30.0), turn("A", 40.0, words(150), 70.0)) == "silent"


def test_the_fastest_run_counts() -> None:
    # |60 s slow|60 s fast|60 s slow|
    heard = hearing_of(
        turn("A", 0.0, words(100), 60.0), turn("A", 60.0, words(400), 120.0), turn("A", 120.0, words(100), 180.0)
    )
    found = finding(heard)
    assert (found.evidence[0].start_s, found.evidence[0].end_s) == (60.0, 120.0)
    assert (found.evidence[0].wanted, found.party) == ("语速400字/分", Party.AGENT)
    assert "语速400字/分" in found.why


@pytest.mark.parametrize("letter", ["C", "S", "?"])
def test_only_the_agents_speech_counts(letter: str) -> None:
    assert answer(turn(letter, 0.0, words(500), 60.0)) == "not_applicable"
    assert answer(turn(letter, 0.0, words(500), 60.0), turn("A", 70.0, words(300), 130.0)) == "silent"


def test_who_says_whom() -> None:
    plan = plan_of(rule_of("metric", {"rate": {"limit_cpm": 300}}, who="customer"))
    assert outcome(plan, hearing_of(turn("C", 0.0, words(400), 60.0))) == "fires"


def test_pauses_below_a_second_belong_to_the_utterance() -> None:
    # |2 s| 0.9 |2 s| 0.9 … : 20 characters in every 2.9 s are 414 a minute; without the pauses they would be 600
    spans = tuple(SpeechSpan(Party.AGENT, at * 2.9, at * 2.9 + 2.0) for at in range(30))
    heard = replace(hearing_of(turn("A", 0.0, words(420), 86.1)), speech=spans)
    ((_, cpm),) = speech_rates(heard, Party.AGENT, 60.0)
    assert cpm == pytest.approx(420 / 86.1 * 60)


def test_pauses_of_a_second_do_not() -> None:
    # |5 s| 1.0 |5 s| 1.0 … in one turn: 12 times 5 s of speech
    spans = tuple(SpeechSpan(Party.AGENT, at * 6.0, at * 6.0 + 5.0) for at in range(12))
    heard = replace(hearing_of(turn("A", 0.0, words(306), 71.0)), speech=spans)
    ((_, cpm),) = speech_rates(heard, Party.AGENT, 60.0)
    assert cpm == pytest.approx(306.0)
    assert outcome(PLAN, heard) == "fires"


def test_speech_that_was_not_heard_makes_nobody_faster() -> None:
    assert answer(turn("A", 0.0, words(290), 60.0), lost("A", 60.0, 90.0)) == "silent"
    assert answer(turn("A", 0.0, words(200), 40.0), lost("A", 40.0, 90.0)) == "not_applicable"


def test_short_words_say_nothing_about_the_rate() -> None:
    assert answer(*(turn("A", 2.0 * at, "好好好好好", 2.0 * at + 0.5) for at in range(200))) == "not_applicable"


@given(
    st.lists(st.tuples(st.integers(6, 80), st.integers(1, 30), st.integers(0, 5)), min_size=1, max_size=12),
    st.sampled_from([5.0, 20.0, 60.0]),
)
def test_every_run_is_long_enough_and_within_the_fastest_and_slowest(
    said: list[tuple[int, int, int]], over_s: float
) -> None:
    at_s, turns = 0.0, []
    for count, length_s, pause_s in said:
        turns.append(turn("A", at_s, words(count), at_s + length_s))
        at_s += length_s + pause_s
    heard = hearing_of(*turns)
    runs = speech_rates(heard, Party.AGENT, over_s)
    rates = [len(one.text) / (one.end_s - one.start_s) * 60 for one in turns]
    assert bool(runs) == (sum(one.end_s - one.start_s for one in turns) >= over_s)
    for span, cpm in runs:
        assert span.duration_s >= over_s - 1e-6
        assert span.start_s >= 0 and span.end_s <= at_s
        assert min(rates) - 1e-6 <= cpm <= max(rates) + 1e-6
