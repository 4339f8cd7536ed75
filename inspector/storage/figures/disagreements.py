"""Where people and rules disagree, and what people corrected: raw, as it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from inspector.model import Finding
from inspector.review.records import Answer, FalseBecause, Origin, ReviewState
from inspector.storage import tables
from inspector.storage.figures.words import Days, of_days, words
from inspector.storage.review_tables import correction, decision, mark, review, verdict
from inspector.storage.rows import read

__all__ = ["CorrectedText", "Disagreement", "corrections", "disagreements"]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """``because``: why it fired wrongly; None: it was missed. ``spans``: where in the call, in seconds, if known."""

    call_id: str
    rule_id: str
    rule_version: int
    because: FalseBecause | None
    spans: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class CorrectedText:
    """What was said between two seconds of a recording, and what the recogniser wrote."""

    recording_id: str
    party: str
    start_s: float
    end_s: float
    heard: str
    said: str


def disagreements(connection: Connection, days: Days) -> Iterator[Disagreement]:
    """False alarms in the end, then what was missed, by call."""
    false = {(word.call_id, word.rule_id) for word in words(connection, days) if word.answer is Answer.FALSE_ALARM}
    told: set[tuple[str, str]] = set()
    found = (
        select(verdict.c.call_id, verdict.c.rule_id, verdict.c.rule_version, verdict.c.because, tables.finding.c.data)
        .join(review, review.c.id == verdict.c.review_id)
        .join(
            tables.finding,
            and_(tables.finding.c.inspection_id == review.c.inspection_id, tables.finding.c.id == verdict.c.finding_id),
        )
        .where(review.c.state == ReviewState.SUBMITTED.value, verdict.c.answer == Answer.FALSE_ALARM.value)
        .order_by(verdict.c.call_id, verdict.c.at.desc())
    )
    for row in connection.execute(found):
        key = (row.call_id, row.rule_id)
        if key in false and key not in told:
            told.add(key)
            spans = tuple((one.start_s, one.end_s) for one in read(Finding, row.data).evidence)
            yield Disagreement(*key, row.rule_version, FalseBecause(row.because), spans)
    yield from _missed(connection, days)


def corrections(connection: Connection, days: Days) -> tuple[CorrectedText, ...]:
    """Of reviews that are in, by call and place."""
    found = (
        select(correction)
        .join(review, review.c.id == correction.c.review_id)
        .join(tables.call, tables.call.c.id == correction.c.call_id)
        .where(review.c.state == ReviewState.SUBMITTED.value, of_days(tables.call.c.business_date, days))
        .order_by(correction.c.call_id, correction.c.start_s, correction.c.review_id, correction.c.place)
    )
    return tuple(
        CorrectedText(row.recording_id, row.party, row.start_s, row.end_s, row.heard, row.said)
        for row in connection.execute(found)
    )


def _missed(connection: Connection, days: Days) -> Iterator[Disagreement]:
    decided = and_(
        decision.c.call_id == mark.c.call_id,
        decision.c.rule_id == mark.c.rule_id,
        decision.c.origin == Origin.MARK.value,
    )
    found = (
        select(mark, decision.c.answer)
        .join(review, review.c.id == mark.c.review_id)
        .join(tables.call, tables.call.c.id == mark.c.call_id)
        .outerjoin(decision, decided)
        .where(review.c.state == ReviewState.SUBMITTED.value, mark.c.missed.is_(True))
        .where(of_days(tables.call.c.business_date, days))
        .order_by(mark.c.call_id, mark.c.rule_id, mark.c.start_s)
    )
    for row in connection.execute(found):
        if row.answer in (None, Answer.CONFIRMED):
            yield Disagreement(row.call_id, row.rule_id, row.rule_version, None, ((row.start_s, row.end_s),))
