"""The table of what calls are worth by score cards, as the newest migration leaves it."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Integer, String, Table

from inspector.storage.tables import UtcDateTime, metadata

__all__ = ["score"]

# By what one review answered. Whatever changes it makes a row of the next version; the older ones stay.
score = Table(
    "score",
    metadata,
    Column("review_id", ForeignKey("review.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("call_id", String, nullable=False, index=True),
    Column("card_id", String, nullable=False),
    Column("card_version", Integer, nullable=False),
    Column("card_digest", String, nullable=False),
    # The whole card: what was scored by it can be scored again when its file is gone.
    Column("card", JSON, nullable=False),
    # Answers by item: what the machine would say, and what the person said, kept beside each other for ever.
    Column("machine", JSON, nullable=False),
    Column("human", JSON, nullable=False),
    # For reference only: no agent's number.
    Column("machine_total", Float),
    # Of the person's answers as far as decisions bear them; None: nothing of the card applies.
    Column("total", Float),
    Column("fatal", JSON, nullable=False),
    Column("state", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
