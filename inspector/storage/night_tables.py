"""Tables of runs over a business day; part of ``tables.py``."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, Float, ForeignKeyConstraint, Index, Integer, String, Table

from inspector.storage.tables import UtcDateTime, metadata

__all__ = ["cdr_call", "listed", "run", "run_part"]

# One per kind and business date whatever starts it. ``read``: lists read to their end, digest → rows of other dates.
run = Table(
    "run",
    metadata,
    Column("kind", String, primary_key=True),
    Column("business_date", Date, primary_key=True),
    Column("read", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

# ``signed_by``: who said that what is open is not waited for. ``numbers``: the balance as it was closed with.
run_part = Table(
    "run_part",
    metadata,
    Column("kind", String, primary_key=True),
    Column("business_date", Date, primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("signed_by", String),
    Column("reason", String),
    Column("numbers", JSON),
    ForeignKeyConstraint(["kind", "business_date"], ["run.kind", "run.business_date"], name="fk_run_part_kind"),
)

# The list, row by row: a call by its id, a row of no known call by a digest of list and line.
listed = Table(
    "listed",
    metadata,
    Column("business_date", Date, primary_key=True),
    Column("item", String, primary_key=True),
    Column("part", Integer, nullable=False),
    Column("is_call", Boolean, nullable=False),
    Column("source_call_id", String),
    Column("line_no", Integer, nullable=False),
    Column("fate", String, nullable=False),
    Column("reason", String),
    Column("digest", String, nullable=False),
    Column("signed", Boolean, nullable=False),
    Index("ix_listed_fate", "business_date", "fate"),
)

# What the switch says of the day, beside what the recorder lists.
cdr_call = Table(
    "cdr_call",
    metadata,
    Column("business_date", Date, primary_key=True),
    Column("call_id", String, primary_key=True),
    Column("source_call_id", String, nullable=False),
    Column("start", String),
    Column("talk_s", Float),
    Column("answered", Boolean),
    Column("line", String),
    Column("agent", String),
)
