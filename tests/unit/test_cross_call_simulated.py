"""200 days of a contact centre: planted incidents are found, once each, and its busy hours are none."""

from __future__ import annotations

import math
import random
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from inspector.alerts.cross_call import AROUND, Episode, IncidentLimits, Signal, episodes, usual_of

DAYS, LEARNT = 200, 28
FIRST = datetime(2025, 1, 6, tzinfo=UTC)
BY_HOUR = [0.05] * 8 + [0.6, 1.4, 1.6, 1.3, 0.8, 0.9, 1.3, 1.3, 1.1, 0.9, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]
BY_WEEKDAY = [1.3, 1.1, 1.0, 1.0, 1.05, 0.6, 0.5]
LIMITS = IncidentLimits()


@dataclass(frozen=True)
class Simulated:
    """``each``: how many incidents were found where one was planted; ``false``: those where none was."""

    each: list[int]
    false: int


def poisson(chance: random.Random, mean: float) -> int:
    """Knuth's, for small means."""
    count, left = 0, chance.random()
    while left > math.exp(-mean):
        count, left = count + 1, left * chance.random()
    return count


def background(chance: random.Random, calls_a_day: float) -> list[datetime]:
    """When customers say it: more on Mondays and in the morning, and days that are busier as a whole."""
    said = []
    for day in range(LEARNT + DAYS):
        start = FIRST + timedelta(days=day)
        busy = BY_WEEKDAY[start.weekday()] * chance.lognormvariate(0, 0.2)
        for hour, share in enumerate(BY_HOUR):
            for _ in range(poisson(chance, calls_a_day * busy * share / sum(BY_HOUR))):
                said.append(start + timedelta(hours=hour, seconds=3600 * chance.random()))
    return said


def planted(chance: random.Random, customers: int) -> list[list[datetime]]:
    """Every fifth day one incident by day: so many customers more within half an hour."""
    starts = [FIRST + timedelta(days=day, hours=chance.uniform(9, 20)) for day in range(LEARNT, LEARNT + DAYS, 5)]
    return [[start + chance.random() * LIMITS.window for _ in range(customers)] for start in starts]


def found(said: list[datetime]) -> tuple[Episode, ...]:
    """What is found after the weeks from which it is learnt what is usual."""

    def usual(at: datetime) -> float:
        ends = [at + AROUND - timedelta(weeks=week) for week in range(1, LIMITS.weeks + 1)]
        rate = usual_of([bisect_right(said, end) - bisect_left(said, end - LIMITS.stretch) for end in ends], LIMITS)
        assert rate is not None
        return rate

    since = bisect_left(said, FIRST + timedelta(days=LEARNT, hours=4))
    stream = [Signal(at, f"c{n}", "urgent.x", "", f"k{n}") for n, at in enumerate(said[since:])]
    return episodes(stream, usual, LIMITS)


def simulated(seed: int, calls_a_day: float, customers: int) -> Simulated:
    chance = random.Random(seed)  # noqa: S311 - a simulation
    incidents = planted(chance, customers) if customers else []
    said = sorted([*background(chance, calls_a_day), *(at for one in incidents for at in one)])
    episodes_found = found(said)
    each = [
        sum(one.first_at <= max(incident) and one.hot_until >= min(incident) for one in episodes_found)
        for incident in incidents
    ]
    return Simulated(each, len(episodes_found) - sum(each))


@pytest.mark.parametrize("calls_a_day", [2, 10, 50, 200])
def test_usual_days_have_no_incident(calls_a_day: float) -> None:
    # One in 200 days is allowed for: a Monday of a day that is busy as a whole is no chance either.
    assert simulated(1, calls_a_day, 0).false <= 1


@pytest.mark.parametrize(("calls_a_day", "customers"), [(2, 6), (10, 10), (50, 20), (100, 30), (200, 50)])
def test_each_planted_incident_is_found_once(calls_a_day: float, customers: int) -> None:
    simulation = simulated(2, calls_a_day, customers)
    assert simulation.each == [1] * (DAYS // 5)
    assert simulation.false <= 1
