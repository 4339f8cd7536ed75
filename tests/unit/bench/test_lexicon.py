"""Phrase lists, rules and calls for measuring speed; our side answers what plain search answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.bench.finders import BySound, Literal
from inspector.bench.lexicon import CALL_CHARS, LogicRule, calls_of, lexicon, rules_of
from inspector.rules.phrases import matchable
from inspector.rules.scored import ScoredCall

SCORED = (
    ScoredCall(
        name="甲",
        call="0:01 A 您好云川银行请问有什么可以帮您\n0:06 C 我想问一下这款理财是不是保本保息的\n"
        "0:12 A 这款产品不保本您要看自己能不能承受亏损",
    ),
    ScoredCall(name="乙", call="0:01 C 我的卡刚才被盗刷了不是我操作的\n0:06 A 您先别着急我马上帮您把这张卡冻结"),
)
CALL = calls_of(SCORED, 1, 1)[0]


def test_a_call_is_as_long_as_five_minutes_and_the_same_for_a_seed() -> None:
    calls = calls_of(SCORED, 3, 7)
    texts = [call.text for call in calls]
    assert texts == [call.text for call in calls_of(SCORED, 3, 7)]
    assert texts != [call.text for call in calls_of(SCORED, 3, 8)]
    for call in calls:
        assert CALL_CHARS <= call.chars < CALL_CHARS + 100
        assert call.text.replace("\n", "") == "".join(passage.text for passage in call.passages)


def test_a_list_has_as_many_phrases_as_asked_real_ones_first_all_different() -> None:
    phrases = lexicon(["保本保息", "被盗刷"], SCORED, 50, 0.5, 1)
    assert phrases == lexicon(["被盗刷", "保本保息"], SCORED, 50, 0.5, 1)
    assert set(phrases[:2]) == {"保本保息", "被盗刷"}
    assert len(set(phrases)) == len(phrases) == 50
    assert all(matchable(phrase) == phrase for phrase in phrases)


def test_a_list_that_the_calls_cannot_fill_is_refused() -> None:
    with pytest.raises(ValueError, match="no 100000 different phrases"):
        lexicon([], SCORED[1:], 100_000, 0.5, 1)


def test_every_phrase_is_in_one_rule_and_all_three_logics_are_there() -> None:
    phrases = lexicon([], SCORED, 61, 0.5, 1)
    rules = rules_of(phrases, 1)
    assert sorted(phrase for rule in rules for phrase in (*rule.phrases, *rule.unless)) == sorted(phrases)
    assert {rule.needs for rule in rules} == {"any", "all", "unless"}
    assert all(rule.phrases for rule in rules)


@pytest.mark.parametrize(
    ("rule", "present", "holds"),
    [
        (LogicRule("any", ("甲", "乙")), {"乙"}, True),
        (LogicRule("any", ("甲", "乙")), {"丙"}, False),
        (LogicRule("all", ("甲", "乙")), {"乙"}, False),
        (LogicRule("all", ("甲", "乙")), {"甲", "乙"}, True),
        (LogicRule("unless", ("甲",), ("乙",)), {"甲"}, True),
        (LogicRule("unless", ("甲",), ("乙",)), {"甲", "乙"}, False),
    ],
)
def test_a_rule_holds_by_its_logic(rule: LogicRule, present: set[str], holds: bool) -> None:
    assert rule.holds(present) is holds


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_our_answers_are_those_of_plain_search(seed: int) -> None:
    phrases = lexicon(["保本保息", "盗刷"], SCORED, 40, 0.5, seed)
    rules = rules_of(phrases, seed)
    fresh = [replace(passage) for passage in CALL.passages]
    present = {phrase for phrase in phrases if any(phrase in passage.text for passage in fresh)}
    assert Literal(rules).answers(fresh) == [rule.holds(present) for rule in rules]


def test_by_sound_the_best_place_of_a_phrase_counts() -> None:
    first = next(passage for passage in CALL.passages if "保本保息" in passage.text)
    (best,) = BySound(["保本保息", "宝本保息", "稳赚不赔"]).best([replace(first)], 0.8)
    assert best.keys() == {"保本保息", "宝本保息"}
    assert BySound(["保本保息"]).best([replace(first)], 0.8) == [{"保本保息": 1.0}]
