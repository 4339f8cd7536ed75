"""Ledger of rectification, coaching, typical cases, calibration, duty."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nothing is to be done yet."""
    _make_ledger()
    _make_coaching()
    _make_cases()
    _make_calibration()
    _make_calibration_items()
    _make_duty()


def downgrade() -> None:
    """Forgets all that was to be done; reviews that were opened for it stay."""
    for table in (
        "handover",
        "shift",
        "calibration_note",
        "calibration_item",
        "calibration_person",
        "calibration",
        "case_reading",
        "case_note",
        "coaching_follow_up",
        "coaching_clip",
        "coaching",
        "rectification_step",
        "rectification",
    ):
        op.drop_table(table)


def _make_ledger() -> None:
    op.create_table(
        "rectification",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("opened_at", UTC, nullable=False),
        sa.Column("checked_at", UTC, nullable=False),
        sa.Column("inspector", sa.String, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("finding", sa.Text, nullable=False),
        sa.Column("due_at", UTC, nullable=False),
        sa.Column("rule_id", sa.String),
        sa.Column("team", sa.String),
        sa.Column("agent", sa.String),
        sa.Column("call_id", sa.String),
        sa.Column("incident_id", sa.String),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("measure", sa.Text),
        sa.Column("owner", sa.String),
        sa.Column("result", sa.Text),
        sa.Column("evidence", sa.Text),
        sa.Column("done_by", sa.String),
        sa.Column("done_at", UTC),
        sa.Column("verified_by", sa.String),
        sa.Column("struck_off_at", UTC),
        sa.Column("times_reopened", sa.Integer, nullable=False),
        sa.Column("escalated", sa.Integer, nullable=False),
        sa.Column("escalate_at", UTC),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rectification"),
    )
    op.create_index("ix_rectification_escalate_at", "rectification", ["escalate_at"])
    op.create_index("ix_rectification_rule_id", "rectification", ["rule_id", "state"])
    op.create_index("ix_rectification_state", "rectification", ["state", "due_at"])
    op.create_table(
        "rectification_step",
        sa.Column("entry_id", sa.String, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("actor", sa.String),
        sa.Column("deed", sa.String, nullable=False),
        sa.Column("about", sa.String),
        sa.Column("note", sa.Text),
        sa.PrimaryKeyConstraint("entry_id", "place", name="pk_rectification_step"),
        sa.ForeignKeyConstraint(["entry_id"], ["rectification.id"], name="fk_rectification_step_entry_id"),
    )


def _make_coaching() -> None:
    op.create_table(
        "coaching",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("agent", sa.String, nullable=False),
        sa.Column("team", sa.String),
        sa.Column("rule_id", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("coach", sa.String, nullable=False),
        sa.Column("given_by", sa.String, nullable=False),
        sa.Column("given_at", UTC, nullable=False),
        sa.Column("due_at", UTC, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("acknowledged_at", UTC),
        sa.Column("done_at", UTC),
        sa.Column("closed_at", UTC),
        sa.Column("wanted", sa.Integer, nullable=False),
        sa.Column("looked_until", UTC),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_coaching"),
    )
    op.create_index("ix_coaching_agent", "coaching", ["agent", "rule_id", "given_at"])
    op.create_index("ix_coaching_state", "coaching", ["state", "due_at"])
    op.create_table(
        "coaching_clip",
        sa.Column("coaching_id", sa.String, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("start_s", sa.Float),
        sa.Column("end_s", sa.Float),
        sa.PrimaryKeyConstraint("coaching_id", "call_id", name="pk_coaching_clip"),
        sa.ForeignKeyConstraint(["coaching_id"], ["coaching.id"], name="fk_coaching_clip_coaching_id"),
    )
    op.create_table(
        "coaching_follow_up",
        sa.Column("coaching_id", sa.String, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("item_id", sa.String, nullable=False),
        sa.Column("opened_at", UTC, nullable=False),
        sa.Column("heard_at", UTC),
        sa.Column("confirmed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("coaching_id", "call_id", name="pk_coaching_follow_up"),
        sa.ForeignKeyConstraint(["coaching_id"], ["coaching.id"], name="fk_coaching_follow_up_coaching_id"),
        sa.ForeignKeyConstraint(["item_id"], ["review_item.id"], name="fk_coaching_follow_up_item_id"),
    )
    op.create_index("ix_coaching_follow_up_call_id", "coaching_follow_up", ["call_id"])
    op.create_index("ix_coaching_follow_up_item_id", "coaching_follow_up", ["item_id"])


def _make_cases() -> None:
    op.create_table(
        "case_note",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("rule_id", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("teams", sa.JSON, nullable=False),
        sa.Column("filed_by", sa.String, nullable=False),
        sa.Column("filed_at", UTC, nullable=False),
        sa.Column("due_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_note"),
    )
    op.create_index("ix_case_note_rule_id", "case_note", ["rule_id"])
    op.create_table(
        "case_reading",
        sa.Column("case_id", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("read_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "person", name="pk_case_reading"),
        sa.ForeignKeyConstraint(["case_id"], ["case_note.id"], name="fk_case_reading_case_id"),
    )


def _make_calibration() -> None:
    op.create_table(
        "calibration",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("led_by", sa.String, nullable=False),
        sa.Column("opened_at", UTC, nullable=False),
        sa.Column("closed_at", UTC),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calibration"),
    )
    op.create_index("ix_calibration_closed_at", "calibration", ["closed_at"])
    op.create_table(
        "calibration_person",
        sa.Column("session_id", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("fatal_items", sa.Integer),
        sa.Column("fatal_share", sa.Float),
        sa.Column("points_off", sa.Float),
        sa.Column("outside", sa.Boolean),
        sa.PrimaryKeyConstraint("session_id", "person", name="pk_calibration_person"),
        sa.ForeignKeyConstraint(["session_id"], ["calibration.id"], name="fk_calibration_person_session_id"),
    )
    op.create_index("ix_calibration_person_person", "calibration_person", ["person"])


def _make_calibration_items() -> None:
    op.create_table(
        "calibration_item",
        sa.Column("session_id", sa.String, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("item_id", sa.String, nullable=False),
        sa.Column("review_id", sa.String),
        sa.Column("submitted_at", UTC),
        sa.PrimaryKeyConstraint("session_id", "call_id", "person", name="pk_calibration_item"),
        sa.ForeignKeyConstraint(["session_id"], ["calibration.id"], name="fk_calibration_item_session_id"),
        sa.ForeignKeyConstraint(["item_id"], ["review_item.id"], name="fk_calibration_item_item_id"),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name="fk_calibration_item_review_id"),
        sa.UniqueConstraint("item_id", name="uq_calibration_item_item_id"),
    )
    op.create_table(
        "calibration_note",
        sa.Column("session_id", sa.String, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("rule_id", sa.String, nullable=False),
        sa.Column("agreed", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("card_item", sa.String),
        sa.Column("written_by", sa.String, nullable=False),
        sa.Column("written_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "call_id", "rule_id", name="pk_calibration_note"),
        sa.ForeignKeyConstraint(["session_id"], ["calibration.id"], name="fk_calibration_note_session_id"),
    )
    op.create_index("ix_calibration_note_rule_id", "calibration_note", ["rule_id", "written_at"])


def _make_duty() -> None:
    op.create_table(
        "shift",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("audience", sa.String, nullable=False),
        sa.Column("starts_at", UTC, nullable=False),
        sa.Column("ends_at", UTC, nullable=False),
        sa.Column("deputy", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_shift"),
    )
    op.create_index("ix_shift_starts_at", "shift", ["starts_at", "ends_at"])
    op.create_table(
        "handover",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("audience", sa.String, nullable=False),
        sa.Column("written_by", sa.String, nullable=False),
        sa.Column("written_at", UTC, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("alerts", sa.JSON, nullable=False),
        sa.Column("overdue_entries", sa.JSON, nullable=False),
        sa.Column("overdue_appeals", sa.Integer),
        sa.Column("taken_by", sa.String),
        sa.Column("taken_at", UTC),
        sa.PrimaryKeyConstraint("id", name="pk_handover"),
    )
    op.create_index("ix_handover_written_at", "handover", ["written_at"])
