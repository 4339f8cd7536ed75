"""The table of people, as the newest migration leaves it."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, String, Table

from inspector.storage.tables import UtcDateTime, metadata

__all__ = ["person"]

# Nobody is ever removed: the audit names people.
person = Table(
    "person",
    metadata,
    Column("name", String, primary_key=True),
    Column("roles", JSON, nullable=False),
    Column("teams", JSON, nullable=False),
    # The number of the agent in the calls, for who is one.
    Column("agent", String),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)
