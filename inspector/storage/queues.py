"""The calls that people review. Written, as alerts are, with the inspection; read by day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    delete,
    distinct,
    func,
    insert,
    select,
    true,
    update,
)

from inspector.alerts.budget import admitted, allowance, doubts
from inspector.alerts.policy import AlertPolicy
from inspector.model import Finding, Inspection, Severity
from inspector.review.reasons import Reason, State
from inspector.storage import tables
from inspector.storage.alerts.opening import put_alerts
from inspector.storage.engine import storage_errors
from inspector.storage.rows import equal, put

__all__ = [
    "Queues",
    "Reason",
    "ReviewCounts",
    "ReviewEntry",
    "State",
    "admit_undetermined",
    "put_drawn",
    "put_queues",
    "put_repeat",
    "urgency_of",
]


_DUE = {Reason.SELF_CHECK: timedelta(hours=24)}


@dataclass(frozen=True, slots=True)
class ReviewEntry:
    """A call to review. ``because``: rule ids and titles; what was drawn is blind, it has none and no severity, but
    for what a team checks itself."""

    call_id: str
    source_call_id: str
    business_date: date | None
    reason: Reason
    because: tuple[tuple[str, str], ...]
    severity: Severity | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewCounts:
    """How many calls are open by reason, and how many undetermined ones wait outside of the queue."""

    open: dict[Reason, int]
    waiting: int


class Queues:
    """What is open, worst first and of equals the newest first. ``day``: a business date, None for all."""

    def __init__(self, reader: Engine) -> None:
        self._reader = reader

    def reviews(
        self, day: date | None, limit: int, reason: Reason | None = None, team: str | None = None
    ) -> tuple[ReviewEntry, ...]:
        """The first ``limit`` calls to review, of one reason and of one team when it is given. Blind ones come last."""
        item, call, drawn = tables.review_item, tables.call, tables.draw_item
        found = (
            select(item, func.coalesce(call.c.source_call_id, drawn.c.source_call_id).label("source_call_id"))
            .outerjoin(call, call.c.id == item.c.call_id)
            .outerjoin(drawn, and_(drawn.c.draw_id == item.c.draw_id, drawn.c.call_id == item.c.call_id))
            .where(item.c.state == State.OPEN.value, _of_day(item.c.business_date, day))
            .where(true() if reason is None else item.c.reason == reason.value)
            .where(true() if team is None else _team_of(item.c.call_id) == team)
            .order_by(item.c.urgency.desc(), item.c.created_at.desc(), item.c.id.desc())
            .limit(limit)
        )
        with storage_errors(self._reader), self._reader.connect() as connection:
            rows = connection.execute(found).all()
        return tuple(
            ReviewEntry(
                row.call_id,
                row.source_call_id,
                row.business_date,
                Reason(row.reason),
                tuple((one["rule_id"], one["title"]) for one in row.because),
                None if row.severity is None else Severity(row.severity),
                row.created_at,
            )
            for row in rows
        )

    def review_counts(self, day: date | None) -> ReviewCounts:
        """How many calls each reason has brought."""
        item = tables.review_item
        left = item.c.state.in_([State.OPEN.value, State.WAITING.value])
        counted = select(item.c.reason, item.c.state, func.count()).where(left, _of_day(item.c.business_date, day))
        with storage_errors(self._reader), self._reader.connect() as connection:
            rows = connection.execute(counted.group_by(item.c.reason, item.c.state)).all()
        by_both = {(reason, state): count for reason, state, count in rows}
        opened = {reason: by_both.get((reason.value, State.OPEN.value), 0) for reason in Reason}
        return ReviewCounts(opened, by_both.get((Reason.UNDETERMINED.value, State.WAITING.value), 0))


def put_queues(
    connection: Connection,
    inspection: Inspection,
    business_date: date | None,
    audiences: Mapping[str, str],
    policy: AlertPolicy,
    now: datetime,
) -> tuple[str, ...]:
    """Writes the alerts and the review items of one inspected call; what is there stays there, once.

    ``audiences``: whom a rule's alert tells. Returns the rules whose alerts are new. Raises KeyError for a rule that
    alerts without an audience.
    """
    alerted: tuple[str, ...] = ()
    call_id = inspection.call.id
    by_rule = {finding.rule_id: finding for finding in inspection.findings}
    found = {entry.queue: [by_rule[rule_id] for rule_id in entry.because] for entry in inspection.queues}
    if "alert" in found:
        alerted = put_alerts(connection, inspection.call, found["alert"], audiences, policy, now)
    if "review" in found:
        told = connection.execute(select(1).where(tables.alert.c.call_id == call_id).limit(1)).first()
        reason = Reason.FINDING if told is None else Reason.ALERT
        _put_item(connection, call_id, reason, found["review"], business_date, now)
    if doubtful := doubts(inspection.findings):
        _put_item(connection, call_id, Reason.UNDETERMINED, doubtful, business_date, now)
    else:
        waiting = {"id": _item_id(call_id, Reason.UNDETERMINED), "state": State.WAITING.value}
        connection.execute(delete(tables.review_item).where(equal(tables.review_item, waiting)))
    return alerted


def put_drawn(
    connection: Connection,
    draw_id: str,
    reason: Reason,
    found: Mapping[str, Sequence[Finding]],
    business_date: date,
    now: datetime,
) -> None:
    """Opens a review of every call of a draw. ``found``: by call, what the reviewer is shown; nothing is blind."""
    items: list[dict[str, object]] = [
        {
            "id": _item_id(call_id, reason, draw_id),
            "call_id": call_id,
            "reason": reason.value,
            **_because(findings),
            "state": State.OPEN.value,
            "business_date": business_date,
            "draw_id": draw_id,
            "created_at": now,
            "due_at": now + _DUE[reason] if reason in _DUE else None,
        }
        for call_id, findings in found.items()
    ]
    if items:
        connection.execute(insert(tables.review_item), items)


def put_repeat(
    connection: Connection, call_id: str, because: Mapping[str, str], severity: Severity, now: datetime
) -> None:
    """Opens a review of a call that came once too often. ``because``: titles by topic, beside those that are there."""
    item, call = tables.review_item, tables.call
    item_id = _item_id(call_id, Reason.REPEAT)
    kept = connection.execute(select(item.c.state, item.c.because).where(item.c.id == item_id)).one_or_none()
    if kept is not None and kept.state != State.OPEN.value:
        return  # what a person has judged stays as it was judged
    titles = {one["rule_id"]: one["title"] for one in (kept.because if kept else ())} | dict(because)
    day = connection.scalar(select(call.c.business_date).where(call.c.id == call_id))
    values = {
        "because": [{"rule_id": topic, "title": titles[topic]} for topic in sorted(titles)],
        "severity": severity.value,
        "urgency": urgency_of(severity),
        "business_date": day,
    }
    first = {"call_id": call_id, "reason": Reason.REPEAT.value, "state": State.OPEN.value, "created_at": now}
    put(connection, item, {"id": item_id}, values, first)


def admit_undetermined(connection: Connection, share: Decimal) -> int:
    """Opens the worst of those waiting, on every business date up to its budget. Returns how many."""
    item = tables.review_item
    undetermined = item.c.reason == Reason.UNDETERMINED.value
    waiting = and_(undetermined, item.c.state == State.WAITING.value)
    opened = 0
    for day in connection.scalars(select(item.c.business_date).distinct().where(waiting)).all():
        of_day = item.c.business_date.is_not_distinct_from(day)
        taken = select(func.count()).where(undetermined, item.c.state != State.WAITING.value, of_day)
        room = allowance(_inspected(connection, day), share) - connection.execute(taken).scalar_one()
        if room <= 0:
            continue
        rows = connection.execute(select(item.c.call_id, item.c.severity).where(waiting, of_day))
        for call_id in admitted(((row.call_id, Severity(row.severity)) for row in rows), room):
            one = item.c.id == _item_id(call_id, Reason.UNDETERMINED)
            connection.execute(update(item).where(one).values(state=State.OPEN.value))
            opened += 1
    return opened


def _inspected(connection: Connection, day: date | None) -> int:
    inspection, call = tables.inspection, tables.call
    counted = (
        select(func.count(distinct(inspection.c.call_id)))
        .join(call, call.c.id == inspection.c.call_id)
        .where(call.c.business_date.is_not_distinct_from(day))
    )
    return connection.execute(counted).scalar_one()


def _put_item(
    connection: Connection,
    call_id: str,
    reason: Reason,
    found: Iterable[Finding],
    business_date: date | None,
    now: datetime,
) -> None:
    # One item of a call, whether or not an alert of it went out too.
    item_id = _item_id(call_id, Reason.FINDING if reason is Reason.ALERT else reason)
    kept = connection.scalar(select(tables.review_item.c.state).where(tables.review_item.c.id == item_id))
    if kept not in (None, State.OPEN.value, State.WAITING.value):
        return  # what a person has judged stays as it was judged
    values = {**_because(found), "business_date": business_date, "reason": reason.value}
    state = State.WAITING if reason is Reason.UNDETERMINED else State.OPEN
    first = {"call_id": call_id, "state": state.value, "created_at": now}
    put(connection, tables.review_item, {"id": item_id}, values, first)


def _because(found: Iterable[Finding]) -> dict[str, object]:
    worst_first = sorted(found, key=lambda finding: finding.severity.rank)
    worst = worst_first[0].severity if worst_first else None
    return {
        "because": [{"rule_id": finding.rule_id, "title": finding.title} for finding in worst_first],
        "severity": None if worst is None else worst.value,
        "urgency": urgency_of(worst),
    }


def urgency_of(severity: Severity | None) -> int:
    """To sort by: the worse the more, 0 for what has no severity."""
    return 0 if severity is None else len(Severity) - severity.rank


def _item_id(call_id: str, reason: Reason, draw_id: str = "") -> str:
    return hashlib.sha256(f"{call_id}\0{reason}\0{draw_id}".encode()).hexdigest()[:24]


def _team_of(call_id: ColumnElement[str]) -> ColumnElement[str]:
    """Asked call by call, in the order of the page: what is joined first is looked through whole."""
    of_call = tables.call.alias("asked")
    return select(of_call.c.facts["team"].as_string()).where(of_call.c.id == call_id).scalar_subquery()


def _of_day(column: ColumnElement[Any], day: date | None) -> ColumnElement[bool]:
    return true() if day is None else column == day

