"""Alarms that know how much weeks swing."""

from __future__ import annotations

import pytest

from inspector.review.statistics.drift import Change, alarms

STEADY = ((50, 1000),) * 8
SWINGING = ((10, 1000), (90, 1000)) * 4


def test_the_same_jump_is_an_alarm_where_weeks_are_alike_and_none_where_they_swing() -> None:
    # 110 of 1,000 after 400 of 8,000: share 510/9,000, z = 7.76. Steady weeks: chi-square 0, so t = z with 7 degrees.
    steady, swinging = Change((110, 1000), STEADY), Change((110, 1000), SWINGING)
    assert steady.p_value == pytest.approx(1.1e-4, rel=0.05)
    # Swinging: chi-square 8 x 40^2 / 47.5 = 269.5 by 7 is 38.5, so t = 7.76 / 6.2 = 1.25.
    assert swinging.p_value == pytest.approx(0.251, rel=0.02)
    assert alarms({"steady": steady, "swinging": swinging}) == {"steady"}


def test_too_few_is_no_alarm() -> None:
    assert Change((4, 40), ((0, 0),) * 8).p_value is None
    assert Change((4, 4), STEADY).p_value is None, "4 calls this week"
    assert Change((50, 100), STEADY[:3]).p_value is None, "three weeks do not tell how much weeks swing"
    assert Change((0, 0), ()).p_value is None


def test_of_many_that_are_tested_a_chance_finding_is_none() -> None:
    """p = 0.02 alone is an alarm; among 50 that did not change it is what chance brings about."""
    jump = Change((72, 1000), STEADY)
    assert jump.p_value is not None
    assert 0.01 < jump.p_value < 0.05
    assert alarms({0: jump}) == {0}
    assert alarms({0: jump} | {number: Change((50, 1000), STEADY) for number in range(1, 51)}) == frozenset()


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be"):
        Change((2, 1), ())
