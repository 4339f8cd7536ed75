"""What people say of calls: reviews with verdicts, marks and corrections; who has which item."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)
NEW = ("of_review", "excluded", "assigned_to", "owner", "lease_until", "fence", "minutes", "urgency")
HARDLY_ANY = ("owner", "assigned_to")
INDEXES = {
    "ix_review_item_state": ["state", "urgency", "created_at", "id"],
    "ix_review_item_reason": ["state", "reason", "urgency", "created_at", "id"],
}


def upgrade() -> None:
    """Items that are there wait as they did; nobody has them."""
    with op.batch_alter_table("review_item") as item:
        for name in ("of_review", "assigned_to", "owner"):
            item.add_column(sa.Column(name, sa.String))
        item.add_column(sa.Column("excluded", sa.JSON, nullable=False, server_default="[]"))
        item.add_column(sa.Column("lease_until", UTC))
        item.add_column(sa.Column("fence", sa.BigInteger, nullable=False, server_default="0"))
        item.add_column(sa.Column("minutes", sa.Float))
        item.add_column(sa.Column("urgency", sa.Integer, nullable=False, server_default="0"))
        for name, columns in INDEXES.items():
            item.create_index(name, columns)
        for name in HARDLY_ANY:
            where = sa.text(f"{name} IS NOT NULL")
            item.create_index(f"ix_review_item_{name}", [name], sqlite_where=where, postgresql_where=where)
    worse = "CASE severity WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END"
    op.execute(f"UPDATE review_item SET urgency = {worse}")  # noqa: S608 - the words stand above
    _make_reviewer()
    _make_review()
    _make_verdict()
    _make_mark()
    _make_correction()


def downgrade() -> None:
    """Forgets what people said, and the items that only newer versions know."""
    for table in ("correction", "mark", "verdict", "review", "reviewer"):
        op.drop_table(table)
    older = "'random', 'finding', 'undetermined', 'repeat', 'self_check', 'recheck', 'mystery', 'coverage', 'directed'"
    op.execute("UPDATE review_item SET reason = 'finding' WHERE reason = 'alert'")
    op.execute(f"DELETE FROM review_item WHERE reason NOT IN ({older})")  # noqa: S608 - the words stand above
    op.execute("UPDATE review_item SET state = 'open', closed_by = NULL WHERE state = 'done'")
    with op.batch_alter_table("review_item") as item:
        for name in (*INDEXES, *(f"ix_review_item_{name}" for name in HARDLY_ANY)):
            item.drop_index(name)
        for name in NEW:
            item.drop_column(name)


def _make_reviewer() -> None:
    op.create_table(
        "reviewer",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("minutes_per_day", sa.Integer, nullable=False),
        sa.Column("skills", sa.JSON, nullable=False),
        sa.Column("away_until", UTC),
        sa.Column("changed_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_reviewer"),
    )


def _make_review() -> None:
    op.create_table(
        "review",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("item_id", sa.String, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("inspection_id", sa.String),
        sa.Column("inspected_at", UTC),
        sa.Column("reviewer", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("of_review", sa.String),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("blind", sa.Boolean, nullable=False),
        sa.Column("claimed_at", UTC, nullable=False),
        sa.Column("revealed_at", UTC),
        sa.Column("submitted_at", UTC),
        sa.Column("played", sa.JSON, nullable=False),
        sa.Column("played_speech_s", sa.Float, nullable=False),
        sa.Column("speech_s", sa.Float, nullable=False),
        sa.Column("in_estimate", sa.Boolean, nullable=False),
        sa.Column("handling_s", sa.Float, nullable=False),
        sa.Column("draft", sa.JSON, nullable=False),
        sa.Column("shown", sa.JSON, nullable=False, server_default="{}"),
        sa.Column("skipped", sa.String),
        sa.Column("note", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
        sa.ForeignKeyConstraint(["item_id"], ["review_item.id"], name="fk_review_item_id"),
    )
    op.create_index("ix_review_call_id", "review", ["call_id"])
    op.create_index("ix_review_item_id", "review", ["item_id"])
    op.create_index("ix_review_reviewer", "review", ["reviewer", "submitted_at"])
    op.create_index("ix_review_submitted_at", "review", ["submitted_at"])


def _make_verdict() -> None:
    op.create_table(
        "verdict",
        sa.Column("review_id", sa.String, nullable=False),
        sa.Column("finding_id", sa.String, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("rule_id", sa.String, nullable=False),
        sa.Column("rule_version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("answer", sa.String, nullable=False),
        sa.Column("because", sa.String),
        sa.Column("note", sa.Text),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("review_id", "finding_id", name="pk_verdict"),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name="fk_verdict_review_id"),
    )
    op.create_index("ix_verdict_call_id", "verdict", ["call_id"])
    op.create_index("ix_verdict_rule_id", "verdict", ["rule_id", "at"])


def _make_mark() -> None:
    op.create_table(
        "mark",
        sa.Column("review_id", sa.String, nullable=False),
        sa.Column("place", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("rule_id", sa.String, nullable=False),
        sa.Column("rule_version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("start_s", sa.Float, nullable=False),
        sa.Column("end_s", sa.Float, nullable=False),
        sa.Column("party", sa.String, nullable=False),
        sa.Column("blind", sa.Boolean, nullable=False),
        sa.Column("missed", sa.Boolean, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("review_id", "place", name="pk_mark"),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name="fk_mark_review_id"),
    )
    op.create_index("ix_mark_call_id", "mark", ["call_id"])
    op.create_index("ix_mark_rule_id", "mark", ["rule_id", "at"])


def _make_correction() -> None:
    op.create_table(
        "correction",
        sa.Column("review_id", sa.String, nullable=False),
        sa.Column("place", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("recording_id", sa.String, nullable=False),
        sa.Column("party", sa.String, nullable=False),
        sa.Column("start_s", sa.Float, nullable=False),
        sa.Column("end_s", sa.Float, nullable=False),
        sa.Column("heard", sa.Text, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("review_id", "place", name="pk_correction"),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name="fk_correction_review_id"),
    )
    op.create_index("ix_correction_call_id", "correction", ["call_id"])
