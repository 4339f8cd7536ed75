"""What any match of a pattern must hold: never more than that, or a rule would go blind."""

from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from inspector.rules.atoms import atoms_of
from inspector.rules.patterns import PatternIndex
from tests.builders import shipped


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("稳赚不赔", [{"稳赚不赔"}]),
        ("保本|保息", [{"保本", "保息"}]),
        ("(推荐|建议).{0,14}[理立]财", [{"推荐", "建议"}, {"理财", "立财"}]),
        ("建议您?买", [{"建议"}]),
        ("(保证)?收益", [{"收益"}]),
        ("(保证){0,2}收益", [{"收益"}]),
        ("(保证){1,2}", [{"保证"}]),
        ("(?:保证|承诺)+收益", [{"保证", "承诺"}, {"收益"}]),
        ("不+行", [{"不"}, {"行"}]),
        ("保本|.*", []),
        ("[^不]能", [{"能"}]),
        ("[0-9]{4}号", [{"号"}]),
        (r"4\.5个点", [{"4.5个点"}]),
        (r"\d{3}", []),
        (".{3}", []),
        ("(保本", []),
        ("[保", []),
    ],
)
def test_what_must_be_there(pattern: str, wanted: list[set[str]]) -> None:
    assert sorted(map(sorted, atoms_of(pattern))) == sorted(map(sorted, wanted))


LETTERS = st.sampled_from(["不", "保", "本", "息", "能", "[保本]", "[^不]", ".", "(保本|不能)", "(息)", "(?:能|不保)"])
PARTS = st.tuples(LETTERS, st.sampled_from(["", "", "", "?", "*", "+", "{0,2}", "{2}", "{1,3}"])).map("".join)
PATTERNS = st.lists(PARTS, min_size=1, max_size=5).map("".join)


@given(st.lists(PATTERNS, min_size=1, max_size=3).map("|".join), st.text("不保本息能", max_size=12))
def test_no_pattern_is_skipped_that_matches(pattern: str, text: str) -> None:
    index = PatternIndex()
    index.add(pattern)
    if re.search(pattern, text):
        assert index.likely_in(text) == [pattern]
        assert all(any(atom in text for atom in atoms) for atoms in atoms_of(pattern))


def test_no_shipped_pattern_is_skipped_in_any_example() -> None:
    rules = shipped().rules
    sources = {pattern for rule in rules for _, leaf in rule.leaves() for pattern in leaf.regex}
    compiled = {source: re2.compile(source) for source in sources}
    index = PatternIndex()
    for source in sources:
        index.add(source)
    calls = [case.call for rule in rules for _, case in rule.examples.cases()]
    skipped = [
        (source, call)
        for call in calls[::20]
        for source in sources.difference(index.likely_in(call))
        if compiled[source].search(call)
    ]
    assert skipped == []
