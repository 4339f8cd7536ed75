"""Duty: who is on it, where the plan has holes, and what one shift leaves to the next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import PolicyError
from inspector.review.tasks.duty import Shift, gaps, on_duty, overlaps
from inspector.roles import Actor, Role
from inspector.storage import Store
from inspector.storage.alerts import GroupFilter
from inspector.storage.tasks.rectification import NewEntry
from tests.accepted import BOSS, RULE_ID, hearing, inspection, intake, kept, leg
from tests.unit.tasks.conftest import LEAD, NOW, QA

HOUR = timedelta(hours=1)
ON = Actor("on", frozenset({Role.SUPERVISOR}))
NEXT = Actor("next", frozenset({Role.SUPERVISOR}))


def shift(first: int, last: int, person: str = "on", audience: str = "team_lead") -> Shift:
    return Shift(f"{person}-{first}-{last}", person, audience, NOW + first * HOUR, NOW + last * HOUR)


@given(st.lists(st.tuples(st.integers(0, 22), st.integers(1, 6)), max_size=6))
def test_every_hour_is_a_gap_or_on_duty_and_shared_where_two_are(plan: list[tuple[int, int]]) -> None:
    shifts = [shift(first, first + hours, f"p{place}") for place, (first, hours) in enumerate(plan)]
    holes, shared = gaps(shifts, "team_lead", NOW, NOW + 24 * HOUR), overlaps(shifts)
    for hour in range(24):
        at = NOW + hour * HOUR
        there = on_duty(shifts, at)
        assert any(one.starts_at <= at < one.ends_at for one in holes) == (not there)
        assert any(one.starts_at <= at < one.ends_at for one in shared) == (len(there) > 1)


def test_a_plan_tells_who_is_on_duty(store: Store) -> None:
    duty = store.tasks.duty
    duty.plan(QA, [shift(0, 8), shift(8, 16, "next"), shift(0, 24, "risk", "risk_control")], NOW)
    assert [[one.person for one in duty.on_duty(ON, NOW + at * HOUR)] for at in (0, 8, 16, 24)] == [
        ["on", "risk"], ["risk", "next"], ["risk"], [],
    ]  # fmt: skip
    with pytest.raises(PolicyError):
        duty.plan(LEAD, [shift(0, 8)], NOW)


def test_a_note_lists_what_is_open_and_is_taken_over_once_by_another(store: Store) -> None:
    work = intake(1, leg(1))
    store.ledger.accept([work])
    (claim,) = store.ledger.claim([work.call.id], "w", 60)
    made = inspection(work.call, hearing("a" * 64))
    assert store.ledger.finish(claim.fence, made, kept())
    overdue = store.tasks.rectification.add(QA, NewEntry("检查", "缺提示"), NOW - 60 * 24 * HOUR)
    (group,) = store.alerts.groups(BOSS, GroupFilter(), 9)
    duty = store.tasks.duty
    note = duty.hand_over(ON, "team_lead", "客户再次来电请回拨", 2, NOW)
    assert (note.alerts, note.overdue_entries, note.overdue_appeals) == ((group.id,), (overdue.id,), 2)
    assert RULE_ID in {one.finding.rule_id for one in group.raised}
    with pytest.raises(PolicyError, match="from himself"):
        duty.take_over(ON, note.id, NOW)
    taken = duty.take_over(NEXT, note.id, NOW + HOUR)
    assert (taken.taken_by, taken.taken_at) == ("next", NOW + HOUR)
    with pytest.raises(PolicyError, match="next has taken over"):
        duty.take_over(QA, note.id, NOW)
    assert duty.handovers(QA, 9) == (taken,)
    assert duty.hand_over(ON, "risk_control", "", 0, NOW).alerts == ()
