"""What several calls have in common."""

from __future__ import annotations

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by its helper."""


def downgrade() -> None:
    """Filled in by its helper."""
