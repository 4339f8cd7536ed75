"""Databases as tests see them: whatever keeps the rows, a test asks and changes them by plain SQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from inspector.storage.engine import open_engine, writing


@dataclass(frozen=True, slots=True)
class Database:
    """One that is empty, or at the newest schema once a store was opened on it."""

    url: str

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection in a transaction for writing, on an engine of its own."""
        engine = open_engine(self.url)
        try:
            with writing(engine).begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def rows(self, sql: str) -> list[Any]:
        """What a query finds. JSON, dates and times come as each database gives them: cast them to text."""
        with self.connection() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]

    def change(self, sql: str, **values: object) -> int:
        """Runs a statement past the store. Returns how many rows it touched."""
        with self.connection() as connection:
            return connection.execute(text(sql), values).rowcount
