"""Who may do what: people with their roles and teams."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by its helper."""


def downgrade() -> None:
    """Filled in by its helper."""
