"""Alerts of one call and customer together: who has them, by when, and how they ended."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)
NEW = ("group_id", "alert_class", "team", "said_at", "false_by", "false_at", "false_reason")


def upgrade() -> None:
    """Alerts that are there get a group for each call, without clocks: nobody knows what was done about them."""
    _make_groups()
    _make_steps()
    with op.batch_alter_table("alert") as alert:
        alert.add_column(sa.Column("group_id", sa.String))
        alert.add_column(sa.Column("alert_class", sa.String))
        for name in ("team", "false_by"):
            alert.add_column(sa.Column(name, sa.String))
        for name in ("said_at", "false_at"):
            alert.add_column(sa.Column(name, UTC))
        alert.add_column(sa.Column("false_reason", sa.Text))
    _group_alerts(op.get_bind())
    with op.batch_alter_table("alert") as alert:
        alert.alter_column("group_id", existing_type=sa.String, nullable=False)
        alert.alter_column("alert_class", existing_type=sa.String, nullable=False)
        alert.create_foreign_key("fk_alert_group_id", "alert_group", ["group_id"], ["id"])
        alert.create_index("ix_alert_group_id", ["group_id"])


def downgrade() -> None:
    """Forgets who had which alert and how it ended; the alerts stay as they were sent."""
    with op.batch_alter_table("alert") as alert:
        alert.drop_index("ix_alert_group_id")
        alert.drop_constraint("fk_alert_group_id", type_="foreignkey")
        for name in NEW:
            alert.drop_column(name)
    op.drop_table("alert_step")
    op.drop_table("alert_group")


def _make_groups() -> None:
    op.create_table(
        "alert_group",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("customer_key", sa.String),
        sa.Column("audience", sa.String, nullable=False),
        sa.Column("alert_class", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("handler", sa.String),
        sa.Column("opened_at", UTC, nullable=False),
        sa.Column("acknowledge_by", UTC),
        sa.Column("acknowledged_at", UTC),
        sa.Column("due_at", UTC),
        sa.Column("closed_at", UTC),
        sa.Column("closed_by", sa.String),
        sa.Column("result", sa.String),
        sa.Column("note", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("notices", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_group"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_alert_group_call_id"),
    )
    op.create_index("ix_alert_group_state", "alert_group", ["state", "alert_class", "due_at"])
    op.create_index("ix_alert_group_customer_key", "alert_group", ["customer_key"])


def _make_steps() -> None:
    op.create_table(
        "alert_step",
        sa.Column("group_id", sa.String, nullable=False),
        sa.Column("clock", sa.String, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("found_at", UTC, nullable=False),
        sa.Column("due_at", UTC, nullable=False),
        sa.Column("met_at", UTC),
        sa.Column("met_by", sa.String),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.Column("escalations", sa.JSON, nullable=False),
        sa.Column("escalated", sa.Integer, nullable=False),
        sa.Column("escalate_at", UTC),
        sa.Column("calendar", sa.String),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("group_id", "clock", "id", name="pk_alert_step"),
        sa.ForeignKeyConstraint(["group_id"], ["alert_group.id"], name="fk_alert_step_group_id"),
    )
    op.create_index("ix_alert_step_escalate_at", "alert_step", ["escalate_at"])


def _group_alerts(connection: sa.Connection) -> None:
    columns = "a.call_id, a.rule_id, a.severity, a.audience, a.state, CAST(c.facts AS TEXT) AS facts"
    found = connection.execute(
        sa.text(f"SELECT {columns} FROM alert a JOIN call c ON c.id = a.call_id ORDER BY a.call_id")  # noqa: S608
    ).all()
    groups = list(_groups(found))
    if not groups:
        return
    # Times stay as the database wrote them.
    connection.execute(
        sa.text(
            "INSERT INTO alert_group "
            "(id, call_id, customer_key, audience, alert_class, state, opened_at, version, notices) "
            "SELECT :id, call_id, :customer_key, :audience, :alert_class, :state, min(created_at), 1, 0 "
            "FROM alert WHERE call_id = :call_id GROUP BY call_id"
        ),
        groups,
    )
    connection.execute(
        sa.text(
            "UPDATE alert SET group_id = :id, team = :team, "
            "alert_class = CASE severity WHEN 'critical' THEN 'P1' ELSE 'P2' END WHERE call_id = :call_id"
        ),
        groups,
    )


def _groups(rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for call_id, of_call in groupby(rows, key=lambda row: row.call_id):
        alerts = sorted(of_call, key=lambda row: (row.severity != "critical", row.rule_id))
        facts = json.loads(alerts[0].facts)
        yield {
            "id": hashlib.sha256(f"{call_id}\0{alerts[0].rule_id}".encode()).hexdigest()[:24],
            "call_id": call_id,
            "customer_key": facts.get("customer_key"),
            "team": facts.get("team"),
            "audience": alerts[0].audience,
            "alert_class": "P1" if alerts[0].severity == "critical" else "P2",
            "state": "open" if any(row.state == "open" for row in alerts) else "closed",
        }
