"""The tables as the newest migration leaves them (a test compares the two).

Times are UTC. Records that are only ever read whole are JSON text; what may be asked for has a column of its own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

__all__ = [
    "UtcDateTime",
    "alert",
    "audit",
    "call",
    "draw",
    "draw_item",
    "event",
    "finding",
    "inspection",
    "intake",
    "lease",
    "made_file",
    "metadata",
    "recording",
    "review_item",
    "stage_result",
    "work",
]


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in, UTC datetimes out, on databases with and without time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite keeps no zone: what comes back naive was written as UTC.
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _where(condition: str) -> dict[str, Any]:
    """For an index of some rows only, on either database."""
    return {f"{kind}_where": text(condition) for kind in ("sqlite", "postgresql")}


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

call = Table(
    "call",
    metadata,
    Column("id", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("source_call_id", String, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("business_date", Date, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("source", "source_call_id"),
)

recording = Table(
    "recording",
    metadata,
    Column("call_id", ForeignKey("call.id"), primary_key=True),
    Column("origin", String, primary_key=True),
    Column("segment_no", Integer, primary_key=True, autoincrement=False),
    Column("id", String, nullable=False, index=True),
    Column("path", Text, nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("rate_hz", Integer, nullable=False),
    Column("channels", Integer, nullable=False),
    Column("codec", String, nullable=False),
    Column("layout", String, nullable=False),
    Column("ends_early", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

# Two calls may share a recording, so recording.id is not unique and nothing can refer to it.
stage_result = Table(
    "stage_result",
    metadata,
    Column("recording_id", String, primary_key=True),
    Column("stage", String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("data", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

inspection = Table(
    "inspection",
    metadata,
    Column("id", String, primary_key=True),
    Column("call_id", ForeignKey("call.id"), nullable=False),
    Column("packs", String, nullable=False),
    Column("hearing_digest", String, nullable=False),
    # Of the first recording heard; of a call of several, ``segments`` has them all, else it is empty.
    Column("recording_id", String, nullable=False),
    Column("segments", JSON, nullable=False, server_default="[]"),
    Column("code", String, nullable=False),
    Column("made_at", UtcDateTime, nullable=False, index=True),
    # The facts it was judged with; those of the call may be newer.
    Column("facts", JSON, nullable=False),
    Column("by_rule", JSON, nullable=False),
    Column("metrics", JSON, nullable=False),
    Column("queues", JSON, nullable=False),
    Column("timing", JSON, nullable=False),
    UniqueConstraint("call_id", "packs", "hearing_digest"),
)

finding = Table(
    "finding",
    metadata,
    Column("inspection_id", ForeignKey("inspection.id"), primary_key=True),
    Column("id", String, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("rule_id", String, nullable=False, index=True),
    Column("rule_version", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("data", Text, nullable=False),
)

# One per call and rule for ever, as it was sent: a later inspection changes only when it was found last.
alert = Table(
    "alert",
    metadata,
    Column("call_id", ForeignKey("call.id"), primary_key=True),
    Column("rule_id", String, primary_key=True),
    Column("finding_id", String, nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("severity", String, nullable=False),
    Column("audience", String, nullable=False),
    # In the call, of the first evidence.
    Column("at_s", Float),
    Column("state", String, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("detected_at", UtcDateTime, nullable=False),
    Column("data", Text, nullable=False),
    Column("group_id", ForeignKey("alert_group.id"), nullable=False, index=True),
    Column("alert_class", String, nullable=False),
    Column("team", String),
    Column("said_at", UtcDateTime),
    Column("false_by", String),
    Column("false_at", UtcDateTime),
    Column("false_reason", Text),
)

# Its id is a digest of call, reason and draw. The call need not be on record: drawn calls may never have been heard.
review_item = Table(
    "review_item",
    metadata,
    Column("id", String, primary_key=True),
    Column("call_id", String, nullable=False, index=True),
    Column("reason", String, nullable=False),
    Column("because", JSON, nullable=False),
    Column("severity", String),
    Column("state", String, nullable=False),
    Column("business_date", Date, index=True),
    Column("draw_id", ForeignKey("draw.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("closed_by", String),
    # The review that is looked at again.
    Column("of_review", String),
    # Nobody of these is given it: who judged before, who was in the call.
    Column("excluded", JSON, nullable=False, server_default="[]"),
    # Whose it is alone, for a while or for ever.
    Column("assigned_to", String),
    # Who has it now, until when, and the number of his claim.
    Column("owner", String),
    Column("lease_until", UtcDateTime),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    # What it takes, as estimated.
    Column("minutes", Float),
    # The severity to sort by, the worse the more; 0: it has none.
    Column("urgency", Integer, nullable=False, server_default="0"),
    # Hardly any item is somebody's: an index of them all would not be worth using.
    Index("ix_review_item_owner", "owner", **_where("owner IS NOT NULL")),
    Index("ix_review_item_assigned_to", "assigned_to", **_where("assigned_to IS NOT NULL")),
    Index("ix_review_item_state", "state", "urgency", "created_at", "id"),
    Index("ix_review_item_reason", "state", "reason", "urgency", "created_at", "id"),
)

draw = Table(
    "draw",
    metadata,
    Column("id", String, primary_key=True),
    Column("business_date", Date, nullable=False),
    Column("part", Integer, nullable=False),
    Column("rate", String, nullable=False),
    Column("listed", Integer, nullable=False),
    Column("drawn", Integer, nullable=False),
    Column("manifest_sha256", String, nullable=False),
    Column("secret_sha256", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    # The file of the draw, whole.
    Column("data", Text, nullable=False),
    Column("kind", String, nullable=False, server_default="random"),
    UniqueConstraint("business_date", "kind", "part"),
)

draw_item = Table(
    "draw_item",
    metadata,
    Column("draw_id", ForeignKey("draw.id"), primary_key=True),
    Column("call_id", String, primary_key=True),
    Column("source_call_id", String, nullable=False),
    Column("stratum", String, nullable=False),
    Column("stratum_listed", Integer, nullable=False),
    Column("stratum_drawn", Integer, nullable=False),
    Column("place", Integer, nullable=False),
)

# What was written for people, so that what concerns a call can be found and deleted.
made_file = Table(
    "made_file",
    metadata,
    Column("path", Text, primary_key=True),
    Column("call_id", String, index=True),
    Column("kind", String, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False, index=True),
    Column("detail", JSON, nullable=False),
    sqlite_autoincrement=True,
)

# What was accepted: where each recording lies and which bytes it had. Without a path the list counts it but names none.
intake = Table(
    "intake",
    metadata,
    Column("call_id", ForeignKey("call.id"), primary_key=True),
    Column("origin", String, primary_key=True),
    Column("segment_no", Integer, primary_key=True, autoincrement=False),
    Column("path", Text),
    Column("sha256", String),
    Column("size_bytes", BigInteger, nullable=False),
    Column("agent", String),
    Column("hold_spans", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

# One row for each accepted call. A row that waits with no ``sent_at`` is to be sent: it is its own outbox.
work = Table(
    "work",
    metadata,
    Column("call_id", ForeignKey("call.id"), primary_key=True),
    Column("state", String, nullable=False),
    Column("queue", String, nullable=False),
    Column("audio_s", Float, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("crashes", Integer, nullable=False),
    # To be sent in a job of its own, because a job that it was in ended its worker.
    Column("alone", Boolean, nullable=False),
    # One more with every claim and whatever else takes the call from its worker.
    Column("fence", BigInteger, nullable=False),
    Column("owner", String),
    Column("lease_until", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("sends", Integer, nullable=False),
    # What is wrong with its recordings, or why it was put aside.
    Column("faults", JSON, nullable=False),
    Column("accepted_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index("ix_work_state", "state", "queue", "sent_at"),
    Index("ix_work_owner", "owner"),
)

# All that happened, in the order it was committed: whoever follows asks for what came after the last ``seq`` it saw.
event = Table(
    "event",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String, nullable=False, index=True),
    Column("call_id", String),
    Column("data", JSON, nullable=False),
    sqlite_autoincrement=True,
)

# Who does what only one process at a time may do.
lease = Table(
    "lease",
    metadata,
    Column("name", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

# Further tables, by subject, on the same metadata.
from inspector.storage import (  # noqa: E402
    account_tables,  # noqa: F401
    delivery_tables,  # noqa: F401
    full_view_tables,  # noqa: F401
    review_tables,  # noqa: F401
    reviewer_tables,  # noqa: F401
    rule_state_tables,  # noqa: F401
    score_tables,  # noqa: F401
    search_tables,  # noqa: F401
    task_tables,  # noqa: F401
    violation_tables,  # noqa: F401
)
