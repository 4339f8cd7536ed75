"""The tables of groups of alerts; those of the alerts themselves lie in ``tables.py``."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from inspector.storage.tables import UtcDateTime, metadata

__all__ = ["alert_group", "alert_step"]

# Its id is a digest of the call and rule that opened it. ``due_at``: the next step owed, to sort by.
alert_group = Table(
    "alert_group",
    metadata,
    Column("id", String, primary_key=True),
    # The call that opened it.
    Column("call_id", ForeignKey("call.id"), nullable=False),
    Column("customer_key", String),
    Column("audience", String, nullable=False),
    Column("alert_class", String, nullable=False),
    Column("state", String, nullable=False),
    Column("handler", String),
    Column("opened_at", UtcDateTime, nullable=False),
    # Until when somebody is to take notice before it goes up; and when somebody did.
    Column("acknowledge_by", UtcDateTime),
    Column("acknowledged_at", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("closed_by", String),
    Column("result", String),
    Column("note", Text),
    Column("version", Integer, nullable=False),
    # How many notices were sent of it.
    Column("notices", Integer, nullable=False),
    Index("ix_alert_group_state", "state", "alert_class", "due_at"),
    Index("ix_alert_group_customer_key", "customer_key"),
)

alert_step = Table(
    "alert_step",
    metadata,
    Column("group_id", ForeignKey("alert_group.id"), primary_key=True),
    Column("clock", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("owner", String, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("found_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("met_at", UtcDateTime),
    Column("met_by", String),
    Column("stopped", Boolean, nullable=False),
    # When it goes up to whom: [time, audience], earliest first; how many of them are done; when the next one is due.
    Column("escalations", JSON, nullable=False),
    Column("escalated", Integer, nullable=False),
    Column("escalate_at", UtcDateTime, index=True),
    Column("calendar", String),
    Column("provisional", Boolean, nullable=False),
)
