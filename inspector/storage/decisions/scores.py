"""Scores of calls by score cards: kept with their history, borne by decisions, final when these are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from inspector.enums import Outcome, Status
from inspector.errors import PolicyError, UsageError
from inspector.model import Facts
from inspector.review.cards.choice import card_for
from inspector.review.cards.records import Card, Given, Tick
from inspector.review.cards.scoring import follow, prefill, refuse_wrong, score
from inspector.review.policy import ReviewPolicy
from inspector.review.reasons import LOOKS_AGAIN, Reason
from inspector.review.records import DecisionState, ReviewState, counts_against
from inspector.roles import Actor
from inspector.storage import tables
from inspector.storage.decisions.reading import Decision, DecisionFilter, find_decisions
from inspector.storage.engine import take_turn
from inspector.storage.months import days_of_month
from inspector.storage.review_tables import review
from inspector.storage.rows import append_audit, record, values_of
from inspector.storage.score_tables import score as table

__all__ = [
    "FinalScores",
    "SavedScore",
    "ScoreSheet",
    "final_scores",
    "history",
    "rescore",
    "save_score",
    "score_sheet",
]

_MOST = 10_000
"""Decisions of one call, and scores of one agent in a month: more are a mistake."""


@dataclass(frozen=True, slots=True)
class SavedScore:
    """A version of a score. ``machine_total`` (机检参考分) is for reference and no agent's number."""

    review_id: str
    version: int
    call_id: str
    card: Card
    machine: Mapping[str, Given]
    human: Mapping[str, Given]
    machine_total: float | None
    total: float | None
    fatal: tuple[str, ...]
    state: DecisionState
    at: datetime


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """A card to fill in, and what it begins with: what was answered already, else what the machine would answer."""

    card: Card
    answers: Mapping[str, Given]


@dataclass(frozen=True, slots=True)
class FinalScores:
    """Of an agent in a month: totals of calls, in order of the calls; how many scored calls are not final yet."""

    totals: tuple[float, ...]
    open: int


def save_score(
    connection: Connection,
    actor: Actor,
    review_id: str,
    answers: Mapping[str, Given],
    policy: ReviewPolicy,
    now: datetime,
) -> SavedScore:
    """As :meth:`Decisions.save_score` says."""
    kept = connection.execute(select(review).where(review.c.id == review_id)).one_or_none()
    if kept is None:
        raise UsageError(f"no review {review_id}", "name one of yours")
    take_turn(connection, f"decisions of {kept.call_id}")
    _require_own(connection, kept, actor)
    card = _card_of(connection, kept.call_id, policy)
    try:
        refuse_wrong(card, answers)
    except ValueError as error:
        raise UsageError(f"review {review_id}: {error}", "look at the card: inspector cards show") from error
    # While it is his he may think again: nothing is said before the review is in.
    connection.execute(delete(table).where(table.c.review_id == review_id))
    machine = prefill(card, _outcomes(connection, kept.inspection_id))
    saved = _scored(connection, (review_id, 0, kept.call_id), card, machine, answers, now)
    _insert(connection, saved)
    told = {"card_id": card.id, "card_version": card.version, "version": saved.version}
    append_audit(connection, actor.name, "score", review_id, told)
    blind = kept.blind and kept.state == ReviewState.OPEN
    return replace(saved, machine={}, machine_total=None) if blind else saved


def score_sheet(connection: Connection, actor: Actor, review_id: str, policy: ReviewPolicy) -> ScoreSheet | None:
    """As :meth:`Decisions.score_sheet` says."""
    kept = connection.execute(select(review).where(review.c.id == review_id)).one_or_none()
    if kept is None or kept.reviewer != actor.name:
        raise UsageError(f"no review {review_id}", "name one of yours")
    card = None if kept.reason in LOOKS_AGAIN else _signed_card(connection, kept.call_id, policy)
    if card is None:
        return None
    answers: Mapping[str, Given] = {}
    if not (kept.blind and kept.revealed_at is None):
        answers = prefill(card, _outcomes(connection, kept.inspection_id))
    for saved in history(connection, review_id):
        answers = saved.human if saved.card.digest == card.digest else answers
    return ScoreSheet(card, answers)


def rescore(connection: Connection, call_id: str, now: datetime) -> None:
    """Scores a call again when its decisions changed: a new version where total or state are not what they were."""
    of_call = select(table.c.review_id, func.max(table.c.version).label("version")).where(table.c.call_id == call_id)
    last = of_call.group_by(table.c.review_id).subquery()
    newest = (table.c.review_id == last.c.review_id) & (table.c.version == last.c.version)
    rows = connection.execute(select(table).join(last, newest).where(table.c.call_id == call_id)).all()
    for kept in map(_saved, rows):
        made = (kept.review_id, kept.version, call_id)
        again = _scored(connection, made, kept.card, kept.machine, kept.human, now)
        if (again.total, again.fatal, again.state) != (kept.total, kept.fatal, kept.state):
            _insert(connection, again)


def history(connection: Connection, review_id: str) -> tuple[SavedScore, ...]:
    """All versions, the oldest first."""
    found = select(table).where(table.c.review_id == review_id).order_by(table.c.version)
    return tuple(map(_saved, connection.execute(found)))


def final_scores(connection: Connection, agent: str, month: str) -> FinalScores:
    """As :meth:`Decisions.final_scores` says. Of a call that was scored more than once the review that came in last
    counts; one that is not in, or was made to compare reviewers, never does."""
    first, last = days_of_month(month)
    call = tables.call
    found = (
        select(table.c.call_id, table.c.state, table.c.total)
        .join(call, call.c.id == table.c.call_id)
        .join(review, review.c.id == table.c.review_id)
        .where(call.c.facts["agent"].as_string() == agent, call.c.business_date.between(first, last))
        .where(review.c.state == ReviewState.SUBMITTED.value, review.c.reason != Reason.CALIBRATION.value)
        .order_by(table.c.call_id, review.c.submitted_at, review.c.id, table.c.version)
    )
    newest = {row.call_id: row for row in connection.execute(found)}
    still_open = {call_id for call_id in newest if not _is_final(_decisions(connection, call_id))}
    done = [
        row for call_id, row in newest.items() if call_id not in still_open and row.state == DecisionState.FINAL
    ]
    return FinalScores(tuple(row.total for row in done if row.total is not None), len(newest) - len(done))


def _require_own(connection: Connection, kept: Row[Any], actor: Actor) -> None:
    if kept.reviewer != actor.name:
        raise PolicyError(f"review {kept.id} is somebody else's", "score your own reviews")
    if kept.reason in LOOKS_AGAIN:
        raise PolicyError(f"review {kept.id} looks again at some findings only", "who heard the whole call scores it")
    if kept.state == ReviewState.DROPPED:
        raise PolicyError(f"review {kept.id} was given back, or its lease ended", "claim the call again")
    if kept.state == ReviewState.SUBMITTED and history(connection, kept.id):
        raise PolicyError(f"review {kept.id} is submitted and scored: the score stands", "an appeal may change it")


def _card_of(connection: Connection, call_id: str, policy: ReviewPolicy) -> Card:
    card = _signed_card(connection, call_id, policy)
    if card is None:
        raise UsageError(
            f"no signed score card for call {call_id} on its day", "look at them: inspector cards list; docs/how-to"
        )
    return card


def _signed_card(connection: Connection, call_id: str, policy: ReviewPolicy) -> Card | None:
    facts = connection.scalar(select(tables.call.c.facts).where(tables.call.c.id == call_id))
    return None if facts is None else card_for(policy.cards, record(Facts, facts))


def _outcomes(connection: Connection, inspection_id: str | None) -> dict[str, Outcome]:
    """What an inspection says of its rules, but for what rules on trial found.

    Of a silent rule it does not keep the status: one on trial may say that something is met, never that it is missed.
    """
    inspection, finding = tables.inspection, tables.finding
    by_rule = connection.scalar(select(inspection.c.by_rule).where(inspection.c.id == inspection_id)) or {}
    of_it = finding.c.inspection_id == inspection_id
    trial = set(connection.scalars(select(finding.c.rule_id).where(of_it, finding.c.status != Status.STABLE.value)))
    return {rule_id: Outcome(outcome) for rule_id, outcome in by_rule.items() if rule_id not in trial}


def _scored(
    connection: Connection,
    made: tuple[str, int, str],
    card: Card,
    machine: Mapping[str, Given],
    human: Mapping[str, Given],
    now: datetime,
) -> SavedScore:
    """The version after ``made``: review, version and call."""
    review_id, version, call_id = made
    decisions = _decisions(connection, call_id)
    submitted = connection.scalar(select(review.c.state).where(review.c.id == review_id)) == ReviewState.SUBMITTED
    final = submitted and _is_final(decisions)
    confirmed = frozenset(one.rule_id for one in decisions if _bears(one))
    borne = score(card, follow(card, human, confirmed))
    state = DecisionState.FINAL if final else DecisionState.PROVISIONAL
    reference = score(card, machine).total if machine else None
    return SavedScore(
        review_id, version + 1, call_id, card, machine, human, reference, borne.total, borne.fatal, state, now
    )


def _bears(one: Decision) -> bool:
    """Whether it would count against somebody if nothing changed any more."""
    return counts_against(one.origin, one.kind, one.status, one.outcome, one.answer, DecisionState.FINAL)


def _decisions(connection: Connection, call_id: str) -> tuple[Decision, ...]:
    return find_decisions(connection, DecisionFilter(call_id=call_id), _MOST)


def _is_final(decisions: tuple[Decision, ...]) -> bool:
    return all(one.state is DecisionState.FINAL for one in decisions)


def _insert(connection: Connection, saved: SavedScore) -> None:
    row = {
        "review_id": saved.review_id,
        "version": saved.version,
        "call_id": saved.call_id,
        "card_id": saved.card.id,
        "card_version": saved.card.version,
        "card_digest": saved.card.digest,
        "card": values_of(saved.card),
        "machine": dict(saved.machine),
        "human": dict(saved.human),
        "machine_total": saved.machine_total,
        "total": saved.total,
        "fatal": list(saved.fatal),
        "state": saved.state.value,
        "at": saved.at,
    }
    connection.execute(insert(table).values(row))


def _saved(row: Row[Any]) -> SavedScore:
    machine, human = ({one: _given(said) for one, said in told.items()} for told in (row.machine, row.human))
    return SavedScore(
        row.review_id,
        row.version,
        row.call_id,
        record(Card, row.card),
        machine,
        human,
        row.machine_total,
        row.total,
        tuple(row.fatal),
        DecisionState(row.state),
        row.at,
    )


def _given(said: str | int) -> Given:
    return said if isinstance(said, int) else Tick(said)
