"""Figures from verdicts: known values, edges, and limits that hold their level."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.review.statistics.agreement import agreement_of
from inspector.review.statistics.proportion import Observer, wilson
from inspector.review.statistics.recall import Fired, recall_of
from inspector.review.statistics.strata import Stratum


@pytest.mark.parametrize(("hits", "of", "low"), [(45, 45, 0.921), (46, 50, 0.812), (28, 30, 0.787)])
def test_known_limits(hits: int, of: int, low: float) -> None:
    assert wilson(hits, of).low == pytest.approx(low, abs=5e-4)


def test_none_and_all_have_limits_too() -> None:
    none, every = wilson(0, 20), wilson(20, 20)
    assert (none.low, every.high) == (0, 1)
    assert none.high == pytest.approx(1 - every.low) == pytest.approx(0.161, abs=5e-4)


def test_what_was_observed_of_all_is_known() -> None:
    estimate = wilson(3, 20, population=20)
    assert (estimate.low, estimate.value, estimate.high) == (0.15, 0.15, 0.15)


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 400))
def test_limits_lie_around_the_value_and_more_of_the_whole_makes_them_closer(hits: int, of: int, more: int) -> None:
    hits = min(hits, of)
    widths = [wilson(hits, of, population) for population in (None, of + more + 1, of + more // 2 + 1)]
    for wide, close in pairwise(widths):
        assert 0 <= wide.low <= close.low + 1e-12 <= close.value + 1e-12
        assert close.value - 1e-12 <= close.high <= wide.high + 1e-12 <= 1 + 1e-12


def test_the_errors_of_an_observer_are_taken_out() -> None:
    # Of 1,000 there are 100; he sees 90 of them and takes 9 of the others for one.
    estimate = wilson(99, 1000, observer=Observer(0.9, 0.99))
    assert estimate.value == pytest.approx(0.1)
    assert estimate.high - estimate.low > wilson(100, 1000).high - wilson(100, 1000).low
    with pytest.raises(ValueError, match="chance"):
        Observer(0.5, 0.5)


@pytest.mark.parametrize("counts", [(3, 2, None), (-1, 2, None), (0, 0, None), (1, 3, 2)])
def test_impossible_counts(counts: tuple[int, int, int | None]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        wilson(*counts)


class TestRecall:
    def test_of_what_was_heard_whole(self) -> None:
        estimate = recall_of(Fired(40, 40, 30), [Stratum(50, 50, 10), Stratum(10, 10, 0)])
        assert estimate is not None
        assert estimate.low == pytest.approx(0.75)
        assert estimate.value == pytest.approx(0.75)
        assert estimate.high == pytest.approx(0.75)

    def test_strata_count_by_their_calls(self) -> None:
        # Few were heard of the large one, all of the small one: 1,000 x 1/10 + 10 x 10/10 are missed.
        estimate = recall_of(Fired(110, 110, 110), [Stratum(1000, 10, 1), Stratum(10, 10, 10)])
        assert estimate is not None
        assert estimate.value == pytest.approx(0.5)
        assert estimate.low < 0.25
        assert estimate.high > 0.75

    def test_nothing_missed_is_not_the_same_as_nothing_to_miss(self) -> None:
        estimate = recall_of(Fired(20, 20, 20), [Stratum(2000, 100, 0)])
        assert estimate is not None
        assert estimate.value == estimate.high == 1
        assert estimate.low < 0.4

    @pytest.mark.parametrize(
        ("fired", "strata"),
        [
            (Fired(5, 5, 0), [Stratum(9, 9, 1)]),
            (Fired(0, 0, 0), [Stratum(9, 9, 1)]),
            (Fired(5, 5, 5), [Stratum(9, 0, 0)]),
        ],
    )
    def test_too_little_to_say_anything(self, fired: Fired, strata: list[Stratum]) -> None:
        assert recall_of(fired, strata) is None

    @pytest.mark.parametrize("counts", [(1, 2, 0), (3, 2, 3), (3, -1, 0)])
    def test_impossible_counts(self, counts: tuple[int, int, int]) -> None:
        for kind in (Fired, Stratum):
            with pytest.raises(ValueError, match="cannot be"):
                kind(*counts)

    def test_limits_contain_the_truth_as_often_as_they_say(self) -> None:
        # A small version of the simulation in docs/results/statistics.md, with a fixed seed.
        rng = random.Random(7)  # noqa: S311 - no secret
        held = sum(one_night(rng) for _ in range(300))
        assert 0.92 <= held / 300 <= 0.98


def one_night(rng: random.Random) -> bool:
    """20,000 calls with 2 % violations of which a rule finds 70 %; 5 % of the calls are heard."""
    violations = sum(rng.random() < 0.02 for _ in range(4000)) * 5
    found = sum(rng.random() < 0.7 for _ in range(violations))
    fired, others = Fired(found + 80, found + 80, found), 20_000 - found - 80
    heard = 1000 - round((found + 80) / 20)
    places = rng.sample(range(others), heard)
    missed = sum(place < violations - found for place in places)
    estimate = recall_of(fired, [Stratum(others, heard, missed)])
    assert estimate is not None
    return estimate.low <= found / violations <= estimate.high


class TestAgreement:
    def test_a_table_worked_by_hand(self) -> None:
        # 118 both yes, 5 yes/no, 2 no/yes, 0 both no: 0.944 alike. By chance: (123 x 120 + 2 x 5) / 125².
        agreement = agreement_of([("y", "y")] * 118 + [("y", "n")] * 5 + [("n", "y")] * 2)
        assert agreement is not None
        assert agreement.share == pytest.approx(0.944)
        mean = (118 * 2 + 7) / 250
        guessed = 2 * mean * (1 - mean)
        assert agreement.ac1 == pytest.approx((0.944 - guessed) / (1 - guessed))
        assert agreement.kappa == pytest.approx((0.944 - 0.94528) / (1 - 0.94528))
        assert agreement.ac1_low < agreement.ac1 < agreement.ac1_high <= 1

    def test_all_alike_of_one_kind(self) -> None:
        agreement = agreement_of([("y", "y")] * 9)
        assert agreement is not None
        assert (agreement.ac1, agreement.kappa) == (1, None)

    def test_too_few(self) -> None:
        assert agreement_of([("y", "n")]) is None

    @given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=60))
    def test_order_of_items_and_reviewers_does_not_matter(self, verdicts: list[tuple[str, str]]) -> None:
        one = agreement_of(verdicts)
        other = agreement_of([(b, a) for a, b in reversed(verdicts)])
        assert one is not None
        assert other is not None
        assert one.ac1 == pytest.approx(other.ac1)
        assert one.ac1_low == pytest.approx(other.ac1_low)
        assert -1 <= one.ac1_low <= one.ac1 + 1e-9 <= one.ac1_high + 2e-9 <= 1 + 2e-9
