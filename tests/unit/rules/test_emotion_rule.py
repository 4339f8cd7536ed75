"""Emotion: voice and words together, neither alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inspector.model import Because, EmotionSpan, Finding, Hearing, Party, Turn, Unheard
from tests.builders import PARTIES, hearing_of, judged, lost, outcome, plan_of, rule_of, turn

WORDS = "太过分了"


def plan(letter_who: str = "customer", **emotion: Any) -> Any:
    return plan_of(rule_of("signal", {"phrases": [WORDS], "emotion": emotion}, who=letter_who, unless=["negation"]))


PLAN = plan()


def heard(*said: Turn | Unheard, voice: list[tuple[Any, ...]] = [], has_sound: bool = True) -> Hearing:  # noqa: B006
    """``voice``: (party, start, end, score, label)."""
    spans = (
        EmotionSpan(PARTIES[who], start_s, end_s, rest[1] if rest[1:] else "agitation", rest[0], ("音量 +6 dB",))
        for who, start_s, end_s, *rest in voice
    )
    return replace(hearing_of(*said), emotions=tuple(spans), has_sound=has_sound)


SAID = turn("C", 20.0, "你们" + WORDS, 22.0)


@pytest.mark.parametrize(
    ("voice", "wanted"),
    [
        ([("C", 20.0, 22.0, 0.7), ("C", 25.0, 26.0, 0.7)], "fires"),  # two turns
        ([("C", 20.0, 22.0, 0.7), ("C", 25.0, 26.0, 0.69)], "silent"),
        ([("C", 20.0, 26.0, 0.7)], "fires"),  # one of 6 s
        ([("C", 20.0, 25.9, 0.7)], "silent"),
        ([("C", 20.0, 22.0, 0.9, "negativity"), ("C", 25.0, 26.0, 0.9, "negativity")], "silent"),  # words only
        ([("A", 20.0, 22.0, 0.9), ("A", 25.0, 26.0, 0.9)], "silent"),
        ([("?", 20.0, 22.0, 0.9), ("?", 25.0, 26.0, 0.9)], "silent"),
        ([], "silent"),
    ],
)
def test_the_voice_must_show_it_often_or_long_enough(voice: list[tuple[Any, ...]], wanted: str) -> None:
    assert outcome(PLAN, heard(SAID, voice=voice)) == wanted


# words at 20 s: voice that ends 10 s before or begins 10 s after is near
@pytest.mark.parametrize(
    ("start_s", "end_s", "wanted"),
    [(3.0, 10.0, "fires"), (3.0, 9.9, "silent"), (30.0, 37.0, "fires"), (30.1, 37.0, "silent")],
)
def test_how_far_the_words_may_be(start_s: float, end_s: float, wanted: str) -> None:
    said = turn("C", 20.0, WORDS, 22.0)
    assert outcome(PLAN, heard(said, voice=[("C", start_s, end_s, 0.9)])) == wanted


LOUD = [("C", 20.0, 27.0, 0.9)]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ([SAID], "fires"),
        ([turn("C", 20.0, "你们很好", 22.0)], "silent"),  # a voice alone
        ([turn("C", 20.0, "没有" + WORDS, 22.0)], "silent"),  # the guard cancels it
        ([turn("A", 20.0, WORDS, 22.0), turn("C", 25.0, "喂")], "silent"),
        ([turn("?", 20.0, WORDS, 22.0), turn("C", 25.0, "喂")], "silent"),
        ([turn("C", 20.0, "太过份了", 22.0)], "fires"),  # by sound
    ],
)
def test_the_words_must_fit(said: list[Turn], wanted: str) -> None:
    assert outcome(PLAN, heard(*said, voice=LOUD)) == wanted


def test_a_turn_with_two_labels_is_one_turn() -> None:
    both = plan(labels=["agitation", "negativity"])
    one = [("C", 20.0, 22.0, 0.9), ("C", 20.0, 22.0, 0.9, "negativity")]
    assert outcome(both, heard(SAID, voice=one)) == "silent"
    assert outcome(both, heard(SAID, voice=[*one, ("C", 25.0, 26.0, 0.9)])) == "fires"


def test_words_and_voice_are_of_the_same_person() -> None:
    calm_agent = turn("A", 20.0, WORDS, 22.0)
    assert outcome(plan("any"), heard(calm_agent, turn("C", 25.0, "喂"), voice=LOUD)) == "silent"
    assert outcome(plan("any"), heard(SAID, voice=LOUD)) == "fires"


def finding(hearing: Hearing) -> Finding:
    (found,) = judged(PLAN, hearing).findings
    return found


def test_the_evidence_is_both() -> None:
    found = finding(heard(SAID, voice=LOUD))
    assert [(one.how, one.quote, one.wanted) for one in found.evidence] == [
        ("emotion", "", "音量 +6 dB"),
        ("exact", WORDS, WORDS),
    ]
    assert found.party is Party.CUSTOMER


def test_without_sound_nobody_can_tell() -> None:
    found = finding(heard(SAID, has_sound=False))
    assert found.undetermined_because is Because.NO_SOUND
    assert found.coverage is not None
    assert outcome(PLAN, heard(turn("C", 20.0, "喂"), has_sound=False)) == "silent"  # no words, nothing to ask
    assert outcome(PLAN, "0:20 C [agitation=0.9] 太过分了\n0:25 C [agitation=0.9] 气死我了") == "fires"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ([turn("A", 1.0, "您好")], "not_applicable"),  # the customer never spoke
        ([turn("C", 0.0, "喂", 1.0), lost("C", 2.0, 9.0)], "undetermined"),  # a lane that was lost
        ([turn("C", 0.0, "喂喂喂喂", 8.0), lost("C", 9.0, 11.0)], "silent"),
    ],
)
def test_a_customer_who_was_not_heard(said: list[Any], wanted: str) -> None:
    assert outcome(PLAN, heard(*said)) == wanted
