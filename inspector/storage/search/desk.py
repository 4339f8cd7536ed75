"""What people ask the list of calls: find, save a search, and how far the list is."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, select, update

from inspector.errors import UsageError
from inspector.roles import Actor, Deed, reach_of
from inspector.storage.engine import storage_errors
from inspector.storage.rows import append_audit
from inspector.storage.search.finding import CallRow, Page, Walk, walk
from inspector.storage.search.query import Query, SavedSearch
from inspector.storage.search.reading import CallRead, read_call
from inspector.storage.search.rows import fill_backlog, forget_rows, left_in_backlog, seq_at
from inspector.storage.search.sorting import sort
from inspector.storage.search_tables import saved_search

__all__ = ["PATIENCE_S", "Search"]

PATIENCE_S = 0.2
"""So long a request looks for calls before it answers with what it has."""

_AT_ONCE = 50
"""Calls listed in one transaction of the backlog: nobody else waits for long."""

_MOST_SAVED, _LONGEST_NAME = 100, 64


class Search:
    """Every method raises StorageError when the database fails, and PolicyError when the actor may not."""

    def __init__(self, reader: Engine, writer: Engine, zone: ZoneInfo, patience_s: float = PATIENCE_S) -> None:
        self._reader, self._writer, self._zone, self._patience_s = reader, writer, zone, patience_s

    def find(self, actor: Actor, query: Query, after: int | None, limit: int, deed: Deed = Deed.SEE_CALLS) -> Page:
        """The first ``limit`` calls, by the query's order, that the actor may see and for which the query holds;
        ``after``: where the page before ended (``Page.next``)."""
        reach = reach_of(actor, deed)
        low, high = self._seq_of(query.first), self._seq_of(query.last + timedelta(days=1))
        way = Walk(low, high, limit, self._patience_s, reach)
        with storage_errors(self._reader), self._reader.connect() as connection:
            if query.order is not None:
                return sort(connection, query, query.order, way, after)
            return walk(connection, query, way if after is None else replace(way, high=max(min(after, high), low)))

    def each(self, actor: Actor, query: Query, most: int) -> Iterator[CallRow]:
        """All of them for an export, in the query's order, at most so many."""
        after: int | None = None
        while most > 0:
            page = self.find(actor, query, after, min(most, 1000), Deed.EXPORT_CALLS)
            yield from page.rows
            most -= len(page.rows)
            if page.next is None:
                return
            after = page.next

    def read(self, actor: Actor, call_id: str) -> CallRead:
        """One call. Raises UsageError when none of that id is on record."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return read_call(connection, actor, call_id)

    def left(self) -> int:
        """How many calls from before there were lists are to be looked at; 0 once the list is whole."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return left_in_backlog(connection)

    def fill(self, now: datetime) -> None:
        """Lists calls from before there were lists, some at a time, until a second is over."""
        until = datetime.now(now.tzinfo) + timedelta(seconds=1)
        while self._fill_some() and datetime.now(now.tzinfo) < until:
            pass

    def forget(self, call_ids: frozenset[str]) -> None:
        """Deletes what is kept of these calls to find them by; for whoever deletes calls, not for a person."""
        with storage_errors(self._writer), self._writer.begin() as connection:
            forget_rows(connection, call_ids)

    def saved(self, actor: Actor) -> tuple[SavedSearch, ...]:
        """The actor's own searches, the newest first."""
        reach_of(actor, Deed.SEE_CALLS)
        own = select(saved_search).where(saved_search.c.owner == actor.name)
        with storage_errors(self._reader), self._reader.connect() as connection:
            rows = connection.execute(own.order_by(saved_search.c.created_at.desc(), saved_search.c.id)).all()
        return tuple(SavedSearch(row.id, row.name, row.wanted, row.created_at) for row in rows)

    def save(self, actor: Actor, name: str, wanted: Mapping[str, str], now: datetime) -> None:
        """Keeps a search; one of the same name is replaced."""
        reach_of(actor, Deed.SEE_CALLS)
        name = _named(name)
        with storage_errors(self._writer), self._writer.begin() as connection:
            _delete_own(connection, actor, saved_search.c.name == name)
            kept = select(func.count()).select_from(saved_search).where(saved_search.c.owner == actor.name)
            if connection.execute(kept).scalar_one() >= _MOST_SAVED:
                raise UsageError(f"{_MOST_SAVED} searches are saved", "delete one of them first")
            row = {"id": secrets.token_hex(8), "owner": actor.name, "name": name}
            connection.execute(insert(saved_search).values(**row, wanted=dict(wanted), created_at=now))

    def rename(self, actor: Actor, search_id: str, name: str) -> None:
        """Raises UsageError when it is not one of his."""
        own = saved_search.c.id == search_id, saved_search.c.owner == actor.name
        with storage_errors(self._writer), self._writer.begin() as connection:
            if not connection.execute(update(saved_search).where(*own).values(name=_named(name))).rowcount:
                raise UsageError("no such search is saved", "load the page again")

    def unsave(self, actor: Actor, search_id: str) -> None:
        """Deletes one of his; one that is gone already stays so."""
        with storage_errors(self._writer), self._writer.begin() as connection:
            _delete_own(connection, actor, saved_search.c.id == search_id)

    def exported(self, actor: Actor, query: Query, count: int) -> None:
        """Notes who exported how many calls by which filters; of the text only how long it was."""
        told = {name: value for name, value in query.given.items() if name != "text"}
        with storage_errors(self._writer), self._writer.begin() as connection:
            detail = {"filters": told, "text_chars": len(query.text), "calls": count}
            append_audit(connection, actor.name, "calls_export", "calls", detail)

    def _fill_some(self) -> bool:
        with storage_errors(self._writer), self._writer.begin() as connection:
            return fill_backlog(connection, _AT_ONCE)

    def _seq_of(self, day: date) -> int:
        return seq_at(max(int(datetime.combine(day, time(), self._zone).timestamp()), 0))


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
        raise UsageError(f"a name has 1 to {_LONGEST_NAME} characters that can be seen", "give it another name")
    return name


def _delete_own(connection: Connection, actor: Actor, which: ColumnElement[bool]) -> None:
    connection.execute(delete(saved_search).where(saved_search.c.owner == actor.name, which))
