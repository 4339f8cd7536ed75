"""Runs over a business day, kept: one a day whatever starts it, in parts, closed when nothing is open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from inspector.night.pace import Progress
from inspector.night.records import CdrCall, Listed, NightCall, Pending, Run
from inspector.storage.engine import storage_errors
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.night_tables import cdr_call, listed, run
from inspector.storage.nights import listing, reading
from inspector.storage.nights.listing import NIGHT

__all__ = ["NIGHT", "Nights", "lease_of"]

PAGE = 400


def lease_of(day: date) -> str:
    """The name of the lease of whoever drives the run of a day."""
    return f"{NIGHT} {day}"


class Nights:
    """Every method is one transaction but for :meth:`calls`, and raises StorageError when the database fails."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def begin(self, day: date, actor: str) -> bool:
        """Makes the run of a day, once. Whether it is new."""
        with self._writing() as (connection, now):
            return listing.begin(connection, day, actor, now)

    def of(self, day: date) -> Run | None:
        """The run of a day; None when it never began."""
        with self._reading() as connection:
            return reading.run_of(connection, day)

    def latest(self, limit: int) -> tuple[Run, ...]:
        """The runs of the ``limit`` last business dates, the last one first."""
        with self._reading() as connection:
            days = connection.scalars(
                select(run.c.business_date).where(run.c.kind == NIGHT).order_by(run.c.business_date.desc()).limit(limit)
            ).all()
            found = (reading.run_of(connection, day) for day in days)
            return tuple(one for one in found if one is not None)

    def pending(self, day: date, items: Sequence[str]) -> dict[str, Pending]:
        """What is on record of those items that are listed."""
        with self._reading() as connection:
            return listing.pending(connection, day, items)

    def put(self, day: date, rows: Sequence[Listed]) -> None:
        """Lists rows of the run that is begun; what is new after its closing is a further part."""
        with self._writing() as (connection, now):
            listing.put_rows(connection, day, rows, now)

    def forget_faults(self, day: date) -> None:
        """Unlists rows of no known call, before the list is read again."""
        with self._writing() as (connection, _):
            listing.forget_faults(connection, day)

    def read_through(self, day: date, digest: str, elsewhere: int) -> None:
        """Notes that the list of that digest was read to its end, ``elsewhere`` of its rows being of other dates."""
        with self._writing() as (connection, _):
            listing.read_through(connection, day, digest, elsewhere)

    def put_cdr(self, day: date, calls: Sequence[CdrCall]) -> int:
        """Keeps calls of the switch's list. Returns how many are new."""
        with self._writing() as (connection, _):
            return listing.put_cdr(connection, day, calls)

    def progress(self, day: date) -> Progress:
        """How far it is."""
        with self._reading() as connection:
            return reading.progress(connection, day)

    def tell_progress(self, day: date, numbers: Mapping[str, Any]) -> None:
        """Puts numbers into the stream of events."""
        with self._writing() as (connection, now):
            append_events(connection, now, EventKind.RUN_PROGRESS, [(None, {"date": f"{day}", **numbers})])

    def counts(self, day: date) -> tuple[int, int]:
        """How many rows are listed, and how many calls the switch knows."""
        with self._reading() as connection:
            of_list = select(func.count()).select_from(listed).where(listed.c.business_date == day)
            of_switch = select(func.count()).select_from(cdr_call).where(cdr_call.c.business_date == day)
            return connection.execute(of_list).scalar_one(), connection.execute(of_switch).scalar_one()

    def source_ids(self, day: date) -> dict[str, str]:
        """All listed calls, accepted or not: id → the id they have at their source."""
        found = select(listed.c.item, listed.c.source_call_id).where(
            listed.c.business_date == day, listed.c.is_call.is_(True)
        )
        with self._reading() as connection:
            return {row.item: row.source_call_id for row in connection.execute(found)}

    def calls(self, day: date) -> Iterator[NightCall]:
        """Every row of the list and every call of the switch, by item; never all of them in memory."""
        after = ""
        while True:
            with self._reading() as connection:
                found = reading.page(connection, day, after, PAGE)
            if not found:
                return
            yield from found
            after = found[-1].item

    def sign_off(self, day: date, actor: str, reason: str) -> int | None:
        """Says that what is open is not waited for; leaves a trace. Returns how many calls, None: nothing to close."""
        with self._writing() as (connection, now):
            return listing.sign_off(connection, day, actor, reason, now)

    def close(self, day: date, numbers: Mapping[str, Any], actor: str) -> int | None:
        """Closes the open part when nothing is open but what was signed off; leaves a trace. Returns its number."""
        with self._writing() as (connection, now):
            part = listing.close(connection, day, numbers, actor, now)
            if part is not None:
                told = {"date": f"{day}", "part": part, **numbers}
                append_events(connection, now, EventKind.RUN_CLOSED, [(None, told)])
            return part

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with storage_errors(self._reader), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[tuple[Connection, datetime]]:
        with storage_errors(self._writer), self._writer.begin() as connection:
            yield connection, datetime.now(UTC)
