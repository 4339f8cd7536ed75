"""Recall and precision under noise: what counts as said, as found wrongly, and as neither."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspector.bench.noise import (
    HALVES,
    NoiseSet,
    Pair,
    Sentence,
    exact_pairs,
    half_of,
    load_noise,
    misses,
    pairs_of,
    precision,
    recall,
    substitutions,
)
from inspector.bench.thresholds import PRECISION, measure_noise
from inspector.errors import UsageError

MATCHING = Path(__file__).resolve().parents[2] / "matching"
PHRASES = ("保本保息", "稳赚不赔")


def a_set(*sentences: Sentence, mates: dict[str, frozenset[str]] | None = None) -> NoiseSet:
    return NoiseSet("made", mates or {phrase: frozenset() for phrase in PHRASES}, sentences)


def value(ratio: object) -> float:
    return getattr(ratio, "value", -1.0)


def test_what_was_said_counts_whether_it_is_found_or_not() -> None:
    heard = Sentence("保本保息", "这款保本保息", 10, "这款宝本宝息")
    lost = Sentence("保本保息", "这款保本保息", 5, "谢谢大家")
    pairs = pairs_of(a_set(heard, lost), lambda passage: {"保本保息": 0.9} if "宝本" in passage.text else {})
    assert pairs == (Pair("保本保息", 10, True, 0.9), Pair("保本保息", 5, True, 0.0))
    assert [value(recall(pairs, least)) for least in (0.9, 0.91)] == [0.5, 0.0]
    assert value(precision(pairs, 0.9)) == 1.0
    assert precision(pairs, 0.91) is None


def test_nothing_heard_is_a_miss() -> None:
    pairs = pairs_of(a_set(Sentence("保本保息", "保本保息", 5, "")), lambda passage: {"保本保息": 1.0})
    assert pairs == (Pair("保本保息", 5, True, 0.0),)


def test_what_nobody_said_is_wrong_once_for_each_frame() -> None:
    sentences = [Sentence("保本保息", "您看保本保息啊", snr_db, "您看") for snr_db in (20, 10)]
    scores = iter((0.8, 0.9))
    pairs = pairs_of(a_set(*sentences), lambda _: {"稳赚不赔": next(scores)})
    assert [pair for pair in pairs if not pair.said] == [Pair("稳赚不赔", 10, False, 0.9)]
    assert value(precision(pairs, 0.8)) == 0.0


def test_a_phrase_of_the_same_rule_is_neither_right_nor_wrong() -> None:
    said = Sentence("保本保息", "保本保息", None, "保本包息")
    mates = {"保本保息": frozenset({"保本包息"}), "保本包息": frozenset({"保本保息"})}
    assert pairs_of(a_set(said, mates=mates), lambda _: {"保本包息": 1.0}) == (Pair("保本保息", None, True, 0.0),)


def test_a_phrase_that_a_frame_holds_by_chance_does_not_count_but_in_dialogue_it_does() -> None:
    by_chance = Sentence("保本保息", "稳赚不赔，保本保息", None, "稳赚不赔")
    dialogue = Sentence("", "稳赚不赔", None, "稳赚不赔")
    found = pairs_of(a_set(by_chance, dialogue), lambda _: {"稳赚不赔": 1.0})
    assert found == (Pair("保本保息", None, True, 0.0), Pair("稳赚不赔", None, True, 1.0))


def test_misses_are_those_of_ours_by_those_of_exact_search() -> None:
    noise = a_set(
        Sentence("保本保息", "保本保息", None, "宝本保息"),
        Sentence("稳赚不赔", "稳赚不赔", None, "稳赚不陪"),
        Sentence("稳赚不赔", "是稳赚不赔", None, "是稳赚不赔。"),
    )
    ours = pairs_of(noise, lambda passage: {"稳赚不赔": 0.97} if "稳赚" in passage.text else {})
    exact = exact_pairs(noise)
    assert [pair.score for pair in exact] == [0.0, 0.0, 1.0]
    assert value(misses(ours, 0.9, exact)) == 0.5


def test_substitutions_are_those_inside_the_phrase() -> None:
    noise = a_set(Sentence("声纹验证", "我跟您说声纹验证好吗", 20, "我跟你说身为厌证好吗"))
    assert substitutions(noise, 1) == [("sheng", "shen", 1), ("wen", "wei", 1)]
    assert substitutions(noise, 2) == []


def test_the_halves_share_nothing_and_lose_nothing() -> None:
    for noise in load_noise(MATCHING):
        tune, held_out = (noise.half(half) for half in HALVES)
        assert not tune.mates.keys() & held_out.mates.keys()
        assert tune.mates | held_out.mates == noise.mates
        assert sorted(map(repr, (*tune.sentences, *held_out.sentences))) == sorted(map(repr, noise.sentences))
        assert min(len(tune.mates), len(held_out.mates)) >= 100


def test_which_half_never_changes() -> None:
    """Who moves a phrase to the other half tunes on what must be held out."""
    assert [half_of(text) for text in ("保本保息", "稳赚不赔")] == ["held out", "tune"]


def test_every_sentence_holds_the_phrase_it_was_said_for() -> None:
    for noise in load_noise(MATCHING):
        assert all(one.phrase in one.said for one in noise.sentences)
        assert {one.phrase for one in noise.sentences} - {""} == noise.mates.keys()


def test_a_quarter_of_what_is_misheard_at_random_lies_outside_the_sounds_the_product_folds() -> None:
    changes = json.loads((MATCHING / "misheard.json").read_text("utf-8"))["changes"]
    total = sum(changes.values())
    assert changes["near"] / total >= 0.25
    assert 0.03 <= (changes["inserted"] + changes["lost"]) / total <= 0.07


def test_the_threshold_is_the_best_of_those_precise_enough_on_the_half_to_tune_on() -> None:
    phrases = ("保本保息", "稳赚不赔", "承诺收益", "没有风险", "我要投诉", "提前还款", "转到这个账户", "验证码告诉我")
    tune = [phrase for phrase in phrases if half_of(phrase) == "tune"]
    noise = a_set(*(Sentence(one, one, None, one) for one in phrases), mates=dict.fromkeys(phrases, frozenset()))
    measured = measure_noise(noise)
    assert measured.phrases == {"tune": len(tune), "held out": len(phrases) - len(tune)}
    chosen = measured.halves["tune"]
    assert chosen.recall == max((p.recall for p in measured.curve), key=value)
    assert value(chosen.precision) >= PRECISION


@pytest.mark.parametrize("text", [None, "{", "[]", '{"rules": {}, "rule_of": {"甲": "r"}, "columns": [], "rows": []}'])
def test_a_directory_without_sets_or_with_a_broken_one_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "broken.json").write_text(text, "utf-8")
    with pytest.raises(UsageError, match="set of sentences"):
        load_noise(tmp_path)
