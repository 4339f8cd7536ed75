"""From what one person says to what is settled: second looks, arbitration, several reviews of one call."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from inspector.config import ReviewSettings
from inspector.errors import PolicyError
from inspector.model import Call, Party
from inspector.review.answers import Answers, GivenAnswer, GivenMark
from inspector.review.appeals.records import Mitigation
from inspector.review.reasons import Reason
from inspector.review.records import Answer, FalseBecause
from inspector.review.rulebook import rulebook_of
from inspector.review.sheet import Sheet
from inspector.roles import Actor, Person, Role
from inspector.storage import Store
from inspector.storage.engine import sqlite_url
from inspector.storage.review_tables import decision, review
from inspector.storage.violations.lodging import Plea
from tests.builders import plan_of, rule_of
from tests.databases import Database
from tests.unit.review.conftest import LEAD, LI, PLAIN, PROMISE, RUDE, THEFT, WANG, Desk, actor

YES, NO = Answer.CONFIRMED, Answer.FALSE_ALARM
FATAL, MILD = "banned.promise", "banned.rude"
ZHAO, ARBITER = actor("zhao"), actor("arbiter", Role.COMPLIANCE)
RULES = plan_of(
    rule_of(id=FATAL, title="承诺收益", severity="critical", status="stable"),
    rule_of(id=MILD, title="态度", severity="medium", status="stable", match={"phrases": ["你烦不烦"]}),
)
_HEARD = GivenMark(FATAL, 0.5, 1.5, Party.AGENT)


def opened(database: Database, share: str) -> Store:
    review_settings = ReviewSettings(second_look_share=Decimal(share))  # type: ignore[call-arg]
    return Store.open(database.url, review=review_settings)


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """Looks again at what is fatal only."""
    with closing(opened(database, "0")) as store:
        yield Desk(store, database, rules=rulebook_of(RULES))


def reviewed(desk: Desk, who: Actor, answer: Answer, *marks: GivenMark) -> Sheet:
    """He takes what he is handed and gives one answer to all of it."""
    sheet = desk.store.reviews.next(who, desk.now)
    assert isinstance(sheet, Sheet)
    if sheet.hidden:
        sheet = desk.store.reviews.reveal(who, sheet.review_id, (), desk.rules, desk.now)
    because = None if answer is YES else FalseBecause.MISHEARD
    answers = Answers(tuple(GivenAnswer(one.id, answer, because) for one in sheet.findings), marks)
    desk.store.reviews.submit(who, sheet.review_id, answers, desk.rules, desk.now)
    return sheet


def decided(desk: Desk, no: str = "1") -> dict[str, tuple[str, str, str]]:
    """Answer, stage and state by rule."""
    with desk.database.connection() as connection:
        rows = connection.execute(select(decision).where(decision.c.call_id == Call("pbx", no).id)).all()
    return {row.rule_id: (row.answer, row.stage, row.state) for row in rows}


@pytest.mark.parametrize(("answer", "said"), [(YES, RUDE), (NO, RUDE), (NO, PROMISE)])
def test_what_is_not_fatal_is_settled_by_one(desk: Desk, answer: Answer, said: str) -> None:
    desk.heard("1", said, RULES, agent="3301", team="一组")
    reviewed(desk, LI, answer)
    rule_id = MILD if said is RUDE else FATAL
    # what is not confirmed counts against nobody: there is nothing to appeal
    assert decided(desk) == {rule_id: (answer, "first", "settled" if answer is YES else "final")}
    ((agent, team, day),) = desk.database.rows("SELECT agent, team, CAST(business_date AS TEXT) FROM decision")
    assert (agent, team, day) == ("3301", "一组", "2025-03-07")
    assert not isinstance(desk.store.reviews.next(WANG, desk.now), Sheet)


def test_what_is_fatal_needs_two(desk: Desk) -> None:
    desk.heard("1", PROMISE, RULES)
    reviewed(desk, LI, YES)
    assert decided(desk) == {FATAL: (YES, "first", "provisional")}
    assert not isinstance(desk.store.reviews.next(LI, desk.now), Sheet)
    assert reviewed(desk, WANG, YES).reason is Reason.SECOND_LOOK
    assert decided(desk) == {FATAL: (YES, "second", "settled")}


@pytest.mark.parametrize("last", [YES, NO])
def test_who_differs_is_arbitrated(desk: Desk, last: Answer) -> None:
    # li: yes ──► wang: no ──► somebody who may, and was neither of them
    desk.heard("1", PROMISE, RULES)
    reviewed(desk, LI, YES)
    reviewed(desk, WANG, NO)
    assert decided(desk) == {FATAL: (YES, "first", "provisional")}
    for who in (LI, WANG, ZHAO):
        assert not isinstance(desk.store.reviews.next(who, desk.now), Sheet)
    assert reviewed(desk, ARBITER, last).reason is Reason.ARBITRATION
    assert decided(desk) == {FATAL: (last, "arbitration", "settled" if last is YES else "final")}


def test_the_drawn_share_is_looked_at_again_whole(database: Database) -> None:
    with closing(opened(database, "1")) as store:
        desk = Desk(store, database, rules=rulebook_of(RULES))
        desk.heard("1", f"{PROMISE}\n{RUDE}", RULES)
        reviewed(desk, LI, NO)
        assert {state for _, _, state in decided(desk).values()} == {"provisional"}
        again = reviewed(desk, WANG, NO)
        assert {rule_id for rule_id, _ in again.asked} == {FATAL, MILD}
        assert set(decided(desk).values()) == {(NO, "second", "final")}


@pytest.mark.parametrize(("also_heard", "state"), [(True, "settled"), (False, "provisional")])
def test_what_a_person_heard_another_one_hears_too(desk: Desk, also_heard: bool, state: str) -> None:
    desk.item(Reason.RANDOM, "1")
    desk.heard("1", PLAIN, RULES)
    reviewed(desk, LI, YES, _HEARD)
    again = reviewed(desk, WANG, YES, *([_HEARD] if also_heard else []))
    assert (again.reason, again.asked, again.findings) == (Reason.SECOND_LOOK, ((FATAL, FATAL),), ())
    assert decided(desk)[FATAL] == (YES, "second" if also_heard else "first", state)
    assert isinstance(desk.store.reviews.next(ARBITER, desk.now), Sheet) != also_heard


@pytest.mark.parametrize(("state", "arbitrated"), [("settled", True), ("final", False)])
def test_another_review_that_differs_is_arbitrated_until_it_is_final(
    desk: Desk, state: str, arbitrated: bool
) -> None:
    desk.heard("1", RUDE, RULES)
    reviewed(desk, LI, YES)
    desk.database.change("UPDATE decision SET state = :state", state=state)
    desk.item(Reason.RANDOM, "1")
    reviewed(desk, WANG, NO)
    assert decided(desk)[MILD][::2] == (YES, "provisional" if arbitrated else state)
    if arbitrated:
        reviewed(desk, ARBITER, NO)
        assert decided(desk)[MILD] == (NO, "arbitration", "final")


def test_who_decides_an_appeal_sees_what_is_said_against_it(desk: Desk) -> None:
    desk.heard("1", RUDE, RULES, agent="3301")
    reviewed(desk, LI, YES)
    agent = Actor("wu", frozenset({Role.AGENT}), agent="3301")
    plea = Plea("当时线路很差，请打13800138000", (Mitigation.LINE,))
    desk.store.violations.lodge(agent, Call("pbx", "1").id, MILD, plea, desk.now)
    assert not isinstance(desk.store.reviews.next(LI, desk.now), Sheet)
    sheet = desk.store.reviews.next(WANG, desk.now)
    assert isinstance(sheet, Sheet)
    (decided_so,) = sheet.decided
    assert (sheet.reason, sheet.asked, decided_so.answer) == (Reason.APPEAL, ((MILD, "态度"),), YES)
    assert (decided_so.plea, decided_so.mitigation) == ("当时线路很差，请打＊＊＊＊＊＊＊＊＊＊＊", ("line",))
    reviewed(desk, WANG, NO)
    assert decided(desk) == {MILD: (NO, "appeal", "final")}


def test_who_handled_an_alert_of_the_call_is_not_assigned_its_appeal(desk: Desk) -> None:
    theft = rule_of("signal", {"phrases": ["盗刷"]}, id="urgent.theft", who="customer", alert="duty_supervisor",
                    severity="critical", status="stable")  # fmt: skip
    desk.heard("1", f"{THEFT}\n{RUDE}", plan_of(theft, *(one.rule for one in RULES.judged)), agent="3301")
    reviewed(desk, LI, YES)
    desk.database.change("UPDATE alert_group SET handler = 'wang'")
    agent = Actor("wu", frozenset({Role.AGENT}), agent="3301")
    desk.store.violations.lodge(agent, Call("pbx", "1").id, MILD, Plea("没有"), desk.now)
    for name, role in (("admin", Role.ADMIN), ("wang", Role.REVIEWER), ("zhao", Role.REVIEWER)):
        desk.store.people.add(actor("admin", Role.ADMIN), Person(name, frozenset({role})), desk.now)
    ((item_id,),) = desk.database.rows("SELECT item_id FROM appeal")
    with pytest.raises(PolicyError, match="may not review"):
        desk.store.reviews.assign(LEAD, item_id, "wang", desk.now)
    desk.store.reviews.assign(LEAD, item_id, "zhao", desk.now)


def test_two_reviews_of_one_call_at_once_make_one_decision(desk: Desk) -> None:
    desk.heard("1", RUDE, RULES)
    desk.item(Reason.RANDOM, "1")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda who: reviewed(desk, who, YES), (LI, WANG)))
    assert decided(desk) == {MILD: (YES, "first", "settled")}
    assert desk.database.rows("SELECT count(*) FROM verdict") == [(2,)]


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from([YES, NO, Answer.CANNOT_TELL]), min_size=8, max_size=8),
    st.sampled_from([PROMISE, RUDE, f"{PROMISE}\n{RUDE}", PLAIN]),
    st.lists(st.booleans(), min_size=8, max_size=8),
    st.sampled_from(["0", "0.5", "1"]),
)
def test_whatever_people_say_two_of_them_stand_behind_what_is_fatal(
    answers: list[Answer], said: str, marks: list[bool], share: str
) -> None:
    with TemporaryDirectory() as place:
        database = Database(sqlite_url(Path(place) / "x.db"))
        with closing(opened(database, share)) as store:
            desk = Desk(store, database, rules=rulebook_of(RULES))
            desk.item(Reason.RANDOM, "1")
            desk.heard("1", said, RULES)
            people = [LI, WANG, ZHAO, ARBITER, LEAD, actor("lead2", Role.QA_LEAD), actor("a3", Role.COMPLIANCE)]
            _work_off(desk, people, iter(answers), iter(marks))
            with database.connection() as connection:
                decisions = connection.execute(select(decision)).all()
                reviews = connection.execute(select(review)).all()
    assert len({one.reviewer for one in reviews}) == len(reviews)  # nobody judges a call twice
    for one in decisions:
        assert one.state == ("settled" if one.answer == YES else "final")  # time to appeal is not over
        assert one.answer != YES or one.rule_id != FATAL or one.stage != "first"


def _work_off(desk: Desk, people: list[Actor], answers: Iterator[Any], marks: Iterator[bool]) -> None:
    while sum(_takes_one(desk, who, answers, marks) for who in people):
        pass


def _takes_one(desk: Desk, who: Actor, answers: Iterator[Any], marks: Iterator[bool]) -> bool:
    if not isinstance(desk.store.reviews.next(who, desk.now), Sheet):
        return False
    reviewed(desk, who, next(answers), *([_HEARD] if next(marks) else []))
    return True
