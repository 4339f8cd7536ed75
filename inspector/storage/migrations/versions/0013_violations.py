"""Violations: told to agents, appealed, handled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nobody is told anything yet, and nobody on the list of people is an agent by number."""
    op.add_column("person", sa.Column("agent", sa.String))
    _create_violation()
    _create_appeal()
    op.create_table(
        "violation_step",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("rule_id", sa.String, nullable=False),
        sa.Column("step", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("note", sa.Text),
        sa.PrimaryKeyConstraint("call_id", "rule_id", "step", name="pk_violation_step"),
        sa.ForeignKeyConstraint(
            ["call_id", "rule_id"], ["violation.call_id", "violation.rule_id"], name="fk_violation_step_call_id"
        ),
    )


def _create_violation() -> None:
    op.create_table(
        "violation",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("rule_id", sa.String, nullable=False),
        sa.Column("agent", sa.String),
        sa.Column("team", sa.String),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("notice", sa.Integer, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("noticed_at", UTC, nullable=False),
        sa.Column("appeal_until", UTC, nullable=False),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Column("remedy_by", UTC),
        sa.Column("acknowledged_at", UTC),
        sa.Column("acknowledged_by", sa.String),
        sa.Column("step", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "rule_id", name="pk_violation"),
        sa.ForeignKeyConstraint(
            ["call_id", "rule_id"], ["decision.call_id", "decision.rule_id"], name="fk_violation_call_id"
        ),
    )
    op.create_index("ix_violation_state", "violation", ["state", "appeal_until"])
    op.create_index("ix_violation_agent", "violation", ["agent"])


def _create_appeal() -> None:
    op.create_table(
        "appeal",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("rule_id", sa.String, nullable=False),
        sa.Column("notice", sa.Integer, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("item_id", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("lodged_by", sa.String, nullable=False),
        sa.Column("lodged_at", UTC, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("mitigation", sa.JSON, nullable=False),
        sa.Column("decision_version", sa.Integer, nullable=False),
        sa.Column("due_at", UTC, nullable=False),
        sa.Column("escalated_at", UTC),
        sa.Column("decided_at", UTC),
        sa.Column("decided_by", sa.String),
        sa.PrimaryKeyConstraint("call_id", "rule_id", "notice", "level", name="pk_appeal"),
        sa.UniqueConstraint("item_id", name="uq_appeal_item_id"),
        sa.ForeignKeyConstraint(
            ["call_id", "rule_id"], ["violation.call_id", "violation.rule_id"], name="fk_appeal_call_id"
        ),
    )
    op.create_index("ix_appeal_state", "appeal", ["state", "due_at"])


def downgrade() -> None:
    """Forgets violations, appeals and cases, and which agent somebody is."""
    for table in ("violation_step", "appeal", "violation"):
        op.drop_table(table)
    op.drop_column("person", "agent")
