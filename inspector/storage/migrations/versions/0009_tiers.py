"""Draws of several kinds, review items that are due and closed, plans of what is to be reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)
_UNIQUE = "uq_draw_business_date"


def upgrade() -> None:
    with _without_references(), op.batch_alter_table("draw") as draw:
        draw.add_column(sa.Column("kind", sa.String, nullable=False, server_default="random"))
        draw.drop_constraint(_UNIQUE, type_="unique")
        draw.create_unique_constraint(_UNIQUE, ["business_date", "kind", "part"])
    op.add_column("review_item", sa.Column("due_at", UTC))
    op.add_column("review_item", sa.Column("closed_at", UTC))
    op.add_column("review_item", sa.Column("closed_by", sa.String))
    op.create_table(
        "sample_plan",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sample_plan"),
    )


def downgrade() -> None:
    """Forgets draws of other kinds than the random one with their reviews, and plans."""
    op.drop_table("sample_plan")
    op.execute("DELETE FROM review_item WHERE draw_id IN (SELECT id FROM draw WHERE kind <> 'random')")
    op.execute("DELETE FROM draw_item WHERE draw_id IN (SELECT id FROM draw WHERE kind <> 'random')")
    op.execute("DELETE FROM draw WHERE kind <> 'random'")
    for column in ("closed_by", "closed_at", "due_at"):
        op.drop_column("review_item", column)
    with _without_references(), op.batch_alter_table("draw") as draw:
        draw.drop_constraint(_UNIQUE, type_="unique")
        draw.create_unique_constraint(_UNIQUE, ["business_date", "part"])
        draw.drop_column("kind")


@contextmanager
def _without_references() -> Iterator[None]:
    """Puts aside what refers to a draw: SQLite alters a table by making it anew, and drops none that is referred to."""
    if op.get_bind().dialect.name == "postgresql":
        yield
        return
    op.execute("CREATE TEMPORARY TABLE kept_item AS SELECT * FROM draw_item")
    op.execute("CREATE TEMPORARY TABLE kept_review AS SELECT id, draw_id FROM review_item WHERE draw_id IS NOT NULL")
    op.execute("DELETE FROM draw_item")
    op.execute("UPDATE review_item SET draw_id = NULL")
    yield
    op.execute("INSERT INTO draw_item SELECT * FROM kept_item")
    op.execute(
        "UPDATE review_item SET draw_id = (SELECT draw_id FROM kept_review WHERE kept_review.id = review_item.id)"
        " WHERE id IN (SELECT id FROM kept_review)"
    )
    op.execute("DROP TABLE kept_item")
    op.execute("DROP TABLE kept_review")
