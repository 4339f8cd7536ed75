"""What any match of a pattern must hold: never more than that, or a rule would go blind."""

from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from inspector.rules.atoms import atoms_of
from inspector.rules.screen import Screen
from tests.builders import shipped


@pytest.mark.parametrize(
    ("pattern", "branches"),
    [
        ("稳赚不赔", [[{"稳赚不赔"}]]),
        ("保本|保息", [[{"保本"}], [{"保息"}]]),
        ("(推荐|建议).{0,14}[理立]财", [[{"推荐", "建议"}, {"理财", "立财"}]]),
        ("建议您?买", [[{"建议买", "建议您买"}]]),
        ("(保证)?收益", [[{"保证收益", "收益"}]]),
        ("(保证){0,2}收益", [[{"收益"}]]),
        ("(保证){1,2}", [[{"保证"}]]),
        ("(?:保证|承诺)+收益", [[{"收益"}, {"保证", "承诺"}]]),
        ("(保本.{0,3}收益|稳赚)不赔", [[{"不赔"}, {"保本", "稳赚"}]]),
        ("不+行", [[{"不"}, {"行"}]]),
        ("不+", [[{"不"}]]),
        ("保本|.*", []),
        ("[^不]能", [[{"能"}]]),
        ("[0-9]{4}号", [[{"号"}]]),
        (r"4\.5个点", [[{"4.5个点"}]]),
        (r"\d{3}", []),
        (r"\pN", []),
        (".{3}", []),
        ("(保本", []),
        ("[保", []),
    ],
)
def test_what_must_be_there(pattern: str, branches: list[list[set[str]]]) -> None:
    assert [list(map(set, sets)) for sets in atoms_of(pattern)] == branches


CHARS = ["不", "保", "本", "息", "能", "[保本]", "[^不]", "."]
LETTERS = st.sampled_from([*CHARS, "(保本|不能)", "(息)", "(?:能|不保)", "(|保)"])
PARTS = st.tuples(LETTERS, st.sampled_from(["", "", "", "?", "*", "+", "{0,2}", "{2}", "{1,3}", "{1,}"])).map("".join)
PATTERNS = st.lists(PARTS, min_size=1, max_size=5).map("".join)
NESTED = st.tuples(PATTERNS, PATTERNS, PARTS).map("({0[0]}|{0[1]}){0[2]}".format)


def likely(pattern: str, text: str) -> list[str]:
    screen = Screen({pattern: atoms_of(pattern)})
    return screen.likely(one for one in screen.texts if one in text)


@given(st.lists(PATTERNS | NESTED, min_size=1, max_size=3).map("|".join), st.text("不保本息能", max_size=12))
def test_no_pattern_is_skipped_that_matches(pattern: str, text: str) -> None:
    if re.search(pattern, text):
        assert likely(pattern, text) == [pattern]


def test_patterns_are_told_apart_by_all_their_texts() -> None:
    patterns = ["推荐.*理财", "保本|保息", "建议.*理财.*基金", "[^不].{3}"]
    screen = Screen({pattern: atoms_of(pattern) for pattern in patterns})
    assert screen.likely(["理财", "推荐"]) == ["[^不].{3}", "推荐.*理财"]
    assert screen.likely(["理财", "建议", "保息", "保本"]) == ["[^不].{3}", "保本|保息"]
    assert screen.likely([]) == ["[^不].{3}"]


def test_no_shipped_pattern_is_skipped_in_any_example() -> None:
    rules = shipped().rules
    sources = sorted({pattern for rule in rules for _, leaf in rule.leaves() for pattern in leaf.regex})
    compiled = {source: re2.compile(source) for source in sources}
    screen = Screen({source: atoms_of(source) for source in sources})
    calls = [case.call for rule in rules for _, case in rule.examples.cases()]
    skipped = [
        (source, call)
        for call in calls[::20]
        for source in set(sources).difference(screen.likely(text for text in screen.texts if text in call))
        if compiled[source].search(call)
    ]
    assert skipped == []
