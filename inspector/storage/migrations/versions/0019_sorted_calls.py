"""Calls sorted by what was measured of them."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INDEX = "ix_call_row_sorted"


def upgrade() -> None:
    """Adds the index that sorting reads: some seconds for a million calls."""
    measures = ["duration_s", "silence_s", "longest_silence_s", "interruptions", "worst"]
    op.create_index(INDEX, "call_row", ["seq", "team", *measures])


def downgrade() -> None:
    op.drop_index(INDEX, "call_row")
