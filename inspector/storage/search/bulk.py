"""Rows in great numbers for ``inspector bench console``: calls as they are listed and searched, past every rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert, literal, select, text, update

from inspector.model import Hearing, Inspection, call_id_of, to_json
from inspector.review.reasons import LOOKS_AGAIN, State
from inspector.review.sheet import turns_of
from inspector.storage import tables
from inspector.storage.engine import storage_errors, writing
from inspector.storage.inspections import HEARING
from inspector.storage.reviews import bulk
from inspector.storage.rows import values_of
from inspector.storage.search.rows import seq_at
from inspector.storage.search.terms import all_terms, put_terms
from inspector.storage.search_tables import call_row, call_text, search_backlog

__all__ = ["fill"]

_CALLS_AT_ONCE = 5000
_DAYS = 30
_TEAMS, _AGENTS = 40, 997
_DIGEST = "d"
_TERMS_INDEX = "ix_call_term_terms"


def fill(engine: Engine, calls: int, one: Inspection, heard: Sequence[Hearing], now: datetime) -> None:
    """Writes so many calls of thirty days with their findings, items, rows, texts and terms.

    Every call has the hearing and the recording of ``one``; what is said in all of ``heard`` in turn is found as said
    in it.
    Raises ValueError when the database holds calls.
    """
    bulk.write_calls(engine, calls * bulk.FINDINGS_OF_A_CALL, now.date(), now)
    with storage_errors(engine), writing(engine).begin() as connection:
        _share_hearing(connection, one, now)
    with _index_made_at_the_end(engine):
        _fill_search(engine, calls, heard, now)
    with storage_errors(engine), writing(engine).begin() as connection:
        connection.execute(search_backlog.delete())
        if connection.dialect.name == "postgresql":  # as it does by itself sooner or later; SQLite never does
            connection.execute(text("ANALYZE"))


def _fill_search(engine: Engine, calls: int, heard: Sequence[Hearing], now: datetime) -> None:
    said = ["\n".join(turn.text for turn in turns_of(hearing)) for hearing in heard]
    spoken = [all_terms(0, body, ()) for body in said]
    # In order of time: the full-text table of SQLite writes out what it holds whenever a row is before the last one.
    ordered = sorted(range(calls), key=lambda number: _at(number, now))
    for first in range(0, calls, _CALLS_AT_ONCE):
        numbers = ordered[first : first + _CALLS_AT_ONCE]
        rows = [_row(number, now) for number in numbers]
        with storage_errors(engine), writing(engine).begin() as connection:
            connection.execute(insert(call_row), rows)
            places = [number % len(said) for number in numbers]
            bodies = [{"seq": row["seq"], "body": said[place]} for row, place in zip(rows, places, strict=True)]
            connection.execute(insert(call_text), bodies)
            further = [all_terms(row["seq"], "", row["found"]) for row in rows]
            terms = [[*spoken[place], *more] for place, more in zip(places, further, strict=True)]
            put_terms(connection, zip((row["seq"] for row in rows), terms, strict=True))


@contextmanager
def _index_made_at_the_end(engine: Engine) -> Iterator[None]:
    """PostgreSQL makes an inverted index of all rows in a small part of the time that it takes row by row."""
    if engine.dialect.name != "postgresql":
        yield
        return
    find = text("SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname = :name")
    with storage_errors(engine), writing(engine).begin() as connection:
        definition = connection.execute(find, {"name": _TERMS_INDEX}).scalar_one()
        connection.execute(text(f"DROP INDEX {_TERMS_INDEX}"))
    yield
    with storage_errors(engine), writing(engine).begin() as connection:
        connection.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
        connection.execute(text(definition))


def _share_hearing(connection: Connection, one: Inspection, now: datetime) -> None:
    hearing, call = one.hearing, tables.call
    kept = hearing.recording
    result = {"recording_id": kept.id, "stage": HEARING, "digest": _DIGEST}
    connection.execute(insert(tables.stage_result).values(data=to_json(hearing), created_at=now, **result))
    shared = {"recording_id": kept.id, "metrics": values_of(one.metrics)}
    connection.execute(update(tables.inspection).values(shared))
    columns = ("id", "path", "duration_s", "rate_hz", "channels", "codec", "layout", "ends_early")
    same = {"origin": "bench", "segment_no": 0} | {name: values_of(kept)[name] for name in columns}
    of_calls = select(call.c.id, call.c.created_at, *map(literal, same.values()))
    connection.execute(insert(tables.recording).from_select(["call_id", "created_at", *same], of_calls))
    # Who looks again looks at what was said before: there is nothing of it here.
    item = tables.review_item
    again = item.c.reason.in_([reason.value for reason in LOOKS_AGAIN])
    connection.execute(update(item).where(again).values(state=State.DONE.value))


def _at(number: int, now: datetime) -> datetime:
    return now - timedelta(days=number % _DAYS, seconds=(number // _DAYS) % 43_200)


def _row(number: int, now: datetime) -> dict[str, Any]:
    """As the call that ``reviews/bulk.py`` writes under this number."""
    at = _at(number, now)
    found = [[f"bench.rule{(number + place) % 60}", "fires", "critical"] for place in range(bulk.FINDINGS_OF_A_CALL)]
    return {
        "seq": seq_at(int(at.timestamp())) + number // (_DAYS * 43_200) * 100 + number % 97,
        "call_id": call_id_of("bench", str(number)),
        "source_call_id": str(number),
        "at": at,
        "agent": f"a{number % _AGENTS}",
        "team": f"t{number % _TEAMS}",
        "channel": "phone",
        "direction": ("inbound", "outbound")[number % 2],
        "duration_s": 30.0 + number % 600,
        "found": found,
        "fires": len(found),
        "undetermined": 0,
        "worst": 4,
        "silence_s": float(number % 50),
        "longest_silence_s": float(number % 31),
        "interruptions": number % 5,
        "agent_rate_cpm": 180 + number % 160,
        "customer_rate_cpm": 180 + number % 120,
        "speech_unheard_s": 0.0,
        "inspected_at": now,
    }
