"""The same said again and again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.model import Because, Finding, Turn
from inspector.rules.repeat import likeness
from tests.builders import hearing_of, judged, outcome, plan_of, rule_of, turn

SAME = "我上次那个问题还没有解决"


def plan(**limits: Any) -> Any:
    return plan_of(rule_of("signal", {"repeat": {"times": 2, **limits}}, who=limits.pop("who", "customer")))


def call(*texts: str, letter: str = "C", conf: float = 1.0) -> list[Turn]:
    return [turn(letter, 10.0 * n, text, conf=conf) for n, text in enumerate(texts, 1)]


def answer(*texts: str, **limits: Any) -> str:
    return outcome(plan(**limits), hearing_of(*call(*texts)))


def finding(*said: Turn, **limits: Any) -> Finding:
    (found,) = judged(plan(**limits), hearing_of(*said)).findings
    return found


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        ([SAME, SAME], "fires"),
        ([SAME, "好的", "我上次那个问题还没解决"], "fires"),  # 11 of 12 syllables
        ([SAME, "我上次那个文题还没有解绝"], "fires"),  # as a recogniser writes it
        ([SAME, "我上次那件事情还没有办完"], "silent"),
        ([SAME], "silent"),
        (["嗯嗯嗯嗯", "嗯嗯嗯嗯", "嗯嗯嗯嗯"], "silent"),  # backchannels are never looked at
        ([SAME, "另外我想问下利率怎么算的", SAME], "fires"),
    ],
)
def test_what_is_a_repetition(texts: list[str], wanted: str) -> None:
    assert answer(*texts) == wanted


@pytest.mark.parametrize(("times", "wanted"), [(3, "fires"), (4, "silent")])
def test_how_often(times: int, wanted: str) -> None:
    assert answer(SAME, SAME, SAME, times=times) == wanted


@pytest.mark.parametrize(("similar", "wanted"), [(0.9, "fires"), (0.95, "silent")])
def test_how_much_alike(similar: float, wanted: str) -> None:
    assert answer(SAME, "我上次那个问题还没解决", similar=similar) == wanted


@pytest.mark.parametrize(("chars", "wanted"), [(12, "fires"), (13, "silent")])
def test_how_long(chars: int, wanted: str) -> None:
    assert answer(SAME, SAME, min_chars=chars) == wanted


@pytest.mark.parametrize(("turns", "wanted"), [(3, "fires"), (2, "silent")])
def test_how_near(turns: int, wanted: str) -> None:
    assert answer(SAME, "嗯", "我知道", SAME, within_turns=turns) == wanted


def test_what_is_not_counted() -> None:
    assert answer("麻烦您稍等一下我查一下", "麻烦您稍等一下我查一下") == "fires"
    assert answer("麻烦您稍等一下我查一下", "麻烦您稍等一下我查一下", **{"not": ["稍等一下"]}) == "silent"


def test_each_party_by_itself() -> None:
    agent, customer = call(SAME, letter="A"), [turn("C", 50.0, SAME)]
    both = plan_of(rule_of("signal", {"repeat": {}}, who="any"))
    assert outcome(both, hearing_of(*agent, *customer)) == "silent"
    assert outcome(both, hearing_of(*customer, turn("C", 70.0, SAME))) == "fires"
    assert outcome(both, hearing_of(*customer, turn("?", 70.0, SAME))) == "undetermined"
    assert outcome(plan(), hearing_of(*agent)) == "not_applicable"


@pytest.mark.parametrize(
    ("second", "because"),
    [
        (turn("?", 30.0, SAME), Because.PARTY_UNKNOWN),
        (turn("C", 30.0, SAME, conf=0.3), Because.LOW_CONFIDENCE),  # guessing recognisers repeat themselves
    ],
)
def test_doubtful_turns(second: Turn, because: Because) -> None:
    found = finding(turn("C", 10.0, SAME), second)
    assert found.undetermined_because is because
    assert found.coverage is not None and len(found.evidence) == 2


def test_the_evidence_is_every_turn() -> None:
    found = finding(*call(SAME, "我上次那个问题还没解决", SAME))
    assert [(one.quote, one.wanted, one.how, one.score) for one in found.evidence] == [
        (SAME, "第1遍", "repeat", 1.0),
        ("我上次那个问题还没解决", "第2遍", "repeat", 0.9167),
        (SAME, "第3遍", "repeat", 1.0),
    ]
    assert found.why.endswith("（共3遍）")


@given(st.text("abc", max_size=9), st.text("abc", max_size=9), st.floats(0.0, 1.0))
def test_likeness(one: str, other: str, least: float) -> None:
    exact = likeness(one, other, 0.0)
    assert 0 <= exact <= 1
    assert exact == likeness(other, one, 0.0)
    assert (exact == 1) == (one == other and one != "")
    assert likeness(one, other, least) in (exact, 0.0)
    assert exact < least or likeness(one, other, least) == exact
