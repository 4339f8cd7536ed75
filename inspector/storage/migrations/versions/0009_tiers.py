"""Draws of several kinds."""

from __future__ import annotations

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by its helper."""


def downgrade() -> None:
    """Filled in by its helper."""
