"""The capacity sheet: exact counts, minutes that add up, and what nobody will review."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.config import SamplingSettings
from inspector.sampling.capacity import Sheet, Volume, sheet_of
from inspector.sampling.draw import DrawKind

FIRST = date(2025, 3, 1)
DAYS = (FIRST, FIRST)
VOLUME = Volume(calls=40_000, call_min=4, with_findings=2_000, mystery=100, agents=300)
SETTINGS = SamplingSettings()  # type: ignore[call-arg]


def sheet(rostered_min: float, volume: Volume = VOLUME, directed: int = 10, days: int = 1) -> Sheet:
    return sheet_of((FIRST, FIRST + timedelta(days=days - 1)), volume, rostered_min, directed, SETTINGS)


def figures(made: Sheet) -> dict[DrawKind, tuple[int, int, float, int]]:
    return {line.kind: (line.base, line.calls, round(line.minutes, 6), line.reviewed) for line in made.lines}


def test_a_bank_of_forty_thousand_calls_a_day() -> None:
    """By hand: 2000 whole calls of 6 minutes, 100 test calls, 400 quick checks of a minute, 10 that were asked for."""
    made = sheet(13_000)
    assert figures(made) == {
        DrawKind.RANDOM: (40_000, 2_000, 12_000, 2_000),
        DrawKind.MYSTERY: (100, 100, 600, 100),
        DrawKind.RECHECK: (2_000, 400, 400, 400),
        DrawKind.COVERAGE: (300, 4, 24, 0),
        DrawKind.DIRECTED: (10, 10, 60, 0),
        DrawKind.SELF_CHECK: (2_000, 2_000, 2_000, 0),
    }
    assert made.needed_min == 13_084


def test_the_random_sample_comes_first() -> None:
    made = figures(sheet(600))
    assert made[DrawKind.RANDOM][3] == 100
    assert all(line[3] == 0 for kind, line in made.items() if kind is not DrawKind.RANDOM)


@pytest.mark.parametrize(("base", "calls"), [("all_calls", 8_000), ("self_checked", 400), ("reviewed", 400)])
def test_the_recheck_is_a_share_of_the_base_that_is_set(base: str, calls: int) -> None:
    settings = SETTINGS.model_copy(update={"recheck_base": base, "recheck_rate": Decimal("0.2")})
    made = figures(sheet_of(DAYS, VOLUME, 0, 0, settings))
    assert made[DrawKind.RECHECK][1] == calls


def test_a_month_is_so_many_days_and_agents_lack_less() -> None:
    """Sixty agents: a day draws five calls, a month 150. By chance (Poisson) they lack less with every call drawn."""
    small = replace(VOLUME, calls=100, with_findings=3, mystery=0, agents=60)
    day, month = figures(sheet(0, small)), figures(sheet(0, small, days=30))
    assert (day[DrawKind.RANDOM][1], month[DrawKind.RANDOM][1]) == (5, 150)
    assert (day[DrawKind.COVERAGE][1], month[DrawKind.COVERAGE][1]) == (116, 23)


def test_nothing_to_plan_for() -> None:
    made = sheet(10, Volume(0, 0, 0, 0, 0), directed=0)
    assert made.needed_min == 0
    assert all(line.calls == 0 for line in made.lines)


@given(
    st.floats(0, 1e5), st.floats(0, 60), st.floats(0, 1), st.integers(0, 2_000), st.floats(0, 1e6), st.integers(1, 31)
)
def test_minutes_add_up(calls: float, call_min: float, share: float, agents: int, rostered: float, days: int) -> None:
    volume = Volume(calls, call_min, calls * share, calls * share, agents)
    made = sheet(rostered, volume, days=days)
    spent = sum(line.minutes * line.reviewed / line.calls for line in made.lines if line.calls)
    assert spent <= rostered * (1 + 1e-9) + 1e-6
    assert all(0 <= line.reviewed <= line.calls for line in made.lines)
    if rostered >= made.needed_min:
        own = DrawKind.SELF_CHECK
        assert all(line.reviewed == line.calls for line in made.lines if line.kind is not own)


def test_every_figure_is_in_the_id() -> None:
    ids = {
        sheet(1).id,
        sheet(2).id,
        sheet(1, directed=9).id,
        sheet(1, replace(VOLUME, agents=1)).id,
        sheet(1, days=2).id,
    }
    assert len(ids) == 5
    assert sheet(1).id == sheet(1).id


@pytest.mark.parametrize("number", [-1, math.nan, math.inf])
def test_numbers_that_cannot_be(number: float) -> None:
    with pytest.raises(ValueError):
        replace(VOLUME, calls=number)
    with pytest.raises(ValueError):
        sheet(number)
    with pytest.raises(ValueError):
        replace(VOLUME, with_findings=50_000)
    with pytest.raises(ValueError):
        sheet_of((FIRST, FIRST - timedelta(days=1)), VOLUME, 1, 0, SETTINGS)
