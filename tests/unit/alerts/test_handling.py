"""People take, assign, refute and close; two of them never both."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Event, Thread

import pytest

from inspector.alerts.group import AlertGroup, AlertState, GroupState
from inspector.enums import AlertClass
from inspector.errors import InspectorError, PolicyError, UsageError
from inspector.roles import Actor, Role
from inspector.storage import Store
from inspector.storage.alerts import GroupFilter, Hygiene
from tests.accepted import BOSS
from tests.databases import Database
from tests.unit.alerts.conftest import SAID, Floor
from tests.unit.alerts.test_opening import COMPLAINT, LEAK, OWN, SECRET, THEFT, steps

OTHER = Actor("other", frozenset({Role.SUPERVISOR}))
LEAD = Actor("lead", frozenset({Role.TEAM_LEAD}), frozenset({"A"}))
AGENT = Actor("agent", frozenset({Role.AGENT}), frozenset({"A"}))
AUDITOR = Actor("auditor", frozenset({Role.AUDITOR}))


def opened(floor: Floor, *rules: str, **facts: str) -> AlertGroup:
    floor.call("1", *(rules or (THEFT,)), **facts)
    floor.told()
    return floor.only()


def kinds(store: Store) -> list[str]:
    return [event.kind for event in store.ledger.events(0, 99)]


def owed(group: AlertGroup) -> set[str]:
    return {step.id for step in group.steps if step.is_owed}


def test_taken_it_is_somebodys_and_does_not_go_up_as_not_taken(floor: Floor, database: Database) -> None:
    group = opened(floor)
    floor.at(2)
    taken = floor.store.alerts.take(BOSS, group.id)
    assert (taken.state, taken.handler, taken.version) == (GroupState.TAKEN, "boss", group.version + 1)
    assert owed(taken) == {"handle"}
    assert floor.store.alerts.escalate(floor.at(14)) == 0
    assert kinds(floor.store) == ["alert.taken"]
    assert database.rows("SELECT actor, action, subject FROM audit") == [("boss", "alert_take", group.id)]


def test_the_second_is_told_who_has_it(floor: Floor) -> None:
    group = opened(floor)
    floor.store.alerts.take(BOSS, group.id)
    with pytest.raises(PolicyError, match="in the hands of boss"):
        floor.store.alerts.take(OTHER, group.id)
    assert floor.store.alerts.take(BOSS, group.id).handler == "boss"


def test_of_two_at_once_one_has_it(floor: Floor) -> None:
    group = opened(floor)
    start, said = Barrier(2), []

    def take(actor: Actor) -> None:
        start.wait()
        try:
            said.append(floor.store.alerts.take(actor, group.id).handler)
        except PolicyError as error:
            said.append(error.message)

    threads = [Thread(target=take, args=(actor,)) for actor in (BOSS, OTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    handler = floor.only().handler
    assert sorted(said) == sorted([handler, f"group {group.id} is in the hands of {handler}"])


def test_seen_is_not_taken(floor: Floor) -> None:
    group = floor.store.alerts.acknowledge(BOSS, opened(floor).id)
    assert (group.state, group.handler, owed(group)) == (GroupState.OPEN, None, {"handle"})
    assert floor.store.alerts.take(OTHER, group.id).handler == "other"


def test_assigned_whoever_had_it(floor: Floor) -> None:
    group = opened(floor)
    floor.store.alerts.take(OTHER, group.id)
    assigned = floor.store.alerts.assign(BOSS, group.id, " wang ")
    assert (assigned.state, assigned.handler) == (GroupState.TAKEN, "wang")
    assert floor.told() == [("assigned", "duty_supervisor", 2)]
    with pytest.raises(PolicyError, match="in the hands of wang"):
        floor.store.alerts.close(OTHER, group.id, "resolved")
    with pytest.raises(UsageError, match="nobody is named"):
        floor.store.alerts.assign(BOSS, group.id, " ")


def test_a_step_is_done_and_what_follows_runs_from_then(floor: Floor) -> None:
    # said Fri 15:00; proposal due Tue 15:00, made Fri 17:00: closed 48 h after that
    group = opened(floor, COMPLAINT)
    assert steps(floor) == {"1-2-48 answer": 1.0, "1-2-48 propose": 96.0, "1-2-48 close": 144.0}
    floor.at(120)
    done = floor.store.alerts.meet(BOSS, group.id, "propose")
    assert (done.handler, owed(done)) == ("boss", {"answer", "close"})
    assert steps(floor)["1-2-48 close"] == 50.0
    with pytest.raises(UsageError, match="owes no step propose"):
        floor.store.alerts.meet(BOSS, group.id, "propose")
    with pytest.raises(UsageError, match="owes no step dance"):
        floor.store.alerts.meet(BOSS, group.id, "dance")


def test_closed_with_a_result_everything_is_done(floor: Floor, database: Database) -> None:
    group = opened(floor)
    floor.at(10)
    closed = floor.store.alerts.close(BOSS, group.id, "called_back", "客户已接到电话")
    assert (closed.state, closed.result, closed.note) == (GroupState.CLOSED, "called_back", "客户已接到电话")
    assert (closed.closed_by, closed.closed_at) == ("boss", SAID + timedelta(minutes=10))
    assert [step.met_by for step in closed.steps] == ["boss", "boss"]
    assert [step.is_late(floor.clock.at) for step in closed.steps] == [True, False]
    assert floor.store.alerts.escalate(floor.at(600)) == 0
    assert floor.told() == []
    ((told,),) = database.rows("SELECT CAST(detail AS TEXT) FROM audit")
    assert json.loads(told) == {"result": "called_back"}, "a note may name people: it is no business of the audit"


def test_closing_what_changed_since_it_was_seen_is_refused(floor: Floor) -> None:
    seen = opened(floor, LEAK)
    floor.call("1", LEAK, THEFT)
    with pytest.raises(PolicyError, match="changed since"):
        floor.store.alerts.close(BOSS, seen.id, "resolved", version=seen.version)
    now = floor.only()
    assert floor.store.alerts.close(BOSS, now.id, "resolved", version=now.version).state is GroupState.CLOSED


def test_an_unknown_result_names_those_that_there_are(floor: Floor) -> None:
    with pytest.raises(UsageError) as caught:
        floor.store.alerts.close(BOSS, opened(floor).id, "done")
    assert "resolved" in caught.value.remedy


Deed = Callable[[Store, AlertGroup], object]
DEEDS: dict[str, Deed] = {
    "take": lambda store, group: store.alerts.take(OTHER, group.id),
    "seen": lambda store, group: store.alerts.acknowledge(OTHER, group.id),
    "assign": lambda store, group: store.alerts.assign(OTHER, group.id, "wang"),
    "step": lambda store, group: store.alerts.meet(OTHER, group.id, "handle"),
    "close": lambda store, group: store.alerts.close(OTHER, group.id, "resolved"),
    "false": lambda store, group: store.alerts.false_alarm(OTHER, group.alerts[0].call_id, THEFT, "不是"),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_what_was_ended_meanwhile_stays_ended(floor: Floor, deed: Deed, database: Database) -> None:
    group = opened(floor)
    floor.store.alerts.close(BOSS, group.id, "resolved")
    before = database.rows("SELECT count(*) FROM audit")
    with pytest.raises(PolicyError, match="was ended by boss"):
        deed(floor.store, group)
    assert database.rows("SELECT count(*) FROM audit") == before


# ---- false alarms ----------------------------------------------------------------------------------------------------


def test_a_group_of_false_alarms_ends_as_one(floor: Floor) -> None:
    group = opened(floor)
    ended = floor.store.alerts.false_alarm(BOSS, group.alerts[0].call_id, THEFT, " 说的是别人 ")
    assert (ended.state, ended.closed_by, owed(ended)) == (GroupState.FALSE_ALARM, "boss", set())
    (alert,) = ended.alerts
    assert alert.false_alarm is not None
    assert (alert.state, alert.false_alarm.by, alert.false_alarm.reason) == (
        AlertState.FALSE_ALARM,
        "boss",
        "说的是别人",
    )
    assert floor.store.alerts.escalate(floor.at(600)) == 0
    assert kinds(floor.store) == ["alert.false_alarm"]


def test_a_false_alarm_leaves_the_class_and_clocks_of_the_others(floor: Floor) -> None:
    group = opened(floor, THEFT, LEAK, COMPLAINT)
    floor.at(5)
    left = floor.store.alerts.false_alarm(BOSS, group.alerts[0].call_id, THEFT, "不是")
    assert (left.alert_class, left.state) == (AlertClass.P1, GroupState.TAKEN)
    running = {(step.clock, step.id) for step in left.steps if step.is_owed}
    # The theft led before, so the two hours of the leak begin to be owed now, from its own words.
    assert running == {("2h", "handle"), ("1-2-48", "answer"), ("1-2-48", "propose"), ("1-2-48", "close")}
    assert steps(floor)["2h handle"] == pytest.approx(2.0, abs=0.01)
    assert len(left.raised) == 2
    assert floor.store.alerts.escalate(floor.at(59)) == 0


def test_a_clock_that_was_stopped_starts_again_for_another_alert(floor: Floor) -> None:
    group = opened(floor, THEFT, LEAK, customer_key="k")
    floor.store.alerts.false_alarm(BOSS, group.alerts[0].call_id, THEFT, "不是")
    floor.at(60)
    floor.call("2", THEFT, customer_key="k", said=SAID + timedelta(hours=1))
    again = floor.only()
    assert again.alert_class is AlertClass.P0
    assert {step.id for step in again.steps if step.clock == "15min" and step.is_owed} == {"handle"} | owed(again) - {
        "handle"
    }
    assert floor.told() == [("joined", "duty_supervisor", 2)]
    assert floor.store.alerts.escalate(floor.at(64)) == 1


def test_a_false_alarm_needs_an_alert_and_a_reason(floor: Floor) -> None:
    group = opened(floor, THEFT, LEAK)
    call_id = group.alerts[0].call_id
    with pytest.raises(UsageError, match="needs a reason"):
        floor.store.alerts.false_alarm(BOSS, call_id, THEFT, " ")
    with pytest.raises(UsageError, match=r"no alert no\.such"):
        floor.store.alerts.false_alarm(BOSS, call_id, "no.such", "x")
    floor.store.alerts.false_alarm(BOSS, call_id, THEFT, "不是")
    with pytest.raises(PolicyError, match="not open any more"):
        floor.store.alerts.false_alarm(BOSS, call_id, THEFT, "不是")


# ---- who may ---------------------------------------------------------------------------------------------------------


def test_a_team_lead_sees_and_handles_the_teams_own(floor: Floor) -> None:
    floor.call("1", THEFT, team="A")
    floor.call("2", THEFT, team="B")
    floor.call("3", THEFT)
    alerts = floor.store.alerts
    (mine,) = alerts.groups(LEAD, _all(), 9)
    assert (mine.teams, alerts.count(LEAD, _all())) == (frozenset("A"), 1)
    assert alerts.take(LEAD, mine.id).handler == "lead"
    for group in alerts.groups(BOSS, _all(), 9):
        if group.id != mine.id:
            with pytest.raises(PolicyError):
                alerts.take(LEAD, group.id)
            with pytest.raises(PolicyError):
                alerts.group(LEAD, group.id)
    with pytest.raises(PolicyError):
        alerts.assign(LEAD, mine.id, "wang")


@pytest.mark.parametrize("actor", [AGENT, Actor("nobody", frozenset())])
def test_who_has_no_role_for_it_sees_nothing(floor: Floor, actor: Actor) -> None:
    group = opened(floor, team="A")
    asked: list[Callable[[], object]] = [
        lambda: floor.store.alerts.groups(actor, _all(), 9),
        lambda: floor.store.alerts.count(actor, _all()),
        lambda: floor.store.alerts.group(actor, group.id),
        lambda: floor.store.alerts.take(actor, group.id),
        lambda: floor.store.alerts.hygiene(actor, None, None),
    ]
    for ask in asked:
        with pytest.raises(PolicyError):
            ask()


def test_an_auditor_looks_and_touches_nothing(floor: Floor) -> None:
    group = opened(floor)
    assert floor.store.alerts.group(AUDITOR, group.id) == group
    with pytest.raises(PolicyError):
        floor.store.alerts.take(AUDITOR, group.id)


# ---- finding them ----------------------------------------------------------------------------------------------------


def test_a_group_is_named_by_how_its_id_begins(floor: Floor) -> None:
    group = opened(floor)
    assert floor.store.alerts.group(BOSS, group.id[:6]) == group
    for wrong in ("zzzz", "", "%", "_" * 24):
        with pytest.raises(InspectorError, match=r"no group of alerts begins|several groups"):
            floor.store.alerts.group(BOSS, wrong)


def test_the_most_urgent_come_first_and_every_audience_has_its_list(floor: Floor) -> None:
    floor.call("own", OWN)
    floor.call("secret", SECRET)
    floor.call("both", SECRET, OWN)
    floor.call("late", THEFT, said=SAID + timedelta(minutes=1))
    floor.call("theft", THEFT)
    names = [group.alerts[0].source_call_id for group in floor.groups()]
    assert names[0] == "theft"  # what was said later than it was found runs from when it was found
    assert set(names[:2]) == {"theft", "late"} and set(names[2:4]) == {"secret", "both"} and names[4] == "own"
    assert {group.alerts[0].source_call_id for group in floor.groups(audience="risk_control")} == {"secret", "both"}
    assert len(floor.groups(audience="duty_supervisor")) == 4
    assert floor.groups(audience="nobody") == ()


def test_hygiene_counts_by_rule(floor: Floor) -> None:
    for no in range(4):
        floor.call(str(no), THEFT, said=SAID)
    first, second, third, _ = floor.groups()
    floor.at(2)
    floor.store.alerts.take(BOSS, first.id)
    floor.store.alerts.escalate(floor.at(4))
    floor.store.alerts.false_alarm(BOSS, second.alerts[0].call_id, THEFT, "不是")
    floor.store.alerts.close(BOSS, third.id, "resolved")
    floor.at(120)
    floor.call("5", LEAK)
    floor.call("6", THEFT)
    hygiene = floor.store.alerts.hygiene
    assert hygiene(BOSS, None, None) == (
        Hygiene(THEFT, 5, 3, 1, 1, 1, 1, noticed=3, noticed_after_s=240),
        Hygiene(LEAK, 1, 1, 0, 0, 0, 0, noticed=0, noticed_after_s=None),
    )
    assert hygiene(BOSS, SAID.date(), SAID.date()) == hygiene(BOSS, None, None)
    assert hygiene(BOSS, SAID.date() + timedelta(days=1), None) == ()


def _all() -> GroupFilter:
    return GroupFilter()


def test_who_closes_while_calls_come_in_leaves_no_alert_behind(floor: Floor, database: Database) -> None:
    # calls    1   2   3   4  …   each joins the open group of the customer, or opens one
    # closer     x   x      x     closes it under them; one looks for what goes up meanwhile
    floor.at(200)
    done = Event()

    def calls() -> None:
        for no in range(8):
            floor.call(str(no), THEFT, customer_key="k")
        done.set()

    def close() -> None:
        while not done.is_set():
            for group in floor.groups():
                floor.store.alerts.close(BOSS, group.id, "resolved")

    def look() -> None:
        while not done.is_set():
            floor.store.alerts.escalate(SAID + timedelta(days=1))

    threads = [Thread(target=one) for one in (calls, close, look)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    opened = "SELECT count(*) FROM alert a JOIN alert_group g ON g.id = a.group_id WHERE a.state = 'open'"
    assert database.rows(f"{opened} AND g.state NOT IN ('open', 'taken')") == [(0,)]
    assert database.rows("SELECT count(*) FROM alert") == [(8,)]
    assert len(floor.groups()) <= 1
    numbers = [(one.group_id, one.number) for one in floor.notices]
    assert len(set(numbers)) == len(numbers)
