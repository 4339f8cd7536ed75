"""The calls of a search as a file: a workbook, or values parted by commas (RFC 4180, UTF-8 with a mark)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.responses import Response

from inspector.redaction import Purpose, mask, mask_call_id, mask_staff
from inspector.reports.fact_words import fact_value
from inspector.reports.workbook import Cell, Column, ColumnKind, Sheet, write_workbook
from inspector.review.rulebook import RuleEntry
from inspector.storage.search import CallRow
from inspector.web.calls.form import Form, Say
from inspector.web.console import Caller, Console
from inspector.web.downloads import XLSX, download

__all__ = ["MOST_ROWS", "Format", "exported"]

MOST_ROWS = 100_000
_TEXT, _SECONDS, _COUNT = ColumnKind.TEXT, ColumnKind.SECONDS, ColumnKind.COUNT
_COLUMNS = (
    ("calls_id", _TEXT),
    ("calls_time", ColumnKind.TIME),
    ("calls_duration", _SECONDS),
    ("calls_skill_group", _TEXT),
    ("calls_team", _TEXT),
    ("calls_agent", _TEXT),
    ("calls_direction", _TEXT),
    ("calls_channel", _TEXT),
    ("calls_queue", _TEXT),
    ("calls_fires", _TEXT),
    ("calls_worst", _TEXT),
    ("calls_undetermined", _TEXT),
    ("calls_silence_s", _SECONDS),
    ("calls_longest_s", _SECONDS),
    ("calls_interrupted", _COUNT),
    ("calls_rate_cpm", _COUNT),
    ("calls_customer_rate_cpm", _COUNT),
    ("calls_unheard_s", _SECONDS),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Format(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        if self is Format.CSV:
            return "text/csv; charset=utf-8"
        return XLSX


def exported(console: Console, caller: Caller, form: Form, format: Format, say: Say) -> Response:
    """A download; the audit has who took how many calls by what.

    Raises PolicyError when the caller may not, StorageError when it cannot be written.
    """
    if form.query is None:
        raise ValueError("there is nothing to look for")
    found = console.store.search.each(caller.actor, form.query, MOST_ROWS + 1)
    rows = [_cells(row, console.rules.rules, say) for row in found]
    is_cut, rows = len(rows) > MOST_ROWS, rows[:MOST_ROWS]
    count = len(rows)
    console.store.search.exported(caller.actor, form.query, count)
    if is_cut:
        rows.append((say("calls_export_cut", most=MOST_ROWS), *(None for _ in _COLUMNS[1:])))

    def write(file: Path) -> None:
        if format is Format.CSV:
            return _write_csv(file, rows, console.zone, say)
        about = _about(console, caller, form, count, say)
        table = Sheet(say("calls_export_sheet"), tuple(Column(say(word), kind) for word, kind in _COLUMNS), rows)
        return write_workbook(file, (table, about), console.zone)

    name = f"calls-{console.clock():%Y%m%d-%H%M%S}.{format}"
    return download(write, name, name, format.media_type)


def _cells(row: CallRow, rules: Mapping[str, RuleEntry], say: Say) -> tuple[Cell, ...]:
    fires = [(rule_id, severity) for rule_id, outcome, severity in row.found if outcome == "fires"]
    unsure = [rule_id for rule_id, outcome, _ in row.found if outcome == "undetermined"]
    facts = (("direction", row.direction), ("channel", row.channel), ("queue", row.queue))
    return (
        mask_call_id(row.source_call_id, Purpose.EXPORT),
        row.at,
        row.duration_s,
        *(_masked(text) for text in (row.skill_group, row.team)),
        None if row.agent is None else mask_staff(row.agent, Purpose.EXPORT),
        *(None if value is None else fact_value(name, value, Purpose.EXPORT, say) for name, value in facts),
        _titles((rule_id for rule_id, _ in fires), rules),
        say(fires[0][1]) if fires else None,
        _titles(unsure, rules),
        row.silence_s,
        row.longest_silence_s,
        row.interruptions,
        row.agent_rate_cpm,
        row.customer_rate_cpm,
        row.speech_unheard_s,
    )


def _masked(text: str | None) -> str | None:
    return None if text is None else mask(text, Purpose.EXPORT)


def _titles(rule_ids: Iterable[str], rules: Mapping[str, RuleEntry]) -> str | None:
    return "；".join(rules[one].title if one in rules else one for one in rule_ids) or None


def _about(console: Console, caller: Caller, form: Form, count: int, say: Say) -> Sheet:
    asked = [(say(f"calls_{name}"), mask(value, Purpose.EXPORT) if name not in ("from", "to") else value)
             for name, value in form.given.items()]  # fmt: skip
    now = console.clock().astimezone(console.zone)
    made = [
        (say("calls_export_at"), f"{now:%Y-%m-%d %H:%M:%S}"),
        (say("calls_export_by"), caller.actor.name),
        (say("calls_export_count"), str(count)),
        (say("calls_export_masked"), say("calls_export_is_masked")),
    ]
    titles = (Column(say("calls_export_key")), Column(say("calls_export_value")))
    return Sheet(say("calls_export_about"), titles, [*made, *asked])


def _write_csv(path: Path, rows: Iterable[Iterable[Cell]], zone: ZoneInfo, say: Say) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([say(word) for word, _ in _COLUMNS])
        writer.writerows(list(_plain(row, zone)) for row in rows)


def _plain(row: Iterable[Cell], zone: ZoneInfo) -> Iterator[Cell]:
    """Spreadsheets take some texts for formulas: those get a sign before them."""
    for cell in row:
        if isinstance(cell, datetime):
            yield f"{cell.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        elif isinstance(cell, str) and cell.startswith(_FORMULA):
            yield f"'{cell}"
        else:
            yield cell
