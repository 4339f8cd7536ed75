"""New alerts find their group, start its clocks and are told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

from inspector.alerts.group import AlertState, GroupState, notice_of
from inspector.delivery.notice import NoticeKind
from inspector.enums import AlertClass
from inspector.storage.queues import Reason
from tests.accepted import BOSS
from tests.databases import Database
from tests.unit.alerts.conftest import SAID, Floor

THEFT, COMPLAINT, LEAK, SECRET, OWN = (
    "urgent.account_theft", "urgent.complaint", "urgent.data_leak", "banned.ask_secret", "of.the_bank",
)  # fmt: skip


def steps(floor: Floor) -> dict[str, float]:
    """Hours after the words, by clock and step."""
    return {f"{one.clock} {one.id}": (one.due_at - SAID) / timedelta(hours=1) for one in floor.only().steps}


def test_a_group_says_class_clock_quote_and_remedy(floor: Floor) -> None:
    floor.at(1)
    call_id = floor.call("1", THEFT, team="A 组", agent="306", customer_key="k")
    group = floor.only()
    (alert,) = group.alerts
    assert (group.alert_class, group.state, group.audience) == (AlertClass.P0, GroupState.OPEN, "duty_supervisor")
    assert (group.opened_at, group.version) == (SAID + timedelta(minutes=1), 1)
    assert (alert.call_id, alert.team, alert.agent, alert.said_at) == (call_id, "A 组", "306", SAID)
    assert steps(floor) == {"15min acknowledge": 0.05, "15min handle": 0.25}
    (notice,) = floor.notices
    assert (notice.kind, notice.number, notice.group_id) == (NoticeKind.OPENED, 1, group.id)
    assert (notice.rules, notice.call_ids, notice.source_call_ids) == (((THEFT, f"题{THEFT}"),), (call_id,), ("1",))
    assert (notice.team, notice.agent, notice.at_s, notice.started_at) == ("A 组", "306", alert.at_s, SAID)
    assert (notice.due_at, notice.overdue_when_found) == (SAID + timedelta(minutes=3), False)
    assert (notice.remedy, notice.quote) == ("回拨", "我的卡被盗刷了")


def test_what_is_told_is_masked(floor: Floor) -> None:
    floor.call("1", THEFT)
    group = floor.only()
    (alert,) = group.alerts
    said = replace(alert.finding.evidence[0], quote="卡号6222021234567890123")
    loud = replace(alert, finding=replace(alert.finding, evidence=(said,)))
    notice = notice_of(replace(group, alerts=(loud,)), NoticeKind.OPENED, 1, "x")
    assert notice.quote
    assert "6222" not in notice.quote


def test_a_night_batch_is_overdue_when_found(floor: Floor) -> None:
    floor.at(12 * 60)
    floor.call("1", THEFT)
    assert all(step.overdue_when_found for step in floor.only().steps)
    assert floor.notices[0].overdue_when_found
    assert floor.store.alerts.escalate(floor.at(12 * 60 + 2.9)) == 0
    assert floor.store.alerts.escalate(floor.at(12 * 60 + 3)) == 1


def test_a_call_without_start_runs_from_when_it_was_found(floor: Floor) -> None:
    floor.at(60)
    floor.call("1", THEFT, said=None)
    assert steps(floor) == {"15min acknowledge": 1.05, "15min handle": 1.25}
    assert floor.only().alerts[0].said_at is None
    assert not floor.notices[0].overdue_when_found


def test_alerts_of_one_call_are_one_group_and_every_audience_is_told_once(floor: Floor) -> None:
    floor.call("1", OWN, SECRET, THEFT, COMPLAINT, LEAK)
    group = floor.only()
    assert group.alerts[0].finding.rule_id == THEFT
    assert (group.alert_class, group.audience) == (AlertClass.P0, "duty_supervisor")
    assert floor.told() == [("opened", "duty_supervisor", 1), ("opened", "risk_control", 2)]
    # The worst one's clock and the complaint's own; nothing of two hours or a day.
    assert {step.clock for step in group.steps} == {"15min", "1-2-48"}


def test_inspected_again_nothing_is_opened_reopened_or_told(floor: Floor, database: Database) -> None:
    floor.call("1", THEFT, LEAK)
    floor.told()
    before = floor.only()
    floor.at(30)
    floor.call("1", THEFT, LEAK)
    assert (floor.only(), floor.told()) == (before, [])
    floor.store.alerts.close(BOSS, before.id, "resolved")
    floor.call("1", THEFT, LEAK)
    assert (floor.groups(), floor.told()) == ((), [])
    assert database.rows("SELECT count(*) FROM alert") == [(2,)]


def test_a_rule_that_is_found_later_joins_the_open_group_of_its_call(floor: Floor) -> None:
    floor.call("1", LEAK)
    floor.told()
    floor.at(30 * 60)  # later than a customer's calls are joined
    floor.call("1", LEAK, OWN)
    assert len(floor.only().alerts) == 2
    assert floor.told() == [("joined", "duty_supervisor", 2)]
    assert steps(floor) == {"2h handle": 2.0}


def test_a_customer_who_calls_again_within_a_day_joins(floor: Floor) -> None:
    floor.call("1", LEAK, customer_key="k")
    floor.told()
    floor.at(23 * 60)
    floor.call("2", LEAK, customer_key="k", said=SAID + timedelta(hours=22))
    assert [alert.source_call_id for alert in floor.only().alerts] == ["1", "2"]
    assert floor.told() == []  # the same rule: they know
    floor.call("3", OWN, customer_key="k")
    assert floor.told() == [("joined", "duty_supervisor", 2)]
    floor.call("4", LEAK, customer_key="other")
    floor.call("5", LEAK)
    assert len(floor.groups()) == 3
    floor.at(24 * 60 + 1)
    floor.call("6", LEAK, customer_key="k")
    assert len(floor.groups()) == 4


def test_another_audience_is_another_group_of_the_customer(floor: Floor) -> None:
    floor.call("1", LEAK, customer_key="k")
    floor.call("2", SECRET, customer_key="k")
    assert sorted(group.audience for group in floor.groups()) == ["duty_supervisor", "risk_control"]


def test_a_worse_class_starts_its_clock_and_the_first_goes_on(floor: Floor) -> None:
    floor.call("1", LEAK, customer_key="k")
    floor.told()
    floor.at(60)
    floor.call("2", THEFT, customer_key="k", said=SAID + timedelta(minutes=30))
    group = floor.only()
    assert group.alert_class is AlertClass.P0
    assert steps(floor) == {"2h handle": 2.0, "15min acknowledge": 0.55, "15min handle": 0.75}
    assert floor.told() == [("joined", "duty_supervisor", 2)]


def test_a_clock_that_runs_is_pulled_forward_but_never_back(floor: Floor) -> None:
    floor.at(600)
    floor.call("2", COMPLAINT, customer_key="k", said=SAID + timedelta(hours=5))
    floor.call("1", COMPLAINT, customer_key="k")  # judged later, but said earlier
    first = steps(floor)
    assert first["1-2-48 answer"] == 1.0
    floor.call("3", COMPLAINT, customer_key="k", said=SAID + timedelta(hours=9))
    assert steps(floor) == first


def test_a_group_that_was_closed_is_not_joined(floor: Floor) -> None:
    floor.call("1", LEAK, customer_key="k")
    floor.store.alerts.close(BOSS, floor.only().id, "resolved")
    floor.call("2", LEAK, customer_key="k")
    assert len(floor.groups()) == 1
    assert len(floor.groups(ended=True)) == 1


def test_a_clock_that_was_set_back_loses_nothing(floor: Floor) -> None:
    floor.call("1", LEAK, customer_key="k")
    floor.at(-600)
    floor.call("2", LEAK, customer_key="k", said=SAID - timedelta(hours=11))
    group = floor.only()
    assert floor.store.alerts.escalate(floor.clock.at) == 0
    taken = floor.store.alerts.take(BOSS, group.id)
    assert taken.state is GroupState.TAKEN
    closed = floor.store.alerts.close(BOSS, group.id, "resolved")
    assert closed.closed_at == group.opened_at


def test_calls_of_one_customer_at_once_make_one_group(floor: Floor) -> None:
    start = Barrier(4)

    def call(no: int) -> None:
        start.wait()
        floor.call(str(no), LEAK, customer_key="k")

    threads = [Thread(target=call, args=(no,)) for no in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(floor.only().alerts) == 4


def test_a_call_without_alerts_asks_nothing_of_them(floor: Floor, database: Database) -> None:
    floor.call("1")
    assert (floor.groups(), floor.notices) == ((), [])
    assert floor.store.queues.review_counts(None).open[Reason.FINDING] == 0
    assert database.rows("SELECT count(*) FROM alert_step") == [(0,)]


def test_states_of_alerts_are_those_of_their_group(floor: Floor) -> None:
    floor.call("1", LEAK, THEFT)
    group = floor.only()
    floor.store.alerts.close(BOSS, group.id, "resolved")
    (ended,) = floor.groups(ended=True)
    assert {alert.state for alert in ended.alerts} == {AlertState.CLOSED}
    assert ended.next_step is None
