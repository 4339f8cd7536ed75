"""Items handed out: the most urgent one that somebody may have becomes his for a while, and of two one gets it.

::

    li    claim, fence 1 ├─ works ─┤      … lease over              submit: refused, what he typed stays
    wang                                        claim, fence 2 ├─ works ─┤ submit: done
    zhao  claim, fence 1 ├─ works ─┤      … lease over, nobody came       submit: done, late
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, or_, select, update

from inspector.model import Facts, Span
from inspector.review.order import ASSIGNED, By, Lane, lanes
from inspector.review.playing import minutes_of
from inspector.review.policy import ReviewPolicy
from inspector.review.reasons import BLIND, Reason, State, deed_of
from inspector.review.records import ReviewState
from inspector.review.reviewer import Involved, Reviewer, is_recused
from inspector.review.sheet import shown_of
from inspector.roles import Actor, may
from inspector.storage import tables
from inspector.storage.alert_tables import alert_group
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.review_tables import review
from inspector.storage.reviews.inspected import duration_of, findings_of, newest_inspection, shown_state
from inspector.storage.reviews.staffing import present, reviewer_of, workload
from inspector.storage.rows import append_audit, put, record

__all__ = ["Claimant", "WhyNone", "ahead", "barred", "claim_next", "held_by", "review_id_of", "snapshot"]

_PAGE = 100
"""Candidates looked at in one query: recusal and skills seldom refuse so many."""


class WhyNone(StrEnum):
    """Why somebody is handed nothing."""

    AWAY = "away"
    QUOTA = "quota"
    NOTHING = "nothing"
    NOT_FOR_HIM = "not_for_him"


@dataclass(slots=True)
class Claimant:
    """Who asks, and how he fares: ``refused`` counts the items that he may not have."""

    connection: Connection
    actor: Actor
    policy: ReviewPolicy
    now: datetime
    refused: int = 0


def claim_next(claimant: Claimant) -> str | WhyNone:
    """Makes the most urgent item that the claimant may have his; the id of its review, or why there is none."""
    connection, name, now = claimant.connection, claimant.actor.name, claimant.now
    reviewer, today = reviewer_of(connection, name, claimant.policy), workload(connection, name, claimant.policy, now)
    if reviewer.is_away(now):
        return WhyNone.AWAY
    has_time = today.minutes < reviewer.minutes_per_day
    for row in _meant_for(claimant, reviewer, today.submitted if has_time else None):
        if (claimed := _claim(claimant, row)) is not None:
            return claimed
    if not has_time:
        return WhyNone.QUOTA
    return WhyNone.NOT_FOR_HIM if claimant.refused else WhyNone.NOTHING


def ahead(claimant: Claimant, most: int) -> tuple[str, ...]:
    """The calls of the first items that the claimant would be handed after the one he has; they stay anybody's."""
    connection, name = claimant.connection, claimant.actor.name
    reviewer = reviewer_of(connection, name, claimant.policy)
    submitted = workload(connection, name, claimant.policy, claimant.now).submitted + 1
    return tuple(row.call_id for row in islice(_meant_for(claimant, reviewer, submitted), most))


def held_by(connection: Connection, name: str) -> str | None:
    """The review of the item that somebody has, also after its lease as long as nobody else came; None: he has none."""
    item = tables.review_item
    mine = select(item.c.id).where(item.c.owner == name, item.c.state == State.OPEN.value)
    item_id = connection.scalar(mine.order_by(item.c.lease_until.desc(), item.c.id).limit(1))
    return None if item_id is None else review_id_of(item_id, name)


def review_id_of(item_id: str, reviewer: str) -> str:
    """Of one person's review of one item: claimed again it is the same one."""
    return hashlib.sha256(f"{item_id}\0{reviewer}".encode()).hexdigest()[:24]


def barred(claimant: Claimant, row: Row[Any]) -> bool:
    """Whether the claimant must not have an item (a row of :func:`_candidates`) because of who he is."""
    involved = Involved(_agents(claimant.connection, row), (row.facts or {}).get("team"), frozenset(row.excluded))
    return is_recused(claimant.actor, involved)


def snapshot(connection: Connection, item: Row[Any], *, hidden: bool) -> dict[str, Any]:
    """What is reviewed, as it is now, for the row of a review."""
    made = newest_inspection(connection, item.call_id)
    asked = {one["rule_id"] for one in item.because}
    shown = () if hidden else shown_of(findings_of(connection, made), Reason(item.reason), asked)
    return {
        "inspection_id": None if made is None else made.id,
        "inspected_at": None if made is None else made.at,
        "shown": shown_state(shown),
    }


def _meant_for(claimant: Claimant, reviewer: Reviewer, submitted: int | None) -> Iterator[Row[Any]]:
    """The items that he may have, first what is to come first after so many were submitted today; None: only what is
    assigned to him."""
    yield from _fit(claimant, reviewer, ASSIGNED, tables.review_item.c.assigned_to == claimant.actor.name)
    if submitted is not None:
        there = present(claimant.connection, claimant.now)
        for lane in lanes(submitted):
            yield from _fit(claimant, reviewer, lane, _is_anybodys(there))


def _fit(claimant: Claimant, reviewer: Reviewer, lane: Lane, of: ColumnElement[bool]) -> Iterator[Row[Any]]:
    reasons = tuple(reason for reason in lane.reasons if may(claimant.actor, deed_of(reason)))
    for row in _candidates(claimant, Lane(reasons, lane.by), of) if reasons else ():
        if barred(claimant, row) or not reviewer.can_review(record(Facts, row.facts or {})):
            claimant.refused += 1
        else:
            yield row


def _candidates(claimant: Claimant, lane: Lane, of: ColumnElement[bool]) -> Iterator[Row[Any]]:
    """Open items of a lane that nobody has, in its order, with the business data of their calls."""
    item, call = tables.review_item, tables.call
    free = or_(item.c.owner.is_(None), item.c.lease_until <= claimant.now)
    reasons = [reason.value for reason in lane.reasons]
    of_lane = item.c.reason == reasons[0] if len(reasons) == 1 else item.c.reason.in_(reasons)
    found: Select[Any] = (
        select(item, call.c.facts)
        .outerjoin(call, call.c.id == item.c.call_id)
        .where(item.c.state == State.OPEN.value, of_lane, free, of, *_untouched(claimant.actor.name))
        .order_by(*_order(lane.by))
        .limit(_PAGE)
    )
    for page in range(0, 1 << 31, _PAGE):
        rows = claimant.connection.execute(found.offset(page)).all()
        yield from rows
        if len(rows) < _PAGE:
            return


def _order(by: By) -> tuple[ColumnElement[Any], ...]:
    """In the columns of an index, forwards or backwards; due dates are of few items."""
    item = tables.review_item
    columns = (item.c.urgency, item.c.created_at, item.c.id)
    if by is By.WORST:
        return tuple(column.desc() for column in columns)
    return columns if by is By.OLDEST else (item.c.due_at.is_(None), item.c.due_at, item.c.created_at, item.c.id)


def _is_anybodys(there: Collection[str]) -> ColumnElement[bool]:
    """Assigned to nobody, or to somebody who is not there. What is compared among persons stays with its person."""
    item = tables.review_item
    left_behind = and_(item.c.assigned_to.not_in(there), item.c.reason != Reason.CALIBRATION.value)
    return or_(item.c.assigned_to.is_(None), left_behind)


def _untouched(name: str) -> tuple[ColumnElement[bool], ...]:
    """Calls that somebody did not review for another reason (calibration is of calls that were reviewed), and did not
    handle as an alert."""
    item, alert = tables.review_item, tables.alert
    other = and_(review.c.call_id == item.c.call_id, review.c.reviewer == name, review.c.item_id != item.c.id)
    handled = and_(
        alert.c.call_id == item.c.call_id, alert_group.c.id == alert.c.group_id, alert_group.c.handler == name
    )
    return (
        or_(item.c.reason == Reason.CALIBRATION.value, ~exists().where(other)),
        ~exists().where(handled),
    )


def _agents(connection: Connection, row: Row[Any]) -> frozenset[str]:
    """Of a call of several recordings each may have its own."""
    of_legs = connection.scalars(
        select(tables.intake.c.agent).where(tables.intake.c.call_id == row.call_id, tables.intake.c.agent.is_not(None))
    )
    of_call = (row.facts or {}).get("agent")
    return frozenset(of_legs) | (frozenset() if of_call is None else {of_call})


def _claim(claimant: Claimant, row: Row[Any]) -> str | None:
    """None when somebody else was quicker."""
    connection, name, now = claimant.connection, claimant.actor.name, claimant.now
    item = tables.review_item
    is_free = or_(item.c.owner.is_(None), item.c.lease_until <= now)
    taken = (
        update(item)
        .where(item.c.id == row.id, item.c.fence == row.fence, item.c.state == State.OPEN.value, is_free)
        .values(
            owner=name,
            lease_until=now + timedelta(minutes=claimant.policy.settings.lease_minutes),
            fence=row.fence + 1,
            minutes=_minutes(claimant, row) if row.minutes is None else row.minutes,
        )
    )
    if not connection.execute(taken).rowcount:
        return None
    _drop_others(connection, row.id, name)
    review_id = _open_review(claimant, row)
    append_audit(connection, name, "review_claim", row.id, {"call_id": row.call_id, "reason": row.reason})
    told = {"review_id": review_id, "item_id": row.id, "reason": row.reason}
    append_events(connection, now, EventKind.REVIEW_CLAIMED, [(row.call_id, told)])
    return review_id


def _minutes(claimant: Claimant, row: Row[Any]) -> float:
    connection, factor = claimant.connection, claimant.policy.settings.listening_factor
    duration_s = duration_of(connection, row.call_id)
    if Reason(row.reason) in BLIND:
        return minutes_of(duration_s, None, factor)
    findings = findings_of(connection, newest_inspection(connection, row.call_id))
    places = [Span(one.start_s, one.end_s) for finding in findings for one in finding.evidence]
    return minutes_of(duration_s, places, factor)


def _drop_others(connection: Connection, item_id: str, name: str) -> None:
    """Whoever had the item before keeps what he typed, and nothing else."""
    going_on = review.c.state.in_([ReviewState.OPEN.value, ReviewState.REVEALED.value])
    dropped = update(review).where(review.c.item_id == item_id, review.c.reviewer != name, going_on)
    connection.execute(dropped.values(state=ReviewState.DROPPED.value))


def _open_review(claimant: Claimant, row: Row[Any]) -> str:
    connection, now = claimant.connection, claimant.now
    review_id = review_id_of(row.id, claimant.actor.name)
    revealed_at = connection.scalar(select(review.c.revealed_at).where(review.c.id == review_id))
    blind = Reason(row.reason) in BLIND
    state = ReviewState.OPEN if revealed_at is None else ReviewState.REVEALED
    seen = snapshot(connection, row, hidden=blind and revealed_at is None)
    values = {"state": state.value, "claimed_at": now, **seen}
    first = {
        "item_id": row.id,
        "call_id": row.call_id,
        "reviewer": claimant.actor.name,
        "reason": row.reason,
        "of_review": row.of_review,
        "blind": blind,
        "played": [],
        "played_speech_s": 0.0,
        "speech_s": 0.0,
        "in_estimate": False,
        "handling_s": 0.0,
        "draft": {},
    }
    put(connection, review, {"id": review_id}, values, first)
    return review_id
