"""Interruptions that count against an agent: the bar is high. Timelines in seconds; A the agent, C the customer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inspector.model import Because, Finding, Hearing, Layout, Severity, Turn, Unheard
from tests.builders import hearing_of, judged, lost, outcome, plan_of, rule_of, turn

ASKS = "我想问一下我上个月的信用卡账单上面多了一笔"
ENDS = "我想问一下上个月的信用卡账单是怎么回事呢"
CUTS = "您这个要去网点办理的"
ONCE = rule_of("metric", {"interruption": {"least": 1}})
TWICE = rule_of(
    "metric", {"interruption": {"least": 2, "worse": [{"from_count": 3, "severity": "medium"}]}}, severity="low"
)


def once(*said: Turn | Unheard) -> str:
    return outcome(plan_of(ONCE), hearing_of(*said))


def cut(at_s: float, floor_s: float, agent_s: float, text: str = CUTS, asks: str = ASKS) -> list[Turn]:
    """The customer speaks from 0 for ``floor_s``; the agent from ``at_s`` for ``agent_s``."""
    return [turn("C", 0.0, asks, floor_s), turn("A", at_s, text, at_s + agent_s)]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (cut(2.0, 4.0, 5.0), "fires"),  #   C |####|      A   |#####|      both for 2.0 s
        (cut(2.0, 3.9, 5.0), "silent"),  # 1.9 s: neither long enough nor broken off at once
        (cut(2.0, 8.0, 2.0), "fires"),  #   C |########|  A   |##|
        (cut(2.0, 8.0, 1.9), "silent"),
        (cut(1.0, 8.0, 4.0), "fires"),
        (cut(0.9, 8.0, 4.0), "silent"),  # the customer had hardly begun
        (cut(2.0, 3.0, 4.0), "fires"),  #   C |###|       A   |####|       broke off after 1.0 s, A goes on for 3.0 s
        (cut(2.0, 3.0, 3.9), "silent"),  # A goes on for 2.9 s
        (cut(2.0, 3.1, 6.0), "silent"),  # broke off after 1.1 s
        (cut(2.0, 2.5, 4.0), "fires"),
        (cut(2.0, 2.4, 4.0), "silent"),  # 0.4 s is how turns change
        (cut(2.0, 3.0, 4.0, asks=ENDS), "silent"),  # a whole sentence: had finished
        (cut(2.0, 4.0, 5.0, asks=ENDS), "fires"),  # nobody finishes for 2 s
        (cut(2.0, 8.0, 4.0, "那不行"), "silent"),  # three characters
        (cut(2.0, 8.0, 4.0, "那不行的"), "fires"),
        (cut(2.0, 8.0, 4.0, "好的好的明白"), "silent"),  # assent
    ],
)
def test_just_below_and_above_each_limit(said: list[Turn], wanted: str) -> None:
    assert once(*said) == wanted


def test_words_that_were_not_heard_accuse_nobody() -> None:
    assert once(turn("C", 0.0, ASKS, 8.0), lost("A", 2.0, 8.0)) == "silent"


@pytest.mark.parametrize(
    ("floor", "wanted"),
    [
        ([turn("C", 0.0, ASKS, 3.0)], "fires"),
        ([lost("C", 0.0, 3.0)], "silent"),  # who knows whether it was a whole sentence
        ([turn("C", 0.0, ASKS, 2.4), lost("C", 2.4, 3.0)], "silent"),  # its end was not heard
    ],
)
def test_a_sentence_that_was_not_heard_to_its_end_may_have_been_whole(floor: list[Any], wanted: str) -> None:
    assert once(*floor, turn("A", 2.0, CUTS, 7.0)) == wanted


def monologue(length_s: float, *more: Turn) -> list[Turn]:
    """A customer who talks in sentences of 5 s with half a second of breath, whom the agent asks to let him speak."""
    said = [turn("C", 5.5 * at, ASKS, 5.5 * at + 5.0) for at in range(30) if 5.5 * at < length_s + 5]
    return [*said, turn("A", length_s, "不好意思打断您一下我先确认", length_s + 4.0), *more]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (monologue(62.5), "silent"),
        (monologue(57.0), "fires"),
        (monologue(62.5, turn("A", 21.0, "您的卡号是多少", 21.4)), "fires"),  # he spoke 40 s ago
        (monologue(62.5, turn("A", 21.0, "嗯", 21.4)), "silent"),
        ([turn("C", 0.0, ASKS, 70.0), turn("A", 62.0, CUTS, 66.0)], "fires"),  # not politely
    ],
)
def test_a_polite_word_after_a_minute_is_allowed(said: list[Turn], wanted: str) -> None:
    assert once(*said) == wanted


# ---- how many, how bad


def cuts(count: int) -> Hearing:
    said = [turn("C", 20.0 * at, ASKS, 20.0 * at + 6.0) for at in range(count)]
    return hearing_of(*said, *(turn("A", 20.0 * at + 2.0, CUTS, 20.0 * at + 7.0) for at in range(count)))


@pytest.mark.parametrize(
    ("count", "severity"), [(1, None), (2, Severity.LOW), (3, Severity.MEDIUM), (4, Severity.MEDIUM)]
)
def test_how_many_make_a_finding(count: int, severity: Severity | None) -> None:
    inspection = judged(plan_of(TWICE), cuts(count))
    assert [found.severity for found in inspection.findings] == ([severity] if severity else [])
    for found in inspection.findings:
        assert [one.start_s for one in found.evidence] == [20.0 * at + 2.0 for at in range(count)]
        assert found.evidence[0].wanted == "重叠4.0秒"
        assert f"共{count}次" in found.why


# ---- whose voice is it?


def finding(heard: Hearing) -> Finding:
    (found,) = judged(plan_of(TWICE), heard).findings
    return found


@pytest.mark.parametrize("layout", [Layout.MONO, Layout.DUAL_MONO])
def test_one_channel_proves_nothing(layout: Layout) -> None:
    heard = cuts(2)
    found = finding(replace(heard, recording=replace(heard.recording, layout=layout)))
    assert found.undetermined_because is Because.PARTY_UNKNOWN
    assert found.coverage is not None and len(found.evidence) == 2
    one = cuts(1)
    assert outcome(plan_of(TWICE), replace(one, recording=replace(one.recording, layout=layout))) == "silent"


def test_an_unknown_voice_that_cuts_in_may_be_the_agent() -> None:
    # customer  |##############|
    # agent         |#####|             once for sure
    # unknown                   |?????| and perhaps once more
    once_more = [turn("C", 100.0, ASKS, 106.0), turn("?", 102.0, CUTS, 109.0)]
    found = finding(hearing_of(*cuts(1).turns, *once_more))
    assert found.undetermined_because is Because.PARTY_UNKNOWN
    assert found.coverage is not None and len(found.evidence) == 1


def test_an_unknown_voice_elsewhere_changes_nothing() -> None:
    assert outcome(plan_of(TWICE), hearing_of(*cuts(2).turns, turn("?", 90.0, "喂"))) == "fires"
    assert outcome(plan_of(TWICE), hearing_of(*cuts(1).turns, turn("?", 90.0, "喂"))) == "silent"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ([turn("A", 0.0, ASKS, 6.0), turn("?", 2.0, CUTS, 9.0)], "undetermined"),
        ([turn("?", 0.0, ASKS, 6.0), turn("?", 2.0, CUTS, 9.0)], "not_applicable"),
        ([turn("A", 0.0, ASKS, 6.0)], "silent"),
        ([turn("C", 0.0, ASKS, 6.0), turn("S", 2.0, CUTS, 9.0)], "silent"),  # a machine interrupts nobody
        ([turn("A", 0.0, ASKS, 6.0), turn("C", 2.0, CUTS, 9.0)], "silent"),  # the customer may
    ],
)
def test_who_interrupts_whom(said: list[Turn], wanted: str) -> None:
    assert once(*said) == wanted


def test_an_empty_call() -> None:
    assert outcome(plan_of(ONCE), replace(cuts(1), turns=(), speech=())) == "not_applicable"
