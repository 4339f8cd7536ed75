"""Calibration: everybody judges for himself, names stay hidden until it is closed, and what was agreed is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import PolicyError, UsageError
from inspector.review.cards.records import Given, Tick
from inspector.review.records import Answer
from inspector.review.tasks.calibration import Said, differences, medians, pairs, said_of, standings
from inspector.roles import Actor, Person, Role
from inspector.storage import Store
from inspector.storage.queues import Reason
from inspector.storage.reviews.items import NewItem
from inspector.storage.tasks.following import calibration_submitted
from inspector.storage.tasks.sessions import Note, Session
from tests.accepted import BOSS
from tests.databases import Database
from tests.decided import RULE, call_of, judge
from tests.unit.review.test_scores import ANSWERS, CARD
from tests.unit.tasks.conftest import NOW, QA

DAY = timedelta(days=1)
ANN, BEN, CAT = (Actor(name, frozenset({Role.REVIEWER})) for name in ("ann", "ben", "cat"))
SAID = st.sampled_from(Said)
JUDGED = st.dictionaries(st.tuples(st.sampled_from("123"), st.sampled_from("ab")), st.fixed_dictionaries(
    {"ann": SAID, "ben": SAID, "cat": SAID}))  # fmt: skip


@given(JUDGED)
def test_where_nobody_differs_all_agree(judged: dict[tuple[str, str], dict[str, Said]]) -> None:
    shares = [pair.agreement.share for pair in pairs(judged, ["ann", "ben", "cat"]) if pair.agreement]
    if len(judged) >= 2:
        assert (not differences(judged)) == all(share == 1 for share in shares)
    agreed = {place: said["ann"] for place, said in judged.items()}
    fatal = sum(rule_id == "a" for _, rule_id in judged)
    found = standings(judged, agreed, {"a"}, {}, {})
    compared = ("ann", "ben", "cat") if fatal else ()
    assert {one.person: one.fatal_items for one in found} == dict.fromkeys(compared, fatal)
    assert not any(one.person == "ann" and one.outside for one in found)


def test_a_mark_or_confirmation_is_worth_more_than_anything_else_said() -> None:
    assert said_of([Answer.FALSE_ALARM, Answer.CONFIRMED]) is Said.VIOLATED
    assert said_of([Answer.FALSE_ALARM, Answer.CANNOT_TELL]) is Said.CANNOT_TELL
    assert said_of([]) is said_of([Answer.FALSE_ALARM]) is Said.NOT_VIOLATED


@pytest.mark.parametrize(("points", "outside"), [(95.0, False), (94.0, True), (105.0, False), (106.0, True)])
def test_more_than_five_points_off_is_outside(points: float, outside: bool) -> None:
    totals = {("1", "ann"): points, ("1", "ben"): 100.0}
    found = {one.person: one.outside for one in standings({}, {}, (), totals, {"1": 100.0})}
    assert found == {"ann": outside, "ben": False}
    assert medians(totals) == {}
    assert medians(totals | {("1", "cat"): 99.0}) == {"1": sorted([points, 100.0, 99.0])[1]}


def opened(store: Store, *calls: str) -> Session:
    if not store.people.all():
        store.people.add(BOSS, Person("admin", frozenset({Role.ADMIN})), NOW)
        for who in (ANN, BEN, CAT):
            store.people.add(BOSS, Person(who.name, who.roles), NOW)
    return store.tasks.calibration.open(QA, "三月校准会", calls, ["ann", "ben", "cat"], NOW)


def judged(database: Database, store: Store, session: Session, call_id: str, **answers: Answer) -> None:
    with database.connection() as connection:
        for name, answer in answers.items():
            item = NewItem(call_id, Reason.CALIBRATION, f"{session.id}\0{name}", None)
            calibration_submitted(connection, judge(connection, item, name, {RULE: answer}, NOW), store._review, NOW)


def test_everybody_gets_every_call_for_himself(store: Store, database: Database) -> None:
    calls = [call_of(store, no, NOW) for no in "12"]
    session = opened(store, *calls)
    rows = database.rows("SELECT call_id, assigned_to FROM review_item WHERE reason = 'calibration' ORDER BY 1, 2")
    assert rows == sorted((call_id, name) for call_id in calls for name in ("ann", "ben", "cat"))
    assert len(session.missing) == 6
    seen = store.tasks.calibration.get(ANN, session.id)
    assert (seen.people, seen.judged, seen.calls) == ((), {}, session.calls)
    with pytest.raises(PolicyError):
        store.tasks.calibration.get(Actor("dan", frozenset({Role.REVIEWER})), session.id)
    with pytest.raises(PolicyError):
        store.tasks.calibration.close(ANN, session.id, NOW)


def test_a_lead_who_has_still_to_judge_sees_nothing(store: Store, database: Database) -> None:
    call_id, desk = call_of(store, "1", NOW), store.tasks.calibration
    session = opened(store, call_id)
    both = Actor("cat", frozenset({Role.QA_LEAD}))
    judged(database, store, session, call_id, ann=Answer.CONFIRMED)
    assert desk.get(both, session.id).judged == {}
    assert desk.agree(both, session.id, Note(call_id, RULE, Said.VIOLATED, "n"), NOW).judged == {}
    judged(database, store, session, call_id, cat=Answer.FALSE_ALARM)
    assert set(desk.get(both, session.id).judged[call_id, RULE]) == {"ann", "cat"}


def test_totals_are_put_beside_the_middle_one_of_the_call(store: Store, database: Database) -> None:
    # the card: 100 points, 10 of them for the greeting and 15 for rude words
    store.decisions.policy = replace(store.decisions.policy, cards=(CARD,))
    call_id = call_of(store, "1", NOW, direction="inbound")
    session = opened(store, call_id)
    judged(database, store, session, call_id, ann=Answer.CONFIRMED, ben=Answer.CONFIRMED, cat=Answer.CONFIRMED)
    missed: dict[str, dict[str, Given]] = {"ann": {}, "ben": {}, "cat": {"greeting": Tick.MISSED}}
    for (review_id, name) in database.rows("SELECT id, reviewer FROM review"):
        answers: dict[str, Given] = {**ANSWERS, **missed[name]}
        store.decisions.save_score(Actor(name, frozenset({Role.REVIEWER})), review_id, answers, NOW)
    closed = store.tasks.calibration.close(QA, session.id, NOW + DAY)
    assert {one.person: (one.points_off, one.outside) for one in closed.standings} == {
        "ann": (0.0, False), "ben": (0.0, False), "cat": (10.0, True),
    }  # fmt: skip
    assert store.decisions.final_scores(QA, "3301", "2025-03").totals == ()


def test_differences_are_agreed_on_and_found_again_by_rule(store: Store, database: Database) -> None:
    call_id, desk = call_of(store, "1", NOW), store.tasks.calibration
    session = opened(store, call_id)
    judged(database, store, session, call_id, ann=Answer.CONFIRMED, ben=Answer.FALSE_ALARM)
    seen = desk.get(QA, session.id)
    (difference,) = differences(seen.judged)
    assert difference.said == {"ann": Said.VIOLATED, "ben": Said.NOT_VIOLATED}
    assert (seen.missing, seen.fatal) == (((call_id, "cat"),), {RULE})
    desk.agree(QA, session.id, Note(call_id, RULE, Said.VIOLATED, "“稳赚”即承诺收益", "card-1"), NOW + DAY)
    assert desk.notes(ANN, RULE, 9) == ()
    closed = desk.close(QA, session.id, NOW + DAY)
    assert [(one.person, one.fatal_share, one.points_off, one.outside) for one in closed.standings] == [
        ("ann", 1.0, None, False), ("ben", 0.0, None, True),
    ]  # fmt: skip
    assert desk.get(ANN, session.id) == closed
    (note,) = desk.notes(ANN, RULE, 9)
    assert (note.note, note.card_item, note.agreed) == ("“稳赚”即承诺收益", "card-1", Said.VIOLATED)
    assert desk.notes(ANN, "other.rule", 9) == ()
    assert database.rows("SELECT state FROM review_item WHERE assigned_to = 'cat'") == [("withdrawn",)]
    with pytest.raises(PolicyError, match="is closed"):
        desk.close(QA, session.id, NOW)


def test_outside_twice_in_a_row_is_a_hint_for_the_lead(store: Store, database: Database) -> None:
    desk, hints = store.tasks.calibration, []
    for number, of_ben in enumerate((Answer.FALSE_ALARM, Answer.FALSE_ALARM, Answer.CONFIRMED)):
        call_id = call_of(store, str(number), NOW)
        session = opened(store, call_id)
        judged(database, store, session, call_id, ann=Answer.CONFIRMED, ben=of_ben, cat=Answer.CONFIRMED)
        desk.agree(QA, session.id, Note(call_id, RULE, Said.VIOLATED, "n"), NOW)
        desk.close(QA, session.id, NOW + number * DAY)
        hints.append(desk.to_retrain(QA))
    assert hints == [(), ("ben",), ()]


def test_too_few_people_unknown_calls_and_people_are_refused(store: Store) -> None:
    call_id, desk = call_of(store, "1", NOW), store.tasks.calibration
    opened(store, call_id)
    for calls, people in (
        ([call_id], ["ann", "ben"]),
        ([], ["ann", "ben", "cat"]),
        (["nosuch"], ["ann", "ben", "cat"]),
        ([call_id], ["ann", "ben", "gone"]),
    ):
        with pytest.raises(UsageError):
            desk.open(QA, "会", calls, people, NOW)
    with pytest.raises(PolicyError):
        desk.open(ANN, "会", [call_id], ["ann", "ben", "cat"], NOW)
    assert len(desk.latest(QA, 9)) == 1
