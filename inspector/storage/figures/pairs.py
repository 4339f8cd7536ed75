"""Findings that two people judged on their own: in a second look, or to compare themselves (calibration)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, select

from inspector.review.records import ReviewState
from inspector.review.statistics.agreement import agreement_of
from inspector.review.statistics.figures import LEAST_PAIRS, AgreementFigure
from inspector.storage import tables
from inspector.storage.figures.words import Days, of_days
from inspector.storage.queues import Reason
from inspector.storage.review_tables import review, verdict

__all__ = ["agreements"]

Pairs = dict[tuple[str, str, str | None], list[tuple[str, str]]]


def agreements(connection: Connection, days: Days) -> tuple[AgreementFigure, ...]:
    """By pair of reviewers: over all rules, then by rule."""
    said: dict[str, list[Any]] = {}
    for row in connection.execute(_verdicts(days)):
        said.setdefault(row.review_id, []).append(row)
    pairs: Pairs = {}
    for one, other in _independent(said):
        _join(said[one], said[other], pairs)
    order = sorted(pairs, key=lambda key: (key[0], key[1], key[2] or ""))
    return tuple(
        AgreementFigure(*key, len(pairs[key]), agreement_of(pairs[key]) if len(pairs[key]) >= LEAST_PAIRS else None)
        for key in order
    )


def _verdicts(days: Days) -> Any:
    columns = (verdict, review.c.reviewer, review.c.reason, review.c.of_review)
    return (
        select(*columns)
        .join(review, review.c.id == verdict.c.review_id)
        .join(tables.call, tables.call.c.id == verdict.c.call_id)
        .where(review.c.state == ReviewState.SUBMITTED.value, of_days(tables.call.c.business_date, days))
        .order_by(verdict.c.review_id, verdict.c.finding_id)
    )


def _independent(said: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
    """Reviews of which neither reviewer knew the other's."""
    calibrated: dict[str, list[str]] = {}
    for review_id, rows in said.items():
        if rows[0].reason == Reason.SECOND_LOOK and rows[0].of_review in said:
            yield rows[0].of_review, review_id
        elif rows[0].reason == Reason.CALIBRATION:
            calibrated.setdefault(rows[0].call_id, []).append(review_id)
    for of_call in calibrated.values():
        yield from combinations(of_call, 2)


def _join(one: Iterable[Any], other: Iterable[Any], pairs: Pairs) -> None:
    by_finding = {row.finding_id: row for row in other}
    for row in one:
        same = by_finding.get(row.finding_id)
        if same is None or same.reviewer == row.reviewer:
            continue
        (first, of_first), (second, of_second) = sorted([(row.reviewer, row.answer), (same.reviewer, same.answer)])
        for rule_id in (None, row.rule_id):
            pairs.setdefault((first, second, rule_id), []).append((of_first, of_second))
