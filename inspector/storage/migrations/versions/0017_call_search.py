"""Calls as they are listed and searched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)
TERMS = {
    "sqlite": ("CREATE VIRTUAL TABLE call_term USING fts5(terms, content='', detail=none)",),
    "postgresql": (
        "CREATE TABLE call_term (seq bigint PRIMARY KEY, terms integer[] NOT NULL)",
        "CREATE INDEX ix_call_term_terms ON call_term USING gin (terms)",
    ),
}


def upgrade() -> None:
    _rows()
    op.create_table(
        "call_text",
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_call_text"),
    )
    op.create_table(
        "search_backlog",
        sa.Column("after", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("after", name="pk_search_backlog"),
    )
    op.create_table(
        "saved_search",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("wanted", sa.JSON, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_search"),
    )
    op.create_index("ix_saved_search_owner", "saved_search", ["owner"])
    for statement in TERMS[op.get_bind().dialect.name]:
        op.execute(statement)
    # Calls that are there already are listed later, a few at a time: a migration must not take hours.
    op.execute("INSERT INTO search_backlog (after) SELECT '' WHERE EXISTS (SELECT 1 FROM inspection)")


def downgrade() -> None:
    for table in ("call_term", "saved_search", "search_backlog", "call_text", "call_row"):
        op.drop_table(table)


def _rows() -> None:
    texts = ("agent", "team", "skill_group", "queue", "direction", "channel")
    op.create_table(
        "call_row",
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("source_call_id", sa.String, nullable=False),
        sa.Column("at", UTC, nullable=False),
        *(sa.Column(name, sa.String) for name in texts),
        sa.Column("duration_s", sa.Float, nullable=False),
        sa.Column("found", sa.JSON, nullable=False),
        sa.Column("fires", sa.Integer, nullable=False),
        sa.Column("undetermined", sa.Integer, nullable=False),
        sa.Column("worst", sa.Integer, nullable=False),
        sa.Column("silence_s", sa.Float, nullable=False),
        sa.Column("longest_silence_s", sa.Float, nullable=False),
        sa.Column("interruptions", sa.Integer),
        sa.Column("agent_rate_cpm", sa.Integer),
        sa.Column("customer_rate_cpm", sa.Integer),
        sa.Column("speech_unheard_s", sa.Float, nullable=False),
        sa.Column("inspected_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_call_row"),
        sa.UniqueConstraint("call_id", name="uq_call_row_call_id"),
    )
    op.create_index("ix_call_row_source_call_id", "call_row", ["source_call_id"])
    op.create_index("ix_call_row_team", "call_row", ["team", "seq"])
    op.create_index("ix_call_row_agent", "call_row", ["agent", "seq"])
