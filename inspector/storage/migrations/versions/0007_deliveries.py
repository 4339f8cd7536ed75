"""What is to be told to whom outside, and whether it was."""

from __future__ import annotations

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by its helper."""


def downgrade() -> None:
    """Filled in by its helper."""
