"""What nobody does goes up by itself: each level once, whoever looks and however often."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.storage.alerts import desk, escalation
from inspector.storage.ledger import EventKind
from tests.accepted import BOSS
from tests.databases import Database
from tests.unit.alerts.conftest import SAID, Floor
from tests.unit.alerts.test_opening import COMPLAINT, THEFT


def test_nobody_takes_it(floor: Floor) -> None:
    # 0        3       10      15
    # |--------|-------|-------|------
    # opened   deputy  on call on call again, and it is not handled either
    floor.call("1", THEFT)
    floor.told()
    heard = []
    for minute in (2.99, 3, 3, 9.9, 10, 15, 15, 999):
        floor.store.alerts.escalate(floor.at(minute))
        heard.append([audience for _, audience, _ in floor.told()])
    assert heard == [[], ["deputy"], [], [], ["on_call"], ["on_call", "on_call"], [], []]
    assert sorted(step.escalated for step in floor.only().steps) == [1, 3]


def test_levels_missed_together_tell_each_audience_once(floor: Floor) -> None:
    floor.call("1", THEFT)
    floor.told()
    assert floor.store.alerts.escalate(floor.at(600)) == 2
    assert floor.told() == [("escalated", "deputy", 2), ("escalated", "on_call", 3), ("escalated", "on_call", 4)]
    events = [event for event in floor.store.ledger.events(0, 99) if event.kind == EventKind.ALERT_ESCALATED]
    assert [event.data["to"] for event in events] == [["deputy", "on_call"], ["on_call"]]


def test_a_step_whose_turn_has_not_come_does_not_go_up(floor: Floor) -> None:
    floor.call("1", COMPLAINT)
    floor.told()
    late = floor.at(60 * 24 * 30)
    assert floor.store.alerts.escalate(late) == 2  # answer and proposal; the 48 hours begin with the proposal
    group = floor.store.alerts.meet(BOSS, floor.only().id, "propose")
    close = next(step for step in group.steps if step.id == "close")
    assert close.due_at == late + timedelta(hours=48)
    assert floor.store.alerts.escalate(late + timedelta(hours=47)) == 0
    assert floor.store.alerts.escalate(late + timedelta(hours=48)) == 1
    floor.store.alerts.meet(BOSS, group.id, "answer")  # late, and nothing that went up goes up again by it
    assert floor.store.alerts.escalate(late + timedelta(days=9)) == 0


def test_an_empty_floor(floor: Floor) -> None:
    assert floor.store.alerts.escalate(SAID) == 0


def test_more_than_one_transaction_takes(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(escalation, "AT_ONCE", 5)
    monkeypatch.setattr(desk, "AT_ONCE", 5)
    for no in range(13):
        floor.call(str(no), THEFT)
    floor.told()
    assert floor.store.alerts.escalate(floor.at(3)) == 13
    assert [audience for _, audience, _ in floor.told()] == ["deputy"] * 13
    assert floor.store.alerts.escalate(floor.at(3)) == 0


def test_any_number_of_processes_may_look_at_once(floor: Floor, database: Database) -> None:
    for no in range(20):
        floor.call(str(no), THEFT)
    floor.told()
    now, start = floor.at(3), Barrier(4)
    counted: list[int] = []

    def look() -> None:
        start.wait()
        counted.append(floor.store.alerts.escalate(now))

    threads = [Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counted) == len(floor.told()) == 20
    assert database.rows("SELECT DISTINCT notices FROM alert_group") == [(2,)]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(0, 30), max_size=8))
def test_however_often_one_looks_each_level_goes_up_once(floor: Floor, looks: list[float]) -> None:
    no = str(len(floor.groups()))
    floor.at(0)
    floor.call(no, THEFT)
    for minute in sorted(looks):
        floor.store.alerts.escalate(floor.at(minute))
    (group,) = [one for one in floor.groups() if one.alerts[0].source_call_id == no]
    last = max(looks, default=0)
    levels = {step.id: step.escalated for step in group.steps}
    assert levels == {"acknowledge": sum(at <= last for at in (3, 10, 15)), "handle": int(last >= 15)}
