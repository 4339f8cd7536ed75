"""The made-up calls that speed is measured on: the same for the same seed, as long as they are said to be."""

from __future__ import annotations

from itertools import pairwise
from statistics import mean

from hypothesis import given
from hypothesis import strategies as st

from inspector.bench.ordinary import CALL_S, ordinary_calls
from inspector.model import Party
from inspector.rules.load import load_scored
from tests.builders import ROOT

SCORED = load_scored(ROOT / "tests" / "packs" / "scored")


@given(st.integers(0, 1000))
def test_a_call_is_a_dialogue_of_three_minutes(seed: int) -> None:
    ((_, hearing),) = ordinary_calls(SCORED, 1, seed)
    assert CALL_S <= hearing.recording.duration_s < CALL_S + 60
    assert all(one.end_s < other.start_s for one, other in pairwise(hearing.turns))
    assert {Party.AGENT, Party.CUSTOMER} <= {turn.party for turn in hearing.turns}
    assert all(len(set(turn.char_starts_s)) == len(turn.text) for turn in hearing.turns)


def test_the_same_seed_gives_the_same_calls_and_no_two_of_them_are_equal() -> None:
    calls = list(ordinary_calls(SCORED, 20))
    assert calls == list(ordinary_calls(SCORED, 20))
    assert len({call.id for call, _ in calls}) == len({str(hearing.turns) for _, hearing in calls}) == 20
    assert calls != list(ordinary_calls(SCORED, 20, seed=2))


def test_they_have_as_many_characters_as_ordinary_calls() -> None:
    lengths = [sum(len(turn.text) for turn in hearing.turns) for _, hearing in ordinary_calls(SCORED, 50)]
    assert 600 < mean(lengths) < 800
