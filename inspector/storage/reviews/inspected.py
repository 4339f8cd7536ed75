"""What is on record of a call that is to be reviewed. Of several inspections the one that was made last counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select
from sqlalchemy.exc import NoResultFound

from inspector.model import Finding, Inspection, Span
from inspector.storage import tables
from inspector.storage.inspections import HEARING, inspection_of
from inspector.storage.ledger.accepting import BATCH_ORIGIN
from inspector.storage.rows import read

__all__ = ["Made", "duration_of", "findings_of", "load", "newest_inspection", "shown_state", "speech_of", "why_unheard"]


@dataclass(frozen=True, slots=True)
class Made:
    """An inspection by id, and when it was made: one that is made again keeps its id."""

    id: str
    at: datetime


def newest_inspection(connection: Connection, call_id: str) -> Made | None:
    """The inspection of a call that was made last; None when there is none."""
    made = tables.inspection
    newest = select(made.c.id, made.c.made_at).where(made.c.call_id == call_id)
    row = connection.execute(newest.order_by(made.c.made_at.desc(), made.c.id).limit(1)).one_or_none()
    return None if row is None else Made(row.id, row.made_at)


def findings_of(connection: Connection, made: Made | None) -> tuple[Finding, ...]:
    """What it found, in its order; nothing of none."""
    if made is None:
        return ()
    found = select(tables.finding.c.data).where(tables.finding.c.inspection_id == made.id)
    return tuple(read(Finding, data) for data in connection.scalars(found.order_by(tables.finding.c.place)))


def load(connection: Connection, made: Made | None) -> Inspection | None:
    """All of it; None of none, and when what was heard is not kept any more."""
    if made is None:
        return None
    row = _whole(connection, made.id)
    try:
        return None if row is None else inspection_of(connection, row)
    except NoResultFound:
        return None  # of one of several recordings


def _whole(connection: Connection, inspection_id: str) -> Row[Any] | None:
    inspection, call, result = tables.inspection, tables.call, tables.stage_result
    of_recording = and_(
        result.c.recording_id == inspection.c.recording_id,
        result.c.stage == HEARING,
        result.c.digest == inspection.c.hearing_digest,
    )
    found = (
        select(inspection, call.c.source, call.c.source_call_id, result.c.data)
        .join(call, call.c.id == inspection.c.call_id)
        .join(result, of_recording)
        .where(inspection.c.id == inspection_id)
    )
    return connection.execute(found).one_or_none()


def duration_of(connection: Connection, call_id: str) -> float:
    """Seconds of all its recordings; 0 when none was heard."""
    kept = tables.recording
    of_call = kept.c.call_id == call_id, kept.c.origin == BATCH_ORIGIN
    summed = select(func.coalesce(func.sum(kept.c.duration_s), 0.0)).where(*of_call)
    return float(connection.execute(summed).scalar_one())


def speech_of(inspection: Inspection | None) -> tuple[Span, ...]:
    """All speech of a call, whoever speaks."""
    return () if inspection is None else tuple(Span(one.start_s, one.end_s) for one in inspection.hearing.speech)


def why_unheard(connection: Connection, call_id: str, made: Made | None) -> str:
    """Why there is nothing to read of a call: what was heard is ``not_kept``; without inspection where it stands in
    the ledger, ``not_on_record`` when it never came."""
    if made is not None:
        return "not_kept"
    work = tables.work
    return connection.scalar(select(work.c.state).where(work.c.call_id == call_id)) or "not_on_record"


def shown_state(findings: Iterable[Finding]) -> Mapping[str, list[Any]]:
    """What must stay as it was while somebody answers it: version and outcome by rule."""
    return {finding.rule_id: [finding.rule_version, finding.outcome.value] for finding in findings}
