"""Silence: how long, after which words, on whose account."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inspector.model import Because, Hearing, Severity, Turn, Unheard
from tests.builders import hearing_of, judged, lost, outcome, shipped_plan, turn

RULE = "service.long_silence"


def quiet(length_s: float, *said: Turn | Unheard, **more: Any) -> Hearing:
    """The customer asks, what was said is said, then nothing until the agent speaks again."""
    before = (turn("C", 0.0, "我的转账没到账", 3.0), *said)
    end_s = max(one.end_s for one in before)
    return hearing_of(*before, turn("A", end_s + length_s, "查到了已经处理了", end_s + length_s + 3.0), **more)


def answer(heard: Hearing, **facts: Any) -> str:
    return outcome(shipped_plan(), heard, RULE, **facts)


WAIT = turn("A", 3.5, "请您稍等", 5.0)
FIND = turn("A", 3.5, "麻烦您找一下卡片", 6.0)


@pytest.mark.parametrize(
    ("length_s", "said", "wanted"),
    [
        (14.9, (), "silent"),
        (15.0, (), "fires"),
        (44.9, (WAIT,), "silent"),
        (45.0, (WAIT,), "fires"),
        (59.9, (FIND,), "silent"),
        (60.0, (FIND,), "fires"),
        (59.9, (WAIT, FIND), "silent"),  # the kindest limit holds
    ],
)
def test_just_below_and_at_the_limit(length_s: float, said: tuple[Turn, ...], wanted: str) -> None:
    assert answer(quiet(length_s, *said)) == wanted


@pytest.mark.parametrize(
    ("length_s", "severity"), [(15.0, Severity.LOW), (29.9, Severity.LOW), (30.0, Severity.MEDIUM)]
)
def test_long_ones_are_worse(length_s: float, severity: Severity) -> None:
    (finding,) = [found for found in judged(shipped_plan(), quiet(length_s)).findings if found.rule_id == RULE]
    assert finding.severity is severity
    assert finding.evidence[0].wanted == f"静音{length_s:.1f}秒"
    assert f"最长{length_s:.1f}秒" in finding.why


def test_each_silence_is_shown() -> None:
    heard = hearing_of(turn("A", 0.0, "您好", 1.0), turn("C", 21.0, "喂", 22.0), turn("A", 41.0, "在", 42.0))
    (finding,) = [found for found in judged(shipped_plan(), heard).findings if found.rule_id == RULE]
    assert [(one.start_s, one.end_s) for one in finding.evidence] == [(1.0, 21.0), (22.0, 41.0)]


@pytest.mark.parametrize(("said_until_s", "wanted"), [(6.0, "silent"), (4.0, "fires")])
def test_a_notice_holds_for_fifteen_seconds(said_until_s: float, wanted: str) -> None:
    notice = turn("A", 3.0, "请您稍等", said_until_s)
    heard = hearing_of(notice, turn("C", 19.0, "好", 20.0), turn("A", 50.0, "查到了", 52.0))
    assert answer(heard) == wanted


def test_a_notice_after_the_silence_is_none() -> None:
    assert answer(hearing_of(turn("C", 0.0, "喂", 1.0), turn("A", 21.0, "请您稍等", 23.0))) == "fires"


def test_sounds_are_not_silence() -> None:
    assert answer(quiet(40.0, sounds=((3.0, 42.0),))) == "silent"
    assert answer(quiet(40.0, sounds=((3.0, 10.0),))) == "fires"
    assert answer(quiet(20.0, sounds=((12.0, 13.0),))) == "silent"  # two short ones, no long one


def test_speech_that_was_not_heard_is_not_silence() -> None:
    assert (
        answer(hearing_of(turn("A", 0.0, "您好", 1.0), lost("C", 1.0, 30.0), turn("A", 31.0, "好", 32.0))) == "silent"
    )


@pytest.mark.parametrize(
    ("held", "wanted"),
    [(((3.0, 23.0),), "silent"), (((3.0, 13.5),), "silent"), (((3.0, 12.5),), "fires"), (((30.0, 60.0),), "fires")],
)
def test_more_than_half_on_hold_is_excused(held: tuple[tuple[float, float], ...], wanted: str) -> None:
    assert answer(quiet(20.0), hold_spans=held) == wanted


def test_after_the_farewell_nobody_need_speak() -> None:
    assert answer(hearing_of(turn("A", 0.0, "感谢您的来电再见", 3.0), duration_s=90.0)) == "silent"
    assert answer(hearing_of(turn("A", 0.0, "好的知道了", 3.0), duration_s=90.0)) == "fires"


@pytest.mark.parametrize(
    ("lost_s", "length_s", "wanted"),
    [
        (0.9, 20.0, "undetermined"),
        (0.7, 20.0, "fires"),  # too short for 请您稍等
        (0.9, 59.0, "undetermined"),
        (0.9, 60.0, "fires"),  # no notice would allow as much
    ],
)
def test_a_notice_may_have_been_lost(lost_s: float, length_s: float, wanted: str) -> None:
    heard = quiet(length_s, lost("A", 3.5, 3.5 + lost_s))
    assert answer(heard) == wanted
    if wanted == "undetermined":
        (finding,) = [found for found in judged(shipped_plan(), heard).findings if found.rule_id == RULE]
        assert finding.undetermined_because is Because.NOT_HEARD
        assert finding.coverage is not None


def test_a_lost_farewell_leaves_the_end_of_the_call_open() -> None:
    heard = hearing_of(turn("C", 0.0, "谢谢", 1.0), lost("A", 1.5, 3.0), duration_s=90.0)
    assert answer(heard) == "undetermined"


def test_a_call_without_speech_has_no_silence() -> None:
    assert answer(replace(hearing_of(turn("A", 0.0, "喂")), turns=(), speech=())) == "not_applicable"


def test_no_silence_reaches_over_a_part_of_the_call_that_is_missing() -> None:
    # |A 好|  10 s  ? 10 s  |A 好|      nobody knows how long it was quiet in between
    heard = hearing_of(turn("A", 0.0, "好", 1.0), turn("A", 21.0, "好", 22.0))
    broken = replace(heard, recording=replace(heard.recording, holes_s=(11.0,)))
    assert answer(heard) == "fires"
    assert answer(broken) == "silent"
    assert judged(shipped_plan(), broken).metrics.longest_silence_s == 10.0
