"""Calls as they are listed and searched; part of ``tables.py``.

Beside these there is ``call_term``, an index in a form of its own on each database: what it holds can be made anew of
the rows here (``search/terms.py``).
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Float, Index, Integer, String, Table, Text

from inspector.storage.tables import UtcDateTime, metadata

__all__ = ["call_row", "call_text", "saved_search", "search_backlog"]

_SORTED = ("duration_s", "silence_s", "longest_silence_s", "interruptions", "worst")

# One for each call, of its newest inspection. ``seq``: in order of time, see ``search/rows.py``.
call_row = Table(
    "call_row",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("call_id", String, nullable=False, unique=True),
    Column("source_call_id", String, nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("agent", String),
    Column("team", String),
    Column("skill_group", String),
    Column("queue", String),
    Column("direction", String),
    Column("channel", String),
    Column("duration_s", Float, nullable=False),
    # What it found, worst first: [rule id, outcome, severity].
    Column("found", JSON, nullable=False),
    Column("fires", Integer, nullable=False),
    Column("undetermined", Integer, nullable=False),
    # As ``review_item.urgency``, of what fires.
    Column("worst", Integer, nullable=False),
    Column("silence_s", Float, nullable=False),
    Column("longest_silence_s", Float, nullable=False),
    Column("interruptions", Integer),
    Column("agent_rate_cpm", Integer),
    Column("customer_rate_cpm", Integer),
    Column("speech_unheard_s", Float, nullable=False),
    Column("inspected_at", UtcDateTime, nullable=False),
    Index("ix_call_row_team", "team", "seq"),
    Index("ix_call_row_agent", "agent", "seq"),
    # All that sorting reads of the calls that it does not show.
    Index("ix_call_row_sorted", "seq", "team", *_SORTED),
)

# What was said, masked, a turn a line.
call_text = Table(
    "call_text",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
)

# One row while there may be inspected calls without a row above: those with a greater id.
search_backlog = Table(
    "search_backlog",
    metadata,
    Column("after", String, primary_key=True),
)

saved_search = Table(
    "saved_search",
    metadata,
    Column("id", String, primary_key=True),
    Column("owner", String, nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("wanted", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
