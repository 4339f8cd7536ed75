"""Inspections to rows and back, with what they stand on: findings and hearings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select

from inspector.legs import Leg, join
from inspector.model import (
    Call,
    Facts,
    Finding,
    Hearing,
    Inspection,
    Metrics,
    Outcome,
    QueueEntry,
    Segment,
    to_json,
)
from inspector.storage import tables
from inspector.storage.rows import equal, put, read, record, values_of

__all__ = ["HEARING", "heard", "inspection_of", "joined", "put_findings", "put_inspection"]

HEARING = "hearing"
"""The stage whose results are hearings."""


def put_inspection(
    connection: Connection,
    inspection: Inspection,
    hearing_digest: str,
    made: Mapping[str, object],
    first: Mapping[str, object],
) -> str:
    """Writes an inspection without its findings over the one of the same call, packs and hearing; returns its id.

    ``made``: columns that are written, ``first``: those that stay as they are in a row that is there.
    """
    key = (inspection.call.id, inspection.packs, hearing_digest)
    inspection_id = hashlib.sha256("\0".join(key).encode()).hexdigest()[:24]
    named = dict(zip(("call_id", "packs", "hearing_digest"), key, strict=True))
    values = {
        "recording_id": inspection.hearing.recording.id,
        "segments": [values_of(segment) for segment in inspection.hearing.recording.joined],
        "code": inspection.code,
        "facts": inspection.call.facts.known(),
        "by_rule": inspection.by_rule,
        "metrics": values_of(inspection.metrics),
        **made,
    }
    put(connection, tables.inspection, {"id": inspection_id}, values, {**named, **first})
    return inspection_id


def put_findings(connection: Connection, inspection_id: str, findings: Sequence[Finding]) -> None:
    """Puts these findings in the place of those that the inspection had."""
    connection.execute(delete(tables.finding).where(tables.finding.c.inspection_id == inspection_id))
    if findings:
        rows = [_row(inspection_id, place, finding) for place, finding in enumerate(findings)]
        connection.execute(insert(tables.finding), rows)


def inspection_of(connection: Connection, row: Row[Any]) -> Inspection:
    """The inspection of a row that also has ``source`` and ``source_call_id`` of its call and ``data`` of its hearing.

    Raises StorageError when another version wrote it in another way.
    """
    found = select(tables.finding.c.data).where(tables.finding.c.inspection_id == row.id)
    findings = connection.scalars(found.order_by(tables.finding.c.place))
    return Inspection(
        call=Call(row.source, row.source_call_id, record(Facts, row.facts)),
        hearing=_joined(connection, row) if row.segments else read(Hearing, row.data),
        findings=tuple(read(Finding, data) for data in findings),
        by_rule={rule_id: Outcome(answer) for rule_id, answer in row.by_rule.items()},
        metrics=record(Metrics, row.metrics),
        queues=tuple(record(QueueEntry, entry) for entry in row.queues),
        packs=row.packs,
        code=row.code,
    )


def joined(segments: Sequence[Segment], hearings: Mapping[str, Hearing]) -> Hearing:
    """The hearing of a call of several recordings, joined again from its legs.

    Raises KeyError for the recording id of a leg that ``hearings`` lacks, ValueError when nothing was heard.
    """
    legs = [
        (
            Leg(segment.segment_no, None if segment.path is None else Path(segment.path), segment.agent),
            None if segment.id is None else hearings[segment.id],
        )
        for segment in segments
    ]
    return join(legs)


def heard(recording_id: str, digest: str) -> Select[Any]:
    """What was heard of one recording, as JSON."""
    key = {"recording_id": recording_id, "stage": HEARING, "digest": digest}
    return select(tables.stage_result.c.data).where(equal(tables.stage_result, key))


def _joined(connection: Connection, row: Row[Any]) -> Hearing:
    segments = [record(Segment, plain) for plain in row.segments]
    ids = [segment.id for segment in segments if segment.id is not None]
    found = {one: connection.scalars(heard(one, row.hearing_digest)).one() for one in ids}
    return joined(segments, {one: read(Hearing, data) for one, data in found.items()})


def _row(inspection_id: str, place: int, finding: Finding) -> dict[str, object]:
    plain = values_of(finding)
    columns = ("id", "rule_id", "rule_version", "kind", "status", "severity", "outcome")
    own = {"inspection_id": inspection_id, "place": place, "data": to_json(finding)}
    return {name: plain[name] for name in columns} | own
