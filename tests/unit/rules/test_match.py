"""Phrases, patterns and pairs found in passages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.rules.match import Wording
from inspector.rules.matchers import Leaf
from inspector.rules.passages import passages_of
from inspector.rules.phrases import Hit, matchable
from inspector.text import fold
from tests.builders import hearing_of, outcome, passage, plan_of, rule_of, turn


def found(text: str, least: float = 0.8, **leaf: Any) -> list[Hit]:
    return Wording(Leaf.model_validate(leaf)).find([passage(text)], least)


def places(hits: list[Hit]) -> list[tuple[str, int, int]]:
    return [(hit.how, hit.start, hit.end) for hit in hits]


def test_phrases_are_found_through_punctuation_and_spelling() -> None:
    assert places(found("這款保本，保息！", phrases=["保本保息"])) == [("exact", 2, 6)]
    assert places(found("这款保本保息", phrases=["保本、保息"])) == [("exact", 2, 6)]


def test_a_quote_has_the_times_of_its_characters() -> None:
    (hit,) = found("这款保本，保息", phrases=["保本保息"])
    assert (hit.start_s, hit.end_s) == (0.5, 1.75)
    assert hit.passage.quote(hit.start, hit.end) == "保本，保息"


def test_sound_alike_is_scored_by_the_mean_of_its_syllables() -> None:
    (hit,) = found("宝本保息", phrases=["保本保息"])
    assert (hit.how, hit.score) == ("pinyin", round((0.97 + 3) / 4, 4))
    assert found("宝本保息", phrases=["保本保息"], by="literal") == []
    assert found("稳本保息", phrases=["保本保息"]) == []  # 3/4 is too little


@pytest.mark.parametrize("wrong", [0, 1, 2, 3, 4])
def test_one_wrong_of_five_is_exactly_eighty_percent_wherever_it_stands(wrong: int) -> None:
    wanted = "投资有风险"
    heard = wanted[:wrong] + "喵" + wanted[wrong + 1 :]
    (hit,) = found(heard, 0.80, phrases=[wanted])
    assert hit.score == 0.8
    assert found(heard, 0.81, phrases=[wanted]) == []


SCORES = {  # by how many of 25 syllables are foreign
    "投资有风险投资需谨慎入市有风险产品不保本收益会波动": 1.0,
    "投资有风险投资需谨慎入市有风险产品不保本收益喵喵喵": 0.88,
    "投资有风险投资需谨慎入市有风险产品不保本收益会喵喵": 0.92,
    "投资有风险投资需谨慎入市有风险产品不保喵喵喵喵喵动": 0.8,
    "投资有风险投资需谨慎入市有风险产品不喵喵喵喵喵喵动": 0.76,
}
LONG = "投资有风险投资需谨慎入市有风险产品不保本收益会波动"


@pytest.mark.parametrize(
    ("kind", "score", "wanted"),
    [
        ("forbidden", 0.92, "fires"),
        ("forbidden", 0.88, "undetermined"),
        ("forbidden", 0.8, "undetermined"),
        ("forbidden", 0.76, "silent"),
        ("signal", 0.88, "fires"),
        ("signal", 0.8, "silent"),
        ("required", 0.8, "silent"),
        ("required", 0.76, "fires"),
    ],
)
def test_the_threshold_depends_on_the_kind(kind: str, score: float, wanted: str) -> None:
    heard = next(text for text, reached in SCORES.items() if reached == score)
    assert len(heard) == len(LONG)
    assert outcome(plan_of(rule_of(kind, {"phrases": [LONG]})), hearing_of(turn("A", 1.0, heard))) == wanted


@pytest.mark.parametrize(
    ("kind", "prefer", "score", "wanted"),
    [
        ("forbidden", "recall", 0.88, "fires"),
        ("forbidden", "precision", 0.92, "undetermined"),
        ("signal", "recall", 0.8, "fires"),
        ("signal", "precision", 0.88, "silent"),
        ("required", "precision", 0.8, "fires"),
        ("required", "recall", 0.76, "silent"),
    ],
)
def test_prefer_shifts_the_threshold(kind: str, prefer: str, score: float, wanted: str) -> None:
    heard = next(text for text, reached in SCORES.items() if reached == score)
    rule = rule_of(kind, {"phrases": [LONG]}, prefer=prefer)
    assert outcome(plan_of(rule), hearing_of(turn("A", 1.0, heard))) == wanted


def near(text: str, chars: int = 3, ordered: bool = True) -> list[Hit]:
    return found(text, near=[{"of": [["必须"], ["购买", "办理"]], "chars": chars, "ordered": ordered}])


@pytest.mark.parametrize(
    ("text", "ordered", "hit"),
    [
        ("必须购买", True, True),
        ("必须现在就购买", True, True),
        ("必须现在马上就购买", True, False),
        ("购买必须", True, False),
        ("购买必须", False, True),
        ("购买现在就要必须", False, False),
        ("必须", True, False),
    ],
)
def test_near_has_order_and_gap(text: str, ordered: bool, hit: bool) -> None:
    assert bool(near(text, ordered=ordered)) is hit


def test_a_near_hit_reaches_from_the_first_word_to_the_last() -> None:
    (hit,) = near("您必须先办理啊")
    assert (hit.how, hit.start, hit.end, hit.inner, hit.wanted) == ("exact", 1, 6, (4,), "必须…办理")


def test_words_of_a_near_hit_do_not_overlap() -> None:
    assert found("必须须", near=[{"of": [["必须"], ["须须"]], "chars": 3}]) == []


def test_patterns_see_words_without_punctuation_and_keep_their_places() -> None:
    (hit,) = found("年化，稳超！百分之五", regex=["年化稳超"])
    assert (hit.how, hit.score, hit.start, hit.end) == ("regex", 1.0, 0, 4)
    assert hit.passage.quote(hit.start, hit.end) == "年化，稳超"


def test_patterns_count_characters_not_bytes() -> None:
    (hit,) = found("𠮷😀保，本", regex=["保本"])
    assert hit.passage.quote(hit.start, hit.end) == "保，本"


def test_patterns_that_match_nothing_make_no_hit() -> None:
    assert found("保本", regex=[r"\b"]) == []


def test_of_overlapping_hits_the_best_then_longest_stays() -> None:
    assert places(found("保本保息", phrases=["保本", "保本保息"])) == [("exact", 0, 4)]
    assert places(found("宝本保息", phrases=["本保息", "保本保息"])) == [("exact", 1, 4)]
    assert places(found("保本保本", phrases=["保本"])) == [("exact", 0, 2), ("exact", 2, 4)]


def test_hits_of_several_passages_come_by_time() -> None:
    heard = passages_of(hearing_of(turn("A", 9.0, "保本"), turn("A", 1.0, "稳赚")))
    hits = Wording(Leaf(phrases=("保本", "稳赚"))).find(heard, 1.0)
    assert [hit.start_s for hit in hits] == [1.0, 9.0]


@given(st.text(min_size=1, max_size=40), st.data())
def test_what_is_said_literally_is_always_found(text: str, data: st.DataObject) -> None:
    words = matchable(text)
    if not words:
        return
    start = data.draw(st.integers(0, len(words) - 1))
    phrase = words[start : data.draw(st.integers(start + 1, len(words)))]
    if not matchable(phrase) or matchable(phrase) != phrase:
        return  # digits that only fold in a longer run
    assert any(hit.score == 1.0 for hit in Wording(Leaf(phrases=(phrase,))).all([passage(text)], 0.8))


@pytest.mark.parametrize("phrase", ["保本", "Ｒ２", "保 證", "幺二三七八"])
def test_phrases_are_folded_like_calls(phrase: str) -> None:
    assert found(f"是{fold(phrase)}吧", phrases=[phrase])
