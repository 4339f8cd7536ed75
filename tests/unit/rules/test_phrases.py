"""The indexes of phrases and patterns find what a search over every place, and each passage alone, finds."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inspector.rules.match import Index, Wording
from inspector.rules.matchers import Leaf, SoundAlike
from inspector.rules.passages import Passage, passages_of
from inspector.rules.phrases import LEAST_SCORE, PhraseIndex, matchable
from inspector.rules.sound import alike, syllables_of
from tests.builders import hearing_of, passage, turn

# Homophones, confusable sounds, numerals, and characters of several readings (还 hai/huan, 了 le/liao, 行 xing/hang).
CHARS = "保宝本稳问赚转不部赔陪收瘦益亿四十是一七妻还了为行都得重长解着好银乐觉数"


def naive(text: str, by: SoundAlike, heard: Passage) -> list[tuple[int, float]]:
    """Every place of the phrase, tried one by one."""
    wanted = matchable(text)
    kind = by if len(wanted) >= 3 else "literal"
    pairs = list(zip(wanted, syllables_of(wanted), strict=True))
    said = list(zip(heard.text, heard.syllables, strict=True))
    found = []
    for start in range(len(said) - len(pairs) + 1):
        scores = [alike(one, other, kind) for one, other in zip(pairs, said[start:], strict=False)]
        score = round(sum(scores) / len(scores), 4)
        if score >= (1.0 if kind == "literal" else LEAST_SCORE):
            found.append((start, score))
    return found


def indexed(text: str, by: SoundAlike, heard: Passage) -> list[tuple[int, float]]:
    index = PhraseIndex()
    phrase = index.add(text, by)
    return [(hit.start, hit.score) for hit in index.hits(heard).get(phrase, ())]


def one_wrong(text: str, place: int, char: str) -> str:
    return text[: place % len(text)] + char + text[place % len(text) + 1 :]


@settings(max_examples=400)
@given(
    phrase=st.text(st.sampled_from(CHARS), min_size=1, max_size=13),
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
    assert indexed(phrase, by, heard) == naive(phrase, by, heard)


def test_a_phrase_of_many_rules_is_kept_once() -> None:
    index = PhraseIndex()
    assert index.add("稳赚不赔", "pinyin") is index.add("稳赚不赔", "pinyin")
    assert index.add("稳赚不赔", "pinyin") is not index.add("稳赚不赔", "literal")


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
