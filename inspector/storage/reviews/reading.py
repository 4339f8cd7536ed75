"""What a reviewer is shown, put together from what is on record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from inspector.model import Facts, Inspection, Severity
from inspector.redaction import Purpose, mask
from inspector.review.reasons import Reason
from inspector.review.records import Answer, DecisionState, FalseBecause, ReviewState, Stage
from inspector.review.sheet import Decided, Said, Sheet, finding_of, known_of, turns_of
from inspector.storage import tables
from inspector.storage.review_tables import decision, mark, review, verdict
from inspector.storage.reviews.holding import Held, blind_marks, typed
from inspector.storage.reviews.inspected import duration_of, load, why_unheard
from inspector.storage.rows import record
from inspector.storage.violation_tables import appeal

__all__ = ["sheet"]

_SEES_DECISIONS = frozenset({Reason.ARBITRATION, Reason.APPEAL, Reason.FINAL_APPEAL})


def sheet(held: Held) -> Sheet:
    """The sheet of a review that somebody holds."""
    connection, kept, item = held.connection, held.review, held.item
    inspection = load(connection, held.made)
    asked = () if held.hidden else tuple((one["rule_id"], one["title"]) for one in item.because)
    said_false = _said_false(connection, kept.call_id)
    return Sheet(
        review_id=kept.id,
        item_id=item.id,
        call_id=kept.call_id,
        source_call_id=_source_call_id(connection, item),
        reason=Reason(kept.reason),
        state=ReviewState(kept.state),
        hidden=held.hidden,
        business_date=item.business_date,
        due_at=item.due_at,
        lease_until=item.lease_until,
        duration_s=duration_of(connection, kept.call_id),
        known=_known(connection, kept.call_id, inspection),
        unheard=why_unheard(connection, kept.call_id, held.made) if inspection is None else None,
        turns=() if inspection is None else turns_of(inspection.hearing),
        severity=None if held.hidden or item.severity is None else Severity(item.severity),
        asked=asked,
        findings=tuple(finding_of(one, said_false=one.rule_id in said_false) for one in held.shown()),
        said=_said(connection, kept.of_review) if kept.reason == Reason.ARBITRATION.value else (),
        decided=_decided(connection, item, asked) if Reason(kept.reason) in _SEES_DECISIONS else (),
        played_share=kept.played_speech_s / kept.speech_s if kept.speech_s else 0.0,
        typed=typed(kept),
        draft_version=kept.draft_version,
        blind_marks=blind_marks(kept),
    )


def _source_call_id(connection: Connection, item: Row[Any]) -> str:
    call, drawn = tables.call, tables.draw_item
    of_call = select(call.c.source_call_id).where(call.c.id == item.call_id).scalar_subquery()
    of_draw = select(drawn.c.source_call_id).where(
        and_(drawn.c.draw_id == item.draw_id, drawn.c.call_id == item.call_id)
    )
    named: str | None = connection.scalar(select(func.coalesce(of_call, of_draw.scalar_subquery())))
    return named or str(item.call_id)


def _known(connection: Connection, call_id: str, inspection: Inspection | None) -> Mapping[str, Any]:
    if inspection is not None:
        return known_of(inspection.call.facts)
    facts = connection.scalar(select(tables.call.c.facts).where(tables.call.c.id == call_id))
    return {} if facts is None else known_of(record(Facts, facts))


def _said_false(connection: Connection, call_id: str) -> set[str]:
    alert = tables.alert
    found = select(alert.c.rule_id).where(alert.c.call_id == call_id, alert.c.false_by.is_not(None))
    return set(connection.scalars(found))


def _said(connection: Connection, of_review: str | None) -> tuple[Said, ...]:
    """What the reviewers before said: the review that is looked at again, and the one that that one looked at."""
    chain: list[str] = []
    while of_review is not None and of_review not in chain:
        chain.insert(0, of_review)
        of_review = connection.scalar(select(review.c.of_review).where(review.c.id == of_review))
    said = []
    for who, review_id in enumerate(chain, 1):
        of_findings = select(verdict).where(verdict.c.review_id == review_id).order_by(verdict.c.finding_id)
        for row in connection.execute(of_findings):
            because = None if row.because is None else FalseBecause(row.because)
            said.append(Said(who, row.rule_id, Answer(row.answer), because, _masked(row.note)))
        of_marks = select(mark).where(mark.c.review_id == review_id).order_by(mark.c.place)
        said += [
            Said(who, row.rule_id, Answer.CONFIRMED, None, _masked(row.note)) for row in connection.execute(of_marks)
        ]
    return tuple(said)


def _decided(connection: Connection, item: Row[Any], asked: tuple[tuple[str, str], ...]) -> tuple[Decided, ...]:
    rules = [rule_id for rule_id, _ in asked]
    of_item = and_(appeal.c.item_id == item.id, appeal.c.rule_id == decision.c.rule_id)
    found = (
        select(decision, appeal.c.text, appeal.c.mitigation)
        .outerjoin(appeal, of_item)
        .where(decision.c.call_id == item.call_id, decision.c.rule_id.in_(rules))
        .order_by(decision.c.rule_id)
    )
    return tuple(
        Decided(
            row.rule_id,
            Answer(row.answer),
            Stage(row.stage),
            DecisionState(row.state),
            _masked(row.text),
            tuple(row.mitigation or ()),
        )
        for row in connection.execute(found)
    )


def _masked(note: str | None) -> str | None:
    return None if note is None else mask(note, Purpose.SCREEN)
