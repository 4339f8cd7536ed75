"""What was accepted, how far it is worked off, all that happened, and who does what only one may do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    _make_intake()
    _make_work()
    op.create_table(
        "event",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("call_id", sa.String),
        sa.Column("data", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_kind", "event", ["kind"])
    op.create_table(
        "lease",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("until", UTC, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )


def downgrade() -> None:
    """Forgets what was accepted and is not inspected yet: it has to be submitted again."""
    for table in ("lease", "event", "work", "intake"):
        op.drop_table(table)


def _make_intake() -> None:
    op.create_table(
        "intake",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("segment_no", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("path", sa.Text),
        sa.Column("sha256", sa.String),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("agent", sa.String),
        sa.Column("hold_spans", sa.JSON, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "origin", "segment_no", name="pk_intake"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_intake_call_id"),
    )


def _make_work() -> None:
    op.create_table(
        "work",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("queue", sa.String, nullable=False),
        sa.Column("audio_s", sa.Float, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("crashes", sa.Integer, nullable=False),
        sa.Column("alone", sa.Boolean, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.String),
        sa.Column("lease_until", UTC),
        sa.Column("sent_at", UTC),
        sa.Column("sends", sa.Integer, nullable=False),
        sa.Column("faults", sa.JSON, nullable=False),
        sa.Column("accepted_at", UTC, nullable=False),
        sa.Column("ended_at", UTC),
        sa.PrimaryKeyConstraint("call_id", name="pk_work"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_work_call_id"),
    )
    op.create_index("ix_work_state", "work", ["state", "queue", "sent_at"])
    op.create_index("ix_work_owner", "work", ["owner"])
