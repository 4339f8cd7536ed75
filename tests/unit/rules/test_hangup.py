"""Who hung up on whom. Timelines in seconds; A the agent, C the customer; the call ends with its last line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inspector.model import Because, Finding, Hearing, Party, Turn, Unheard
from tests.builders import event_of, hearing_of, judged, lost, outcome, plan_of, rule_of, turn

BYE = event_of("bye", "再见", "感谢来电")


def plan(by: str = "agent") -> Any:
    return plan_of(rule_of("metric", {"hangup": {"by": by, "within_s": 3, "not_after": ["event.bye"]}}), BYE)


PLAN = plan()
HELLO = turn("A", 0.0, "您好请讲", 2.0)
SPEAKS = turn("C", 10.0, "我跟你说我这个钱", 20.0)
ASKS = turn("C", 10.0, "那到底什么时候能到账呢", 20.0)


def ended(*said: Turn | Unheard, after_s: float = 0.0, **more: Any) -> Hearing:
    """A call that goes on for so long after the last word."""
    return hearing_of(HELLO, *said, duration_s=max(one.end_s for one in said) + after_s, **more)


def answer(heard: Hearing, by: str | None = "agent") -> str:
    return outcome(PLAN, heard, hangup_by=by)


@pytest.mark.parametrize(
    ("last", "after_s", "wanted"),
    [
        (SPEAKS, 0.0, "fires"),  #  C |#######|  the agent hangs up within 3 s
        (SPEAKS, 3.0, "fires"),
        (SPEAKS, 3.1, "silent"),  # silence before it was ended: nobody was cut off
        (ASKS, 3.1, "fires"),  # but a question was left
        (ASKS, 60.0, "fires"),
        (turn("C", 10.0, "我该怎么办啊", 20.0), 9.0, "fires"),
        (turn("C", 10.0, "这算什么？", 20.0), 9.0, "fires"),
        (turn("C", 10.0, "你能不能给我说说清楚", 20.0), 9.0, "fires"),
        (turn("C", 10.0, "好的谢谢啊", 20.0), 9.0, "silent"),  # no question
        (turn("C", 10.0, "那没什么", 20.0), 9.0, "silent"),
        (turn("A", 10.0, "还有什么可以帮您吗", 20.0), 0.0, "silent"),  # the agent had the last word
        (turn("S", 10.0, "请您评价", 20.0), 0.0, "silent"),
        (turn("?", 10.0, "我跟你说我这个钱", 20.0), 0.0, "silent"),  # perhaps the agent himself
    ],
)
def test_speaking_or_asking_last(last: Turn, after_s: float, wanted: str) -> None:
    assert answer(ended(last, after_s=after_s)) == wanted


@pytest.mark.parametrize(
    ("by", "wanted"), [("agent", "fires"), ("customer", "not_applicable"), (None, "not_applicable")]
)
def test_it_must_be_known_who_hung_up(by: str | None, wanted: str) -> None:
    assert answer(ended(SPEAKS), by) == wanted


def test_the_customer_may_be_asked_about_too() -> None:
    heard = hearing_of(turn("C", 0.0, "喂", 1.0), turn("A", 5.0, "您这个需要先核实一下", 9.0))
    assert outcome(plan("customer"), heard, hangup_by="customer") == "fires"
    assert outcome(plan("customer"), heard, hangup_by="agent") == "not_applicable"


# |… 再见|  15 s …  |end
@pytest.mark.parametrize(
    ("letter", "until_s", "wanted"),
    [("A", 5.1, "silent"), ("A", 4.9, "fires"), ("C", 5.1, "silent"), ("?", 5.1, "silent")],
)
def test_after_a_farewell_of_anybody(letter: str, until_s: float, wanted: str) -> None:
    assert answer(ended(turn(letter, 3.0, "再见", until_s), SPEAKS)) == wanted


def finding(heard: Hearing) -> Finding:
    (found,) = judged(PLAN, heard, hangup_by="agent").findings
    return found


@pytest.mark.parametrize(
    ("lost_s", "letter", "wanted"),
    [(0.8, "A", "undetermined"), (0.7, "A", "fires"), (0.8, "C", "undetermined"), (0.8, "?", "undetermined")],
)
def test_a_farewell_may_have_been_lost(lost_s: float, letter: str, wanted: str) -> None:
    heard = ended(lost(letter, 8.0, 8.0 + lost_s), SPEAKS)
    assert answer(heard) == wanted
    if wanted == "undetermined":
        assert finding(heard).undetermined_because is Because.NOT_HEARD


def test_a_farewell_lost_long_before_the_end_changes_nothing() -> None:
    assert answer(ended(lost("A", 3.0, 4.0), turn("C", 30.0, "我跟你说我这个钱", 40.0))) == "fires"


def test_a_farewell_may_be_what_was_guessed() -> None:
    assert answer(ended(turn("A", 6.0, "在建设", 7.0, conf=0.2), SPEAKS)) == "undetermined"


@pytest.mark.parametrize("lost_s", [0.5, 5.0])
def test_last_words_that_were_not_heard_prove_nothing(lost_s: float) -> None:
    """They may have been 好的再见; the words before them are not shown as the last."""
    found = finding(ended(turn("C", 3.0, "我想问个事", 5.0), lost("C", 10.0, 10.0 + lost_s)))
    assert found.undetermined_because is Because.NOT_HEARD
    assert found.evidence[0].quote == ""


def test_the_evidence_is_what_was_cut_off() -> None:
    found = finding(ended(ASKS))
    (evidence,) = found.evidence
    assert (evidence.start_s, evidence.end_s, evidence.party) == (10.0, 20.0, Party.CUSTOMER)
    assert (evidence.quote, evidence.wanted, evidence.how) == (ASKS.text, "hangup_by=agent", "entity")
    assert found.coverage is not None and (found.coverage.start_s, found.coverage.end_s) == (5.0, 20.0)


def test_a_recording_that_ends_before_the_call_shows_no_hang_up() -> None:
    assert finding(ended(SPEAKS, ends_early=True)).undetermined_because is Because.CUT_OFF


@pytest.mark.parametrize(("hole_s", "wanted"), [(20.0, "undetermined"), (5.0, "undetermined"), (4.9, "fires")])
def test_a_last_part_that_is_missing(hole_s: float, wanted: str) -> None:
    heard = ended(SPEAKS)
    assert answer(replace(heard, recording=replace(heard.recording, holes_s=(hole_s,)))) == wanted


def test_an_empty_call() -> None:
    assert answer(replace(ended(SPEAKS), turns=(), speech=())) == "not_applicable"
