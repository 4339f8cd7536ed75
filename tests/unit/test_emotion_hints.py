"""Voices and words to hints. Timelines in seconds; each turn of the quiet call lasts 4 s."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.emotion.hints import Spoken, hints_of
from inspector.emotion.voice import Voice
from inspector.model import EmotionSpan
from tests.builders import turn

CALM = Voice(pitch_hz=200.0, level_dbfs=-30.0, rate_cps=4.0, spoken_s=4.0)
FAST = replace(CALM, rate_cps=5.4)
LOUD = replace(CALM, level_dbfs=-24.0)
HIGH = replace(CALM, pitch_hz=240.0)
ASKS = "我想问一下上个月的账单"


def call(*last: tuple[str, Voice | None], letter: str = "C", calm: int = 5) -> list[Spoken]:
    """|calm| |calm| |calm| |calm| |calm| |last| …, all of one speaker."""
    said = [*[(ASKS, CALM)] * calm, *last]
    return [Spoken(turn(letter, 5.0 * at, text, 5.0 * at + 4.0), voice) for at, (text, voice) in enumerate(said)]


def only(spoken: list[Spoken]) -> EmotionSpan:
    (hint,) = hints_of(spoken)
    return hint


def with_voice(**changed: float) -> Voice:
    return replace(CALM, **changed)


@pytest.mark.parametrize(
    ("voice", "why"),
    [
        (with_voice(rate_cps=5.4, level_dbfs=-24.0), ("语速 +35 %", "音量 +6 dB")),
        (with_voice(rate_cps=5.4, pitch_hz=240.0), ("语速 +35 %", "音高 +20 %")),
        (with_voice(rate_cps=5.4, level_dbfs=-24.0, pitch_hz=240.0), ("语速 +35 %", "音量 +6 dB", "音高 +20 %")),
    ],
)
def test_fast_and_with_effort_is_agitation(voice: Voice, why: tuple[str, ...]) -> None:
    hint = only(call((ASKS, voice)))
    assert (hint.label, hint.why, hint.party) == ("agitation", why, "customer")
    assert (hint.start_s, hint.end_s) == (25.0, 29.0)


@pytest.mark.parametrize("voice", [FAST, LOUD, HIGH, replace(LOUD, pitch_hz=240.0)])
def test_one_kind_of_reason_is_none(voice: Voice) -> None:
    """Loud and high come together: raising the voice raises both."""
    assert hints_of(call((ASKS, voice))) == ()


@pytest.mark.parametrize(
    ("below", "at"),
    [
        ({"rate_cps": 4.99}, {"rate_cps": 5.0}),
        ({"level_dbfs": -26.1}, {"level_dbfs": -26.0}),
        ({"pitch_hz": 229.0}, {"pitch_hz": 230.1}),
    ],
)
def test_just_below_and_at_the_limit(below: dict[str, float], at: dict[str, float]) -> None:
    assert only(call(("我要投诉你们", with_voice(**below)))).label == "negativity"
    assert only(call(("我要投诉你们", with_voice(**at)))).label == "agitation"


def test_an_octave_is_a_fault_of_the_measure() -> None:
    assert only(call(("我要投诉你们", with_voice(pitch_hz=400.0)))).label == "negativity"


def test_words_alone_are_negativity() -> None:
    one, three = (only(call((text, CALM))) for text in ("我要投诉你们", "我要投诉你们什么态度太过分了"))
    assert (one.label, one.why) == ("negativity", ("投诉",))
    assert three.why == ("投诉", "什么态度", "太过分")
    assert 0 < one.score < three.score < 0.7


def test_words_and_voice_are_agitation_and_surer() -> None:
    words, voice = only(call(("已经第三次了还是这样", CALM))), only(call(("已经第三次了还是这样", FAST)))
    assert (voice.label, voice.why) == ("agitation", ("语速 +35 %", "已经第三次"))
    assert voice.score > words.score


def test_without_enough_of_the_speaker_only_words_count() -> None:
    excited = with_voice(rate_cps=6.0, level_dbfs=-20.0)
    assert hints_of(call((ASKS, excited), calm=2)) == (), "two turns"
    assert only(call((ASKS, excited), calm=3)).label == "agitation"
    short = [replace(one, voice=replace(CALM, spoken_s=3.0)) for one in call(calm=3)]  # 9 s
    assert hints_of([*short, *call((ASKS, excited), calm=0)]) == ()
    assert only(call(("我要投诉你们", excited), calm=2)).why == ("投诉",)
    assert only(call(("我要投诉你们", None))).why == ("投诉",)


def test_each_speaker_has_a_usual_of_their_own() -> None:
    """The agent speaks as fast and loud throughout as the customer does at the end."""
    excited = with_voice(rate_cps=6.0, level_dbfs=-20.0)
    agent = [replace(one, voice=excited) for one in call(letter="A")]
    assert hints_of(agent) == ()
    hint = only([*agent, *call((ASKS, excited))])
    assert hint.party == "customer"


def test_the_usual_is_from_the_first_minute_without_cues() -> None:
    """15 calm turns, then 30 excited ones: the many do not become the usual."""
    excited = (ASKS, with_voice(rate_cps=6.0, level_dbfs=-20.0))
    assert len(hints_of(call(*[excited] * 30, calm=15))) == 30
    angry_first = [("我要投诉你们", with_voice(rate_cps=6.0, level_dbfs=-20.0))] * 4
    spoken = [Spoken(one.turn, one.voice) for one in (*call(*angry_first, calm=0), *call(calm=5))]
    assert {hint.label for hint in hints_of(spoken)} == {"agitation"}


def test_a_lively_speaker_must_go_further() -> None:
    lively = [
        Spoken(one.turn, replace(CALM, rate_cps=rate, level_dbfs=level))
        for one, rate, level in zip(call(calm=6), (3.0, 5.2, 4.0, 3.1, 5.0, 4.1), (-35, -25, -30) * 2, strict=True)
    ]
    excited = Spoken(turn("C", 60.0, ASKS, 64.0), with_voice(rate_cps=5.4, level_dbfs=-24.0))
    assert hints_of([*lively, excited]) == ()


VOICES = st.builds(Voice, st.floats(80, 390), st.floats(-50, -5), st.floats(1, 11), st.floats(1, 60))
SAID = st.lists(
    st.tuples(st.sampled_from("AC"), st.sampled_from([ASKS, "我要投诉气死我了", "爱找谁找谁"]), st.none() | VOICES)
)


@given(SAID)
def test_whatever_is_said(said: list[tuple[str, str, Voice | None]]) -> None:
    spoken = [
        Spoken(turn(letter, 5.0 * at, text, 5.0 * at + 4.0), voice) for at, (letter, text, voice) in enumerate(said)
    ]
    hints = hints_of(spoken)
    starts = [hint.start_s for hint in hints]
    assert starts == sorted(set(starts)) and set(starts) <= {one.turn.start_s for one in spoken}
    assert all(hint.why and hint.label in ("agitation", "negativity") and hint.score > 0 for hint in hints)
    assert all(len(hint.why) >= 2 for hint in hints if hint.label == "agitation")
