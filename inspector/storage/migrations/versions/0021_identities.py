"""Who comes by an identity provider: whose identity it is, and what he was sent there with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "identity",
        sa.Column("issuer", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("pinned_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_identity"),
        sa.UniqueConstraint("issuer", "name", name="uq_identity_issuer"),
        sa.ForeignKeyConstraint(["name"], ["person.name"], name="fk_identity_name"),
    )
    op.create_index("ix_identity_name", "identity", ["name"])
    op.create_table(
        "authorization_request",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("nonce", sa.String, nullable=False),
        sa.Column("verifier", sa.String, nullable=False),
        sa.Column("following", sa.String, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_authorization_request"),
    )
    op.create_index("ix_authorization_request_created_at", "authorization_request", ["created_at"])
    op.add_column("web_session", sa.Column("by_provider", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("web_session", "by_provider")
    op.drop_table("authorization_request")
    op.drop_table("identity")
