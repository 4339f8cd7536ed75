"""Whatever a quarter of a phrase is wrong, one of its seeds is right."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.rules.seeds import seeds_in, seeds_of, shapes_of, with_gap

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize("length", range(3, 18))
def test_one_seed_is_right_wherever_a_quarter_is_wrong(length: int) -> None:
    seeds = [set(places) for places, _, _ in seeds_of(length, length // 4, slips=False)]
    assert all(any(seed.isdisjoint(wrong) for seed in seeds) for wrong in combinations(range(length), length // 4))


def looked_up(text: str, length: int, slips: bool) -> bool:
    """Does a seed of the phrase that is the first letters stand in the text?"""
    seeds = {
        with_gap("".join(LETTERS[place] for place in places), gap)
        for places, gap, _ in seeds_of(length, length // 4, slips)
    }
    return any(seed in seeds for _, seed in seeds_in(text, shapes_of(seeds)))


@given(st.integers(3, 40), st.text("xyz", max_size=4), st.data())
def test_a_phrase_with_a_quarter_wrong_is_looked_up(length: int, before: str, data: st.DataObject) -> None:
    letters = (LETTERS + LETTERS.upper())[:length]
    wrong = data.draw(st.sets(st.integers(0, length - 1), max_size=length // 4))
    heard = "".join("?" if place in wrong else letter for place, letter in enumerate(letters))
    seeds = {
        with_gap("".join(letters[place] for place in places), gap)
        for places, gap, _ in seeds_of(length, length // 4, slips=True)
    }
    assert any(seed in seeds for _, seed in seeds_in(before + heard, shapes_of(seeds)))


@pytest.mark.parametrize("length", [6, 7])
def test_a_phrase_with_one_put_in_or_left_out_is_looked_up(length: int) -> None:
    phrase = LETTERS[:length]
    for at in range(1, length - 1):
        assert looked_up(phrase[:at] + phrase[at + 1 :], length, slips=True)
    for at in range(1, length):
        assert looked_up(phrase[:at] + "?" + phrase[at:], length, slips=True)
