"""Who signs in to the console."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("password_hash", sa.String, nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("locked_until", UTC),
        sa.Column("changed_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_account"),
        sa.ForeignKeyConstraint(["name"], ["person.name"], name="fk_account_name"),
    )
    op.create_table(
        "web_session",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("csrf", sa.String, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
        sa.Column("ends_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_web_session"),
        sa.ForeignKeyConstraint(["name"], ["person.name"], name="fk_web_session_name"),
    )
    op.create_index("ix_web_session_name", "web_session", ["name"])
    op.create_table(
        "api_token",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("token_sha256", sa.String, nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("expires_at", UTC, nullable=False),
        sa.Column("revoked_at", UTC),
        sa.Column("last_used_at", UTC),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.ForeignKeyConstraint(["name"], ["person.name"], name="fk_api_token_name"),
        sa.UniqueConstraint("token_sha256", name="uq_api_token_token_sha256"),
    )
    op.create_index("ix_api_token_name", "api_token", ["name"])
    op.create_table(
        "setup_token",
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("used_at", UTC),
        sa.PrimaryKeyConstraint("sha256", name="pk_setup_token"),
    )


def downgrade() -> None:
    """Forgets passwords, sessions and tokens: nobody can sign in until the first set-up is done again."""
    for table in ("setup_token", "api_token", "web_session", "account"):
        op.drop_table(table)
