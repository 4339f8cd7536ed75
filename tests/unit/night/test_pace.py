"""Rate, time left, deadline."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.night.pace import Pace, Progress, deadline_after

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(ended_s: float, running: int = 1, total_s: float = 1000.0, done: int = 0) -> Progress:
    return Progress(10, 0, 0, 10 - running - done, running, done, 0, 0, total_s, ended_s)


def test_the_rate_is_that_of_the_last_minutes() -> None:
    pace = Pace()
    pace.note(at(0.0), 0.0)
    assert pace.left_s is None
    pace.note(at(100.0), 100.0)
    assert (pace.speed, pace.left_s) == (1.0, 900.0)
    pace.note(at(500.0), 350.0)
    assert pace.speed == (500.0 - 100.0) / 250.0


def test_nothing_open_is_done_now() -> None:
    pace = Pace()
    pace.note(Progress(2, 1, 1, 0, 0, 0, 0, 0, 0.0, 0.0), 5.0)
    assert pace.left_s == 0.0
    assert pace.idle_s(500.0) == 495.0


def test_idle_counts_from_the_last_claim_or_end() -> None:
    pace = Pace()
    pace.note(at(0.0, running=0), 0.0)
    pace.note(at(0.0, running=0), 70.0)
    assert pace.idle_s(70.0) == 70.0
    pace.note(at(0.0, running=0, done=1), 80.0)
    assert pace.idle_s(80.0) == 0.0


@pytest.mark.parametrize(
    ("now", "deadline"),
    [
        ("2025-03-01T23:59:59+08:00", "2025-03-02T06:00:00+08:00"),
        ("2025-03-02T00:00:00+08:00", "2025-03-02T06:00:00+08:00"),
        ("2025-03-02T06:00:00+08:00", "2025-03-03T06:00:00+08:00"),
    ],
)
def test_two_who_start_around_midnight_have_one_deadline(now: str, deadline: str) -> None:
    assert deadline_after(datetime.fromisoformat(now), time(6), SHANGHAI) == datetime.fromisoformat(deadline)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), st.times())
def test_a_deadline_is_ahead_and_within_a_day(now: datetime, clock: time) -> None:
    deadline = deadline_after(now, clock, SHANGHAI)
    assert 0 < (deadline - now).total_seconds() <= 86_400
    assert deadline.astimezone(SHANGHAI).time() == clock


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        deadline_after(datetime(2025, 3, 1), time(6), SHANGHAI)
