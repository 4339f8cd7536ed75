"""Which version of a review's draft it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("review", sa.Column("draft_version", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    """Drafts stay; which version they are is forgotten."""
    op.drop_column("review", "draft_version")
