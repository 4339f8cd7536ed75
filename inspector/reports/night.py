"""The report of a night, 质检日报: workbook, page and JSON of the same tables. Masked; for staff, so in Chinese.

What a rule found is 命中（待复核）: no verdict on anybody before a person has reviewed it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from inspector.alerts.group import AlertGroup
from inspector.errors import StorageError, UsageError
from inspector.night.numbers import balance_object, cdr_object
from inspector.night.records import Run
from inspector.night.summary import NightFigures
from inspector.private_file import replacing
from inspector.redaction import Purpose, mask
from inspector.reports.contract import to_line
from inspector.reports.html import page_environment
from inspector.reports.terminal import Say
from inspector.reports.workbook import Cell, ColumnKind, Sheet, write_workbook
from inspector.rules.schema import Rule
from inspector.sampling.draw import Draw
from inspector.storage.queues import ReviewCounts

__all__ = ["NightReport", "masked", "night_object", "shown", "write_night"]

PAGE_ROWS = 200
"""Of each table on the page; the workbook has them all."""


@dataclass(frozen=True, slots=True)
class NightReport:
    """All that the report tells.

    ``alerts``: groups with a call of the day. ``rules``: in force, by id. ``made_at``: when it was put together (UTC).
    """

    run: Run
    figures: NightFigures
    draws: tuple[Draw, ...]
    reviews: ReviewCounts
    alerts: tuple[AlertGroup, ...]
    rules: Mapping[str, Rule]
    made_at: datetime
    zone: ZoneInfo

    @property
    def business_date(self) -> date:
        return self.run.business_date


def write_night(
    report: NightReport, sheets: Sequence[Sheet], directory: Path, say: Say, made: Callable[[str, Path], None]
) -> tuple[Path, ...]:
    """Writes ``质检日报-DATE.xlsx``, the page and the JSON into ``directory`` (0700); each file is 0600.

    ``made`` is told of each before it is there. Raises UsageError for a directory that cannot be made, StorageError
    when something cannot be written.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{directory}: {error.strerror}", say("html_directory_remedy")) from error
    book, page, data = (directory / f"质检日报-{report.business_date}{end}" for end in (".xlsx", ".html", ".json"))
    for path in (book, page, data):
        made("night", path.absolute())
    write_workbook(book, sheets, report.zone)
    with _told(page), replacing(page) as stream:
        stream.write(_page(report, sheets, say))
    with _told(data), replacing(data) as stream:
        stream.write(to_line(night_object(report)) + "\n")
    return book, page, data


def night_object(report: NightReport) -> dict[str, Any]:
    """``inspector.night/1``: counts and ids; no words of any call."""
    figures = report.figures
    return {
        "schema": "inspector.night/1",
        "date": f"{report.business_date}",
        "at": report.made_at.isoformat(timespec="seconds"),
        "closed": report.run.is_closed,
        "parts": [_part(report, no) for no in range(len(report.run.parts))],
        "elsewhere": max(report.run.elsewhere.values(), default=0),
        "balance": balance_object(figures.balance),
        "cdr": cdr_object(figures.cdr) if figures.has_cdr else None,
        "lines": {line: dict(sorted(counts.items())) for line, counts in sorted(figures.cdr.by_line.items())},
        "rules": {
            rule_id: {answer.value: count for answer, count in sorted(answers.items())}
            for rule_id, answers in sorted(figures.rules.items())
        },
        "draws": [
            {"part": one.part, "listed": len(one.call_ids), "drawn": len(one.items), "rate": f"{one.rate:f}"}
            for one in report.draws
        ],
        "alerts": dict(sorted(Counter(group.state.value for group in report.alerts).items())),
        "reviews_open": {reason.value: count for reason, count in sorted(report.reviews.open.items())},
        "undetermined_waiting": report.reviews.waiting,
    }


def _part(report: NightReport, at: int) -> dict[str, Any]:
    part = report.run.parts[at]
    return {
        "part": part.no,
        "closed_at": part.closed_at and part.closed_at.isoformat(timespec="seconds"),
        "signed_by": part.signed_by,
        "reason": None if part.reason is None else masked(part.reason),
        "closed_with": part.numbers,
        "now": balance_object(report.figures.by_part[part.no]) if part.no in report.figures.by_part else None,
    }


def shown(cell: Cell, kind: ColumnKind, zone: ZoneInfo) -> str:
    """A cell as the page shows it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, str | date):
        return str(cell)
    return {ColumnKind.SHARE: f"{cell:.2%}", ColumnKind.SECONDS: f"{cell:.1f}"}.get(kind, f"{cell:,}")


def _page(report: NightReport, sheets: Sequence[Sheet], say: Say) -> str:
    balance = report.figures.balance
    template = page_environment(say).get_template("night.html.j2")
    return template.render(
        date=report.business_date,
        made_at=shown(report.made_at, ColumnKind.TIME, report.zone),
        balance=balance,
        closed=report.run.is_closed,
        sheets=sheets,
        most=PAGE_ROWS,
        cell=lambda value, kind: shown(value, kind, report.zone),
        numeric=(ColumnKind.COUNT, ColumnKind.SECONDS, ColumnKind.SHARE),
    )


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the system says against a file, as an error of ours."""
    try:
        yield
    except OSError as error:
        what = f"{path}: the report cannot be written: {error.strerror}"
        raise StorageError(what, "make room there or name another directory, and ask for the report again") from error


def masked(text: str | None) -> str:
    """As it may leave the house."""
    return "" if text is None else mask(text, Purpose.EXPORT)
