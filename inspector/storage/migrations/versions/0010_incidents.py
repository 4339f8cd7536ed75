"""What several calls have in common."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Calls that were inspected before are no part of what is usual: that is learnt from now on."""
    _make_call_signal()
    op.create_table(
        "incident",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("first_at", UTC, nullable=False),
        sa.Column("completed_at", UTC, nullable=False),
        sa.Column("completed_by", sa.String, nullable=False),
        sa.Column("hot_until", UTC, nullable=False),
        sa.Column("customers", sa.Integer, nullable=False),
        sa.Column("usual", sa.Float),
        sa.Column("found_at", UTC, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
        sa.ForeignKeyConstraint(["completed_by"], ["call.id"], name="fk_incident_completed_by"),
    )
    op.create_index("ix_incident_topic", "incident", ["topic", "key", "first_at"])
    op.create_table(
        "incident_call",
        sa.Column("incident_id", sa.String, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("team", sa.String),
        sa.PrimaryKeyConstraint("incident_id", "call_id", name="pk_incident_call"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_incident_call_incident_id"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_incident_call_call_id"),
    )


def downgrade() -> None:
    """Forgets incidents, reviews of repeated contacts, and what is usual; alerts of incidents stay."""
    op.execute("DELETE FROM review_item WHERE reason = 'repeat'")
    for table in ("incident_call", "incident", "call_signal"):
        op.drop_table(table)


def _make_call_signal() -> None:
    op.create_table(
        "call_signal",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("customer_key", sa.String),
        sa.Column("product", sa.String),
        sa.Column("team", sa.String),
        sa.Column("inspection_id", sa.String, nullable=False),
        sa.Column("finding_id", sa.String),
        sa.Column("key", sa.String),
        sa.Column("looked", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "topic", name="pk_call_signal"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_call_signal_call_id"),
    )
    op.create_index("ix_call_signal_looked", "call_signal", ["looked", "at"])
    op.create_index("ix_call_signal_topic", "call_signal", ["topic", "key", "at"])
    op.create_index("ix_call_signal_customer_key", "call_signal", ["customer_key", "topic", "at"])
