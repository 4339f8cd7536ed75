"""The last word of people on what fired: one for each call and rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, true

from inspector.enums import Kind, Outcome, Status
from inspector.review.records import Answer, Origin, ReviewState
from inspector.storage import tables
from inspector.storage.queues import Reason
from inspector.storage.review_tables import decision, review, verdict

__all__ = ["Days", "Word", "counted", "of_days", "of_newest_versions", "words"]

Days = tuple[date, date] | None
"""Business dates, both included; None: all, and the calls without one."""


@dataclass(frozen=True, slots=True)
class Word:
    """What people say in the end of a finding that fired. ``random``: also heard blind, in a call drawn at random."""

    call_id: str
    rule_id: str
    rule_version: int
    kind: Kind
    status: Status
    answer: Answer
    random: bool
    at: datetime
    business_date: date | None


def words(connection: Connection, days: Days) -> tuple[Word, ...]:
    """By the decision where there is one, else by the last review that is in, else by who handled the alert.

    What was only judged to compare reviewers (calibration) decides nothing.
    """
    last: dict[tuple[str, str], Word] = {}
    for word in (*_of_alerts(connection, days), *_of_reviews(connection, days)):
        key = (word.call_id, word.rule_id)
        last[key] = replace(word, random=word.random or (key in last and last[key].random))
    return tuple(last.values())


def of_newest_versions(found: Iterable[Word]) -> dict[str, list[Word]]:
    """By rule, of the newest version of it that anybody judged."""
    by_rule: dict[str, list[Word]] = {}
    for word in found:
        kept = by_rule.setdefault(word.rule_id, [])
        if kept and kept[0].rule_version < word.rule_version:
            kept.clear()
        if not kept or kept[0].rule_version == word.rule_version:
            kept.append(word)
    return by_rule


def counted(found: Iterable[Word]) -> Counter[Answer]:
    """How often each answer."""
    return Counter(word.answer for word in found)


def of_days(column: ColumnElement[Any], days: Days) -> ColumnElement[bool]:
    """The condition that a business date is one of these."""
    return true() if days is None else column.between(*days)


def _of_reviews(connection: Connection, days: Days) -> Iterator[Word]:
    call = tables.call
    decided = and_(
        decision.c.call_id == verdict.c.call_id,
        decision.c.rule_id == verdict.c.rule_id,
        decision.c.origin == Origin.FINDING.value,
    )
    found = (
        select(verdict, review.c.reason, review.c.in_estimate, call.c.business_date, decision.c.answer.label("decided"))
        .join(review, review.c.id == verdict.c.review_id)
        .join(call, call.c.id == verdict.c.call_id)
        .outerjoin(decision, decided)
        .where(review.c.state == ReviewState.SUBMITTED.value, review.c.reason != Reason.CALIBRATION.value)
        .where(verdict.c.outcome == Outcome.FIRES.value, of_days(call.c.business_date, days))
        .order_by(verdict.c.at, verdict.c.review_id)
    )
    for row in connection.execute(found):
        yield _word(row, Answer(row.decided or row.answer), random=row.reason == Reason.RANDOM and row.in_estimate)


def _of_alerts(connection: Connection, days: Days) -> Iterator[Word]:
    alert, call, found = tables.alert, tables.call, tables.finding
    false = (
        select(
            alert.c.call_id,
            alert.c.rule_id,
            alert.c.rule_version,
            alert.c.false_at.label("at"),
            found.c.kind,
            found.c.status,
            call.c.business_date,
        )
        .join(call, call.c.id == alert.c.call_id)
        .join(tables.inspection, tables.inspection.c.call_id == alert.c.call_id)
        .join(found, and_(found.c.inspection_id == tables.inspection.c.id, found.c.id == alert.c.finding_id))
        .where(alert.c.false_at.is_not(None), of_days(call.c.business_date, days))
    )
    for row in connection.execute(false):
        yield _word(row, Answer.FALSE_ALARM, random=False)


def _word(row: Any, answer: Answer, *, random: bool) -> Word:
    return Word(
        row.call_id,
        row.rule_id,
        row.rule_version,
        Kind(row.kind),
        Status(row.status),
        answer,
        random,
        row.at,
        row.business_date,
    )
