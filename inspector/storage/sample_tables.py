"""Tables of the sample beside its draws. Part of ``tables.py``."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, String, Table

from inspector.storage.tables import UtcDateTime, metadata

__all__ = ["sample_plan"]

# Its id is a digest of its figures, which ``data`` holds whole.
sample_plan = Table(
    "sample_plan",
    metadata,
    Column("id", String, primary_key=True),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", String, nullable=False),
    Column("data", JSON, nullable=False),
)
