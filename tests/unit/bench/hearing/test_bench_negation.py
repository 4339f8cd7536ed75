"""Shares of negation pairs with their intervals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.bench.hearing.negation import NegationRow, negation, wilson
from inspector.bench.hearing.truth import Pair
from inspector.bench.interval import Ratio
from inspector.model import Outcome


def test_wilson_s_interval_is_the_one_of_the_tables() -> None:
    # Newcombe, Statistics in Medicine 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29
    for hits, trials, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)):
        found = wilson(hits, trials)
        assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    with pytest.raises(ValueError, match="no share"):
        wilson(0, 0)


@given(st.integers(0, 300), st.integers(1, 300))
def test_an_interval_holds_its_share(hits: int, trials: int) -> None:
    found = wilson(min(hits, trials), trials)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1


def test_rows_are_by_noise_and_only_the_pair_s_own_rule_counts() -> None:
    def pair(lawful: bool, snr_db: float) -> Pair:
        return Pair("p1", "banned.zero_risk", lawful, snr_db)

    answers = [
        (pair(True, 34), Outcome.SILENT),
        (pair(True, 34), Outcome.FIRES),
        (pair(True, 5), Outcome.UNDETERMINED),
        (pair(False, 34), Outcome.FIRES),
    ]
    assert negation(answers) == [
        NegationRow(True, 34, 2, wilson(1, 2), wilson(0, 2)),
        NegationRow(True, 5, 1, wilson(0, 1), wilson(1, 1)),
        NegationRow(False, 34, 1, wilson(1, 1), wilson(0, 1)),
    ]
    assert negation([]) == []
    assert isinstance(wilson(1, 2), Ratio)
