"""What is told outside: notices, where each stands with each receiver, and how the receivers answer.

Part of ``tables.py``.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from inspector.storage.tables import UtcDateTime, metadata

__all__ = ["delivery", "notice", "receiver"]

# What is to be told, written with what it tells of. Without ``fanned_at`` nobody has looked yet who is to have it.
notice = Table(
    "notice",
    metadata,
    Column("id", String, primary_key=True),
    Column("group_id", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("alert_class", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("fanned_at", UtcDateTime, index=True),
    Column("data", Text, nullable=False),
    Index("ix_notice_group", "group_id"),
)

# One row for each notice and receiver.
delivery = Table(
    "delivery",
    metadata,
    Column("notice_id", ForeignKey("notice.id"), primary_key=True),
    Column("receiver", String, primary_key=True),
    Column("group_id", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("alert_class", String, nullable=False),
    Column("state", String, nullable=False),
    # When it began to wait: giving up counts from here.
    Column("since", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", UtcDateTime),
    # The message that tells it together with others.
    Column("message_id", String),
    Column("fault_kind", String),
    Column("fault_status", Integer),
    Column("sent_at", UtcDateTime),
    Index("ix_delivery_state", "state", "receiver", "alert_class", "since"),
    Index("ix_delivery_group", "group_id", "receiver", "number"),
    Index("ix_delivery_sent", "receiver", "sent_at"),
)

# How a receiver answers: its faults in a row, and until when nothing is sent to it.
receiver = Table(
    "receiver",
    metadata,
    Column("name", String, primary_key=True),
    Column("faults", Integer, nullable=False),
    Column("shut_until", UtcDateTime),
    Column("changed_at", UtcDateTime, nullable=False),
)
