"""Coaching: only from final findings; the agent's next calls of that kind are heard, and say how it went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.enums import Outcome
from inspector.errors import PolicyError, UsageError
from inspector.review.records import Answer, DecisionState, Submitted
from inspector.review.tasks.coaching import Clip, Coaching, CoachingState, Heard, result_of, standing, too_few
from inspector.roles import Person, Role
from inspector.storage import Store
from inspector.storage.queues import Reason
from inspector.storage.reviews.items import NewItem
from inspector.storage.tasks.coaching import NewCoaching
from inspector.storage.tasks.following import after_final, follow_up_submitted
from tests.accepted import BOSS
from tests.databases import Database
from tests.decided import RULE, call_of, decide, judge
from tests.unit.tasks.conftest import AGENT, LEAD, NOW, QA, STRANGER

DAY = timedelta(days=1)


@given(st.booleans(), st.booleans(), st.sampled_from([None, *DecisionState]), st.booleans())
def test_only_what_counts_is_confirmed_and_only_what_was_heard_is_clean(
    heard: bool, said: bool, state: DecisionState | None, counts: bool
) -> None:
    found = standing(heard, said, state, counts)
    assert (found is Heard.CONFIRMED) == counts
    if found is Heard.CLEAN:
        assert heard and (state is DecisionState.FINAL or (state is None and not said))


@given(st.lists(st.sampled_from(Heard)), st.integers(1, 8))
def test_to_pass_takes_all_and_to_recur_one_final_confirmation(calls: list[Heard], wanted: int) -> None:
    result = result_of(calls, wanted)
    assert (result is CoachingState.RECURRED) == (Heard.CONFIRMED in calls)
    if result is CoachingState.PASSED:
        assert calls.count(Heard.CLEAN) >= wanted


def give(store: Store, *calls: str) -> Coaching:
    new = NewCoaching(RULE, calls, "lead", "重听并改说风险提示")
    return store.tasks.coaching.give(LEAD, new, NOW)


def coached(store: Store, *calls: str) -> Coaching:
    return store.tasks.coaching.done(LEAD, give(store, *calls).id, NOW)


def next_calls(store: Store, count: int, first: str = "n", **facts: str) -> list[str]:
    return [call_of(store, f"{first}{n}", NOW + n * DAY, **facts) for n in range(1, count + 1)]


def hear(database: Database, store: Store, task: Coaching, calls: Sequence[str], answer: Answer) -> None:
    """Each of the calls is heard as its follow-up."""
    with database.connection() as connection:
        for call_id in calls:
            item = NewItem(call_id, Reason.FOLLOW_UP, task.id, None)
            submitted: Submitted = judge(connection, item, "r", {RULE: answer}, NOW + 9 * DAY)
            follow_up_submitted(connection, submitted, store._review, NOW + 9 * DAY)


def test_a_task_holds_where_the_finding_lies_and_goes_its_way(store: Store, database: Database, found: str) -> None:
    task, desk = give(store, found), store.tasks.coaching
    assert (task.agent, task.team, task.title, task.due_at) == ("A1", "一组", "客户报告资金未到账", NOW + 7 * DAY)
    assert task.clips == (Clip(found, 10.0, 12.0),)
    with pytest.raises(PolicyError, match="only the agent himself"):
        desk.acknowledge(LEAD, task.id, NOW)
    assert desk.acknowledge(AGENT, task.id, NOW + DAY).acknowledged_at == NOW + DAY
    assert desk.acknowledge(AGENT, task.id, NOW + 2 * DAY).acknowledged_at == NOW + DAY
    with pytest.raises(PolicyError, match="done by its coach"):
        desk.done(QA, task.id, NOW + DAY)
    assert desk.assign(QA, task.id, "qa").coach == "qa"
    assert desk.assign(QA, task.id, "lead").coach == "lead"
    assert desk.done(LEAD, task.id, NOW + DAY).state is CoachingState.DONE
    assert [one.id for one in desk.tasks(AGENT, 9)] == [task.id] == [one.id for one in desk.tasks(LEAD, 9)]
    assert desk.tasks(STRANGER, 9) == ()
    with pytest.raises(PolicyError):
        desk.get(STRANGER, task.id)
    assert not database.rows("SELECT * FROM audit WHERE cast(detail as text) LIKE '%风险%'")


def test_coaching_only_from_final_findings_of_one_agent(store: Store, database: Database, found: str) -> None:
    early, nobodys, others = (call_of(store, no, NOW) for no in ("early", "nobody", "other"))
    with database.connection() as connection:
        decide(connection, early, NOW, DecisionState.SETTLED)
        decide(connection, nobodys, NOW, agent=None)
        decide(connection, others, NOW, agent="A2")
    with pytest.raises(PolicyError, match="no final finding that counts"):
        give(store, found, early)
    with pytest.raises(PolicyError, match="names no agent"):
        give(store, nobodys)
    with pytest.raises(UsageError, match="several agents or teams"):
        give(store, found, others)
    assert store.tasks.coaching.tasks(QA, 9) == ()


def test_the_next_calls_to_which_the_rule_applies_are_opened_once(
    store: Store, database: Database, found: str
) -> None:
    #            coaching done
    #  before ───────┼── n1 n2 not-applicable other-agent n3 n4 n5 n6
    task = coached(store, found)
    call_of(store, "before", NOW - DAY)
    call_of(store, "no", NOW + DAY, Outcome.NOT_APPLICABLE)
    call_of(store, "else", NOW + DAY, agent="A2")
    calls = next_calls(store, 3)
    assert [store.tasks.coaching.resample(NOW + 4 * DAY) for _ in range(2)] == [3, 0]
    calls += [call_of(store, f"m{n}", NOW + n * DAY, Outcome.SILENT) for n in (6, 5, 4)]
    assert [store.tasks.coaching.resample(NOW + 7 * DAY) for _ in range(2)] == [2, 0]
    kept = store.tasks.coaching.get(LEAD, task.id)
    assert {one.call_id for one in kept.follow_ups[:3]} == set(calls[:3])
    assert {one.call_id for one in kept.follow_ups[3:]} == set(calls[4:])
    opened = database.rows("SELECT call_id, state, excluded FROM review_item WHERE reason = 'follow_up'")
    assert sorted(one[0] for one in opened) == sorted(one.call_id for one in kept.follow_ups)
    assert {str(one[2]) for one in opened} <= {'["lead"]', "['lead']"}


def test_five_heard_and_none_confirmed_is_passed(store: Store, database: Database, found: str) -> None:
    task, calls = coached(store, found), next_calls(store, 5)
    store.tasks.coaching.resample(NOW + 6 * DAY)
    hear(database, store, task, calls[:4], Answer.FALSE_ALARM)
    assert store.tasks.coaching.get(LEAD, task.id).state is CoachingState.DONE
    hear(database, store, task, calls[4:], Answer.CANNOT_TELL)
    kept = store.tasks.coaching.get(LEAD, task.id)
    assert (kept.state, kept.heard, kept.closed_at) == (CoachingState.PASSED, 5, NOW + 9 * DAY)
    assert store.ledger.events(0, 99)[-1].kind == "coaching.closed"


def test_a_confirmation_recurs_only_once_it_is_final(store: Store, database: Database, found: str) -> None:
    task, calls = coached(store, found), next_calls(store, 5)
    store.tasks.coaching.resample(NOW + 6 * DAY)
    with database.connection() as connection:
        decide(connection, calls[0], NOW + 8 * DAY, DecisionState.SETTLED)
    hear(database, store, task, calls[:1], Answer.CONFIRMED)
    kept = store.tasks.coaching.get(LEAD, task.id)
    heard = {one.call_id: one.heard for one in kept.follow_ups}
    assert (kept.state, heard[calls[0]], heard[calls[1]]) == (CoachingState.DONE, Heard.DECIDING, Heard.WAITING)
    with database.connection() as connection:
        decide(connection, calls[0], NOW + 20 * DAY)
        after_final(connection, calls[0], RULE, store._review, NOW + 20 * DAY)
    assert store.tasks.coaching.get(LEAD, task.id).state is CoachingState.RECURRED


def test_what_became_final_by_another_review_recurs_before_it_is_heard(
    store: Store, database: Database, found: str
) -> None:
    task, calls = coached(store, found), next_calls(store, 2)
    store.tasks.coaching.resample(NOW + 6 * DAY)
    with database.connection() as connection:
        decide(connection, calls[1], NOW + 20 * DAY, origin="mark", outcome="silent")
        after_final(connection, calls[1], RULE, store._review, NOW + 20 * DAY)
    kept = store.tasks.coaching.get(LEAD, task.id)
    assert (kept.state, kept.heard) == (CoachingState.RECURRED, 1)


def test_what_an_appeal_took_back_is_no_recurrence(store: Store, database: Database, found: str) -> None:
    task, calls = coached(store, found), next_calls(store, 5)
    store.tasks.coaching.resample(NOW + 6 * DAY)
    hear(database, store, task, calls, Answer.CONFIRMED)
    with database.connection() as connection:
        for call_id in calls:
            decide(connection, call_id, NOW + 20 * DAY, DecisionState.FINAL, Answer.FALSE_ALARM)
    store.tasks.coaching.resample(NOW + 21 * DAY)
    assert store.tasks.coaching.get(LEAD, task.id).state is CoachingState.PASSED


@pytest.mark.parametrize(("days", "few"), [(29, False), (31, True)])
def test_too_few_calls_are_told_as_that(store: Store, found: str, days: int, few: bool) -> None:
    task = coached(store, found)
    next_calls(store, 2)
    store.tasks.coaching.resample(NOW + days * DAY)
    kept = store.tasks.coaching.get(LEAD, task.id)
    assert (len(kept.follow_ups), kept.state) == (2, CoachingState.DONE)
    assert too_few(kept, NOW + days * DAY, timedelta(days=30)) is few


def test_a_case_is_read_by_the_people_of_its_teams(store: Store, database: Database, found: str) -> None:
    store.people.add(BOSS, Person("admin", frozenset({Role.ADMIN})), NOW)
    for name, team in (("zhang", "一组"), ("li", "一组"), ("wang", "二组")):
        store.people.add(BOSS, Person(name, frozenset({Role.AGENT}), frozenset({team})), NOW)
    cases = store.tasks.cases
    case = cases.file(LEAD, (found, RULE), "承诺收益的典型案例", frozenset({"一组"}), NOW + timedelta(hours=25))
    assert (case.unread, case.late) == (("li", "zhang"), True)
    for _ in range(2):
        case = cases.confirm_read(AGENT, case.id, NOW + DAY)
    assert (case.unread, case.read) == (("li",), (("zhang", NOW + DAY),))
    with pytest.raises(PolicyError, match="not for the teams"):
        cases.confirm_read(STRANGER, case.id, NOW)
    with pytest.raises(PolicyError, match="may not"):
        cases.file(LEAD, (found, RULE), "案例", frozenset({"一组", "二组"}), NOW)
    assert cases.latest(STRANGER, 9) == ()
    assert [one.id for one in cases.latest(AGENT, 9)] == [case.id]


def test_numbers_tell_what_came_again_after_coaching(store: Store, database: Database, found: str) -> None:
    coached(store, found)  # on the day NOW
    before, after = call_of(store, "before", NOW), call_of(store, "after", NOW + DAY)
    with database.connection() as connection:
        for call_id, day in ((before, NOW.date()), (after, (NOW + DAY).date())):
            decide(connection, call_id, NOW + 2 * DAY, business_date=day)
    (numbers,) = store.violations.numbers(BOSS, f"{NOW:%Y-%m}")
    assert (numbers.agent, numbers.calls, numbers.after_coaching) == ("A1", 2, 1)
