"""What verdicts brought a rule to, beside what its pack says; part of ``tables.py``."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Date, Integer, String, Table

from inspector.storage.tables import UtcDateTime, metadata

__all__ = ["rule_look", "rule_state", "rule_state_change"]

# One for each version of a rule that a weekly look found under the gate: what its pack calls stable counts as
# ``status`` here. ``looks``: weekly looks one after the other that found it there.
rule_state = Table(
    "rule_state",
    metadata,
    Column("rule_id", String, primary_key=True),
    Column("rule_version", Integer, primary_key=True, autoincrement=False),
    Column("status", String, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    # The verdicts that it was decided by, as counts.
    Column("why", JSON, nullable=False),
    Column("by", String, nullable=False),
    Column("looks", Integer, nullable=False),
    # The Monday of the week that was looked at last.
    Column("looked_on", Date, nullable=False),
)

# Which weeks were looked at, by their Monday: each is once, whoever asks.
rule_look = Table(
    "rule_look",
    metadata,
    Column("week", Date, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

# Append-only.
rule_state_change = Table(
    "rule_state_change",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("rule_id", String, nullable=False, index=True),
    Column("rule_version", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("why", JSON, nullable=False),
    Column("by", String, nullable=False),
    sqlite_autoincrement=True,
)
