"""The peers must do their work right, or speed beside them says nothing. They are no part of the product."""

from __future__ import annotations

import os
from types import ModuleType

import pytest

from inspector.errors import SetupError
from inspector.rules.sound import codes_of


@pytest.fixture(scope="module")
def peers() -> ModuleType:
    try:
        from inspector.bench import peers
    except SetupError as error:
        if os.environ.get("INSPECTOR_REQUIRE_ALL") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))
    return peers


def test_the_automaton_finds_every_place_and_the_alternation_those_that_do_not_overlap(peers: ModuleType) -> None:
    phrases = ("保本", "保本保息", "息保")
    text = "这款保本保息保本"
    places = [(phrases[phrase], start, end) for phrase, start, end in peers.automaton(phrases)(text)]
    assert sorted(places) == [("保本", 2, 4), ("保本", 6, 8), ("保本保息", 2, 6), ("息保", 5, 7)]
    assert peers.alternation(phrases)(text) == ["保本保息", "保本"]


def test_brute_force_finds_what_sounds_alike(peers: ModuleType) -> None:
    wanted, other, heard, short = map(codes_of, ["声纹验证", "稳赚不赔", "我说身纹燕真好吗", "身纹"])
    found = peers.brute_force([wanted, other], [heard, short], 0.75)
    assert (found > 0).tolist() == [[True, False], [False, False]]
    assert found[0, 0] == pytest.approx(1.0)


def test_a_phrase_stands_in_place_when_no_syllable_was_inserted_or_lost(peers: ModuleType) -> None:
    assert peers.in_place("abcd", "xxabxdxx", 0.75)
    assert not peers.in_place("abcd", "xxabxcdxx", 0.75)
    assert not peers.in_place("abcd", "abc", 0.75)
