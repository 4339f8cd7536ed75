"""Stored calls to judge again: which there are, what was heard of them, how they were judged before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Engine, Row, Text, cast, func, select, true

from inspector.errors import StoredCallError, StoredFault
from inspector.model import Call, Facts, Hearing, Inspection, Outcome, Segment, from_json
from inspector.storage import tables
from inspector.storage.engine import storage_errors, take_turn
from inspector.storage.inspections import HEARING, joined, put_findings, put_inspection
from inspector.storage.search.rows import put_row

__all__ = ["DayRange", "StoredCall", "StoredCalls"]

_BY_RULE = TypeAdapter(dict[str, Outcome])
_SEGMENTS = TypeAdapter(tuple[Segment, ...])


@dataclass(frozen=True, slots=True)
class DayRange:
    """Business dates, both included; None = open. A call without a date lies in the open range only."""

    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.first and self.last and self.first > self.last:
            raise ValueError(f"{self.first} is after {self.last}")


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call with the facts and the hearing of its newest inspection.

    ``before``: what that inspection answered by rule. Where the packs in question made it, it is the newest one of
    other packs, if there is one: judged and kept, a call still compares with what was said before.
    """

    call: Call
    hearing: Hearing
    hearing_digest: str
    before: dict[str, Outcome]


class StoredCalls:
    """Every method raises StorageError when the database fails."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def count(self, days: DayRange) -> int:
        """How many calls there are."""
        counted = select(func.count()).select_from(tables.call).where(_within(days))
        with storage_errors(self._reader), self._reader.connect() as connection:
            return connection.execute(counted).scalar_one()

    def ids(self, days: DayRange, limit: int) -> Iterator[tuple[str, ...]]:
        """The ids of all of them in ascending order, ``limit`` at a time."""
        call, last = tables.call, ""
        while True:
            page = select(call.c.id).where(_within(days), call.c.id > last).order_by(call.c.id).limit(limit)
            with storage_errors(self._reader), self._reader.connect() as connection:
                ids = tuple(connection.scalars(page))
            if not ids:
                return
            yield ids
            last = ids[-1]

    def load(self, call_ids: Sequence[str], packs: str) -> Iterator[StoredCall | StoredCallError]:
        """These calls in their order, or the fault that stands in the place of one. ``packs``: by which to judge."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            made = _inspections(connection, call_ids)
            hearings = _hearings(connection, call_ids, {rows[0].hearing_digest for rows in made.values()})
        for call_id in call_ids:
            try:
                yield _stored(call_id, made.get(call_id, ()), hearings, packs)
            except StoredCallError as fault:
                yield fault

    def keep(self, judged: Sequence[tuple[Inspection, str]]) -> None:
        """Writes inspections, each with the digest of its hearing, and their findings in one transaction.

        One of the same packs over the same hearing is replaced, but for its queues and timing; any other one stays.
        Nothing enters a queue: alerts and reviews are for calls of the day, and one that was raised stays as it was.
        """
        first: dict[str, object] = {"queues": [], "timing": {}}
        with storage_errors(self._writer), self._writer.begin() as connection:
            now = datetime.now(UTC)
            # In one order: two who keep the same calls would wait for each other.
            for call_id in sorted({inspection.call.id for inspection, _ in judged}):
                take_turn(connection, call_id)
            for inspection, hearing_digest in judged:
                inspection_id = put_inspection(connection, inspection, hearing_digest, {"made_at": now}, first)
                put_findings(connection, inspection_id, inspection.findings)
                put_row(connection, inspection, now)


def _within(days: DayRange) -> ColumnElement[bool]:
    day = tables.call.c.business_date
    return (true() if days.first is None else day >= days.first) & (true() if days.last is None else day <= days.last)


def _inspections(connection: Connection, call_ids: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """The inspections of each call, newest first. JSON stays text: one that is broken is the fault of its call only."""
    made, call = tables.inspection, tables.call
    columns = (made.c.call_id, made.c.packs, made.c.hearing_digest, made.c.recording_id)
    texts = (cast(made.c[name], Text).label(name) for name in ("segments", "facts", "by_rule"))
    found = (
        select(*columns, *texts, call.c.source, call.c.source_call_id)
        .join(call, call.c.id == made.c.call_id)
        .where(made.c.call_id.in_(call_ids))
        .order_by(made.c.call_id, made.c.made_at.desc(), made.c.id)
    )
    rows = connection.execute(found).all()
    return {call_id: list(of_call) for call_id, of_call in groupby(rows, key=lambda row: row.call_id)}


def _hearings(connection: Connection, call_ids: Sequence[str], digests: Collection[str]) -> dict[tuple[str, str], str]:
    """What was heard of the recordings of these calls, as JSON by recording and digest."""
    kept, result = tables.recording, tables.stage_result
    found = (
        select(result.c.recording_id, result.c.digest, result.c.data)
        .join(kept, kept.c.id == result.c.recording_id)
        .where(kept.c.call_id.in_(call_ids), result.c.stage == HEARING, result.c.digest.in_(digests))
    )
    return {(row.recording_id, row.digest): row.data for row in connection.execute(found)}


def _stored(call_id: str, made: Sequence[Row[Any]], hearings: Mapping[tuple[str, str], str], packs: str) -> StoredCall:
    """``made``: its inspections, newest first. Raises StoredCallError."""
    if not made:
        what, remedy = "no inspection of it is on record", "correct the id, or inspect the call"
        raise StoredCallError(StoredFault.NOT_ON_RECORD, call_id, what, remedy)
    newest = made[0]
    before = next((row for row in made if row.packs != packs), newest)
    try:
        segments = _SEGMENTS.validate_json(newest.segments)
        ids = [segment.id for segment in segments if segment.id] or [newest.recording_id]
        heard = {one: from_json(Hearing, hearings[one, newest.hearing_digest]) for one in ids}
        return StoredCall(
            Call(newest.source, newest.source_call_id, from_json(Facts, newest.facts)),
            joined(segments, heard) if segments else heard[newest.recording_id],
            newest.hearing_digest,
            _BY_RULE.validate_json(before.by_rule),
        )
    except KeyError:
        what, remedy = "what was heard of a recording of it is missing", "inspect the call again"
        raise StoredCallError(StoredFault.NO_HEARING, call_id, what, remedy) from None
    except ValueError:
        # From None: the error of pydantic quotes what it read.
        what = "what is stored of it cannot be read: damaged, or of another version"
        remedy = "inspect the call again, or use the version of inspector that stored it"
        raise StoredCallError(StoredFault.UNREADABLE, call_id, what, remedy) from None
