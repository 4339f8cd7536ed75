"""The table of full views, as the newest migration leaves it."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, Text

from inspector.storage.tables import UtcDateTime, metadata

__all__ = ["full_view"]

# Who was let see a call unmasked, why, and until when. Nothing is ever changed or removed here.
full_view = Table(
    "full_view",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("call_id", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Index("ix_full_view_call_id", "call_id", "name"),
)
