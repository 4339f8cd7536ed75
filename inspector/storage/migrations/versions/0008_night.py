"""Runs over a business day: what was listed, what was left out, how it was closed."""

from __future__ import annotations

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by its helper."""


def downgrade() -> None:
    """Filled in by its helper."""
