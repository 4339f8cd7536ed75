"""Records as machines see them: JSON values, what people typed masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime
from typing import Any

from inspector.enums import WorkQueue, WorkState
from inspector.redaction import Purpose, mask, mask_call_id, mask_staff
from inspector.review.statistics.figures import PrecisionFigure
from inspector.review.statistics.gate import Standing
from inspector.storage.decisions.reading import Decision
from inspector.storage.ledger import Counts, QueueCount, WorkEntry

__all__ = ["decision_object", "figure_object", "job_object", "object_of", "status_object"]


def object_of(schema: str, record: Any, typed: frozenset[str]) -> dict[str, Any]:
    """A record as JSON. ``typed``: the fields that people typed, which are masked, as is an agent's number
    that may be a phone."""
    plain: dict[str, Any] = _plain(record)
    for name in typed & plain.keys():
        plain[name] = None if plain[name] is None else mask(plain[name], Purpose.EXPORT)
    if plain.get("agent") is not None:
        plain["agent"] = mask_staff(plain["agent"], Purpose.EXPORT)
    return {"schema": schema} | plain


def decision_object(one: Decision) -> dict[str, object]:
    """What holds of a rule in a call; no word of it."""
    agent = None if one.agent is None else mask_staff(one.agent, Purpose.EXPORT)
    times = {
        "business_date": one.business_date and one.business_date.isoformat(),
        "settled_at": one.settled_at and one.settled_at.isoformat(),
        "final_at": one.final_at and one.final_at.isoformat(),
    }
    return {"schema": "inspector.decision/1", **asdict(one), **times, "agent": agent, "counts": one.counts}


def figure_object(one: Any) -> dict[str, Any]:
    """A figure with its base and limits; shares from 0 to 1."""
    plain = asdict(one)
    if isinstance(one, PrecisionFigure):
        precision = one.of_all.precision
        told = None if precision is None or one.standing is Standing.TOO_FEW else asdict(precision)
        plain |= {"precision": told, "standing": one.standing, "more_needed": one.more_needed}
    return plain


def job_object(entry: WorkEntry) -> dict[str, Any]:
    """An accepted call and its faults."""
    faults = [{**fault, "message": mask(fault["message"], Purpose.EXPORT)} for fault in entry.faults]
    return {
        "schema": "inspector.job/1",
        "call_id": entry.call_id,
        "source_call_id": mask_call_id(entry.source_call_id, Purpose.EXPORT),
        "state": entry.state,
        "queue": entry.queue,
        "audio_s": round(entry.audio_s, 3),
        "attempt": entry.attempt,
        "crashes": entry.crashes,
        "accepted_at": entry.accepted_at.isoformat(timespec="seconds"),
        "ended_at": None if entry.ended_at is None else entry.ended_at.isoformat(timespec="seconds"),
        "faults": faults,
    }


def status_object(counts: Counts, now: datetime) -> dict[str, Any]:
    """The figures as JSON: every queue and state, zeros too; sound in seconds, as estimated."""
    oldest = counts.oldest_waiting
    return {
        "schema": "inspector.status/1",
        "at": now.isoformat(timespec="seconds"),
        "queues": {
            queue.value: {state.value: _figures(counts.row(queue, state)) for state in WorkState} for queue in WorkQueue
        },
        "oldest_waiting_at": None if oldest is None else oldest.isoformat(timespec="seconds"),
        "unsent": counts.unsent,
        "stale_commits": counts.stale,
        "relay": counts.relay,
    }


def _figures(row: QueueCount) -> dict[str, float]:
    return {"calls": row.calls, "audio_s": round(row.audio_s, 1)}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
