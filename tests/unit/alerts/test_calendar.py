"""Working time: holidays, worked weekends, opening hours; deadlines never fall on a free day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.alerts.calendar import Hours, WorkCalendar, load_calendar
from inspector.errors import ConfigError

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = Hours(time(9), time(18))
SHIPPED = load_calendar(None, HOURS, SHANGHAI)
PLAIN = WorkCalendar(SHANGHAI, HOURS)

moments = st.datetimes(datetime(2024, 11, 1), datetime(2027, 2, 28), timezones=st.just(SHANGHAI))


def at(text: str) -> datetime:
    """A time in Shanghai, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2025-01-01", False),  # a Wednesday
        ("2025-01-26", True),  # a Sunday that is worked
        ("2025-02-04", False),
        ("2025-02-05", True),
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2026-02-14", True),
        ("2026-02-23", False),
        ("2026-10-10", True),
        ("2026-11-21", False),  # a plain Saturday
    ],
)
def test_the_days_of_the_state_council(day: str, worked: bool) -> None:
    assert SHIPPED.is_working(date.fromisoformat(day)) is worked


@pytest.mark.parametrize(("year", "working"), [(2025, 248), (2026, 248)])
def test_a_year_has_as_many_working_days_as_the_list_says(year: int, working: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(365))
    assert sum(map(SHIPPED.is_working, days)) == working


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2025-03-07T15:00", 2, "2025-03-11T15:00"),  # Friday to Tuesday
        ("2025-03-07T20:00", 2, "2025-03-11T18:00"),  # after hours: as if at closing
        ("2025-03-08T11:00", 2, "2025-03-11T18:00"),  # Saturday: as if at the last closing
        ("2025-03-10T06:00", 2, "2025-03-12T09:00"),  # before opening: as if at opening
        ("2025-01-24T15:00", 2, "2025-01-27T15:00"),  # the Sunday between is worked
        ("2025-09-30T15:00", 2, "2025-10-10T15:00"),  # over the national day
        ("2025-12-31T15:00", 2, "2026-01-05T15:00"),  # over the new year: Sunday the 4th is worked
        ("2025-03-08T11:00", 0, "2025-03-10T09:00"),
        ("2025-03-07T15:00", 0, "2025-03-07T15:00"),
    ],
)
def test_working_days(start: str, days: int, due: str) -> None:
    assert SHIPPED.add_days(at(start), days) == at(due)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2025-03-07T17:00", 90, "2025-03-10T09:30"),
        ("2025-03-07T17:00", 60, "2025-03-07T18:00"),
        ("2025-03-07T20:00", 1, "2025-03-10T09:01"),
        ("2025-03-08T11:00", 0, "2025-03-10T09:00"),
        ("2025-09-30T17:30", 9 * 60, "2025-10-09T17:30"),
    ],
)
def test_working_minutes(start: str, minutes: int, due: str) -> None:
    assert SHIPPED.add_minutes(at(start), minutes) == at(due)


@given(moments, st.integers(0, 40))
def test_a_deadline_lies_in_working_time_and_not_before_the_start(start: datetime, days: int) -> None:
    for due in (SHIPPED.add_days(start, days), SHIPPED.add_minutes(start, days * 37)):
        local = due.astimezone(SHANGHAI)
        assert SHIPPED.is_working(local.date())
        assert HOURS.opens <= local.time() <= HOURS.closes
        assert due >= start
        assert due.utcoffset() == timedelta(0)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=20)), st.integers(0, 30), st.integers(0, 10))
def test_who_starts_later_or_has_longer_is_never_due_earlier(
    start: datetime, later: timedelta, length: int, more: int
) -> None:
    for add in (SHIPPED.add_days, SHIPPED.add_minutes):
        assert add(start, length) <= add(start, length + more)
        if length:
            assert add(start, length) <= add(start + later, length)


@given(moments, st.integers(0, 3000), st.integers(0, 3000))
def test_minutes_add_up(start: datetime, first: int, second: int) -> None:
    assert SHIPPED.add_minutes(SHIPPED.add_minutes(start, first), second) == SHIPPED.add_minutes(start, first + second)


def test_a_missing_year_is_monday_to_friday_and_known_to_be() -> None:
    start = at("2030-10-01T10:00")  # a Tuesday, a holiday for sure
    assert SHIPPED.add_days(start, 1) == at("2030-10-02T10:00")
    assert not SHIPPED.is_known(start, start)
    assert not SHIPPED.is_known(at("2026-12-31T10:00"), at("2027-01-04T10:00"))
    assert SHIPPED.is_known(at("2025-12-31T10:00"), at("2026-01-04T10:00"))
    # The year is that of the business: in UTC it is still the old one.
    assert not SHIPPED.is_known(at("2027-01-01T03:00"), at("2027-01-01T03:00"))


@pytest.mark.parametrize(
    ("now", "missing"),
    [("2026-11-30T23:59", None), ("2026-12-01T00:00", 2027), ("2025-12-01T00:00", None), ("2027-03-01T12:00", 2027)],
)
def test_next_years_calendar_is_missed_from_december_on(now: str, missing: int | None) -> None:
    assert SHIPPED.missing_next(at(now)) == missing


def test_a_bank_brings_its_own(tmp_path: Path) -> None:
    (tmp_path / "2027.toml").write_text("year = 2027\nholidays = [2027-01-01]\nworking_days = [2027-01-02]\n")
    own = load_calendar(tmp_path, HOURS, SHANGHAI)
    assert (own.is_working(date(2027, 1, 1)), own.is_working(date(2027, 1, 2))) == (False, True)
    assert own.years == {2027}
    assert own.version != SHIPPED.version
    assert load_calendar(tmp_path, HOURS, SHANGHAI) == own
    empty = tmp_path / "none"
    empty.mkdir()
    assert load_calendar(empty, HOURS, SHANGHAI).years == frozenset()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("year = 2026", "year 2026 stands in a file of another name"),
        ("year = '2027'", "year must be a whole number"),
        ("year = 2027\nholidays = [2026-01-01]\nworking_days = []", "2026-01-01 is no date of 2027"),
        ("year = 2027\nholidays = ['2027-01-01']\nworking_days = []", "is no date of 2027"),
        ("year = 2027\nholidays = [2027-01-01]\nworking_days = [2027-01-01]", "or is there twice"),
        ("year = 2027\nholidays = []\nworkdays = []", "unknown: workdays"),
        ("year = 2027\nholidays = []", "working_days must be a list"),
        ("year = ", "is no TOML"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "2027.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"2027\.toml") as caught:
        load_calendar(tmp_path, HOURS, SHANGHAI)
    assert told in caught.value.message


def test_a_year_without_working_days_is_refused(tmp_path: Path) -> None:
    days = ", ".join(f"{date(2027, 1, 1) + timedelta(days=number)}" for number in range(300))
    (tmp_path / "2027.toml").write_text(f"year = 2027\nholidays = [{days}]\nworking_days = []")
    with pytest.raises(ConfigError, match="fewer than 150 working days"):
        load_calendar(tmp_path, HOURS, SHANGHAI)


def test_no_directory_and_impossible_hours(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no directory of calendars"):
        load_calendar(tmp_path / "gone", HOURS, SHANGHAI)
    with pytest.raises(ValueError, match="cannot close"):
        Hours(time(18), time(9))
