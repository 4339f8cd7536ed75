"""The ledger of rectification: who may do which step, what stays of it, what goes up, and what comes again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.enums import Outcome
from inspector.errors import InspectorError, PolicyError, UsageError
from inspector.review.records import Answer, DecisionState
from inspector.review.tasks import rectification as ledger
from inspector.review.tasks.rectification import Entry, EntryState
from inspector.roles import Actor
from inspector.storage import Store
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.tasks.following import after_final
from inspector.storage.tasks.rectification import NewEntry
from tests.databases import Database
from tests.decided import RULE, call_of, decide
from tests.unit.tasks.conftest import LEAD, NOW, OTHER_QA, QA, STRANGER

DAY = timedelta(days=1)
DEEDS = ("measure", "done", "strike", "reopen")
PEOPLE = ("checker", "owner", "doer", "other")


def entry() -> Entry:
    return Entry("e", NOW, NOW, "checker", "话术", "承诺收益", NOW + DAY, escalate_at=NOW + DAY)


def step(entry: Entry, deed: str, who: str, text: str, now: datetime) -> Entry:
    """One deed, or nothing where it is refused."""
    deeds = {
        "measure": lambda: ledger.set_measure(entry, text, "owner", now + DAY, now),
        "done": lambda: ledger.report_done(entry, text, text, who, now),
        "strike": lambda: ledger.strike_off(entry, who, now),
        "reopen": lambda: ledger.reopen(entry, now + DAY),
    }
    try:
        return deeds[deed]()
    except InspectorError:
        return entry


@given(
    st.lists(st.tuples(st.sampled_from(DEEDS), st.sampled_from(PEOPLE), st.sampled_from(["", "w"])), max_size=12)
)
def test_struck_off_is_only_what_has_a_result_that_another_person_verified(deeds: list[tuple[str, str, str]]) -> None:
    at = entry()
    for number, (deed, who, text) in enumerate(deeds):
        before, at = at, step(at, deed, who, text, NOW + number * DAY)
        assert at.times_reopened - before.times_reopened == (deed == "reopen" and at is not before)
        if at.state is EntryState.STRUCK_OFF:
            assert at.measure and at.result and at.evidence
            assert at.verified_by not in {None, "checker", "owner", at.done_by}
        else:
            assert at.struck_off_at is None


@given(st.floats(-5, 200), st.floats(0, 10))
def test_it_recurs_after_it_was_done_and_up_to_ninety_days_after_it_was_struck_off(after: float, wait: float) -> None:
    measured = ledger.set_measure(entry(), "培训", "owner", NOW + DAY, NOW)
    off = ledger.strike_off(ledger.report_done(measured, "完成", "签到表", "doer", NOW), "other", NOW + wait * DAY)
    called_at, last = NOW + after * DAY, NOW + wait * DAY + 90 * DAY
    assert ledger.recurs(off, called_at, 90 * DAY) == (NOW < called_at <= last)
    assert not ledger.recurs(measured, called_at, 90 * DAY)


def add(store: Store, call_id: str, **other: object) -> Entry:
    new = NewEntry("话术检查", "承诺收益", RULE, call_id, **other)  # type: ignore[arg-type]
    return store.tasks.rectification.add(QA, new, NOW)


def struck_off(store: Store, call_id: str, at: datetime = NOW) -> Entry:
    desk, made = store.tasks.rectification, add(store, call_id)
    made = desk.measure(LEAD, (made.id, made.version), "培训", "lead", None, NOW)
    made = desk.done(LEAD, (made.id, made.version), "完成", "签到表", NOW)
    return desk.verify(OTHER_QA, (made.id, made.version), at)


def test_an_entry_goes_its_way_and_every_step_stays(store: Store, database: Database, found: str) -> None:
    off = struck_off(store, found)
    assert (off.state, off.team, off.verified_by, off.version) == (EntryState.STRUCK_OFF, "一组", "qa2", 4)
    kept, steps = store.tasks.rectification.get(LEAD, off.id)
    assert kept == off
    assert [(one.actor, one.deed) for one in steps] == [
        ("qa", "add"), ("lead", "measure"), ("lead", "done"), ("qa2", "strike_off"),
    ]  # fmt: skip
    assert [one.note for one in steps] == [None, "培训", "完成\n签到表", None]
    told = database.rows("SELECT cast(detail as text) FROM audit UNION ALL SELECT cast(data as text) FROM event")
    assert not [text for (text,) in told if "培训" in text or "完成" in text or "\\u" in text]
    assert [one.kind for one in store.ledger.events(0, 9)] == ["rectification.opened", "rectification.closed"]


@pytest.mark.parametrize(("actor", "name"), [(QA, "checked"), (LEAD, "led"), (STRANGER, "foreign")])
def test_who_has_a_part_or_no_right_does_not_strike_off(store: Store, found: str, actor: Actor, name: str) -> None:
    desk, made = store.tasks.rectification, add(store, found)
    made = desk.measure(LEAD, (made.id, 1), "培训", "lead", None, NOW)
    made = desk.done(LEAD, (made.id, 2), "完成", "签到表", NOW)
    with pytest.raises(PolicyError):
        desk.verify(actor, (made.id, made.version), NOW)
    assert desk.get(QA, made.id)[0] == made, name


def test_what_changed_meanwhile_and_what_is_another_teams_is_refused(store: Store, found: str) -> None:
    desk, made = store.tasks.rectification, add(store, found)
    desk.measure(LEAD, (made.id, 1), "培训", "lead", None, NOW)
    with pytest.raises(PolicyError, match="changed since you saw it"):
        desk.measure(QA, (made.id, 1), "另一措施", "qa", None, NOW)
    with pytest.raises(PolicyError, match="may not"):
        desk.get(STRANGER, made.id)
    with pytest.raises(UsageError, match="no entry nosuch"):
        desk.get(QA, "nosuch")
    assert desk.entries(STRANGER, 9) == ()
    assert [one.measure for one in desk.entries(LEAD, 9)] == ["培训"]


@pytest.mark.parametrize(
    ("state", "answer", "outcome"),
    [
        (DecisionState.SETTLED, Answer.CONFIRMED, Outcome.FIRES),
        (DecisionState.FINAL, Answer.FALSE_ALARM, Outcome.FIRES),
        (DecisionState.FINAL, Answer.CONFIRMED, Outcome.UNDETERMINED),
    ],
)
def test_what_does_not_count_makes_no_entry_and_no_coaching_and_reopens_nothing(
    store: Store, database: Database, found: str, state: DecisionState, answer: Answer, outcome: Outcome
) -> None:
    off = struck_off(store, found)
    again = call_of(store, "2", NOW + DAY)
    with database.connection() as connection:
        decide(connection, again, NOW + DAY, state, answer, outcome=outcome.value)
        after_final(connection, again, RULE, store._review, NOW + DAY)
    assert store.tasks.rectification.get(QA, off.id)[0] == off
    with pytest.raises(PolicyError, match="no final finding that counts"):
        add(store, again)


@pytest.mark.parametrize(("days", "reopened"), [(-1, 0), (1, 1), (89, 1), (91, 0)])
def test_the_same_again_reopens_once_a_call_within_ninety_days(
    store: Store, database: Database, found: str, days: int, reopened: int
) -> None:
    off, again = struck_off(store, found), call_of(store, "2", NOW + days * DAY)
    with database.connection() as connection:
        decide(connection, again, NOW + 100 * DAY)
        for _ in range(2):
            after_final(connection, again, RULE, store._review, NOW + 100 * DAY)
    kept, steps = store.tasks.rectification.get(QA, off.id)
    assert kept.times_reopened == reopened
    assert kept.state is (EntryState.REOPENED if reopened else EntryState.STRUCK_OFF)
    assert [one.about for one in steps if one.deed == "came_again"] == [again] * reopened


def test_an_entry_about_an_agent_recurs_with_him_wherever_he_is_and_with_nobody_else(
    store: Store, database: Database, found: str
) -> None:
    of_team, desk = struck_off(store, found), store.tasks.rectification
    made = add(store, found, about_agent=True)
    made = desk.measure(LEAD, (made.id, 1), "辅导", "lead", None, NOW)
    of_agent = desk.done(LEAD, (made.id, 2), "完成", "记录", NOW)
    of_other, elsewhere = (call_of(store, no, NOW + DAY) for no in "23")
    with database.connection() as connection:
        decide(connection, of_other, NOW + DAY, agent="A2")
        after_final(connection, of_other, RULE, store._review, NOW + DAY)
    assert desk.get(QA, of_team.id)[0].state is EntryState.REOPENED
    assert desk.get(QA, of_agent.id)[0] == of_agent
    with database.connection() as connection:
        decide(connection, elsewhere, NOW + DAY, team="二组")
        after_final(connection, elsewhere, RULE, store._review, NOW + DAY)
    assert desk.get(QA, of_team.id)[0].times_reopened == 1
    assert desk.get(QA, of_agent.id)[0].state is EntryState.REOPENED


def test_overdue_goes_up_each_level_once(store: Store, found: str) -> None:
    desk, made = store.tasks.rectification, add(store, found)
    #  due: 10 working days after Monday the 3rd = Monday the 17th; the next level on Wednesday the 19th
    assert made.due_at == NOW + 14 * DAY
    assert [desk.escalate(NOW + n * DAY) for n in (13, 14, 14, 15, 16, 60)] == [0, 1, 0, 0, 1, 0]
    assert [one.about for one in desk.get(QA, made.id)[1] if one.deed == "escalate"] == ["team_lead", "qa_lead"]
    assert [one.id for one in desk.overdue(LEAD, NOW + 20 * DAY, 9)] == [made.id]
    kept = desk.get(QA, made.id)[0]
    desk.measure(LEAD, (kept.id, kept.version), "培训", "lead", NOW + 40 * DAY, NOW + 20 * DAY)
    assert desk.overdue(LEAD, NOW + 20 * DAY, 9) == ()


def test_free_entries_and_what_they_lack(store: Store) -> None:
    desk = store.tasks.rectification
    made = desk.add(LEAD, NewEntry("自查", "缺风险提示", team="一组"), NOW)
    assert (made.team, made.rule_id, made.inspector) == ("一组", None, "lead")
    for new in (
        NewEntry(" ", "x", team="一组"),
        NewEntry("x", "y", call_id="c"),
        NewEntry("x", "y", incident_id="nosuch", team="一组"),
    ):
        with pytest.raises(UsageError):
            desk.add(QA, new, NOW)
    with pytest.raises(PolicyError):
        desk.add(STRANGER, replace(NewEntry("自查", "y"), team="一组"), NOW)
    with pytest.raises(UsageError, match="the evidence is missing"):
        made = desk.measure(LEAD, (made.id, 1), "培训", "lead", None, NOW)
        desk.done(LEAD, (made.id, 2), "完成", " ", NOW)


def test_whoever_appended_events_before_gets_his_turn_and_the_other_too(
    store: Store, database: Database, found: str
) -> None:
    #  chain of a review: event ───────────── wants the entry ──► end
    #  person:                 ── wants both ──────────────────────► end
    off, again = struck_off(store, found), call_of(store, "2", NOW + DAY)
    faults: list[InspectorError] = []

    def reopen() -> None:
        try:
            store.tasks.rectification.reopen(QA, (off.id, None), "抽查不符", NOW)
        except InspectorError as error:
            faults.append(error)

    person = Thread(target=reopen)
    with database.connection() as connection:
        append_events(connection, NOW, EventKind.DECISION_FINAL, [(again, {})])
        decide(connection, again, NOW + DAY)
        person.start()
        person.join(0.3)
        after_final(connection, again, RULE, store._review, NOW + DAY)
    person.join()
    kept, _ = store.tasks.rectification.get(QA, off.id)
    assert (kept.state, kept.times_reopened) == (EntryState.REOPENED, 1)
    assert [type(one) for one in faults] == [PolicyError]
