"""How soon the agent is there. Timelines in seconds; A the agent, C the customer; his own words are no waiting."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inspector.model import Because, Finding, Hearing, SoundKind, SoundSpan, Turn
from tests.builders import event_of, hearing_of, judged, lost, outcome, plan_of, rule_of, turn

HOLD = event_of("hold", "稍等", who="agent")
PLAN = plan_of(
    rule_of(
        "metric",
        {"response": {"offer": ["请问有什么可以帮您"], "offer_s": 30, "answer_s": 30, "excused_by": ["event.hold"]}},
    ),
    HOLD,
)
OFFER, ASK = "您好请问有什么可以帮您", "我想查一下我的转账"


def answer(*said: Any, **more: Any) -> str:
    return outcome(PLAN, hearing_of(*said, **more))


def finding(heard: Hearing) -> Finding:
    (found,) = judged(PLAN, heard).findings
    return found


# ---- the offer:  0|—— 30 s ——|


@pytest.mark.parametrize(
    ("offered_s", "wanted"),
    [(29.0, "silent"), (29.5, "silent"), (30.6, "fires"), (40.0, "fires")],
)
def test_help_is_offered_within_half_a_minute(offered_s: float, wanted: str) -> None:
    # The offer begins after 您好, 0.5 s into the turn.
    said = turn("A", offered_s, OFFER, offered_s + 2.75)
    assert answer(said, duration_s=60.0) == wanted


def test_a_greeting_is_no_offer() -> None:
    greeting = turn("A", 1.0, "您好云川银行", 3.0)
    assert answer(greeting, turn("A", 50.0, OFFER, 53.0)) == "fires"
    assert answer(greeting, duration_s=29.0) == "silent"  # the call was over before


def test_an_answer_is_as_good_as_an_offer() -> None:
    # |A 您好|C asks|A answers|
    said = [turn("A", 1.0, "您好", 2.0), turn("C", 3.0, ASK, 6.0)]
    assert answer(*said, turn("A", 8.0, "好的我帮您查一下", 10.0), duration_s=60.0) == "silent"
    assert answer(*said, turn("A", 8.0, "嗯", 8.5), duration_s=60.0) == "fires"


def test_an_announcement_may_offer() -> None:
    assert answer(turn("S", 0.0, OFFER, 3.0), turn("A", 40.0, "您说", 41.0), duration_s=60.0) == "silent"


def test_the_customers_words_are_no_waiting() -> None:
    # |A 您好|C talks for a minute|A answers|
    said = [turn("A", 0.0, "您好", 1.0), turn("C", 2.0, ASK * 10, 64.0)]
    assert answer(*said, turn("A", 66.0, "好的我帮您查一下", 68.0)) == "silent"
    assert answer(*said, turn("A", 95.0, "好的我帮您查一下", 98.0)) == "fires"


def test_a_customer_who_calls_into_an_empty_line_waits() -> None:
    # |C 喂|  |C 喂|  … |A offers at 33|
    calls = [turn("C", 6.0 * at, "喂有人吗", 6.0 * at + 1.5) for at in range(5)]
    assert answer(*calls, turn("A", 33.0, OFFER, 36.0)) == "fires"
    assert answer(turn("A", 0.0, "您好", 0.5), *calls, turn("A", 33.0, OFFER, 36.0)) == "silent"


@pytest.mark.parametrize(
    ("kind", "until_s", "wanted"),
    [(SoundKind.RINGBACK, 20.0, "silent"), (SoundKind.RINGBACK, 5.0, "fires"), (SoundKind.MUSIC, 20.5, "silent")],
)
def test_it_counts_from_the_answer(kind: SoundKind, until_s: float, wanted: str) -> None:
    # |~ ring-back ~|      |A offers at 45|
    heard = hearing_of(turn("A", 44.5, OFFER, 47.0), duration_s=60.0)
    heard = replace(heard, sounds=(SoundSpan(0.0, until_s, kind),))
    assert outcome(PLAN, heard) == wanted


def test_a_menu_that_runs_into_the_first_word_ends_with_it() -> None:
    # |S menu … 40.2|  |A 40 … offers at 60|
    said = [turn("S", 0.0, "正在为您转接人工" * 9, 40.2), turn("A", 40.0, "您好", 41.0), turn("A", 60.0, OFFER, 63.0)]
    assert answer(*said) == "silent"


# ---- the first matter:  |C asks|—— 30 s of the agent's time ——|

HI = turn("A", 0.0, OFFER, 2.0)
FIRST = turn("C", 3.0, ASK, 6.0)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ([turn("A", 36.0, "帮您查到了", 38.0)], "silent"),  # 30.0 s
        ([turn("A", 36.1, "帮您查到了", 38.0)], "fires"),
        ([turn("A", 9.0, "嗯", 9.5), turn("A", 36.1, "帮您查到了", 38.0)], "fires"),
        ([turn("C", 10.0, "我上周三转的五万块钱", 15.0), turn("A", 41.0, "帮您查到了", 43.0)], "silent"),
        ([turn("C", 10.0, "我上周三转的五万块钱", 15.0), turn("A", 41.1, "帮您查到了", 43.0)], "fires"),
        ([turn("A", 10.0, "稍等", 10.5), turn("A", 60.0, "帮您查到了", 62.0)], "silent"),  # a hold announced
        ([turn("A", 10.0, "那个您要转的钱", 10.5)], "silent"),
    ],
)
def test_the_first_matter_is_taken_up_within_half_a_minute(said: list[Turn], wanted: str) -> None:
    assert answer(HI, FIRST, *said, duration_s=70.0) == wanted


def test_short_words_are_no_matter() -> None:
    assert answer(HI, turn("C", 3.0, "喂你好", 4.0), duration_s=70.0) == "silent"


def test_the_evidence_is_the_waiting() -> None:
    found = finding(hearing_of(HI, FIRST, turn("A", 50.0, "帮您查到了", 52.0)))
    (evidence,) = found.evidence
    assert (evidence.start_s, evidence.end_s, evidence.how) == (6.0, 50.0, "metric")
    assert "客户说完后30秒内没有回应" in found.why
    assert found.coverage is not None
    found = finding(hearing_of(turn("A", 50.0, OFFER, 52.0)))
    assert (found.evidence[0].start_s, found.evidence[0].end_s) == (0.0, 30.0)
    assert "接通后30秒内没有问候和提供帮助" in found.why


# ---- what nobody can tell


@pytest.mark.parametrize(
    ("heard", "because"),
    [
        (hearing_of(lost("A", 1.0, 4.0), turn("A", 50.0, "您说", 51.0)), Because.NOT_HEARD),
        (hearing_of(turn("A", 1.0, "你好云船", conf=0.5), duration_s=60.0), Because.LOW_CONFIDENCE),
        (hearing_of(turn("?", 1.0, OFFER), turn("A", 50.0, "您说", 51.0)), Because.PARTY_UNKNOWN),
        (hearing_of(turn("?", 50.0, "喂", 51.0), turn("C", 0.0, ASK, 3.0)), Because.PARTY_UNKNOWN),
        (hearing_of(HI, FIRST, turn("?", 9.0, "好的我帮您查一下"), duration_s=70.0), Because.PARTY_UNKNOWN),
        (hearing_of(HI, FIRST, lost("A", 9.0, 12.0), duration_s=70.0), Because.NOT_HEARD),
        (hearing_of(HI, FIRST, lost("?", 9.0, 12.0), duration_s=70.0), Because.NOT_HEARD),
        (hearing_of(turn("A", 50.0, OFFER), starts_cut=True), Because.CUT_OFF),
    ],
)
def test_words_that_may_have_been_said(heard: Hearing, because: Because) -> None:
    found = finding(heard)
    assert found.undetermined_because is because
    assert found.coverage is not None


@pytest.mark.parametrize(("hole_s", "wanted"), [(20.0, "undetermined"), (2.5, "fires"), (55.0, "fires")])
def test_the_answer_may_be_in_a_part_that_is_missing(hole_s: float, wanted: str) -> None:
    heard = hearing_of(HI, FIRST, turn("A", 50.0, "帮您查到了", 52.0), duration_s=60.0)
    assert outcome(PLAN, replace(heard, recording=replace(heard.recording, holes_s=(hole_s,)))) == wanted


def test_unknown_short_words_change_nothing() -> None:
    assert answer(HI, FIRST, turn("?", 9.0, "嗯"), turn("A", 50.0, "帮您查到了", 52.0)) == "fires"


def test_without_an_agent_there_is_nothing_to_judge() -> None:
    assert answer(turn("C", 1.0, ASK), duration_s=90.0) == "not_applicable"
    assert answer(turn("S", 1.0, ASK), duration_s=90.0) == "not_applicable"
    assert outcome(PLAN, replace(hearing_of(HI), turns=(), speech=())) == "not_applicable"
