"""Runs over a business day: what was listed, what was left out, how it was closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    _make_runs()
    _make_lists()


def downgrade() -> None:
    """Forgets how nights went and what the switch said; calls, inspections and draws stay."""
    for table in ("cdr_call", "listed", "run_part", "run"):
        op.drop_table(table)


def _make_runs() -> None:
    op.create_table(
        "run",
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("read", sa.JSON, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("kind", "business_date", name="pk_run"),
    )
    op.create_table(
        "run_part",
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("part", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("opened_at", UTC, nullable=False),
        sa.Column("closed_at", UTC),
        sa.Column("signed_by", sa.String),
        sa.Column("reason", sa.String),
        sa.Column("numbers", sa.JSON),
        sa.PrimaryKeyConstraint("kind", "business_date", "part", name="pk_run_part"),
        sa.ForeignKeyConstraint(["kind", "business_date"], ["run.kind", "run.business_date"], name="fk_run_part_kind"),
    )


def _make_lists() -> None:
    op.create_table(
        "listed",
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("item", sa.String, nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("is_call", sa.Boolean, nullable=False),
        sa.Column("source_call_id", sa.String),
        sa.Column("line_no", sa.Integer, nullable=False),
        sa.Column("fate", sa.String, nullable=False),
        sa.Column("reason", sa.String),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("signed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("business_date", "item", name="pk_listed"),
    )
    op.create_index("ix_listed_fate", "listed", ["business_date", "fate"])
    op.create_table(
        "cdr_call",
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("source_call_id", sa.String, nullable=False),
        sa.Column("start", sa.String),
        sa.Column("talk_s", sa.Float),
        sa.Column("answered", sa.Boolean),
        sa.Column("line", sa.String),
        sa.Column("agent", sa.String),
        sa.PrimaryKeyConstraint("business_date", "call_id", name="pk_cdr_call"),
    )
