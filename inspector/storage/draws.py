"""Draws, kept, and the commitments to the secrets that they are drawn by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select

from inspector.errors import PolicyError, StorageError
from inspector.model import Facts
from inspector.sampling.draw import Draw, DrawKind
from inspector.sampling.draw_file import DrawFile, digest_of, read_draw, write_draw
from inspector.sampling.strata import Listed
from inspector.storage import tables
from inspector.storage.draw_bases import with_findings
from inspector.storage.engine import storage_errors, take_turn
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.queues import Reason, put_drawn
from inspector.storage.rows import append_audit, record, unreadable
from inspector.storage.sample_progress import StratumProgress, progress

__all__ = ["COMMITTED", "Draws", "KeptDraw"]

COMMITTED = "sample_secret"
"""Audit action: the sha256 of a month's secret."""

_TURN = "sampling"
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class KeptDraw:
    """What the database says of a draw: the digest of its file and the calls drawn."""

    digest: str
    call_ids: frozenset[str]


class Draws:
    """Every method raises StorageError when the database fails."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def calls_of(self, first: date, last: date) -> tuple[Listed, ...]:
        """The calls on record of business dates, both included, as far as they are known now."""
        call = tables.call
        found = select(call.c.id, call.c.source_call_id, call.c.facts)
        within = found.where(call.c.business_date.between(first, last)).order_by(call.c.id)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return tuple(map(_listed, connection.execute(within)))

    def known(self, source_ids: Mapping[str, str]) -> tuple[Listed, ...]:
        """These calls (id → the id they have at their source) with what is known of those on record."""
        call, ids = tables.call, sorted(source_ids)
        found: dict[str, Listed] = {}
        with storage_errors(self._reader), self._reader.connect() as connection:
            for at in range(0, len(ids), _PAGE):
                page = select(call.c.id, call.c.source_call_id, call.c.facts).where(call.c.id.in_(ids[at : at + _PAGE]))
                found |= {row.id: _listed(row) for row in connection.execute(page)}
        return tuple(found.get(call_id, Listed(call_id, source_ids[call_id])) for call_id in ids)

    def of(self, day: date, kind: DrawKind = DrawKind.RANDOM) -> tuple[DrawFile, ...]:
        """The draws of a business date, part by part, nothing ever removed."""
        draw = tables.draw
        found = select(draw.c.data).where(draw.c.business_date == day, draw.c.kind == kind.value)
        with storage_errors(self._reader), self._reader.connect() as connection:
            texts = connection.scalars(found.order_by(draw.c.part)).all()
        try:
            return tuple(map(read_draw, texts))
        except ValueError:
            raise unreadable(DrawFile) from None

    def kept(self, day: date, part: int, kind: DrawKind = DrawKind.RANDOM) -> KeptDraw | None:
        """What is on record of one draw, by its columns."""
        draw, item = tables.draw, tables.draw_item
        one = (draw.c.business_date == day) & (draw.c.part == part) & (draw.c.kind == kind.value)
        with storage_errors(self._reader), self._reader.connect() as connection:
            row = connection.execute(select(draw.c.id, draw.c.digest).where(one)).one_or_none()
            if row is None:
                return None
            drawn = connection.scalars(select(item.c.call_id).where(item.c.draw_id == row.id))
            return KeptDraw(row.digest, frozenset(drawn))

    def drawn(self, first: date, last: date, kinds: Iterable[DrawKind]) -> frozenset[str]:
        """The calls that draws of these kinds drew for business dates, both included."""
        draw, item = tables.draw, tables.draw_item
        found = (
            select(item.c.call_id)
            .join(draw, draw.c.id == item.c.draw_id)
            .where(draw.c.business_date.between(first, last), draw.c.kind.in_([kind.value for kind in kinds]))
        )
        with storage_errors(self._reader), self._reader.connect() as connection:
            return frozenset(connection.scalars(found))

    def progress(self, first: date, last: date, now: datetime) -> tuple[StratumProgress, ...]:
        """How far the reviews of what was drawn for business dates are, both included, by kind and stratum."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return progress(connection, first, last, now)

    def add(self, draw: Draw, actor: str, now: datetime) -> None:
        """Keeps a draw, its items, their review items, an audit row and an event in one transaction.

        Raises PolicyError when its secret is not the one committed to.
        """
        kind = draw.terms.kind
        draw_id = _draw_id(draw)
        told = {"digest": digest_of(draw), "manifest_sha256": draw.manifest_sha256}
        counted = {"listed": len(draw.call_ids), "drawn": len(draw.items)}
        named = {"kind": kind.value, "part": draw.part}
        with storage_errors(self._writer), self._writer.begin() as connection:
            take_turn(connection, _TURN)
            _check_commitment(_commitment(connection, _month(draw.business_date)), draw.secret_sha256)
            _check_part(connection, draw)
            row = {
                "id": draw_id,
                "business_date": draw.business_date,
                "rate": f"{draw.rate:f}",
                "secret_sha256": draw.secret_sha256,
                "made_at": now,
                "data": write_draw(draw, now.isoformat()),
            }
            connection.execute(insert(tables.draw).values({**row, **told, **counted, **named}))
            if draw.items:
                connection.execute(insert(tables.draw_item), _items(draw, draw_id))
            shown = with_findings(connection, draw.business_date) if kind is DrawKind.SELF_CHECK else {}
            found = {item.call_id: shown.get(item.call_id, ()) for item in draw.items}
            put_drawn(connection, draw_id, Reason(kind.value), found, draw.business_date, now)
            append_audit(connection, actor, "sample_draw", _subject(draw), {**told, **counted})
            event = {"business_date": draw.business_date.isoformat(), **named, **counted}
            append_events(connection, now, EventKind.DRAW_MADE, [(None, event)])

    def commitment(self, month: str) -> str | None:
        """The sha256 of a month's secret (``YYYY-MM``) that the audit holds, hex."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return _commitment(connection, month)

    def commit(self, month: str, secret_sha256: str, actor: str) -> None:
        """Puts the commitment to a month's secret (``YYYY-MM``) into the audit, once.

        Raises PolicyError when the month has another one already, or draws but no commitment.
        """
        with storage_errors(self._writer), self._writer.begin() as connection:
            take_turn(connection, _TURN)
            committed = _commitment(connection, month)
            if committed is None and not _has_draws(connection, month):
                append_audit(connection, actor, COMMITTED, month, {"sha256": secret_sha256})
            else:
                _check_commitment(committed, secret_sha256)


def _listed(row: Any) -> Listed:
    return Listed(row.id, row.source_call_id, record(Facts, row.facts))


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _commitment(connection: Connection, month: str) -> str | None:
    audit = tables.audit
    found = select(audit.c.detail).where(audit.c.action == COMMITTED, audit.c.subject == month)
    detail = connection.scalars(found.order_by(audit.c.seq).limit(1)).first()
    return None if detail is None else str(detail["sha256"])


def _check_commitment(committed: str | None, secret_sha256: str) -> None:
    if committed is None:
        raise PolicyError(
            "the audit holds no commitment to this month's secret",
            "use the database of the installation that the month's secret was made for",
        )
    if committed != secret_sha256:
        raise PolicyError(
            "this month's secret is not the one that the audit holds the commitment to",
            "restore the secret's file below sampling/ from the backup of that installation",
        )


def _has_draws(connection: Connection, month: str) -> bool:
    days = connection.scalars(select(tables.draw.c.business_date).distinct())
    return any(_month(day) == month for day in days)


def _check_part(connection: Connection, draw: Draw) -> None:
    table = tables.draw
    same = (table.c.business_date == draw.business_date) & (table.c.kind == draw.terms.kind.value)
    if (connection.execute(select(func.max(table.c.part)).where(same)).scalar() or 0) != draw.part - 1:
        raise StorageError(f"another draw of {draw.business_date} was made at the same time", "draw again")


def _subject(draw: Draw) -> str:
    """The draw as the audit names it; the random one as it always did."""
    named = f"{draw.business_date}/{draw.part}"
    return named if draw.terms.kind is DrawKind.RANDOM else f"{named}/{draw.terms.kind}"


def _draw_id(draw: Draw) -> str:
    return hashlib.sha256(_subject(draw).replace("/", "\0").encode()).hexdigest()[:24]


def _items(draw: Draw, draw_id: str) -> list[dict[str, object]]:
    of_stratum = {stratum.name: stratum for stratum in draw.strata}
    return [
        {
            "draw_id": draw_id,
            "call_id": item.call_id,
            "source_call_id": item.source_call_id,
            "stratum": item.stratum,
            "stratum_listed": of_stratum[item.stratum].listed,
            "stratum_drawn": of_stratum[item.stratum].drawn,
            "place": item.place,
        }
        for item in draw.items
    ]
