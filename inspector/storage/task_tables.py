"""The tables of what follows from decisions, as the newest migration leaves them: the ledger of rectification,
coaching, typical cases, calibration, duty.

Part of ``tables.py``. Texts that people typed are kept as they are.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from inspector.storage.tables import UtcDateTime, metadata

__all__ = [
    "calibration",
    "calibration_item",
    "calibration_note",
    "calibration_person",
    "case_note",
    "case_reading",
    "coaching",
    "coaching_clip",
    "coaching_follow_up",
    "handover",
    "rectification",
    "rectification_step",
    "shift",
]

# The columns are the fields of ``inspector.review.tasks.rectification.Entry``.
rectification = Table(
    "rectification",
    metadata,
    Column("id", String, primary_key=True),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("checked_at", UtcDateTime, nullable=False),
    Column("inspector", String, nullable=False),
    Column("content", Text, nullable=False),
    Column("finding", Text, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("rule_id", String),
    Column("team", String),
    Column("agent", String),
    Column("call_id", String),
    Column("incident_id", String),
    Column("state", String, nullable=False),
    Column("measure", Text),
    Column("owner", String),
    Column("result", Text),
    Column("evidence", Text),
    Column("done_by", String),
    Column("done_at", UtcDateTime),
    Column("verified_by", String),
    Column("struck_off_at", UtcDateTime),
    Column("times_reopened", Integer, nullable=False),
    Column("escalated", Integer, nullable=False),
    Column("escalate_at", UtcDateTime, index=True),
    Column("version", Integer, nullable=False),
    Index("ix_rectification_rule_id", "rule_id", "state"),
    Index("ix_rectification_state", "state", "due_at"),
)

# All that was done to an entry, in order; only ever appended. ``actor`` is empty where nobody did it.
rectification_step = Table(
    "rectification_step",
    metadata,
    Column("entry_id", ForeignKey("rectification.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String),
    Column("deed", String, nullable=False),
    # The call that came again, or whom it went up to.
    Column("about", String),
    Column("note", Text),
)

coaching = Table(
    "coaching",
    metadata,
    Column("id", String, primary_key=True),
    Column("agent", String, nullable=False),
    Column("team", String),
    Column("rule_id", String, nullable=False),
    Column("title", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("task", Text, nullable=False),
    Column("coach", String, nullable=False),
    Column("given_by", String, nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", String, nullable=False),
    Column("acknowledged_at", UtcDateTime),
    Column("done_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("wanted", Integer, nullable=False),
    # Inspections made until then were looked through for the agent's next calls.
    Column("looked_until", UtcDateTime),
    Column("version", Integer, nullable=False),
    Index("ix_coaching_agent", "agent", "rule_id", "given_at"),
    Index("ix_coaching_state", "state", "due_at"),
)

coaching_clip = Table(
    "coaching_clip",
    metadata,
    Column("coaching_id", ForeignKey("coaching.id"), primary_key=True),
    Column("call_id", String, primary_key=True),
    Column("start_s", Float),
    Column("end_s", Float),
)

coaching_follow_up = Table(
    "coaching_follow_up",
    metadata,
    Column("coaching_id", ForeignKey("coaching.id"), primary_key=True),
    Column("call_id", String, primary_key=True),
    Column("item_id", ForeignKey("review_item.id"), nullable=False, index=True),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("heard_at", UtcDateTime),
    # Whether the reviewer confirmed the rule.
    Column("confirmed", Boolean, nullable=False),
    Index("ix_coaching_follow_up_call_id", "call_id"),
)

# A typical case that the people of some teams must read. It names nobody: a person wrote it so.
case_note = Table(
    "case_note",
    metadata,
    Column("id", String, primary_key=True),
    Column("call_id", String, nullable=False),
    Column("rule_id", String, nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("teams", JSON, nullable=False),
    Column("filed_by", String, nullable=False),
    Column("filed_at", UtcDateTime, nullable=False),
    # 24 hours after the finding became final.
    Column("due_at", UtcDateTime, nullable=False),
)

case_reading = Table(
    "case_reading",
    metadata,
    Column("case_id", ForeignKey("case_note.id"), primary_key=True),
    Column("person", String, primary_key=True),
    Column("read_at", UtcDateTime, nullable=False),
)

calibration = Table(
    "calibration",
    metadata,
    Column("id", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("led_by", String, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime, index=True),
    Column("version", Integer, nullable=False),
)

calibration_person = Table(
    "calibration_person",
    metadata,
    Column("session_id", ForeignKey("calibration.id"), primary_key=True),
    Column("person", String, primary_key=True),
    # Beside what was agreed, once it is closed; empty for who judged nothing.
    Column("fatal_items", Integer),
    Column("fatal_share", Float),
    Column("points_off", Float),
    Column("outside", Boolean),
    Index("ix_calibration_person_person", "person"),
)

calibration_item = Table(
    "calibration_item",
    metadata,
    Column("session_id", ForeignKey("calibration.id"), primary_key=True),
    Column("call_id", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("item_id", ForeignKey("review_item.id"), nullable=False, unique=True),
    Column("review_id", ForeignKey("review.id")),
    Column("submitted_at", UtcDateTime),
)

# What was agreed of one rule in one call, and how the rule is to be read from now on.
calibration_note = Table(
    "calibration_note",
    metadata,
    Column("session_id", ForeignKey("calibration.id"), primary_key=True),
    Column("call_id", String, primary_key=True),
    Column("rule_id", String, primary_key=True),
    Column("agreed", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("card_item", String),
    Column("written_by", String, nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Index("ix_calibration_note_rule_id", "rule_id", "written_at"),
)

shift = Table(
    "shift",
    metadata,
    Column("id", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("deputy", String),
    Index("ix_shift_starts_at", "starts_at", "ends_at"),
)

handover = Table(
    "handover",
    metadata,
    Column("id", String, primary_key=True),
    Column("audience", String, nullable=False),
    Column("written_by", String, nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Column("note", Text, nullable=False),
    # Ids of groups of alerts that were not closed, and of ledger entries that were overdue, when it was written.
    Column("alerts", JSON, nullable=False),
    Column("overdue_entries", JSON, nullable=False),
    Column("overdue_appeals", Integer),
    Column("taken_by", String),
    Column("taken_at", UtcDateTime),
    Index("ix_handover_written_at", "written_at"),
)
