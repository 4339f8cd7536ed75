"""The sound of a call: where it lies, what was heard of it, and who listened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, select

from inspector.errors import UsageError
from inspector.model import Hearing, Segment
from inspector.roles import Actor
from inspector.storage import tables
from inspector.storage.engine import storage_errors, take_turn
from inspector.storage.full_views import holds_full_view
from inspector.storage.inspections import heard, joined
from inspector.storage.listeners import require_listener
from inspector.storage.rows import append_audit, read, record

__all__ = ["Listening", "Sound", "SoundPart"]

_ONE_LISTENING = timedelta(hours=1)
_GONE = "list the call again, or restore its recording; what was deleted in time is gone for ever"


@dataclass(frozen=True, slots=True)
class SoundPart:
    """One recording of a call. ``id``: the sha256 of its bytes; ``path``: where they were when it was heard;
    ``start_s``: where it begins on the call's clock."""

    id: str
    path: str
    start_s: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class Sound:
    """What there is to listen to by the newest inspection. ``segments``: of a call of several recordings all of them,
    else none. ``full``: the actor may hear all of it now."""

    call_id: str
    hearing_digest: str
    parts: tuple[SoundPart, ...]
    segments: tuple[Segment, ...]
    full: bool


class Listening:
    """Every method raises StorageError when the database fails, UsageError when there is no such call or nothing was
    heard of it, PolicyError when the actor may not listen to it."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def look(self, actor: Actor, call_id: str, now: datetime) -> Sound:
        """What there is, without listening."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            require_listener(connection, actor, call_id, now)
            return _sound(connection, call_id, full=holds_full_view(connection, actor, call_id, now))

    def ahead(self, call_id: str) -> Sound:
        """What there is, for what is made ready before anybody may listen: nobody hears anything by it."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return _sound(connection, call_id, full=False)

    def open(self, actor: Actor, call_id: str, now: datetime, *, full: bool = False) -> Sound:
        """What there is, and that the actor listens: one audit row a person, call and hour, one more for ``full``."""
        sound = self.look(actor, call_id, now)
        with storage_errors(self._reader), self._reader.connect() as connection:
            known = _listened(connection, actor, call_id, now, full=full)
        if not known:
            with storage_errors(self._writer), self._writer.begin() as connection:
                take_turn(connection, f"listen {call_id}")
                if not _listened(connection, actor, call_id, now, full=full):
                    append_audit(connection, actor.name, "listen", call_id, {"full": full})
        return sound

    def hearing(self, sound: Sound) -> Hearing:
        """What was heard of it, on the call's clock. It holds what was said, unmasked."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            found = {one.id: connection.scalar(heard(one.id, sound.hearing_digest)) for one in sound.parts}
        if any(data is None for data in found.values()):
            raise UsageError("what was heard of this call is not kept any more", "inspect the call again")
        hearings = {one: read(Hearing, data) for one, data in found.items()}
        return joined(sound.segments, hearings) if sound.segments else next(iter(hearings.values()))


def _sound(connection: Connection, call_id: str, *, full: bool) -> Sound:
    made = tables.inspection
    newest = (
        select(made.c.hearing_digest, made.c.recording_id, made.c.segments)
        .where(made.c.call_id == call_id)
        .order_by(made.c.made_at.desc(), made.c.id)
        .limit(1)
    )
    row = connection.execute(newest).one_or_none()
    if row is None:
        raise UsageError("nothing was heard of this call yet", "wait until it is inspected")
    segments = tuple(record(Segment, plain) for plain in row.segments)
    starts_s = [(one.id, one.start_s) for one in segments if one.id is not None] or [(row.recording_id, 0.0)]
    return Sound(call_id, row.hearing_digest, _parts(connection, call_id, starts_s), segments, full)


def _parts(connection: Connection, call_id: str, starts_s: Sequence[tuple[str, float]]) -> tuple[SoundPart, ...]:
    """Those that were heard, in order of time."""
    kept = tables.recording
    columns = select(kept.c.id, kept.c.path, kept.c.duration_s).where(kept.c.call_id == call_id)
    rows = {row.id: row for row in connection.execute(columns)}
    if any(one not in rows for one, _ in starts_s):
        raise UsageError("a recording of this call is not on record any more", _GONE)
    return tuple(SoundPart(one, rows[one].path, at_s, rows[one].duration_s) for one, at_s in starts_s)


def _listened(connection: Connection, actor: Actor, call_id: str, now: datetime, *, full: bool) -> bool:
    audit = tables.audit
    rows = select(audit.c.detail).where(
        audit.c.subject == call_id,
        audit.c.action == "listen",
        audit.c.actor == actor.name,
        audit.c.at > now - _ONE_LISTENING,
    )
    return any(detail.get("full") is full for detail in connection.scalars(rows))
