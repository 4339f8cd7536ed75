"""What operations looks at: who holds what, how fast it goes, how large the database is, which files were written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select, text

from inspector.enums import WorkState
from inspector.storage import tables
from inspector.storage.engine import storage_errors
from inspector.storage.ledger.records import EventKind

__all__ = ["DatabaseSize", "Duty", "Operations", "Speed", "WorkerLoad"]

SPEED_OVER = timedelta(minutes=10)
MOST_ENDED = 5_000
"""Events that a speed is told by: more than a fleet ends within the ten minutes."""


@dataclass(frozen=True, slots=True)
class WorkerLoad:
    """A process that holds calls. ``audio_s``: their sound, as estimated; ``lease_until``: of what ends first."""

    owner: str
    calls: int
    audio_s: float
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class Duty:
    """What only one process at a time does, and which one does it now."""

    name: str
    owner: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Speed:
    """What ended within the last seconds: calls, and their sound as estimated."""

    calls: int
    audio_s: float
    over_s: float

    @property
    def calls_per_h(self) -> float:
        return self.calls / self.over_s * 3600

    @property
    def times_real(self) -> float:
        """Hours of sound an hour."""
        return self.audio_s / self.over_s


@dataclass(frozen=True, slots=True)
class DatabaseSize:
    """``kind``: sqlite or postgresql."""

    kind: str
    size_bytes: int


class Operations:
    """Every method raises StorageError when the database fails."""

    def __init__(self, reader: Engine) -> None:
        self._reader = reader

    def workers(self) -> tuple[WorkerLoad, ...]:
        """Those that hold calls now, by name."""
        work = tables.work
        found = (
            select(work.c.owner, func.count(), func.sum(work.c.audio_s), func.min(work.c.lease_until))
            .where(work.c.state == WorkState.RUNNING.value, work.c.owner.is_not(None))
            .group_by(work.c.owner)
            .order_by(work.c.owner)
        )
        with storage_errors(self._reader), self._reader.connect() as connection:
            return tuple(WorkerLoad(*row) for row in connection.execute(found))

    def duties(self, now: datetime) -> tuple[Duty, ...]:
        """What is somebody's now, by name."""
        lease = tables.lease
        found = select(lease.c.name, lease.c.owner, lease.c.until).where(lease.c.until > now).order_by(lease.c.name)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return tuple(Duty(*row) for row in connection.execute(found))

    def speed(self, now: datetime) -> Speed:
        """How fast calls end now."""
        event, work = tables.event, tables.work
        # The newest first, by the order they were written: there are millions, and no index by time.
        last = (
            select(event.c.at, event.c.call_id)
            .where(event.c.kind == EventKind.DONE.value)
            .order_by(event.c.seq.desc())
            .limit(MOST_ENDED)
            .subquery()
        )
        found = select(last.c.at, work.c.audio_s).join(work, work.c.call_id == last.c.call_id)
        with storage_errors(self._reader), self._reader.connect() as connection:
            rows = connection.execute(found.where(last.c.at > now - SPEED_OVER)).all()
        over_s = SPEED_OVER.total_seconds()
        if len(rows) == MOST_ENDED:
            over_s = max((now - min(row.at for row in rows)).total_seconds(), 1.0)
        return Speed(len(rows), sum(row.audio_s for row in rows), over_s)

    def database(self) -> DatabaseSize:
        """Of which kind it is, and how large."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return DatabaseSize(connection.dialect.name, _size(connection))

    def made_file(self, kind: str, name: str) -> Path | None:
        """The file of that kind and name that was noted last."""
        made = tables.made_file
        found = select(made.c.path).where(made.c.kind == kind).order_by(made.c.created_at.desc())
        with storage_errors(self._reader), self._reader.connect() as connection:
            paths = (Path(path) for path in connection.scalars(found))
            return next((path for path in paths if path.name == name), None)


def _size(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    pages, of_bytes = (connection.scalar(text(f"PRAGMA {name}")) or 0 for name in ("page_count", "page_size"))
    return int(pages) * int(of_bytes)
