"""The calls of a search as a file: a workbook, or values parted by commas (RFC 4180, UTF-8 with a mark)."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.responses import Response, StreamingResponse

from inspector.redaction import Purpose, mask, mask_call_id, mask_staff
from inspector.reports.fact_words import fact_value
from inspector.reports.workbook import Cell, Column, ColumnKind, Sheet, write_workbook
from inspector.review.rulebook import RuleEntry
from inspector.storage.search import CallRow
from inspector.web.calls.form import Form, Say
from inspector.web.console import Caller, Console
from inspector.web.downloads import attached, download
from inspector.web.titles import title_of

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
# Spreadsheets read the signs at full width, too.
_FORMULA = (*"=+-@＝＋－＠", "\t", "\r", "\n")
CSV = "text/csv; charset=utf-8"


class Format(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"


class _Taken:
    """The rows of an export while they are read, at most ``MOST_ROWS`` and, if there are more, one that says so.
    ``count``: of the calls so far."""

    def __init__(self, found: Iterator[CallRow], rules: Mapping[str, RuleEntry], say: Say) -> None:
        self._found, self._rules, self._say = found, rules, say
        self.count = 0

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        for row in islice(self._found, MOST_ROWS):
            self.count += 1
            yield _cells(row, self._rules, self._say)
        if next(self._found, None) is not None:
            yield self._say("calls_export_cut", most=MOST_ROWS), *(None for _ in _COLUMNS[1:])


def exported(console: Console, caller: Caller, form: Form, format: Format, say: Say) -> Response:
    """A download; the audit has who took how many calls by what. Never all of them in memory: CSV is sent as it is
    read, a workbook is a file for as long as it is sent.

    Raises PolicyError when the caller may not, StorageError when it cannot be written.
    """
    query = form.query
    if query is None:
        raise ValueError("there is nothing to look for")
    search, actor = console.store.search, caller.actor
    found = search.each(actor, query, MOST_ROWS + 1)
    first = list(islice(found, 1))  # who may not, or a database that fails, is told before anything is sent
    taken = _Taken(chain(first, found), console.rules.rules, say)
    name = f"calls-{console.clock():%Y%m%d-%H%M%S}.{format}"
    if format is Format.CSV:

        def sent() -> Iterator[bytes]:
            try:
                yield from _csv(taken, console.zone, say)
            finally:
                search.exported(actor, query, taken.count)

        return StreamingResponse(sent(), media_type=CSV, headers=attached(name, name))

    def write(file: Path) -> None:
        write_workbook(file, _sheets(console, caller, form, taken, say), console.zone)
        search.exported(actor, query, taken.count)

    return download(write, name, name)


def _sheets(console: Console, caller: Caller, form: Form, taken: _Taken, say: Say) -> Iterator[Sheet]:
    yield Sheet(say("calls_export_sheet"), tuple(Column(say(word), kind) for word, kind in _COLUMNS), taken)
    yield _about(console, caller, form, taken.count, say)


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
        _titles((rule_id for rule_id, _ in fires), rules, say),
        say(fires[0][1]) if fires else None,
        _titles(unsure, rules, say),
        row.silence_s,
        row.longest_silence_s,
        row.interruptions,
        row.agent_rate_cpm,
        row.customer_rate_cpm,
        row.speech_unheard_s,
    )


def _masked(text: str | None) -> str | None:
    return None if text is None else mask(text, Purpose.EXPORT)


def _titles(rule_ids: Iterable[str], rules: Mapping[str, RuleEntry], say: Say) -> str | None:
    return "；".join(title_of(one, rules, say) for one in rule_ids) or None


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


def _csv(rows: Iterable[Iterable[Cell]], zone: ZoneInfo, say: Say) -> Iterator[bytes]:
    """Line by line; a mark in front tells spreadsheets that it is UTF-8."""
    yield codecs.BOM_UTF8
    for row in chain([[say(word) for word, _ in _COLUMNS]], rows):
        line = io.StringIO(newline="")
        csv.writer(line).writerow(list(_plain(row, zone)))
        yield line.getvalue().encode("utf-8", "replace")


def _plain(row: Iterable[Cell], zone: ZoneInfo) -> Iterator[Cell]:
    """Spreadsheets take some texts for formulas: those get a sign before them."""
    for cell in row:
        if isinstance(cell, datetime):
            yield f"{cell.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        elif isinstance(cell, str) and cell.startswith(_FORMULA):
            yield f"'{cell}"
        else:
            yield cell
