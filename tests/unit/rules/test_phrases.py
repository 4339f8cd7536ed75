"""The indexes of phrases and patterns find what a search over every place, and each passage alone, finds."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inspector.rules.alignment import NEGATIONS, aligned, fewest_errors
from inspector.rules.match import Index, Wording
from inspector.rules.matchers import Leaf, SoundAlike
from inspector.rules.passages import Passage, passages_of
from inspector.rules.phrases import LEAST_SCORE, MAX_SLIP_SYLLABLES, matchable
from inspector.rules.sound import alike
from tests.builders import hearing_of, passage, turn

# Homophones, confusable sounds, numerals, negations, and characters of several readings (还 hai/huan, 行 xing/hang).
CHARS = "保宝本稳问赚转不部赔陪收瘦益亿四十是一七妻银为解好数没"
POLYPHONES = "还了行都得重长着乐觉会"


def naive(text: str, by: SoundAlike, heard: Passage) -> list[tuple[int, float]]:
    """Every place of the phrase, tried one by one, character for character."""
    wanted = matchable(text)
    kind = by if len(wanted) >= 3 else "literal"
    found = []
    for start in range(len(heard.text) - len(wanted) + 1):
        pairs = list(zip(wanted, heard.text[start:], strict=False))
        scores = [alike(one, other, kind) for one, other in pairs]
        score = round(sum(scores) / len(scores), 4)
        turned = any(other in NEGATIONS and not alike(one, other, kind) for one, other in pairs)
        if score >= (1.0 if kind == "literal" else LEAST_SCORE) and not turned:
            found.append((start, score))
    return found


def indexed(text: str, by: SoundAlike, heard: Passage) -> list[tuple[int, int, float]]:
    hits = Wording(Leaf(phrases=(text,), by=by)).all([heard], LEAST_SCORE)
    return [(hit.start, hit.end, hit.score) for hit in hits]


def one_wrong(text: str, place: int, char: str) -> str:
    return text[: place % len(text)] + char + text[place % len(text) + 1 :]


@settings(max_examples=400)
@given(
    phrase=st.text(st.sampled_from(CHARS + POLYPHONES), min_size=1, max_size=13),
    around=st.tuples(st.text(st.sampled_from(CHARS), max_size=4), st.text(st.sampled_from(CHARS), max_size=4)),
    wrong=st.lists(st.tuples(st.integers(0, 12), st.sampled_from(CHARS)), max_size=4),
    by=st.sampled_from(get_args(SoundAlike)),
)
@example(phrase="行会地", around=("重", "行都"), wrong=[], by="pinyin_confusable")  # read otherwise in its company
@example(phrase="还没长", around=("发", "没"), wrong=[], by="pinyin")
def test_it_finds_what_a_search_over_every_place_finds(
    phrase: str, around: tuple[str, str], wrong: list[tuple[int, str]], by: SoundAlike
) -> None:
    spoken = phrase
    for place, char in wrong:
        spoken = one_wrong(spoken, place, char)
    heard = passage(around[0] + spoken + around[1])
    found = indexed(phrase, by, heard)
    straight = [(start, start + len(phrase), score) for start, score in naive(phrase, by, heard)]
    assert set(straight) <= set(found)
    if len(phrase) < 6:
        assert sorted(found) == straight


def cheapest(wanted: str, heard: str, by: SoundAlike) -> float:
    """The cost of the best alignment, tried out: each character of the phrase is heard, replaced or lacking."""
    if not wanted:
        return 0.0
    if not heard:
        return float(len(wanted))
    likeness = alike(wanted[0], heard[0], by)
    turned = 99.0 if heard[0] in NEGATIONS else 1.0
    replaced = (1 - likeness if likeness else turned) + cheapest(wanted[1:], heard[1:], by)
    return min(replaced, 1.0 + cheapest(wanted[1:], heard, by), turned + cheapest(wanted, heard[1:], by))


@settings(max_examples=300)
@given(
    st.text(st.sampled_from(CHARS), min_size=1, max_size=5),
    st.text(st.sampled_from(CHARS), max_size=7),
    st.sampled_from(["pinyin", "pinyin_confusable"]),
)
def test_an_alignment_is_the_cheapest(wanted: str, heard: str, by: SoundAlike) -> None:
    best = min(cheapest(wanted, heard[start:], by) for start in range(len(heard) + 1))
    found = aligned(wanted, heard, by, len(wanted))
    assert found is not None
    cost, start, end = found
    assert cost == pytest.approx(best)
    assert 0 <= start <= end <= len(heard)


@given(st.text("abcd", min_size=1, max_size=9), st.text("abcde", max_size=14))
def test_fewest_errors_are_those_of_the_table(wanted: str, heard: str) -> None:
    places: dict[str, int] = {}
    for place, char in enumerate(wanted):
        places[char] = places.get(char, 0) | 1 << place
    row = [0] * (len(heard) + 1)
    for number, one in enumerate(wanted, 1):
        before, row = row, [number]
        for at, other in enumerate(heard):
            row.append(min(before[at] + (one != other), before[at + 1] + 1, row[at] + 1))
    assert fewest_errors(places, len(wanted), heard) == min(row)


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        ("请您注意投资都有的风险好吗", [("投资都有的风险", 0.8333)]),  # one put in
        ("请您注意投资都有险好吗", [("投资都有险", 0.8333)]),  # one left out
        ("请您注意投资都没有风险好吗", []),  # a negation put in turns the meaning
        ("请您注意投资都不风险好吗", []),
        ("请您注意投资都有风险好吗", [("投资都有风险", 1.0)]),
    ],
)
def test_a_syllable_too_many_or_too_few(heard: str, found: list[tuple[str, float]]) -> None:
    hits = Wording(Leaf(phrases=("投资都有风险",))).all([passage(heard)], 0.8)
    assert [(hit.passage.quote(hit.start, hit.end), hit.score) for hit in hits] == found


def test_short_wording_must_have_all_its_syllables() -> None:
    assert Wording(Leaf(phrases=("稳赚不赔",))).all([passage("稳赚了不赔"), passage("稳不赔")], LEAST_SCORE) == []
    assert Wording(Leaf(phrases=("产品有风险",))).all([passage("产品风险几乎为零")], LEAST_SCORE) == []


def test_a_phrase_of_many_rules_is_kept_once() -> None:
    index = Index()
    assert index.phrase("稳赚不赔", "pinyin") is index.phrase("稳赚不赔", "pinyin")
    assert index.phrase("稳赚不赔", "pinyin") is not index.phrase("稳赚不赔", "literal")


def test_wording_is_not_looked_for_below_the_least_score() -> None:
    with pytest.raises(ValueError, match=r"0\.75"):
        Wording(Leaf(phrases=("稳赚不赔",))).all([passage("稳赚不赔")], 0.7)


def test_each_wording_finds_its_own_phrases_only() -> None:
    index = Index()
    first, second = (Wording(Leaf(phrases=(words,)), index) for words in ("稳赚不赔", "保本保息"))
    heard = passage("这款保本保息稳赚不赔")
    assert [hit.wanted for hit in first.all([heard], 0.8)] == ["稳赚不赔"]
    assert [hit.wanted for hit in second.all([heard], 0.8)] == ["保本保息"]


# ---- patterns: only the likely ones are run, found as if all were


PATTERNS = (
    "保本",
    "^保",
    "本$",
    "^保.*本$",
    "[^不]保",
    "保[^本]",
    "保[^本]{1,3}",
    r"保\D",
    r"\D{2}本",
    "(?s)保.本",
    r"保\s*本",
    "a[^b]*c|a|d",
    "保(本[^a]c|本)|d",
    "[^a]+",
    r"\b[a-d]\b",
)
WORDS = st.text(st.sampled_from("保本不息abcd"), min_size=1, max_size=6)


@settings(max_examples=300)
@given(texts=st.lists(WORDS, min_size=1, max_size=4), pattern=st.sampled_from(PATTERNS))
@example(texts=["ad", "c"], pattern="a[^b]*c|a|d")  # the longest match would reach over the border
def test_a_pattern_finds_in_all_passages_what_it_finds_in_each(texts: list[str], pattern: str) -> None:
    spoken = [turn("AC"[place % 2], 30.0 * place, text) for place, text in enumerate(texts)]
    heard = passages_of(hearing_of(*spoken))
    shared = Index()
    among_others = {source: Wording(Leaf(regex=(source,)), shared) for source in PATTERNS}[pattern]
    alone = [(one, hit.start, hit.end) for one in heard for hit in Wording(Leaf(regex=(pattern,))).all([one], 1.0)]
    assert [(hit.passage, hit.start, hit.end) for hit in among_others.all(heard, 1.0)] == alone


def test_no_passages_no_hits() -> None:
    assert Wording(Leaf(regex=("保本",), phrases=("保本",))).all([], 0.8) == []


def test_only_phrases_of_a_usual_length_slip_a_syllable() -> None:
    text = "投资有风险购买需谨慎过往业绩不代表未来表现请您仔细阅读产品说明书和风险揭示书了解产品情况"
    for length, found in ((MAX_SLIP_SYLLABLES, True), (MAX_SLIP_SYLLABLES + 1, False)):
        wording = Wording(Leaf(phrases=(text[:length],)))
        assert wording.all([passage(text[:length])], 1.0)
        assert bool(wording.all([passage(text[:4] + text[5:length])], 0.8)) is found
