"""Turns joined to passages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.model import Party
from inspector.rules.passages import passages_of
from tests.builders import hearing_of, turn


def texts(*said: object) -> list[str]:
    return [found.text for found in passages_of(hearing_of(*said))]  # type: ignore[arg-type]


@pytest.mark.parametrize(("pause_s", "joined"), [(0.0, True), (3.99, True), (4.0, False), (9.0, False)])
def test_a_pause_below_four_seconds_joins(pause_s: float, joined: bool) -> None:
    found = texts(turn("A", 0.0, "本次通话", 1.0), turn("A", 1.0 + pause_s, "将会录音", 2.5 + pause_s))
    assert found == (["本次通话将会录音"] if joined else ["本次通话", "将会录音"])


@pytest.mark.parametrize(
    ("between", "joined"),
    [("嗯", True), ("对对，对对！", True), ("嗯嗯嗯嗯嗯", False), ("我想问一下", False)],
)
def test_a_backchannel_does_not_part(between: str, joined: bool) -> None:
    found = texts(turn("A", 0.0, "本次通话", 1.0), turn("C", 1.1, between, 1.6), turn("A", 1.8, "将会录音", 2.8))
    assert ("本次通话将会录音" in found) is joined


def test_backchannels_add_up() -> None:
    found = texts(
        turn("A", 0.0, "本次通话", 1.0),
        turn("C", 1.1, "嗯嗯嗯", 1.4),
        turn("C", 1.5, "对对", 1.7),
        turn("A", 1.8, "将会", 2.4),
    )
    assert "本次通话将会" not in found


def test_parties_are_never_joined_and_come_by_time() -> None:
    found = passages_of(hearing_of(turn("C", 0.5, "喂"), turn("A", 0.0, "您好"), turn("?", 1.0, "请讲")))
    assert [(one.party, one.text) for one in found] == [
        (Party.AGENT, "您好"),
        (Party.CUSTOMER, "喂"),
        (Party.UNKNOWN, "请讲"),
    ]


def test_a_turn_of_signs_only_is_no_passage() -> None:
    assert texts(turn("A", 0.0, "……"), turn("C", 3.0, "😀！")) == []


def test_breaks_stand_where_punctuation_stood_or_a_turn_began() -> None:
    (found,) = passages_of(hearing_of(turn("A", 0.0, "您好，请讲。", 1.5), turn("A", 2.0, "我在", 2.5)))
    assert found.text == "您好请讲我在"
    assert found.breaks == {2, 4}


def test_a_quote_is_as_heard_also_across_turns() -> None:
    (found,) = passages_of(
        hearing_of(turn("A", 0.0, "保證，", 1.0), turn("A", 1.2, "本金！", 2.0), turn("A", 2.2, "和收益", 3.0))
    )
    assert found.text == "保证本金和收益"
    assert found.quote(0, 2) == "保證"
    assert found.quote(1, 5) == "證，本金！和"
    assert found.quote(2, 4) == "本金"


def test_characters_keep_their_times_and_confidence() -> None:
    (found,) = passages_of(hearing_of(turn("A", 1.0, "您，好", 2.5, conf=0.5), turn("A", 3.0, "啊", 3.5, conf=0.9)))
    assert found.starts_s == (1.0, 2.0, 3.0)
    assert found.ends_s == (1.5, 2.5, 3.5)
    assert found.confidence == (0.5, 0.5, 0.9)


def test_nothing_is_joined_over_a_part_of_the_call_that_is_missing() -> None:
    # |A 保证|  ? |A 本金|      the hole is between them, and 1 s of the clock
    heard = hearing_of(turn("A", 0.0, "保证", 1.0), turn("A", 2.0, "本金", 3.0))
    broken = replace(heard, recording=replace(heard.recording, holes_s=(1.5,)))
    assert [found.text for found in passages_of(heard)] == ["保证本金"]
    assert [found.text for found in passages_of(broken)] == ["保证", "本金"]
