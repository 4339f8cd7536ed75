"""The walk from the newest call to the oldest, a day (UTC) at a time.

A request never takes long, whatever it asks for: when its time is over it answers with what it has and where it stands,
and the next one goes on there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from time import monotonic
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from inspector.redaction.terms import places_of, terms_of
from inspector.storage.queues import urgency_of
from inspector.storage.search.query import Query
from inspector.storage.search.rows import seq_at
from inspector.storage.search.terms import DAY_S, found_term, hits, prefer_index, second_of
from inspector.storage.search_tables import call_row, call_text

__all__ = ["CallRow", "Page", "Walk", "days_of", "matching", "read_rows", "start_on", "walk", "wanted"]

_EQUAL = ("source_call_id", "agent", "team", "queue", "direction", "channel")
_LEAST = {
    "least_duration_s": "duration_s",
    "least_silence_s": "silence_s",
    "least_longest_silence_s": "longest_silence_s",
    "least_interruptions": "interruptions",
    "least_rate_cpm": "agent_rate_cpm",
}
_AROUND_CHARS = 18


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call in a list. ``found``: rule id, outcome and severity, what fires first, the worst first. ``snippet``:
    masked words around the first place that was looked for, in pieces of which every second one is such a place."""

    seq: int
    call_id: str
    source_call_id: str
    at: datetime
    agent: str | None
    team: str | None
    skill_group: str | None
    queue: str | None
    direction: str | None
    channel: str | None
    duration_s: float
    found: tuple[tuple[str, str, str], ...]
    fires: int
    undetermined: int
    silence_s: float
    longest_silence_s: float
    interruptions: int | None
    agent_rate_cpm: int | None
    customer_rate_cpm: int | None
    speech_unheard_s: float
    snippet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """``next``: what to ask with for the following ones; None: these are the last. ``stopped_at``: the time was over
    before the page was full; all that began at or after it was looked at."""

    rows: tuple[CallRow, ...]
    next: int | None
    stopped_at: int | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """From ``high`` (not included) down to ``low``, both as ``seq``, until ``limit`` calls are found or ``patience_s``
    is over. ``reach``: only calls of these teams; None: of any."""

    low: int
    high: int
    limit: int
    patience_s: float
    reach: frozenset[str] | None


def walk(connection: Connection, query: Query, way: Walk) -> Page:
    """The newest calls on the way for which the query holds."""
    until_s = monotonic() + way.patience_s
    start_on(connection, query)
    found: list[CallRow] = []
    for low, high in days_of(way):
        top = high
        while top > low:
            asked = way.limit - len(found) + 1
            looked = read_rows(query).where(*wanted(connection, query, way, (low, top)))
            rows = connection.execute(looked.order_by(call_row.c.seq.desc()).limit(asked)).all()
            found += [row for one in rows if (row := matching(one, query)) is not None]
            if len(found) > way.limit:
                return Page(tuple(found[: way.limit]), found[way.limit - 1].seq)
            top = rows[-1].seq if len(rows) == asked else low
        if monotonic() >= until_s and low > way.low:
            return Page(tuple(found), low, second_of(low))
    return Page(tuple(found), None)


def start_on(connection: Connection, query: Query) -> None:
    """Before the first question of a search."""
    if _terms(query):
        prefer_index(connection)


def days_of(way: Walk) -> Iterator[tuple[int, int]]:
    """The parts of the way within one day (UTC), the newest first."""
    high = way.high
    while high > way.low:
        low = max(seq_at(second_of(high - 1) // DAY_S * DAY_S), way.low)
        yield low, high
        high = low


def wanted(connection: Connection, query: Query, way: Walk, part: tuple[int, int]) -> list[ColumnElement[bool]]:
    """What holds for the calls of a part of the way within one day, but for what only :func:`matching` can tell."""
    low, high = part
    terms = _terms(query)
    holds = [call_row.c.seq >= low, call_row.c.seq < high, *_conditions(query)]
    if way.reach is not None:
        holds.append(call_row.c.team.in_(way.reach))
    if terms:
        holds.append(call_row.c.seq.in_(select(hits(connection, terms, low, high).c.seq)))
    return holds


def read_rows(query: Query) -> Select[Any]:
    """What :func:`matching` needs of calls."""
    found = select(call_row)
    if not query.words:
        return found
    return found.add_columns(call_text.c.body).join(call_text, call_text.c.seq == call_row.c.seq)


def _terms(query: Query) -> set[int]:
    terms = {term for word in query.words for term in terms_of(word, sound=query.by_sound)}
    return terms | ({found_term(query.rule_id, query.outcome)} if query.rule_id else set())


def _conditions(query: Query) -> Iterator[ColumnElement[bool]]:
    for name in _EQUAL:
        if (value := getattr(query, name)) is not None:
            yield call_row.c[name] == value
    for name, column in _LEAST.items():
        if (value := getattr(query, name)) is not None:
            yield call_row.c[column] >= value
    if query.most_duration_s is not None:
        yield call_row.c.duration_s <= query.most_duration_s
    if query.severity is not None:
        yield call_row.c.worst >= urgency_of(query.severity)


def matching(row: Row[Any], query: Query) -> CallRow | None:
    """None: it has all the pairs of a word, but not the word."""
    values = {one.name: getattr(row, one.name) for one in fields(CallRow) if one.name not in ("found", "snippet")}
    values["found"] = tuple((rule_id, outcome, severity) for rule_id, outcome, severity in row.found)
    if not query.words:
        return CallRow(**values)
    places = [places_of(row.body, word, sound=query.by_sound) for word in query.words]
    if not all(places):
        return None
    return CallRow(**values, snippet=_snippet(row.body, sorted(place for of_word in places for place in of_word)))


def _snippet(body: str, places: list[tuple[int, int]]) -> tuple[str, ...]:
    """The surroundings of the first place."""
    start = max(places[0][0] - _AROUND_CHARS, 0)
    end = min(places[0][1] + _AROUND_CHARS, len(body))
    pieces, at = [], start
    for first, last in places:
        if first >= at and last <= end:
            pieces += [body[at:first], body[first:last]]
            at = last
    return tuple(piece.replace("\n", " / ") for piece in (*pieces, body[at:end]))
