"""First tables: calls, recordings, results of stages, inspections, findings and the append-only audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)

APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
        # INSERT OR REPLACE deletes without the trigger above.
        "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit "
        "WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq) "
        "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$",
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
    ),
}


def upgrade() -> None:
    _make_calls()
    _make_recordings()
    _make_inspections()
    _make_audit()


def downgrade() -> None:
    for table in ("audit", "finding", "inspection", "stage_result", "recording", "call"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_is_append_only()")


def _make_calls() -> None:
    op.create_table(
        "call",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("source_call_id", sa.String, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("business_date", sa.Date),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_call"),
        sa.UniqueConstraint("source", "source_call_id", name="uq_call_source"),
    )
    op.create_index("ix_call_business_date", "call", ["business_date"])


def _make_recordings() -> None:
    op.create_table(
        "recording",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("segment_no", sa.Integer, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("duration_s", sa.Float, nullable=False),
        sa.Column("rate_hz", sa.Integer, nullable=False),
        sa.Column("channels", sa.Integer, nullable=False),
        sa.Column("codec", sa.String, nullable=False),
        sa.Column("layout", sa.String, nullable=False),
        sa.Column("ends_early", sa.Boolean, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "origin", "segment_no", name="pk_recording"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_recording_call_id"),
    )
    op.create_index("ix_recording_id", "recording", ["id"])


def _make_inspections() -> None:
    op.create_table(
        "stage_result",
        sa.Column("recording_id", sa.String, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("recording_id", "stage", "digest", name="pk_stage_result"),
    )
    op.create_table(
        "inspection",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("packs", sa.String, nullable=False),
        sa.Column("hearing_digest", sa.String, nullable=False),
        sa.Column("recording_id", sa.String, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        *(sa.Column(name, sa.JSON, nullable=False) for name in ("facts", "by_rule", "metrics", "queues", "timing")),
        sa.PrimaryKeyConstraint("id", name="pk_inspection"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_inspection_call_id"),
        sa.UniqueConstraint("call_id", "packs", "hearing_digest", name="uq_inspection_call_id"),
    )
    op.create_index("ix_inspection_made_at", "inspection", ["made_at"])
    _make_findings()


def _make_findings() -> None:
    op.create_table(
        "finding",
        sa.Column("inspection_id", sa.String, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("rule_id", sa.String, nullable=False),
        sa.Column("rule_version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("inspection_id", "id", name="pk_finding"),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name="fk_finding_inspection_id"),
    )
    op.create_index("ix_finding_rule_id", "finding", ["rule_id"])


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
