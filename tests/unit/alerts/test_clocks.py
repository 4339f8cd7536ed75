"""Clocks: started by the words, reckoned for people from when they could know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.alerts.clocks import Base, Deadline, Since, deadlines, load_clocks
from inspector.alerts.policy import shipped_policy
from inspector.errors import ConfigError

SHANGHAI = ZoneInfo("Asia/Shanghai")
POLICY = shipped_policy(SHANGHAI)
FRIDAY = datetime(2025, 3, 7, 15, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)

moments = st.datetimes(datetime(2024, 12, 1), datetime(2027, 2, 1), timezones=st.just(UTC))
waits = st.timedeltas(timedelta(0), timedelta(days=10))
clocks = st.sampled_from(sorted(POLICY.clocks))


def run(clock: str, start: datetime, found: datetime | None = None, **met: datetime) -> dict[str, Deadline]:
    made = deadlines(POLICY.clocks[clock], start, found or start, POLICY.calendar, met)
    return {one.step.id: one for one in made}


def after(deadline: Deadline, start: datetime) -> list[tuple[float, str]]:
    """Minutes after ``start`` and whom."""
    return [((at - start).total_seconds() / 60, to) for at, to in deadline.escalations]


def test_the_clocks_that_ship() -> None:
    assert set(POLICY.clocks) == {"15min", "2h", "24h", "1-2-48", "1-2-48-literal", "2d-5d", "vip", "15-30-60"}


def test_not_taken_goes_up_at_3_10_and_15_minutes() -> None:
    made = run("15min", FRIDAY)
    assert after(made["acknowledge"], FRIDAY) == [(3, "deputy"), (10, "on_call"), (15, "on_call")]
    assert made["handle"].due_at - FRIDAY == timedelta(minutes=15)


def test_1_2_48_over_a_weekend() -> None:
    # Fri 15:00 ── 1 h ── 16:00      ── 2 working days ── Tue 15:00 ── 48 h ── Thu 15:00
    made = run("1-2-48", FRIDAY)
    due = {step: (one.due_at - FRIDAY) / HOUR for step, one in made.items()}
    assert due == {"answer": 1, "propose": 96, "close": 144}
    assert {step: (one.due_at - FRIDAY) / HOUR for step, one in run("1-2-48-literal", FRIDAY).items()} == {
        "answer": 1,
        "propose": 96,
        "close": 48,
    }


def test_the_48_hours_run_from_the_proposal_when_it_was_made() -> None:
    proposed = FRIDAY + 20 * HOUR
    assert run("1-2-48", FRIDAY, propose=proposed)["close"].due_at == proposed + 48 * HOUR


def test_what_was_overdue_when_found_goes_up_from_when_it_was_found() -> None:
    found = FRIDAY + 12 * HOUR
    made = run("15min", FRIDAY, found)
    assert made["acknowledge"].due_at < found
    assert after(made["acknowledge"], found) == [(3, "deputy"), (10, "on_call"), (15, "on_call")]


def test_only_what_counts_working_time_names_the_calendar() -> None:
    made = run("1-2-48", FRIDAY)
    assert [made[step].calendar for step in ("answer", "propose", "close")] == [None, POLICY.calendar.version, None]
    late = run("2d-5d", datetime(2026, 12, 30, 15, tzinfo=SHANGHAI))
    assert (late["answer"].provisional, late["close"].provisional) == (True, True)
    assert not run("2d-5d", datetime(2026, 12, 23, 15, tzinfo=SHANGHAI))["close"].provisional


@given(clocks, moments, waits, waits)
def test_deadlines_are_monotone(clock: str, start: datetime, until_found: timedelta, later: timedelta) -> None:
    first = run(clock, start, start + until_found)
    second = run(clock, start + later, start + until_found + later)
    for step in first:
        assert start <= first[step].due_at <= second[step].due_at
        assert [at for at, _ in first[step].escalations] <= [at for at, _ in second[step].escalations]
        ups = [at for at, _ in first[step].escalations]
        assert ups == sorted(ups)
        assert all(at >= max(first[step].due_at, start + until_found) for at in ups)


@given(clocks, moments, waits)
def test_finding_it_later_moves_no_deadline(clock: str, start: datetime, wait: timedelta) -> None:
    at_once, late = run(clock, start), run(clock, start, start + wait)
    assert [one.due_at for one in at_once.values()] == [one.due_at for one in late.values()]


@given(clocks, moments)
def test_what_counts_working_days_is_never_due_on_a_free_one(clock: str, start: datetime) -> None:
    for one in run(clock, start).values():
        if one.step.base is not Base.NATURAL_HOURS:
            assert POLICY.calendar.is_working(POLICY.calendar.day_of(one.due_at))


@given(clocks, moments, waits)
def test_what_is_done_changes_only_what_follows_it(clock: str, start: datetime, wait: timedelta) -> None:
    steps = POLICY.clocks[clock].steps
    plain, done = run(clock, start), run(clock, start, **{steps[0].id: start + wait})
    for before, step in pairwise(steps):
        follows = step.since is Since.STEP_BEFORE and before is steps[0]
        assert follows or done[step.id].due_at == plain[step.id].due_at


GOOD = {"id": '"a"', "zh": '"甲"', "en": '"a"', "base": '"natural_hours"', "hours": "1", "from": '"statement"'}


def written(tmp_path: Path, *steps: dict[str, str]) -> Path:
    lines = ["[own]", 'zh = "自定"', 'en = "own"']
    for step in steps:
        lines += ["[[own.steps]]", *(f"{name} = {value}" for name, value in step.items() if value)]
    path = tmp_path / "clocks.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_bank_brings_its_own(tmp_path: Path) -> None:
    second = GOOD | {"id": '"b"', "from": '"step_before"', "missed": '[{ to = "deputy", minutes = 5 }]'}
    own = load_clocks(written(tmp_path, GOOD, second), POLICY.audiences)["own"]
    assert [(step.length, step.since) for step in own.steps] == [(60, Since.STATEMENT), (60, Since.STEP_BEFORE)]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"base": '"hours"'}, "base hours from statement is unknown"),
        ({"from": '"now"'}, "from now is unknown"),
        ({"hours": "0"}, "needs a whole length"),
        ({"hours": "1.5"}, "hours must be a whole number"),
        ({"hours": "", "days": "1"}, "needs a whole length"),
        ({"minutes": "1"}, "needs a whole length"),
        ({"owner": '"nobody"'}, "unknown audience: nobody"),
        ({"missed": '[{ to = "nobody", minutes = 1 }]'}, "unknown audience: nobody"),
        ({"missed": '[{ to = "deputy", minutes = -1 }]'}, "minutes must not be negative"),
        ({"missed": '[{ to = "deputy", minutes = 9 }, { to = "on_call", minutes = 1 }]'}, "not in the order"),
        ({"missed": '["deputy"]'}, "must be a list of tables"),
        ({"from": '"step_before"'}, "the first step has none before it"),
        ({"lenght": "1"}, "unknown: lenght"),
        ({"zh": ""}, "zh must be text"),
    ],
)
def test_what_is_wrong_with_a_clock_is_named(tmp_path: Path, wrong: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigError, match=r"clocks\.toml:own") as caught:
        load_clocks(written(tmp_path, GOOD | wrong), POLICY.audiences)
    assert told in caught.value.message


def test_steps_of_one_name_or_none_are_refused(tmp_path: Path) -> None:
    for steps in ([], [GOOD, GOOD]):
        with pytest.raises(ConfigError, match="steps, each with an id of its own"):
            load_clocks(written(tmp_path, *steps), POLICY.audiences)
