"""The table of what reviewers can take, as the newest migration leaves it."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, String, Table

from inspector.storage.tables import UtcDateTime, metadata

__all__ = ["reviewer"]

# Who has no row takes what the settings say, of every kind. ``skills``: values by field of the business data.
reviewer = Table(
    "reviewer",
    metadata,
    Column("name", String, primary_key=True),
    Column("minutes_per_day", Integer, nullable=False),
    Column("skills", JSON, nullable=False),
    Column("away_until", UtcDateTime),
    Column("changed_at", UtcDateTime, nullable=False),
)
