"""Alerts, review items, draws of the random sample, and files made for people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    _make_draws()
    _make_queues()
    op.create_table(
        "made_file",
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("call_id", sa.String),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("path", name="pk_made_file"),
    )
    op.create_index("ix_made_file_call_id", "made_file", ["call_id"])


def downgrade() -> None:
    for table in ("made_file", "review_item", "alert", "draw_item", "draw"):
        op.drop_table(table)


def _make_draws() -> None:
    op.create_table(
        "draw",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("rate", sa.String, nullable=False),
        sa.Column("listed", sa.Integer, nullable=False),
        sa.Column("drawn", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("manifest_sha256", "secret_sha256", "digest")),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_draw"),
        sa.UniqueConstraint("business_date", "part", name="uq_draw_business_date"),
    )
    op.create_table(
        "draw_item",
        sa.Column("draw_id", sa.String, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("source_call_id", sa.String, nullable=False),
        sa.Column("stratum", sa.String, nullable=False),
        sa.Column("stratum_listed", sa.Integer, nullable=False),
        sa.Column("stratum_drawn", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("draw_id", "call_id", name="pk_draw_item"),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name="fk_draw_item_draw_id"),
    )


def _make_queues() -> None:
    op.create_table(
        "alert",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("rule_id", sa.String, nullable=False),
        sa.Column("finding_id", sa.String, nullable=False),
        sa.Column("rule_version", sa.Integer, nullable=False),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("audience", sa.String, nullable=False),
        sa.Column("at_s", sa.Float),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("detected_at", UTC, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "rule_id", name="pk_alert"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_alert_call_id"),
    )
    op.create_table(
        "review_item",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("because", sa.JSON, nullable=False),
        sa.Column("severity", sa.String),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("business_date", sa.Date),
        sa.Column("draw_id", sa.String),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_item"),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name="fk_review_item_draw_id"),
    )
    for column in ("call_id", "business_date"):
        op.create_index(f"ix_review_item_{column}", "review_item", [column])
