"""What holds of one rule in one call after all that people said, and what a call is worth by a score card."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nothing is decided yet."""
    op.create_table(
        "decision",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("rule_id", sa.String, nullable=False),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("finding_id", sa.String),
        sa.Column("rule_version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("agent", sa.String),
        sa.Column("team", sa.String),
        sa.Column("business_date", sa.Date),
        sa.Column("answer", sa.String, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("review_id", sa.String, nullable=False),
        sa.Column("settled_at", UTC),
        sa.Column("final_at", UTC),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "rule_id", name="pk_decision"),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name="fk_decision_review_id"),
    )
    op.create_index("ix_decision_agent", "decision", ["agent", "state", "business_date"])
    op.create_index("ix_decision_rule_id", "decision", ["rule_id", "state", "business_date"])
    op.create_index("ix_decision_state", "decision", ["state", "settled_at"])
    op.create_table(
        "score",
        sa.Column("review_id", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("card_id", sa.String, nullable=False),
        sa.Column("card_version", sa.Integer, nullable=False),
        sa.Column("card_digest", sa.String, nullable=False),
        sa.Column("card", sa.JSON, nullable=False),
        sa.Column("machine", sa.JSON, nullable=False),
        sa.Column("human", sa.JSON, nullable=False),
        sa.Column("machine_total", sa.Float),
        sa.Column("total", sa.Float),
        sa.Column("fatal", sa.JSON, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("review_id", "version", name="pk_score"),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name="fk_score_review_id"),
    )
    op.create_index("ix_score_call_id", "score", ["call_id"])


def downgrade() -> None:
    """Forgets what was decided and scored."""
    op.drop_table("score")
    op.drop_table("decision")
