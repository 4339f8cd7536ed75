"""What SQLite should know of the tables that grow, so that it reads them by the right index.

PostgreSQL looks by itself from time to time. SQLite looks when it is told to, and what it saw of a database that was
still empty misleads it; so it is told once how one is that is in use. Source: sqlite.org/lang_analyze.html, "Fixed
results of ANALYZE".
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# How many rows, and how many of them there are of one value of the first column, of the first two, and so on.
_FILLED = {
    "finding": {
        "sqlite_autoindex_finding_1": "4000000 4 1",
        "ix_finding_rule_id": "4000000 60000",
    },
    "review_item": {
        "sqlite_autoindex_review_item_1": "1000000 1",
        "ix_review_item_call_id": "1000000 1",
        "ix_review_item_business_date": "1000000 35000",
        "ix_review_item_state": "1000000 500000 120000 1 1",
        "ix_review_item_reason": "1000000 500000 100000 50000 1 1",
        "ix_review_item_owner": "100 1",
        "ix_review_item_assigned_to": "1000 20",
    },
}


def upgrade() -> None:
    """Nothing but on SQLite."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    connection.execute(text("ANALYZE sqlite_schema"))  # makes the table, looks at nothing
    put = text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:tbl, :idx, :stat)")
    for table, indexes in _FILLED.items():
        connection.execute(text("DELETE FROM sqlite_stat1 WHERE tbl = :tbl"), {"tbl": table})
        connection.execute(put, [{"tbl": table, "idx": idx, "stat": stat} for idx, stat in indexes.items()])
    connection.execute(text("ANALYZE sqlite_schema"))  # lets this connection know


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for table in _FILLED:
            connection.execute(text("DELETE FROM sqlite_stat1 WHERE tbl = :tbl"), {"tbl": table})
