"""Scores in the database: of one's own review, borne by decisions, never overwritten once in; both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from inspector.errors import PolicyError, UsageError
from inspector.review.cards.load import load_cards
from inspector.review.cards.records import Card, Given, Signature, Tick
from inspector.review.policy import ReviewPolicy
from inspector.review.reasons import Reason
from inspector.review.records import Answer, DecisionState, ReviewState
from inspector.roles import Actor, Role
from inspector.storage import Store
from inspector.storage.decisions.scores import rescore
from inspector.storage.review_tables import decision, review
from inspector.storage.reviews.items import NewItem, open_item
from tests.databases import Database
from tests.reviews import AT, heard, open_review, submit, verdict

ANN, BOB = (Actor(name, frozenset({Role.REVIEWER})) for name in ("ann", "bob"))
QA = Actor("qa", frozenset({Role.QA_LEAD}))
(CARD,) = (
    replace(card, signatures={o: Signature("li", date(2025, 1, 1)) for o in ("risk", "compliance", "business")})
    for card in load_cards(None)
    if card.id == "inbound"
)
RUDE = "banned.rude_wording"
ANSWERS: dict[str, Given] = {**{item.id: Tick.MET for item in CARD.items}, "rude": 1, "praise": Tick.MISSED}
WORSE = ANSWERS | {"answer": Tick.MISSED}


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(Store.open(database.url)) as store:
        store.decisions.policy = replace(store.decisions.policy, cards=(CARD,))
        yield store


@pytest.fixture
def call_id(store: Store) -> str:
    call_id, inspection = heard()
    store.save(inspection, "d")
    return call_id


def opened(database: Database, call_id: str, *, blind: bool = False) -> str:
    with database.connection() as connection:
        return open_review(connection, call_id, "ann", blind=blind)


def sent(database: Database, review_id: str, policy: ReviewPolicy, answer: Answer = Answer.CONFIRMED) -> None:
    settings = policy.settings.model_copy(update={"second_look_share": 0})
    with database.connection() as connection:
        submit(connection, review_id, replace(policy, settings=settings), [verdict(RUDE, answer)])


def finished(database: Database, call_id: str, answer: Answer) -> None:
    """The time to appeal is over, or an appeal is decided."""
    with database.connection() as connection:
        connection.execute(update(decision).values(state="final", answer=answer.value))
        rescore(connection, call_id, AT)


@pytest.mark.parametrize(("decided", "total"), [(Answer.CONFIRMED, 85.0), (Answer.FALSE_ALARM, 100.0)])
def test_it_is_final_with_the_decisions_and_follows_them(
    store: Store, database: Database, call_id: str, decided: Answer, total: float
) -> None:
    review_id = opened(database, call_id)
    assert store.decisions.save_score(ANN, review_id, ANSWERS, AT).total == 100.0  # nothing is confirmed yet
    sent(database, review_id, store.decisions.policy)
    before = store.decisions.history(QA, review_id)
    assert (before[-1].total, before[-1].state) == (85.0, DecisionState.PROVISIONAL)
    assert store.decisions.final_scores(QA, "a1", "2025-03").totals == ()
    finished(database, call_id, decided)
    after = store.decisions.history(QA, review_id)
    assert after[: len(before)] == before
    assert (after[-1].total, after[-1].state, after[-1].human) == (total, DecisionState.FINAL, ANSWERS)
    assert (after[-1].card.digest, after[-1].version) == (CARD.digest, 3)
    assert store.decisions.final_scores(QA, "a1", "2025-03").totals == (total,)
    assert store.decisions.final_scores(QA, "a1", "2025-02").totals == ()
    assert store.decisions.final_scores(QA, "nobody", "2025-03").totals == ()
    own = Actor("zhang", frozenset({Role.AGENT}), frozenset({"一组"}), "a1")
    assert store.decisions.final_scores(own, "a1", "2025-03").totals == (total,)
    with pytest.raises(PolicyError):
        store.decisions.final_scores(own, "a2", "2025-03")


def test_an_old_score_keeps_its_card(store: Store, database: Database, call_id: str) -> None:
    review_id = opened(database, call_id)
    store.decisions.save_score(ANN, review_id, ANSWERS, AT)
    sent(database, review_id, store.decisions.policy)
    store.decisions.policy = replace(store.decisions.policy, cards=())
    finished(database, call_id, Answer.CONFIRMED)
    assert store.decisions.history(QA, review_id)[-1].card == CARD


def test_whose_and_when(store: Store, database: Database, call_id: str) -> None:
    review_id = opened(database, call_id)
    with pytest.raises(PolicyError, match="somebody else's"):
        store.decisions.save_score(BOB, review_id, ANSWERS, AT)
    with pytest.raises(UsageError, match="no review"):
        store.decisions.save_score(ANN, "none", ANSWERS, AT)
    with pytest.raises(UsageError, match="without an answer"):
        store.decisions.save_score(ANN, review_id, {}, AT)
    sent(database, review_id, store.decisions.policy)
    store.decisions.save_score(ANN, review_id, ANSWERS, AT)
    with pytest.raises(PolicyError, match="the score stands"):
        store.decisions.save_score(ANN, review_id, ANSWERS, AT)
    assert database.rows("SELECT count(*) FROM audit WHERE action = 'score'") == [(1,)]


def test_nothing_of_the_machine_before_a_blind_review_is_revealed(
    store: Store, database: Database, call_id: str
) -> None:
    review_id = opened(database, call_id, blind=True)
    saved = store.decisions.save_score(ANN, review_id, ANSWERS, AT)
    assert (dict(saved.machine), saved.machine_total) == ({}, None)


def test_a_draft_scores_nobody(store: Store, database: Database, call_id: str) -> None:
    draft: Card = replace(CARD, signatures={})
    store.decisions.policy = replace(store.decisions.policy, cards=(draft,))
    with pytest.raises(UsageError, match="no signed score card"):
        store.decisions.save_score(ANN, opened(database, call_id), ANSWERS, AT)


# ---- of several reviews ----------------------------------------------------------------------------------------------

def scored(store: Store, database: Database, call_id: str, reason: Reason, minutes: int, *, better: bool) -> str:
    """A review of the call by ann (or bob, the second one) that was scored and submitted so long after AT."""
    who = BOB if minutes else ANN
    with database.connection() as connection:
        item_id = open_item(connection, NewItem(call_id, reason, who.name, None), AT)
        review_id = open_review(connection, call_id, who.name, item_id)
    store.decisions.save_score(who, review_id, ANSWERS if better else WORSE, AT)
    sent(database, review_id, store.decisions.policy)
    with database.connection() as connection:
        late = AT + timedelta(minutes=minutes)
        connection.execute(update(review).where(review.c.id == review_id).values(submitted_at=late))
    return review_id


def totals(store: Store) -> tuple[float, ...]:
    return store.decisions.final_scores(QA, "a1", "2025-03").totals


def test_the_review_that_came_in_last_counts_whichever_was_scored_anew_more_often(
    store: Store, database: Database, call_id: str
) -> None:
    first = scored(store, database, call_id, Reason.FINDING, 0, better=True)
    scored(store, database, call_id, Reason.DIRECTED, 5, better=False)
    finished(database, call_id, Answer.CONFIRMED)
    finished(database, call_id, Answer.FALSE_ALARM)
    assert len(store.decisions.history(QA, first)) > 2
    assert totals(store) == (85.0,)


def test_what_people_said_to_compare_themselves_counts_for_nobody(
    store: Store, database: Database, call_id: str
) -> None:
    scored(store, database, call_id, Reason.CALIBRATION, 0, better=True)
    finished(database, call_id, Answer.FALSE_ALARM)
    assert totals(store) == ()


def test_a_score_of_a_review_that_was_given_back_stands_in_nobodys_way(
    store: Store, database: Database, call_id: str
) -> None:
    scored(store, database, call_id, Reason.FINDING, 0, better=True)
    finished(database, call_id, Answer.FALSE_ALARM)
    with database.connection() as connection:
        item_id = open_item(connection, NewItem(call_id, Reason.DIRECTED, "bob", None), AT)
        other = open_review(connection, call_id, "bob", item_id)
    store.decisions.save_score(BOB, other, WORSE, AT + timedelta(minutes=5))
    assert totals(store) == (100.0,)
    with database.connection() as connection:
        connection.execute(update(review).where(review.c.id == other).values(state=ReviewState.DROPPED.value))
    assert store.decisions.final_scores(QA, "a1", "2025-03").open == 0


@pytest.mark.parametrize("reason", [Reason.SECOND_LOOK, Reason.APPEAL])
def test_who_looks_again_at_some_findings_scores_no_call(
    store: Store, database: Database, call_id: str, reason: Reason
) -> None:
    with database.connection() as connection:
        item_id = open_item(connection, NewItem(call_id, reason, "bob", None), AT)
        review_id = open_review(connection, call_id, "bob", item_id)
    with pytest.raises(PolicyError, match="looks again"):
        store.decisions.save_score(BOB, review_id, ANSWERS, AT)


def test_a_call_that_is_not_on_record_has_no_card(store: Store, database: Database) -> None:
    with database.connection() as connection:
        item_id = open_item(connection, NewItem("unheard", Reason.RANDOM, "", None), AT)
        review_id = open_review(connection, "unheard", "ann", item_id)
    with pytest.raises(UsageError, match="no signed score card"):
        store.decisions.save_score(ANN, review_id, ANSWERS, AT)


def test_the_card_to_fill_in_shows_nothing_of_the_machine_before_the_own_verdict(
    store: Store, database: Database, call_id: str
) -> None:
    blind = store.decisions.score_sheet(ANN, opened(database, call_id, blind=True))
    assert blind is not None and (blind.card, blind.answers) == (CARD, {})


def test_the_card_to_fill_in_begins_with_what_was_answered(store: Store, database: Database, call_id: str) -> None:
    review_id = opened(database, call_id)
    store.decisions.save_score(ANN, review_id, ANSWERS, AT)
    sheet = store.decisions.score_sheet(ANN, review_id)
    assert sheet is not None and sheet.answers == ANSWERS
    assert store.decisions.score_sheet(Actor("he", frozenset({Role.COMPLIANCE})), review_id) is None
    with pytest.raises(UsageError, match="no review"):
        store.decisions.score_sheet(BOB, review_id)
