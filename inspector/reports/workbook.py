"""Tables for people as .xlsx (Office Open XML, ECMA-376): typed columns, the header frozen, with filters.

Nothing a caller passes becomes a formula or a link. Texts are masked by the caller.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from inspector.errors import StorageError

__all__ = ["Cell", "Column", "ColumnKind", "Sheet", "write_workbook"]

Cell = str | int | float | date | datetime | None

LONGEST_CELL = 32_767
MOST_ROWS = 1_048_576
"""Limits of a worksheet."""

_NARROWEST, _WIDEST = 8, 60
_MEASURED_ROWS = 500
"""By so many a column is made as wide as it needs."""

_FIRST_WIDE = 0x2E80
_UNFIT = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), "�")


class ColumnKind(StrEnum):
    """How a column is shown, and what its cells are."""

    TEXT = "text"
    COUNT = "count"
    SECONDS = "seconds"
    SHARE = "share"
    DAY = "day"
    TIME = "time"


_FORMATS = {
    ColumnKind.TEXT: "@",
    ColumnKind.COUNT: "#,##0",
    ColumnKind.SECONDS: "0.0",
    ColumnKind.SHARE: "0.00%",
    ColumnKind.DAY: "yyyy-mm-dd",
    ColumnKind.TIME: "yyyy-mm-dd hh:mm:ss",
}


@dataclass(frozen=True, slots=True)
class Column:
    """``title``: as people read it."""

    title: str
    kind: ColumnKind = ColumnKind.TEXT


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. ``name``: at most 31 characters, none of ``[]:*?/\\``. ``rows``: read once, when they are written. A
    cell that is None stays empty."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Cell]]

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= 31 or set(self.name) & set("[]:*?/\\"):
            raise ValueError("a sheet needs a name that spreadsheets take")
        if not self.columns:
            raise ValueError(f"sheet {self.name}: there are no columns")

    def checked(self) -> Iterator[Sequence[Cell]]:
        """The rows. Raises ValueError for one that does not fit, and for one too many."""
        for row_no, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns) or row_no >= MOST_ROWS:
                raise ValueError(f"sheet {self.name}: row {row_no} has not a cell for each column, or no room")
            yield row


def write_workbook(path: Path, sheets: Iterable[Sheet], zone: ZoneInfo) -> None:
    """Writes a workbook of mode 0600, whole or not at all, a row at a time. Times are shown in ``zone``.

    Raises StorageError when it cannot be written, and ValueError for a row that does not fit or a time without a zone.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
        os.close(descriptor)
        try:
            _write(Path(name), sheets, zone)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        remedy = "make room there, close the file in other programs, or name another directory"
        raise StorageError(f"{path}: the workbook cannot be written: {error}", remedy) from error


def _write(path: Path, sheets: Iterable[Sheet], zone: ZoneInfo) -> None:
    never = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    options = {**never, "constant_memory": True}
    with xlsxwriter.Workbook(path, options) as book:
        header = book.add_format({"bold": True, "bg_color": "#E3E7EE", "border": 1, "text_wrap": True})
        formats = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
        for sheet in sheets:
            _fill(book.add_worksheet(sheet.name), sheet, header, formats, zone)


def _fill(page: Worksheet, sheet: Sheet, header: Format, formats: dict[ColumnKind, Format], zone: ZoneInfo) -> None:
    """Row by row: what was written is no longer in memory."""
    rows = ([_shown(cell, zone) for cell in row] for row in sheet.checked())
    first = list(islice(rows, _MEASURED_ROWS))
    forms = [formats[column.kind] for column in sheet.columns]
    for at, column in enumerate(sheet.columns):
        widest = max(_width(cell) for cell in (column.title, *(row[at] for row in first)))
        page.set_column(at, at, min(max(widest + 2, _NARROWEST), _WIDEST), forms[at])
        page.write_string(0, at, column.title, header)
    last = 0
    for last, row in enumerate(chain(first, rows), start=1):
        for at, cell in enumerate(row):
            _write_cell(page, (last, at), cell, forms[at])
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(last, 1), len(sheet.columns) - 1)


def _write_cell(page: Worksheet, place: tuple[int, int], cell: Cell, form: Format) -> None:
    if isinstance(cell, str):
        page.write_string(*place, cell, form)
    elif isinstance(cell, date):
        page.write_datetime(*place, cell, form)
    elif cell is not None:
        page.write_number(*place, cell, form)


def _shown(cell: Cell, zone: ZoneInfo) -> Cell:
    """As the worksheet takes it: no zones, no control characters."""
    if isinstance(cell, datetime):
        if cell.tzinfo is None:
            raise ValueError("a time without a zone cannot be shown")
        return cell.astimezone(zone).replace(tzinfo=None)
    if isinstance(cell, str):
        return cell.translate(_UNFIT)[:LONGEST_CELL]
    return cell


def _width(cell: Cell) -> int:
    """In characters of the latin alphabet: Chinese ones take two."""
    if isinstance(cell, datetime):
        return 19
    text = "" if cell is None else str(cell)
    return len(text) + sum(ord(char) > _FIRST_WIDE for char in text)
