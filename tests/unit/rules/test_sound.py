"""How alike wordings sound, and how texts are folded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.rules.match import Wording
from inspector.rules.matchers import Leaf, SoundAlike
from inspector.rules.sound import (
    CONFUSABLE_SCORE,
    HOMOPHONE_SCORE,
    alike,
    codes_in,
    codes_of,
    folded_syllable,
    readings_of,
)
from inspector.text import fold, is_content, simplify
from tests.builders import passage

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
ODD = st.sampled_from("一二三幺洞拐勾零〇ＡｂＣ１２３後發乾著薴苧瞭İẞſ①½́😀👨‍👩‍👧\u200d\ufeff\u3000，。㈱ﬁ")
MIXED = st.text(HAN | ODD | st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize(
    ("wanted", "heard", "by", "score"),
    [
        ("保", "保", "literal", 1.0),
        ("保", "宝", "literal", 0.0),
        ("保", "宝", "pinyin", HOMOPHONE_SCORE),
        ("买", "卖", "pinyin", HOMOPHONE_SCORE),  # tones are dropped
        ("周", "邹", "pinyin", 0.0),
        ("周", "邹", "pinyin_confusable", CONFUSABLE_SCORE),
        ("旱", "航", "pinyin_confusable", CONFUSABLE_SCORE),  # an / ang
        ("风", "轰", "pinyin_confusable", 0.0),  # feng / hong
        ("飞", "灰", "pinyin_confusable", 0.0),  # fei / hui
        ("牛", "刘", "pinyin_confusable", CONFUSABLE_SCORE),  # n / l
        ("飞", "黑", "pinyin_confusable", CONFUSABLE_SCORE),  # f / h
        ("保", "稳", "pinyin_confusable", 0.0),
    ],
)
def test_two_characters(wanted: str, heard: str, by: SoundAlike, score: float) -> None:
    assert alike(wanted, heard, by) == score
    assert alike(heard, wanted, by) == score


@pytest.mark.parametrize("pair", ["四十", "一七", "四是", "十是", "五无", "八吧", "两俩", "万完", "半办", "亿一"])
@pytest.mark.parametrize("by", ["pinyin", "pinyin_confusable"])
def test_numerals_are_never_folded(pair: str, by: SoundAlike) -> None:
    assert alike(pair[0], pair[1], by) == 0.0


@pytest.mark.parametrize(
    ("char", "readings"),
    [("行", ("xing", "hang")), ("还", ("hai", "huan")), ("不", ("bu",)), ("a", ("a",)), ("1", ("1",))],
)
def test_readings_in_use(char: str, readings: tuple[str, ...]) -> None:
    assert readings_of(char) == readings


@pytest.mark.parametrize(("wanted", "heard"), [("长", "常"), ("长", "掌"), ("还", "环"), ("还", "害"), ("没", "莫")])
def test_a_character_sounds_like_what_any_of_its_readings_sounds_like(wanted: str, heard: str) -> None:
    assert alike(wanted, heard, "pinyin") == HOMOPHONE_SCORE
    assert codes_of(heard) in codes_in(wanted)


@given(st.text(HAN | ODD, max_size=20))
def test_every_character_has_one_code_of_its_own_readings(text: str) -> None:
    codes = codes_of(text)
    assert len(codes) == len(text)
    assert all(code in codes_in(char) for code, char in zip(codes, text, strict=True))


@given(HAN, HAN)
def test_what_has_the_same_code_sounds_alike(one: str, other: str) -> None:
    if codes_of(one) == codes_of(other):
        assert alike(one, other, "pinyin_confusable") > 0


@pytest.mark.parametrize(
    ("syllable", "folded"),
    [("zhang", "zan"), ("chi", "ci"), ("sheng", "sen"), ("ning", "lin"), ("feng", "hen"), ("a", "a"), ("lin", "lin")],
)
def test_confusable_sounds_fold_to_one(syllable: str, folded: str) -> None:
    assert folded_syllable(syllable) == folded
    assert folded_syllable(folded) == folded


@pytest.mark.parametrize(
    ("phrase", "heard", "found"),
    [("没提", "媒体", False), ("没有提", "煤油提", True), ("没提", "没提", True)],
)
def test_less_than_three_syllables_are_matched_as_written(phrase: str, heard: str, found: bool) -> None:
    hits = Wording(Leaf(phrases=(phrase,))).all([passage(heard)], 0.8)
    assert bool(hits) is found


@given(MIXED)
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(MIXED)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＡＢｃ１２", "abc12"),
        ("保證收益", "保证收益"),
        ("拨幺二三七八", "拨12378"),
        ("洞拐勾", "079"),
        ("一定", "一定"),
        ("一一", "一一"),
        ("é", "é"),
        ("e\u0301", "e\u0301"),
        ("😀", "😀"),
        ("İ", "İ"),  # its small letter is two characters long
        ("薴", "苎"),  # simplified in two steps
        ("", ""),
    ],
)
def test_one_spelling(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text(HAN, max_size=20))
def test_simplifying_is_final(text: str) -> None:
    assert simplify(simplify(text)) == simplify(text)


@pytest.mark.parametrize(
    ("char", "content"),
    [("保", True), ("a", True), ("7", True), ("，", False), (" ", False), ("😀", False), ("\u0301", False)],
)
def test_content(char: str, content: bool) -> None:
    assert is_content(char) is content
