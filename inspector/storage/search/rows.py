"""The row of a call: written with its newest inspection, and later for calls that were there before there were rows."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from inspector.errors import StorageError
from inspector.model import Finding, Inspection, Outcome, Status
from inspector.review.sheet import turns_of
from inspector.storage import tables
from inspector.storage.queues import urgency_of
from inspector.storage.reviews.inspected import load, newest_inspection
from inspector.storage.rows import insert_new
from inspector.storage.search.terms import WITHIN_A_SECOND, all_terms, delete_terms, put_terms
from inspector.storage.search_tables import call_row, call_text, search_backlog

__all__ = ["fill_backlog", "forget_rows", "left_in_backlog", "put_row", "seq_at"]

_FACTS = ("agent", "team", "skill_group", "queue", "direction", "channel")
_METRICS = (
    *("silence_s", "longest_silence_s", "interruptions", "agent_rate_cpm", "customer_rate_cpm"),
    "speech_unheard_s",
)


def seq_at(at_s: int) -> int:
    """The least ``seq`` of a call that began in that second since 1970: it grows with time."""
    return at_s << WITHIN_A_SECOND


def put_row(connection: Connection, inspection: Inspection, inspected_at: datetime) -> None:
    """Puts the row, the text and the terms of a call in the place of those it had. Whoever writes has its turn.

    A call without a start is listed at the time it was inspected first.
    """
    call = inspection.call
    old = connection.execute(select(call_row).where(call_row.c.call_id == call.id)).one_or_none()
    at = datetime.fromisoformat(call.facts.start) if call.facts.start else (old.at if old else inspected_at)
    if old is not None:
        _delete(connection, old)
    values = {**_values(inspection, inspected_at), "at": at}
    seq = _insert(connection, max(int(at.timestamp()), 0), call.id, values)
    body = "\n".join(turn.text for turn in turns_of(inspection.hearing)).replace("\0", "\ufffd")
    connection.execute(insert(call_text).values(seq=seq, body=body))
    put_terms(connection, [(seq, all_terms(seq, body, values["found"]))])


def forget_rows(connection: Connection, call_ids: Collection[str]) -> None:
    """Deletes all that is kept of these calls to find them by; for whoever deletes calls."""
    for row in connection.execute(select(call_row).where(call_row.c.call_id.in_(call_ids))).all():
        _delete(connection, row)


def fill_backlog(connection: Connection, limit: int) -> bool:
    """Lists the next ``limit`` calls of the backlog. Whether there may be more.

    A call that cannot be read any more is passed over: it cannot be shown either.
    """
    after = connection.scalar(select(search_backlog.c.after))
    if after is None:
        return False
    call = tables.call
    ids = connection.scalars(select(call.c.id).where(call.c.id > after).order_by(call.c.id).limit(limit)).all()
    listed = select(call_row.c.call_id).where(call_row.c.call_id.in_(ids))
    for call_id in sorted(set(ids) - set(connection.scalars(listed))):
        _list(connection, call_id)
    connection.execute(delete(search_backlog))
    if len(ids) == limit:
        connection.execute(insert(search_backlog).values(after=ids[-1]))
    return len(ids) == limit


def left_in_backlog(connection: Connection) -> int:
    """How many calls are to be looked at; 0 once all are listed."""
    after = connection.scalar(select(search_backlog.c.after))
    if after is None:
        return 0
    counted = select(func.count()).select_from(tables.call).where(tables.call.c.id > after)
    return connection.execute(counted).scalar_one()


def _list(connection: Connection, call_id: str) -> None:
    made = newest_inspection(connection, call_id)
    try:
        inspection = load(connection, made)
    except StorageError:
        return  # of another version
    if made is not None and inspection is not None:
        put_row(connection, inspection, made.at)


def _insert(connection: Connection, second: int, call_id: str, values: dict[str, Any]) -> int:
    """The first number that is free, from one that the call alone decides: two that write together seldom meet."""
    seq = seq_at(second) + (zlib.crc32(call_id.encode()) & ((1 << WITHIN_A_SECOND) - 1))
    while not connection.execute(insert_new(connection, call_row).values(seq=seq, call_id=call_id, **values)).rowcount:
        seq += 1
    return seq


def _delete(connection: Connection, row: Row[Any]) -> None:
    body = connection.execute(select(call_text.c.body).where(call_text.c.seq == row.seq)).scalar_one()
    delete_terms(connection, row.seq, all_terms(row.seq, body, row.found))
    connection.execute(delete(call_text).where(call_text.c.seq == row.seq))
    connection.execute(delete(call_row).where(call_row.c.seq == row.seq))


def _values(inspection: Inspection, inspected_at: datetime) -> dict[str, Any]:
    shown = [one for one in inspection.findings if one.status is not Status.EXPERIMENTAL]
    found = sorted(shown, key=lambda one: (one.outcome is not Outcome.FIRES, one.severity.rank))
    fires = [one for one in found if one.outcome is Outcome.FIRES]
    facts, metrics = inspection.call.facts, inspection.metrics
    return {
        "source_call_id": inspection.call.source_call_id,
        **{name: getattr(facts, name) for name in _FACTS},
        "duration_s": inspection.hearing.recording.duration_s,
        "found": [_told(one) for one in found],
        "fires": len(fires),
        "undetermined": len(found) - len(fires),
        "worst": max((urgency_of(one.severity) for one in fires), default=0),
        **{name: getattr(metrics, name) for name in _METRICS},
        "inspected_at": inspected_at,
    }


def _told(finding: Finding) -> list[str]:
    return [finding.rule_id, finding.outcome.value, finding.severity.value]
