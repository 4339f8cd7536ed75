"""What is to be told to whom outside, and whether it was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("group_id", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("alert_class", sa.String, nullable=False),
        sa.Column("audience", sa.String, nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("fanned_at", UTC),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
    )
    op.create_index("ix_notice_fanned_at", "notice", ["fanned_at"])
    op.create_index("ix_notice_group", "notice", ["group_id"])
    _make_delivery()
    op.create_table(
        "receiver",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("faults", sa.Integer, nullable=False),
        sa.Column("shut_until", UTC),
        sa.Column("changed_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_receiver"),
    )


def downgrade() -> None:
    """Forgets what was told outside and what waits to be."""
    for table in ("receiver", "delivery", "notice"):
        op.drop_table(table)


def _make_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("notice_id", sa.String, nullable=False),
        sa.Column("receiver", sa.String, nullable=False),
        sa.Column("group_id", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("alert_class", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("since", UTC, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", UTC),
        sa.Column("message_id", sa.String),
        sa.Column("fault_kind", sa.String),
        sa.Column("fault_status", sa.Integer),
        sa.Column("sent_at", UTC),
        sa.PrimaryKeyConstraint("notice_id", "receiver", name="pk_delivery"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_delivery_notice_id"),
    )
    op.create_index("ix_delivery_state", "delivery", ["state", "receiver", "alert_class", "since"])
    op.create_index("ix_delivery_group", "delivery", ["group_id", "receiver", "number"])
    op.create_index("ix_delivery_sent", "delivery", ["receiver", "sent_at"])
