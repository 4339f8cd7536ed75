"""What is sent when: budgets hold and group but drop nothing, order holds, faults are waited out, circuits shut."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.delivery.records import Circuit, DeliveryState, Fault, FaultKind, Parcel, Waiting
from inspector.delivery.schedule import (
    FAULTS_TO_SHUT,
    MOST_TOGETHER,
    Budget,
    Patience,
    circuit_after,
    is_shut,
    parcels_of,
    room_of,
    told_of,
)
from inspector.enums import AlertClass
from tests.receivers import notice

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
PATIENCE = Patience(first_retry_s=2, give_up_s=86400, pause_s=15)
SIX, ANY = Budget(6, 600), Budget(0, 600)
DOWN = Fault(FaultKind.UNREACHABLE)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def waiting(number: int, group: str = "g", cls: AlertClass = AlertClass.P1, since: datetime = NOW) -> Waiting:
    return Waiting(notice(number, group, cls), since, 0, None)


def told(parcels: tuple[Parcel, ...]) -> list[list[tuple[str, int]]]:
    return [[(one.notice.group_id, one.notice.number) for one in parcel.waiting] for parcel in parcels]


def test_without_a_budget_each_by_itself_and_groups_in_order() -> None:
    due = [waiting(2, "a"), waiting(1, "a"), waiting(7, "b")]
    assert told(parcels_of(due, 1000, ANY, NOW)) == [[("a", 1)], [("b", 7)]]


def test_the_last_place_of_the_hour_is_for_all_the_rest() -> None:
    due = [waiting(1, group, since=ago(9 - no)) for no, group in enumerate("abcdefghi")]
    assert told(parcels_of(due[:6], 0, SIX, NOW)) == [[(group, 1)] for group in "abcdef"]
    parcels = parcels_of(due, 3, SIX, NOW)
    assert told(parcels) == [[("a", 1)], [("b", 1)], [(group, 1) for group in "cdefghi"]]
    assert [parcel.is_grouped for parcel in parcels] == [False, False, True]


def test_beyond_the_budget_they_are_held_and_told_together_in_the_end() -> None:
    due = [waiting(1, "a", since=ago(599)), waiting(2, "a", since=ago(5)), waiting(1, "b", since=ago(1))]
    assert parcels_of(due, 6, SIX, NOW) == ()
    assert told(parcels_of(due, 6, SIX, NOW + timedelta(seconds=1))) == [[("a", 1), ("a", 2), ("b", 1)]]


def test_the_most_urgent_is_never_held_and_takes_what_is_before_it_along() -> None:
    due = [waiting(1, "a"), waiting(2, "a", AlertClass.P0), waiting(1, "b"), waiting(1, "c", AlertClass.P0)]
    assert told(parcels_of(due, 99, SIX, NOW)) == [[("a", 1)], [("c", 1)]]
    assert told(parcels_of(due[1:], 99, SIX, NOW)) == [[("a", 2)], [("c", 1)]]


def test_a_message_that_was_decided_goes_as_it_was() -> None:
    bound = [replace(waiting(number), message_id="m") for number in (1, 2)]
    later = waiting(3)
    (parcel,) = parcels_of([*bound, later], 99, SIX, NOW)
    assert (parcel.message_id, parcel.waiting) == ("m", tuple(bound))


DUE = st.lists(
    st.tuples(st.integers(1, 60), st.sampled_from("abcde"), st.sampled_from(AlertClass), st.integers(0, 1200)),
    max_size=80,
    unique_by=lambda one: one[:2],
)


@given(DUE, st.integers(0, 8), st.sampled_from([ANY, SIX, Budget(1, 600)]))
def test_whatever_is_due_each_notice_once_in_order_within_the_budget(
    made: list[tuple[int, str, AlertClass, int]], sent: int, budget: Budget
) -> None:
    due = [waiting(number, group, cls, ago(age)) for number, group, cls, age in made]
    parcels = parcels_of(due, sent, budget, NOW)
    given_out = [one.notice for parcel in parcels for one in parcel.waiting]
    assert len({one.id for one in given_out}) == len(given_out)
    for group in "abcde":
        of_group = [one.number for one in given_out if one.group_id == group]
        there = sorted(one.notice.number for one in due if one.notice.group_id == group)
        assert of_group == there[: len(of_group)]
        assert len({parcel.message_id for parcel in parcels if parcel.waiting[0].notice.group_id == group}) <= 1
    assert all(len(parcel.waiting) <= MOST_TOGETHER for parcel in parcels)
    urgent = {one.notice.group_id for one in due if one.notice.alert_class is AlertClass.P0}
    assert urgent <= {one.group_id for one in given_out}
    if budget.per_hour:
        calm = [parcel for parcel in parcels if parcel.waiting[0].notice.group_id not in urgent]
        assert len(calm) <= max(1, budget.per_hour - sent)


@given(st.data())
def test_everything_is_told_in_the_end(data: st.DataObject) -> None:
    """Ten minutes of time after ten minutes, a receiver that takes everything has had everything, within its budget."""
    left = {(n, g): waiting(n, g, c, ago(a)) for n, g, c, a in data.draw(DUE)}
    sent: list[datetime] = []
    now = NOW
    for _ in range(400):
        hour = [at for at in sent if at > now - timedelta(hours=1)]
        for parcel in parcels_of(list(left.values()), len(hour), SIX, now):
            sent.append(now)
            for one in parcel.waiting:
                del left[one.notice.number, one.notice.group_id]
        now += timedelta(minutes=10)
    assert left == {}


@pytest.mark.parametrize(
    ("tries", "least_s", "most_s"), [(0, 1, 2), (1, 2, 4), (3, 8, 16), (12, 450, 900), (99, 450, 900)]
)
def test_the_wait_grows_and_is_spread(tries: int, least_s: float, most_s: float) -> None:
    parcel = Parcel("m", (replace(waiting(1), tries=tries),))
    for chance, wait_s in ((0.0, least_s), (1.0, most_s)):
        (one,) = told_of(parcel, "desk", DOWN, PATIENCE, NOW, chance)
        assert (one.state, one.next_at, one.fault) == (DeliveryState.PENDING, NOW + timedelta(seconds=wait_s), DOWN)


@pytest.mark.parametrize(
    ("fault", "wait_s"),
    [
        (Fault(FaultKind.BUSY, 429, 120.0), 120.0),
        (Fault(FaultKind.BUSY, 503, 1e9), 3600.0),
        (Fault(FaultKind.BUSY, 503, 0.5), 1.0),
        (Fault(FaultKind.SET_UP, 401), 150.0),
    ],
)
def test_who_asks_for_time_gets_it(fault: Fault, wait_s: float) -> None:
    (one,) = told_of(Parcel("m", (waiting(1),)), "desk", fault, PATIENCE, NOW, 0.0)
    assert one.next_at == NOW + timedelta(seconds=wait_s)


def test_given_up_after_a_last_attempt_at_the_end_of_the_day() -> None:
    almost = Parcel("m", (replace(waiting(1, since=ago(86390)), tries=50),))
    (one,) = told_of(almost, "desk", DOWN, PATIENCE, NOW, 1.0)
    assert one.next_at == NOW + timedelta(seconds=10)
    over = Parcel("m", (waiting(1, since=ago(86400)), waiting(2)))
    assert {one.state for one in told_of(over, "desk", DOWN, PATIENCE, NOW, 1.0)} == {DeliveryState.DEAD}
    assert {one.state for one in told_of(over, "desk", None, PATIENCE, NOW, 1.0)} == {DeliveryState.GROUPED}


def test_a_circuit_shuts_probes_and_opens() -> None:
    """::

    faults    1 2 3 4 5├── 15 s ──┤probe ✗├──── 30 s ────┤probe ✓
    may send  n n n n n     0       1           0          1      n
    """
    circuit, at = Circuit(), NOW
    for _ in range(FAULTS_TO_SHUT):
        assert room_of(circuit, 15, 3, 8, at) == 5
        circuit = circuit_after(circuit, DOWN, 15, at)
    assert circuit.shut_until == NOW + timedelta(seconds=15)
    assert room_of(circuit, 15, 0, 8, at) == 0
    assert circuit_after(circuit, DOWN, 15, at) == circuit
    at = NOW + timedelta(seconds=15)
    assert [room_of(circuit, 15, under_way, 8, at) for under_way in (0, 1)] == [1, 0]
    circuit = circuit_after(circuit, DOWN, 15, at)
    assert circuit.shut_until == at + timedelta(seconds=30)
    assert circuit_after(circuit, None, 15, at + timedelta(seconds=30)) == Circuit()


@given(st.integers(0, 200), st.integers(0, 3600 * 24))
def test_no_pause_is_long_nor_a_clock_that_was_set_back(faults: int, back_s: int) -> None:
    circuit = circuit_after(Circuit(faults), DOWN, 15, NOW)
    assert not is_shut(circuit, 15, NOW + timedelta(seconds=300))
    if back_s > 300:
        assert not is_shut(circuit, 15, NOW - timedelta(seconds=back_s))
