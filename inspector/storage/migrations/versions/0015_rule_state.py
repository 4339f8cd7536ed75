"""What verdicts say of rules, and what follows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)
APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER rule_state_change_no_update BEFORE UPDATE ON rule_state_change "
        "BEGIN SELECT RAISE(ABORT, 'rule_state_change is append-only'); END",
        "CREATE TRIGGER rule_state_change_no_delete BEFORE DELETE ON rule_state_change "
        "BEGIN SELECT RAISE(ABORT, 'rule_state_change is append-only'); END",
        # INSERT OR REPLACE deletes without the trigger above.
        "CREATE TRIGGER rule_state_change_no_replace BEFORE INSERT ON rule_state_change "
        "WHEN EXISTS (SELECT 1 FROM rule_state_change WHERE seq = NEW.seq) "
        "BEGIN SELECT RAISE(ABORT, 'rule_state_change is append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION rule_state_change_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rule_state_change is append-only'; END $$",
        "CREATE TRIGGER rule_state_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rule_state_change "
        "FOR EACH STATEMENT EXECUTE FUNCTION rule_state_change_is_append_only()",
    ),
}


def upgrade() -> None:
    op.create_table(
        "rule_state",
        sa.Column("rule_id", sa.String, nullable=False),
        sa.Column("rule_version", sa.Integer, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("since", UTC, nullable=False),
        sa.Column("why", sa.JSON, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("looked_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "rule_version", name="pk_rule_state"),
    )
    op.create_table(
        "rule_look",
        sa.Column("week", sa.Date, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("week", name="pk_rule_look"),
    )
    op.create_table(
        "rule_state_change",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("rule_id", sa.String, nullable=False),
        sa.Column("rule_version", sa.Integer, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("why", sa.JSON, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_rule_state_change"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rule_state_change_rule_id", "rule_state_change", ["rule_id"])
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Forgets which rules were demoted: they count again as their packs say."""
    op.drop_table("rule_state_change")
    op.drop_table("rule_look")
    op.drop_table("rule_state")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION rule_state_change_is_append_only()")
