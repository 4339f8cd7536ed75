"""Inspections of calls of several recordings: which recordings, in which order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inspection", sa.Column("segments", sa.JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Deletes the inspections of calls of several recordings: without the column they would tell of the first alone."""
    op.execute(
        "DELETE FROM finding WHERE inspection_id IN (SELECT id FROM inspection WHERE CAST(segments AS TEXT) <> '[]')"
    )
    op.execute("DELETE FROM inspection WHERE CAST(segments AS TEXT) <> '[]'")
    op.drop_column("inspection", "segments")
