"""Items handed out, reviewed and submitted: who gets which, what he sees, what is refused and that nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event

from inspector.errors import OutdatedError, PolicyError, UsageError
from inspector.model import Party, Span
from inspector.review.answers import Answers, GivenAnswer, GivenCorrection, GivenMark
from inspector.review.reasons import Reason
from inspector.review.records import Answer, FalseBecause, ReviewState
from inspector.review.reviewer import Reviewer, Skip
from inspector.review.sheet import Sheet
from inspector.roles import Actor, Person, Role
from inspector.storage.reviews.claiming import WhyNone
from inspector.storage.reviews.listing import ItemFilter
from tests.databases import Database
from tests.unit.review.conftest import DAY, LEAD, LI, PLAIN, PROMISE, RUDE, THEFT, WANG, Desk, actor, plan


def taken(desk: Desk, who: Actor = LI) -> Sheet:
    sheet = desk.store.reviews.next(who, desk.now)
    assert isinstance(sheet, Sheet)
    return sheet


def none_for(desk: Desk, who: Actor) -> WhyNone:
    why = desk.store.reviews.next(who, desk.now)
    assert isinstance(why, WhyNone)
    return why


def confirming(sheet: Sheet, **fields: object) -> Answers:
    answers = tuple(GivenAnswer(one.id, Answer.CONFIRMED) for one in sheet.findings)
    return Answers(answers, **fields)  # type: ignore[arg-type]


def submit(desk: Desk, sheet: Sheet, who: Actor = LI, answers: Answers | None = None) -> None:
    desk.store.reviews.submit(who, sheet.review_id, answers or confirming(sheet), desk.rules, desk.now)


def listed(database: Database, *roles: tuple[str, Role]) -> None:
    """Names people: from then on only they may do anything, and assignments hold."""
    for name, role in roles:
        database.change(
            "INSERT INTO person (name, roles, teams, active, created_at, changed_at)"
            " VALUES (:name, :roles, '[]', TRUE, '2025-01-01', '2025-01-01')",
            name=name,
            roles=f'["{role}"]',
        )


# ---- which item ------------------------------------------------------------------------------------------------------


def test_the_sample_comes_every_third_time_and_else_what_is_worst(desk: Desk) -> None:
    for no in ("r1", "r2"):
        desk.item(Reason.RANDOM, no)
        desk.pass_minutes(1)
    for no, said in (("f1", RUDE), ("f2", PROMISE), ("f3", RUDE), ("a1", THEFT)):
        desk.heard(no, said)
    desk.item(Reason.SECOND_LOOK, "s1")
    desk.item(Reason.ARBITRATION, "p1", due_at=desk.now + timedelta(days=3))
    desk.item(Reason.ARBITRATION, "p2", due_at=desk.now + timedelta(days=1))
    desk.item(Reason.SELF_CHECK, "x1")
    order = []
    coming: tuple[str, ...] = ()
    while isinstance(sheet := desk.store.reviews.next(LEAD, desk.now), Sheet):
        assert sheet.call_id in coming or not order
        coming = desk.store.reviews.ahead(LEAD, 1, desk.now)
        order.append(sheet.source_call_id if len(sheet.source_call_id) < 5 else sheet.reason)
        if sheet.hidden:
            sheet = desk.store.reviews.reveal(LEAD, sheet.review_id, (), desk.rules, desk.now)
        submit(desk, sheet, LEAD)
    # p2 and p1 are due, then the third is of the sample
    assert order == ["arbitration", "arbitration", "random", "a1", "f2", "random", "f3", "f1", "second_look"]
    assert none_for(desk, LEAD) is WhyNone.NOTHING
    assert coming == ()


def test_what_comes_next_stays_anybodys(desk: Desk) -> None:
    for no, said in (("1", PROMISE), ("2", RUDE), ("3", RUDE)):
        desk.heard(no, said, team="一组")
    mine = taken(desk)
    coming = desk.store.reviews.ahead(LI, 9, desk.now)
    assert len(coming) == 2 and mine.call_id not in coming
    assert desk.store.reviews.ahead(LI, 1, desk.now) == coming[:1]
    assert desk.store.reviews.ahead(actor("zhao", teams=frozenset({"一组"})), 9, desk.now) == ()
    assert taken(desk, WANG).call_id == coming[0]
    assert desk.store.reviews.ahead(LI, 9, desk.now) == coming[1:]


def test_nobody_gets_a_call_that_he_had_to_do_with(desk: Desk) -> None:
    desk.heard("1", PROMISE, agent="3062", team="一组")
    assert none_for(desk, actor("li", agent="3062")) is WhyNone.NOT_FOR_HIM
    assert none_for(desk, actor("li", teams=frozenset({"一组"}))) is WhyNone.NOT_FOR_HIM
    desk.store.reviews.release(LI, taken(desk).review_id, Skip.INVOLVED, desk.now)
    assert none_for(desk, LI) is WhyNone.NOT_FOR_HIM
    submit(desk, taken(desk, WANG), WANG)
    desk.item(Reason.SECOND_LOOK, "1")
    assert none_for(desk, WANG) is WhyNone.NOTHING  # reviewed by him already
    desk.item(Reason.CALIBRATION, "1")
    assert taken(desk, WANG).reason is Reason.CALIBRATION
    listed(desk.database, ("li", Role.REVIEWER), ("wang", Role.REVIEWER))
    skips = {one.reviewer.name: one.today.skips for one in desk.store.reviews.reviewers(LEAD, desk.now)}
    assert skips == {"li": 1, "wang": 0}


def test_who_handled_the_alert_does_not_judge_its_call(desk: Desk) -> None:
    desk.heard("1", THEFT)
    desk.database.change("UPDATE alert_group SET handler = 'li'")
    assert none_for(desk, LI) is WhyNone.NOTHING
    assert taken(desk, WANG).reason is Reason.ALERT


def test_what_a_role_may_not_decide_is_not_handed_out(desk: Desk) -> None:
    desk.item(Reason.ARBITRATION, "1")
    desk.item(Reason.FINAL_APPEAL, "2")
    assert none_for(desk, LI) is WhyNone.NOTHING
    assert taken(desk, actor("he", Role.COMPLIANCE)).reason in (Reason.ARBITRATION, Reason.FINAL_APPEAL)
    with pytest.raises(PolicyError, match="may not"):
        desk.store.reviews.next(actor("boss", Role.SUPERVISOR), desk.now)


def test_quota_skills_and_absence(desk: Desk) -> None:
    reviews = desk.store.reviews
    listed(desk.database, ("li", Role.REVIEWER), ("wang", Role.REVIEWER))
    desk.heard("1", PROMISE, channel="phone")
    desk.heard("2", PROMISE, channel="video")
    reviews.set_reviewer(LEAD, Reviewer("li", 1, {"channel": frozenset({"video"})}), desk.now)
    submit(desk, taken(desk))
    assert none_for(desk, LI) is WhyNone.QUOTA
    desk.pass_minutes(24 * 60)
    assert none_for(desk, LI) is WhyNone.NOT_FOR_HIM
    (left,) = reviews.list(LEAD, ItemFilter(day=DAY), 9, desk.now)
    with pytest.raises(UsageError, match="nobody active"):
        reviews.assign(LEAD, left.id, "zhao", desk.now)
    reviews.assign(LEAD, left.id[:8], "wang", desk.now)
    reviews.set_reviewer(LEAD, Reviewer("li", 60), desk.now)
    assert none_for(desk, LI) is WhyNone.NOTHING
    away = Reviewer("wang", 60, away_until=desk.now + timedelta(days=1))
    reviews.set_reviewer(LEAD, away, desk.now)
    assert none_for(desk, WANG) is WhyNone.AWAY
    assert taken(desk).source_call_id == "1"
    with pytest.raises(PolicyError, match="works on item"):
        reviews.assign(LEAD, left.id, "wang", desk.now)
    reviews.recall(LEAD, left.id)
    assert reviews.current(LI) is None


def test_what_is_for_somebody_who_is_gone_is_anybodys_but_not_a_calibration(desk: Desk) -> None:
    listed(desk.database, ("li", Role.REVIEWER), ("wang", Role.REVIEWER))
    desk.item(Reason.CALIBRATION, "c", assigned_to="wang")
    desk.item(Reason.SECOND_LOOK, "s", assigned_to="wang")
    assert none_for(desk, LI) is WhyNone.NOTHING
    desk.database.change("UPDATE person SET active = FALSE WHERE name = 'wang'")
    sheet = taken(desk)
    assert sheet.reason is Reason.SECOND_LOOK
    submit(desk, sheet)
    assert none_for(desk, LI) is WhyNone.NOTHING


# ---- who has it ------------------------------------------------------------------------------------------------------


def test_fifty_at_once_never_hold_one_item(desk: Desk) -> None:
    for no in range(30):
        desk.item(Reason.FINDING, f"c{no}")
    names = [f"r{no}" for no in range(50)]
    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(lambda name: desk.store.reviews.next(actor(name), desk.now), names))
    items = [one.item_id for one in found if isinstance(one, Sheet)]
    assert len(items) == len(set(items)) == 30
    owners = desk.database.rows("SELECT owner, fence FROM review_item")
    assert len({owner for owner, _ in owners}) == 30
    assert {fence for _, fence in owners} == {1}
    assert desk.database.rows("SELECT count(*) FROM event WHERE kind = 'review.claimed'") == [(30,)]


def test_one_person_at_many_keyboards_holds_one_item(desk: Desk) -> None:
    for no in range(9):
        desk.item(Reason.FINDING, f"c{no}")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: taken(desk).item_id, range(8)))
    assert len(set(found)) == 1


def test_after_the_lease_another_goes_on_and_what_was_typed_stays(desk: Desk) -> None:
    desk.heard("1", PROMISE)
    first = taken(desk)
    desk.pass_minutes(50)
    desk.store.reviews.keep(LI, first.review_id, Answers(note="听到一半"), desk.now)  # lasts from now
    desk.pass_minutes(50)
    assert none_for(desk, WANG) is WhyNone.NOTHING
    desk.pass_minutes(11)
    second = taken(desk, WANG)
    assert second.item_id == first.item_id
    with pytest.raises(PolicyError, match=f"taken over .* draft {first.review_id}"):
        submit(desk, first)
    ((state, draft),) = desk.database.rows("SELECT state, CAST(draft AS TEXT) FROM review WHERE reviewer = 'li'")
    assert (state, "confirmed" in draft) == (ReviewState.DROPPED, True)
    submit(desk, second, WANG)
    assert desk.database.rows("SELECT state, closed_by, fence FROM review_item") == [("done", "wang", 2)]


def test_late_is_in_time_when_nobody_came(desk: Desk) -> None:
    desk.heard("1", PROMISE)
    sheet = taken(desk)
    desk.pass_minutes(600)
    submit(desk, sheet)
    with pytest.raises(PolicyError, match="is submitted"):
        submit(desk, sheet)
    assert desk.database.rows("SELECT answer, rule_id FROM verdict") == [("confirmed", "banned.promise")]


def test_who_is_gone_in_mid_review_leaves_it_to_others(desk: Desk) -> None:
    desk.heard("1", PROMISE)
    sheet = taken(desk)
    gone = Person("li", frozenset({Role.REVIEWER}), active=False).actor
    with pytest.raises(PolicyError, match="may not"):
        submit(desk, sheet, gone)
    desk.pass_minutes(61)
    assert taken(desk, WANG).item_id == sheet.item_id


# ---- drafts ----------------------------------------------------------------------------------------------------------


def test_a_draft_made_from_an_older_one_is_refused_and_changes_nothing(desk: Desk) -> None:
    desk.heard("1", PROMISE)
    sheet = taken(desk)
    reviews, review_id = desk.store.reviews, sheet.review_id
    assert sheet.draft_version == 0
    assert reviews.keep(LI, review_id, Answers(note="甲"), desk.now, 0) == 1
    with pytest.raises(OutdatedError, match="version 1 by now, not 0") as refused:
        reviews.keep(LI, review_id, Answers(note="乙"), desk.now, 0)
    assert "乙" not in str(refused.value) and refused.value.remedy
    with pytest.raises(OutdatedError):
        reviews.keep(LI, review_id, Answers(note="乙"), desk.now, 7)  # of another time
    kept = reviews.show(LI, review_id, desk.now)
    assert (kept.typed.note, kept.draft_version) == ("甲", 1)
    assert reviews.keep(LI, review_id, Answers(note="甲"), desk.now, 0) == 1  # what is there already is no change
    assert reviews.keep(LI, review_id, Answers(note="乙"), desk.now, 1) == 2
    assert reviews.keep(LI, review_id, Answers(note="丙"), desk.now) == 3  # by command: whatever was there
    assert reviews.show(LI, review_id, desk.now).typed.note == "丙"


def test_of_two_who_write_at_once_from_one_version_one_is_refused(desk: Desk) -> None:
    desk.heard("1", PROMISE)
    review_id = taken(desk).review_id

    def write(note: str) -> int | None:
        try:
            return desk.store.reviews.keep(LI, review_id, Answers(note=note), desk.now, 0)
        except OutdatedError:
            return None

    with ThreadPoolExecutor(4) as pool:
        versions = list(pool.map(write, "甲乙丙丁"))
    assert sorted(versions, key=str) == [1, None, None, None]
    assert desk.store.reviews.show(LI, review_id, desk.now).typed.note == "甲乙丙丁"[versions.index(1)]


# ---- blind reviews ---------------------------------------------------------------------------------------------------


def test_a_blind_review_shows_nothing_before_the_own_verdict(desk: Desk) -> None:
    inspection = desk.heard("1", f"{PLAIN}\n{PROMISE.replace('0:01', '0:12')}")
    desk.database.change("DELETE FROM review_item")
    desk.item(Reason.RANDOM, "1")
    sheet = taken(desk)
    assert sheet.hidden
    assert (sheet.findings, sheet.asked, sheet.severity, sheet.blind_marks) == ((), (), None, ())
    assert [turn.text for turn in sheet.turns] == [turn.text for turn in inspection.hearing.turns]
    with pytest.raises(PolicyError, match="own verdict is not in"):
        submit(desk, sheet)
    reviews = desk.store.reviews
    reviews.played(LI, sheet.review_id, [Span(0, 4)], desk.now)
    sheet = reviews.played(LI, sheet.review_id, [Span(3, inspection.hearing.recording.duration_s)], desk.now)
    assert sheet.played_share == 1
    mark = GivenMark("banned.rude", 5.0, 7.0, Party.AGENT)
    sheet = reviews.reveal(LI, sheet.review_id, [mark], desk.rules, desk.now)
    # what is only tried out is not shown
    assert [finding.rule_id for finding in sheet.findings] == ["banned.promise"]
    with pytest.raises(PolicyError, match="nothing is hidden"):
        reviews.reveal(LI, sheet.review_id, (), desk.rules, desk.now)
    late = GivenMark("banned.promise", 12.0, 13.0, Party.AGENT)
    submit(desk, sheet, answers=confirming(sheet, marks=(late,)))
    marks = desk.database.rows("SELECT rule_id, blind, missed FROM mark ORDER BY place")
    assert marks == [("banned.rude", True, True), ("banned.promise", False, False)]
    assert desk.database.rows("SELECT in_estimate, state FROM review") == [(True, "submitted")]


@pytest.mark.parametrize(("reason", "until_s", "expected"), [("random", 5.0, False), ("recheck", 60.0, False)])
def test_only_random_calls_heard_before_the_reveal_speak_for_others(
    desk: Desk, reason: str, until_s: float, expected: bool
) -> None:
    desk.heard("1", PLAIN)
    desk.item(Reason(reason), "1")
    sheet = taken(desk)
    desk.store.reviews.played(LI, sheet.review_id, [Span(0, until_s)], desk.now)
    sheet = desk.store.reviews.reveal(LI, sheet.review_id, (), desk.rules, desk.now)
    desk.store.reviews.played(LI, sheet.review_id, [Span(0, 60)], desk.now)
    submit(desk, sheet)
    assert desk.database.rows("SELECT in_estimate FROM review") == [(expected,)]


# ---- what is said ----------------------------------------------------------------------------------------------------


def test_every_finding_is_answered_and_what_was_misheard_corrected(desk: Desk) -> None:
    desk.heard("1", f"{PROMISE}\n{RUDE}")
    sheet = taken(desk)
    one, other = sheet.findings
    with pytest.raises(UsageError, match=f"not answered yet: {other.id}"):
        submit(desk, sheet, answers=Answers((GivenAnswer(one.id, Answer.CONFIRMED),)))
    said = GivenCorrection(Party.AGENT, 5.0, 5.5, "您别烦")
    negated = GivenAnswer(one.id, Answer.FALSE_ALARM, FalseBecause.NEGATED, "他说的是不能保证")
    answers = Answers((negated, GivenAnswer(other.id, Answer.CONFIRMED)), corrections=(said,), note="完")
    submit(desk, sheet, answers=answers)
    verdicts = desk.database.rows("SELECT rule_id, answer, because FROM verdict ORDER BY rule_id")
    assert verdicts == [("banned.promise", "false_alarm", "negated"), ("banned.rude", "confirmed", None)]
    ((heard, meant, recording),) = desk.database.rows("SELECT heard, said, recording_id FROM correction")
    assert (heard, meant, recording) == ("你烦", "您别烦", "1".rjust(64, "0"))
    told = str(desk.database.rows("SELECT CAST(detail AS TEXT) FROM audit")) + str(
        desk.database.rows("SELECT CAST(data AS TEXT) FROM event")
    )
    assert not any(words in told for words in ("保证", "烦", "完"))


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        (GivenMark("banned.unknown", 1, 2, Party.AGENT), "no rule"),
        (GivenMark("banned.trial", 1, 2, Party.AGENT), "no rule"),
        (GivenMark("banned.rude", 1, 2, Party.CUSTOMER), "does not judge"),
        (GivenMark("banned.rude", 1, 900, Party.AGENT), "lies from"),
        (GivenMark("banned.rude", 2, 2, Party.AGENT), "lies from"),
    ],
)
def test_impossible_marks_are_refused_and_kept_as_typed(desk: Desk, mark: GivenMark, message: str) -> None:
    desk.heard("1", PROMISE)
    sheet = taken(desk)
    with pytest.raises(UsageError, match=message):
        submit(desk, sheet, answers=confirming(sheet, marks=(mark,)))
    assert desk.store.reviews.show(LI, sheet.review_id, desk.now).typed.marks == (mark,)


def test_a_verdict_on_what_is_not_found_any_more_is_refused(desk: Desk) -> None:
    desk.heard("1", f"{PROMISE}\n{RUDE}")
    sheet = taken(desk)
    desk.heard("1", f"{PROMISE}\n{RUDE}")
    desk.heard("1", f"{PROMISE}\n{RUDE}", rules=plan(version=2))
    with pytest.raises(PolicyError, match=r"inspected again meanwhile; other than you saw it: banned\.promise;"):
        submit(desk, sheet)
    fresh = desk.store.reviews.refresh(LI, sheet.review_id, desk.now)
    assert fresh.typed == confirming(sheet)
    assert [one.rule_version for one in fresh.findings if one.rule_id == "banned.promise"] == [2]
    submit(desk, fresh)
    ((packs,),) = desk.database.rows(
        "SELECT i.packs FROM review r JOIN inspection i ON i.id = r.inspection_id"
    )
    assert packs == plan(version=2).digest


def test_the_same_found_again_is_no_other_finding(desk: Desk) -> None:
    desk.heard("1", PROMISE)
    sheet = taken(desk)
    desk.heard("1", PROMISE)
    submit(desk, sheet)
    assert desk.database.rows("SELECT count(*) FROM verdict") == [(1,)]


def test_a_call_that_was_never_heard_can_be_reviewed(desk: Desk) -> None:
    desk.item(Reason.RANDOM, "never")
    sheet = taken(desk)
    assert (sheet.unheard, sheet.turns, sheet.duration_s) == ("not_on_record", (), 0.0)
    sheet = desk.store.reviews.reveal(LI, sheet.review_id, (), desk.rules, desk.now)
    submit(desk, sheet)
    assert desk.database.rows("SELECT state, in_estimate FROM review") == [("submitted", False)]


def test_findings_can_be_answered_when_the_words_are_not_kept(desk: Desk) -> None:
    desk.heard("1", PROMISE)
    desk.database.change("DELETE FROM stage_result")
    sheet = taken(desk)
    assert (sheet.unheard, sheet.turns, len(sheet.findings)) == ("not_kept", (), 1)
    with pytest.raises(UsageError, match="nothing to correct"):
        submit(desk, sheet, answers=confirming(sheet, corrections=(GivenCorrection(Party.AGENT, 0, 1, "好"),)))
    submit(desk, sheet)


def test_arbitration_shows_both_verdicts_without_names_and_a_second_look_none(desk: Desk) -> None:
    desk.heard("1", f"{PROMISE}\n{RUDE}")
    first = taken(desk)
    submit(desk, first)
    asked = {"banned.promise": "承诺收益"}
    desk.item(Reason.SECOND_LOOK, "1", because=asked, of_review=first.review_id)
    second = taken(desk, WANG)
    assert [finding.rule_id for finding in second.findings] == ["banned.promise"]
    assert second.said == ()
    lawful = GivenAnswer(second.findings[0].id, Answer.FALSE_ALARM, FalseBecause.LAWFUL)
    submit(desk, second, WANG, Answers((lawful,)))
    desk.item(Reason.ARBITRATION, "1", because=asked, of_review=second.review_id)
    third = taken(desk, LEAD)
    said = [(one.who, one.rule_id, one.answer) for one in third.said if one.rule_id == "banned.promise"]
    assert said == [(1, "banned.promise", "confirmed"), (2, "banned.promise", "false_alarm")]
    assert "li" not in repr(third.said)
    assert "wang" not in repr(third)


def test_what_was_heard_is_for_who_holds_the_review(desk: Desk) -> None:
    made = desk.heard("1", PROMISE)
    sheet = taken(desk)
    assert desk.store.reviews.heard(LI, sheet.review_id, desk.now) == made.hearing
    with pytest.raises(UsageError, match="no review of yours"):
        desk.store.reviews.heard(WANG, sheet.review_id, desk.now)
    submit(desk, sheet)
    with pytest.raises(PolicyError, match="is submitted"):
        desk.store.reviews.heard(LI, sheet.review_id, desk.now)
    desk.item(Reason.RANDOM, "unheard")
    assert desk.store.reviews.heard(LI, taken(desk).review_id, desk.now) is None


# ---- by which index --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_finds_what_is_somebodys_by_its_index_however_much_there_is(desk: Desk) -> None:
    asked: list[tuple[str, object]] = []
    engine = desk.store._writer

    def note(connection: object, cursor: object, statement: str, values: object, *_: object) -> None:
        asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    none_for(desk, LI)
    event.remove(engine, "before_cursor_execute", note)
    mine = next(one for one in asked if "assigned_to = ?" in one[0])
    with desk.database.connection() as connection:
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {mine[0]}", mine[1]).all())
    assert "ix_review_item_assigned_to" in plan
    assert "ix_review_item_reason" not in plan
