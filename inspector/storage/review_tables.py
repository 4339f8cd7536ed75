"""The tables of what people say of calls, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text

from inspector.storage.tables import UtcDateTime, metadata

__all__ = ["correction", "decision", "mark", "review", "verdict"]

# One person's review of one item; it is made with the claim. Its id is a digest of item and reviewer.
review = Table(
    "review",
    metadata,
    Column("id", String, primary_key=True),
    Column("item_id", ForeignKey("review_item.id"), nullable=False, index=True),
    Column("call_id", String, nullable=False, index=True),
    # What was reviewed, and when that was made: a newer one of the same id is another one.
    Column("inspection_id", String),
    Column("inspected_at", UtcDateTime),
    Column("reviewer", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("of_review", String),
    Column("state", String, nullable=False),
    Column("blind", Boolean, nullable=False),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("revealed_at", UtcDateTime),
    Column("submitted_at", UtcDateTime),
    # Merged stretches that were played, in seconds of the call; the speech in them and in the call.
    Column("played", JSON, nullable=False),
    Column("played_speech_s", Float, nullable=False),
    Column("speech_s", Float, nullable=False),
    Column("in_estimate", Boolean, nullable=False),
    Column("handling_s", Float, nullable=False),
    # What was typed and is not submitted.
    Column("draft", JSON, nullable=False),
    # 1 more with every change of what was typed: who writes over an older one is refused.
    Column("draft_version", Integer, nullable=False, server_default="0"),
    # What was found and is to be answered: version and outcome by rule, as the reviewer saw it.
    Column("shown", JSON, nullable=False, server_default="{}"),
    # Why he gave it back.
    Column("skipped", String),
    Column("note", Text),
    Index("ix_review_reviewer", "reviewer", "submitted_at"),
    Index("ix_review_submitted_at", "submitted_at"),
)

verdict = Table(
    "verdict",
    metadata,
    Column("review_id", ForeignKey("review.id"), primary_key=True),
    Column("finding_id", String, primary_key=True),
    Column("call_id", String, nullable=False, index=True),
    Column("rule_id", String, nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("answer", String, nullable=False),
    Column("because", String),
    Column("note", Text),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_verdict_rule_id", "rule_id", "at"),
)

mark = Table(
    "mark",
    metadata,
    Column("review_id", ForeignKey("review.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("call_id", String, nullable=False, index=True),
    Column("rule_id", String, nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("start_s", Float, nullable=False),
    Column("end_s", Float, nullable=False),
    Column("party", String, nullable=False),
    Column("blind", Boolean, nullable=False),
    Column("missed", Boolean, nullable=False),
    Column("note", Text),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_mark_rule_id", "rule_id", "at"),
)

correction = Table(
    "correction",
    metadata,
    Column("review_id", ForeignKey("review.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("call_id", String, nullable=False, index=True),
    Column("recording_id", String, nullable=False),
    Column("party", String, nullable=False),
    Column("start_s", Float, nullable=False),
    Column("end_s", Float, nullable=False),
    Column("heard", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# What holds of one rule in one call after all that people said so far. Agents' numbers come from here and nowhere else.
decision = Table(
    "decision",
    metadata,
    Column("call_id", String, primary_key=True),
    Column("rule_id", String, primary_key=True),
    Column("origin", String, nullable=False),
    Column("finding_id", String),
    Column("rule_version", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("agent", String),
    Column("team", String),
    Column("business_date", Date),
    Column("answer", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("state", String, nullable=False),
    # The review that decided last.
    Column("review_id", ForeignKey("review.id"), nullable=False),
    Column("settled_at", UtcDateTime),
    Column("final_at", UtcDateTime),
    # 1 more with every change: who decides on an older one is refused.
    Column("version", Integer, nullable=False),
    Index("ix_decision_rule_id", "rule_id", "state", "business_date"),
    Index("ix_decision_agent", "agent", "state", "business_date"),
    Index("ix_decision_state", "state", "settled_at"),
)
