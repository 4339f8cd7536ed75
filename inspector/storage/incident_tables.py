"""The tables of incidents, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table

from inspector.storage.tables import UtcDateTime, metadata

__all__ = ["call_signal", "incident", "incident_call"]

# One for each call and stable signal, or wrap-up code, at the time it was said. It is its own inbox: what is not
# ``looked`` at is new, and its ``key`` (what it is about) is not known yet.
call_signal = Table(
    "call_signal",
    metadata,
    Column("call_id", ForeignKey("call.id"), primary_key=True),
    Column("topic", String, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("customer_key", String),
    Column("product", String),
    Column("team", String),
    # Where the finding lies that quotes the words; of a wrap-up code there is none.
    Column("inspection_id", String, nullable=False),
    Column("finding_id", String),
    Column("key", String),
    Column("looked", Boolean, nullable=False),
    Index("ix_call_signal_looked", "looked", "at"),
    Index("ix_call_signal_topic", "topic", "key", "at"),
    Index("ix_call_signal_customer_key", "customer_key", "topic", "at"),
)

incident = Table(
    "incident",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("title", String, nullable=False),
    Column("topic", String, nullable=False),
    Column("key", String, nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("completed_at", UtcDateTime, nullable=False),
    Column("completed_by", ForeignKey("call.id"), nullable=False),
    # Until then it was above what is usual.
    Column("hot_until", UtcDateTime, nullable=False),
    # When it was complete: how many, and how many are usual in such a time.
    Column("customers", Integer, nullable=False),
    Column("usual", Float),
    Column("found_at", UtcDateTime, nullable=False),
    Column("late", Boolean, nullable=False),
    Index("ix_incident_topic", "topic", "key", "first_at"),
)

incident_call = Table(
    "incident_call",
    metadata,
    Column("incident_id", ForeignKey("incident.id"), primary_key=True),
    Column("call_id", ForeignKey("call.id"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("team", String),
)
