"""The tables of violations and appeals, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKeyConstraint, Index, Integer, String, Table, Text

from inspector.storage.tables import UtcDateTime, metadata

__all__ = ["appeal", "violation", "violation_step"]

# What an agent is told of a confirmed decision, and how far it is.
violation = Table(
    "violation",
    metadata,
    Column("call_id", String, primary_key=True),
    Column("rule_id", String, primary_key=True),
    Column("agent", String),
    Column("team", String),
    Column("severity", String, nullable=False),
    Column("topic", String, nullable=False),
    Column("state", String, nullable=False),
    # One more each time it is told anew, because it was decided anew.
    Column("notice", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("noticed_at", UtcDateTime, nullable=False),
    # The last moment at which an appeal is in time.
    Column("appeal_until", UtcDateTime, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("remedy_by", UtcDateTime),
    Column("acknowledged_at", UtcDateTime),
    Column("acknowledged_by", String),
    Column("step", String, nullable=False),
    ForeignKeyConstraint(["call_id", "rule_id"], ["decision.call_id", "decision.rule_id"]),
    Index("ix_violation_state", "state", "appeal_until"),
    Index("ix_violation_agent", "agent"),
)

appeal = Table(
    "appeal",
    metadata,
    Column("call_id", String, primary_key=True),
    Column("rule_id", String, primary_key=True),
    Column("notice", Integer, primary_key=True, autoincrement=False),
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("item_id", String, nullable=False, unique=True),
    Column("state", String, nullable=False),
    Column("lodged_by", String, nullable=False),
    Column("lodged_at", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
    Column("mitigation", JSON, nullable=False),
    # Of the decision that it is against.
    Column("decision_version", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("escalated_at", UtcDateTime),
    Column("decided_at", UtcDateTime),
    Column("decided_by", String),
    ForeignKeyConstraint(["call_id", "rule_id"], ["violation.call_id", "violation.rule_id"]),
    Index("ix_appeal_state", "state", "due_at"),
)

violation_step = Table(
    "violation_step",
    metadata,
    Column("call_id", String, primary_key=True),
    Column("rule_id", String, primary_key=True),
    Column("step", String, primary_key=True),
    Column("by", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("note", Text),
    ForeignKeyConstraint(["call_id", "rule_id"], ["violation.call_id", "violation.rule_id"]),
)
