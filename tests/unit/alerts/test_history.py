"""What became of a group, and which groups are asked for."""

from __future__ import annotations

import pytest

from inspector.alerts.group import GroupState
from inspector.alerts.history import Happened
from inspector.alerts.refusals import DeedMisusedError, DeedRefusedError, Refusal
from inspector.enums import AlertClass
from inspector.errors import PolicyError
from inspector.storage.alerts import GroupFilter, telling
from inspector.storage.deliveries.notices import put_notice
from tests.accepted import BOSS
from tests.unit.alerts.conftest import Floor
from tests.unit.alerts.test_handling import LEAD, OTHER, kinds, opened
from tests.unit.alerts.test_opening import LEAK, THEFT


def test_everything_that_people_do_and_what_goes_up_is_told_in_order(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "put_notice", put_notice)
    floor.call("1", THEFT, LEAK, team="A")
    group, alerts = floor.only(), floor.store.alerts
    alerts.escalate(floor.at(4))
    alerts.acknowledge(LEAD, group.id)
    alerts.take(BOSS, group.id)
    alerts.assign(BOSS, group.id, "other")
    alerts.false_alarm(OTHER, group.alerts[1].call_id, LEAK, "客户在复述短信")
    alerts.meet(OTHER, group.id, "handle")
    alerts.close(OTHER, group.id, "called_back")
    told = alerts.history(LEAD, group.id)
    assert [(one.what, one.by, one.about) for one in told] == [
        (Happened.ESCALATED, None, "deputy"),
        (Happened.SEEN, "lead", None),
        (Happened.TAKEN, "boss", None),
        (Happened.ASSIGNED, "boss", "other"),
        (Happened.FALSE_ALARM, "other", LEAK),
        (Happened.STEP_DONE, "other", "handle"),
        (Happened.CLOSED, "other", "called_back"),
    ]
    assert [one.at for one in told] == sorted(one.at for one in told)
    assert kinds(floor.store) == [
        "alert.escalated", "alert.seen", "alert.taken", "alert.assigned", "alert.false_alarm", "alert.step_done",
        "alert.closed",
    ]  # fmt: skip


def test_what_became_of_other_teams_calls_is_not_told(floor: Floor) -> None:
    group = opened(floor, team="B")
    with pytest.raises(PolicyError):
        floor.store.alerts.history(LEAD, group.id)
    with pytest.raises(DeedMisusedError):
        floor.store.alerts.history(LEAD, "nothing")


def test_groups_are_asked_for_by_team_class_state_and_handler(floor: Floor) -> None:
    for no, rule, team in (("1", THEFT, "A"), ("2", THEFT, "B"), ("3", LEAK, "A"), ("4", LEAK, "B")):
        floor.call(no, rule, team=team)
    theft_a, theft_b, _, leak_b = (
        next(one for one in floor.groups() if one.alerts[0].source_call_id == no) for no in "1234"
    )
    alerts, only_b = floor.store.alerts, frozenset({"B"})
    alerts.take(OTHER, leak_b.id)

    def found(**which: object) -> set[str]:
        return {one.id for one in floor.groups(**which)}

    assert found(alert_class=AlertClass.P0) == {theft_a.id, theft_b.id}
    assert found(state=GroupState.TAKEN) == found(handler="other") == {leak_b.id}
    assert found(teams=only_b, state=GroupState.OPEN) == {theft_b.id}
    assert alerts.count(BOSS, GroupFilter(teams=only_b, alert_class=AlertClass.P1)) == 1
    assert [one.id for one in alerts.groups(BOSS, GroupFilter(teams=only_b), 1)] == [theft_b.id]
    assert alerts.teams(BOSS) == ("A", "B")
    alerts.close(OTHER, leak_b.id, "resolved")
    assert found(ended=True, handler="other", alert_class=AlertClass.P1) == {leak_b.id}
    assert found(ended=True, alert_class=AlertClass.P0) == set()


def test_a_lead_who_asks_for_another_team_sees_nothing_of_it(floor: Floor) -> None:
    floor.call("1", THEFT, team="A")
    floor.call("2", THEFT, team="B")
    alerts = floor.store.alerts
    assert alerts.groups(LEAD, GroupFilter(teams=frozenset({"B"})), 9) == ()
    assert alerts.count(LEAD, GroupFilter(teams=frozenset({"B"}))) == 0
    assert [one.teams for one in alerts.groups(LEAD, GroupFilter(teams=frozenset({"A", "B"})), 9)] == [{"A"}]
    assert alerts.teams(LEAD) == ("A",)


def test_a_refusal_says_by_its_kind_why_and_who_has_it(floor: Floor) -> None:
    group, alerts = opened(floor), floor.store.alerts
    alerts.take(BOSS, group.id)
    with pytest.raises(DeedRefusedError) as held:
        alerts.close(OTHER, group.id, "resolved", version=group.version)
    assert (held.value.why, held.value.who) == (Refusal.HELD, "boss")
    with pytest.raises(DeedRefusedError) as changed:
        alerts.close(BOSS, group.id, "resolved", version=group.version)
    assert (changed.value.why, changed.value.who) == (Refusal.CHANGED, None)
    for why, deed in (
        (Refusal.NO_RESULT, lambda: alerts.close(BOSS, group.id, "nonsense")),
        (Refusal.NOT_OWED, lambda: alerts.meet(BOSS, group.id, "nonsense")),
        (Refusal.NO_GROUP, lambda: alerts.take(BOSS, "nonsense")),
        (Refusal.NO_REASON, lambda: alerts.false_alarm(BOSS, group.alerts[0].call_id, THEFT, " ")),
        (Refusal.NO_ALERT, lambda: alerts.false_alarm(BOSS, "nonsense", THEFT, "why")),
        (Refusal.NO_PERSON, lambda: alerts.assign(BOSS, group.id, " ")),
    ):
        with pytest.raises(DeedMisusedError) as misused:
            deed()
        assert misused.value.why is why
    alerts.close(BOSS, group.id, "resolved")
    with pytest.raises(DeedRefusedError) as ended:
        alerts.take(OTHER, group.id)
    assert (ended.value.why, ended.value.who) == (Refusal.ENDED, "boss")
