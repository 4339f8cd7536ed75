"""An inspection and all that hangs on it, written in one transaction of whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from inspector.alerts.policy import AlertPolicy
from inspector.model import Call, Hearing, Inspection, Recording, to_json
from inspector.storage import tables
from inspector.storage.engine import take_turn
from inspector.storage.inspections import HEARING, put_findings, put_inspection
from inspector.storage.queues import put_queues
from inspector.storage.rows import equal, put, values_of
from inspector.storage.search.rows import put_row
from inspector.storage.signals import put_signals

__all__ = ["Kept", "Saved", "Saving", "contradicts", "save_inspection"]

_ORIGIN = "batch"
_RECORDING_COLUMNS = ("id", "path", "duration_s", "rate_hz", "channels", "codec", "layout", "ends_early")


class Saved(StrEnum):
    """What became of the recordings of a saved inspection.

    ``new``: one of them at least was not there. ``conflict``: for one of its segments the call has a recording with
    other bytes already. That one is kept and nothing was written.
    """

    NEW = "new"
    SAME = "same"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept beside an inspection.

    ``hearing_digest``: of the settings and models that heard. ``timing``: as it is (JSON values). ``legs``: for a call
    of several recordings, the hearing of each that was heard, as they were before they were joined. ``audiences``: whom
    the alert of a rule tells (``alerts.route.audiences``).
    """

    hearing_digest: str
    timing: Mapping[str, object] = field(default_factory=dict)
    legs: Sequence[Hearing] = ()
    audiences: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Saving:
    """``alerted``: the rules whose alerts are new."""

    saved: Saved
    alerted: tuple[str, ...] = ()


def save_inspection(
    connection: Connection,
    inspection: Inspection,
    kept: Kept,
    business_date: date | None,
    policy: AlertPolicy,
    now: datetime,
) -> Saving:
    """Writes call, recordings, hearings, inspection, findings, alerts and review items; see ``Store.save``."""
    call = inspection.call
    parts = _parts(inspection.hearing, kept.legs)
    take_turn(connection, call.id)
    saved = _compare(connection, call.id, parts)
    if saved is Saved.CONFLICT:
        return Saving(saved)
    _put_call(connection, call, business_date, now)
    for segment_no, part in parts:
        _put_recording(connection, call.id, segment_no, part.recording, now)
        key = {"recording_id": part.recording.id, "stage": HEARING, "digest": kept.hearing_digest}
        put(connection, tables.stage_result, key, {"data": to_json(part)}, {"created_at": now})
    queues = [values_of(entry) for entry in inspection.queues]
    made = {"queues": queues, "timing": dict(kept.timing), "made_at": now}
    inspection_id = put_inspection(connection, inspection, kept.hearing_digest, made, {})
    put_findings(connection, inspection_id, inspection.findings)
    put_signals(connection, inspection, inspection_id)
    put_row(connection, inspection, now)
    return Saving(saved, put_queues(connection, inspection, business_date, kept.audiences, policy, now))


def contradicts(connection: Connection, inspection: Inspection, kept: Kept) -> bool:
    """Whether one of the recordings has other bytes than the one that is kept for its segment.

    The answer holds until the transaction ends.
    """
    take_turn(connection, inspection.call.id)
    return _compare(connection, inspection.call.id, _parts(inspection.hearing, kept.legs)) is Saved.CONFLICT


def _parts(hearing: Hearing, legs: Sequence[Hearing]) -> list[tuple[int, Hearing]]:
    """The recordings heard, each with its segment number."""
    if not hearing.recording.joined:
        return [(1, hearing)]
    heard = [segment for segment in hearing.recording.joined if segment.id is not None]
    if [segment.id for segment in heard] != [leg.recording.id for leg in legs]:
        raise ValueError("the legs are not those of the segments that were heard")
    return [(segment.segment_no, leg) for segment, leg in zip(heard, legs, strict=True)]


def _compare(connection: Connection, call_id: str, parts: list[tuple[int, Hearing]]) -> Saved:
    table = tables.recording
    of_call = select(table.c.segment_no, table.c.id).where(equal(table, {"call_id": call_id, "origin": _ORIGIN}))
    kept = {row.segment_no: row.id for row in connection.execute(of_call)}
    if any(kept.get(segment_no, part.recording.id) != part.recording.id for segment_no, part in parts):
        return Saved.CONFLICT
    return Saved.SAME if all(segment_no in kept for segment_no, _ in parts) else Saved.NEW


def _put_call(connection: Connection, call: Call, business_date: date | None, now: datetime) -> None:
    values = {"facts": call.facts.known(), "business_date": business_date}
    first = {"source": call.source, "source_call_id": call.source_call_id, "created_at": now}
    put(connection, tables.call, {"id": call.id}, values, first)


def _put_recording(connection: Connection, call_id: str, segment_no: int, recording: Recording, now: datetime) -> None:
    key = {"call_id": call_id, "origin": _ORIGIN, "segment_no": segment_no}
    plain = values_of(recording)
    put(connection, tables.recording, key, {name: plain[name] for name in _RECORDING_COLUMNS}, {"created_at": now})
