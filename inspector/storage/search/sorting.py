"""Calls by how much they have of something: the most first, the newest of as much first.

Unlike the walk this looks at every call of its days, so they are few (``MOST_SORTED_DAYS``); what they are sorted by is
read from an index that holds nothing else.
"""

from __future__ import annotations

from heapq import nlargest
from itertools import chain

from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from inspector.storage.search.finding import CallRow, Page, Walk, days_of, matching, read_rows, start_on, wanted
from inspector.storage.search.query import Order, Query
from inspector.storage.search_tables import call_row

__all__ = ["sort"]

Place = tuple[float, int]
"""How much, and ``seq``: where a call stands."""

_COLUMNS = {
    Order.DURATION: call_row.c.duration_s,
    Order.SILENCE: call_row.c.silence_s,
    Order.LONGEST: call_row.c.longest_silence_s,
    Order.INTERRUPTIONS: func.coalesce(call_row.c.interruptions, -1),
    Order.SEVERITY: call_row.c.worst,
}


def sort(connection: Connection, query: Query, order: Order, way: Walk, after: int | None) -> Page:
    """The first calls of the way by ``order`` for which the query holds; ``after``: the ``seq`` that the page before
    ended with. Where that call is no longer listed, it begins anew."""
    start_on(connection, query)
    much = _COLUMNS[order]
    last = None if after is None else _place(connection, much, after)
    found: list[CallRow] = []
    while True:
        asked = way.limit - len(found) + 1
        places = _next(connection, query, way, much, last, asked)
        rows = connection.execute(read_rows(query).where(call_row.c.seq.in_([seq for _, seq in places]))).all()
        by_seq = {row.seq: row for row in rows}
        listed = (by_seq[seq] for _, seq in places if seq in by_seq)
        found += [row for one in listed if (row := matching(one, query)) is not None]
        if len(found) > way.limit:
            return Page(tuple(found[: way.limit]), found[way.limit - 1].seq)
        if len(places) < asked:
            return Page(tuple(found), None)
        last = places[-1]


def _place(connection: Connection, much: ColumnElement[float], seq: int) -> Place | None:
    row = connection.execute(select(much, call_row.c.seq).where(call_row.c.seq == seq)).one_or_none()
    return None if row is None else (row[0], row[1])


def _next(
    connection: Connection, query: Query, way: Walk, much: ColumnElement[float], last: Place | None, asked: int
) -> list[Place]:
    """The places that follow ``last``: the first of all days are among the first of each."""
    parts = []
    for part in days_of(way):
        holds = wanted(connection, query, way, part)
        if last is not None:
            holds.append(tuple_(much, call_row.c.seq) < last)
        places = select(much, call_row.c.seq).where(*holds).order_by(much.desc(), call_row.c.seq.desc())
        parts.append([(row[0], row[1]) for row in connection.execute(places.limit(asked))])
    return nlargest(asked, chain.from_iterable(parts))
