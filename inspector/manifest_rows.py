"""A manifest as text: one row after the other, however long it is. Neither the text nor its rows are kept in memory."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from inspector.errors import ManifestError
from inspector.manifest_cells import Cells

__all__ = ["ManifestText", "RowFault"]

_REQUIRED = ("call_id", "path")
_BLOCK_BYTES = 1 << 16
_CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row cannot be read at all."""

    message: str
    remedy: str = "correct the row"


Row = tuple[int, Cells | RowFault]
"""With the line it begins in, counted from 1."""


class ManifestText:
    """A manifest: UTF-8 (with or without BOM) or GB18030; CSV with ``,`` ``;`` or tab, or JSONL.

    Raises ManifestError, here and in :meth:`rows`, when the file cannot be used as a whole.
    """

    def __init__(self, path: Path, required: tuple[str, ...] = _REQUIRED) -> None:
        """``required``: the columns that a header must have."""
        self._path, self._required = path, required
        try:
            self._piped = None if path.is_file() else path.read_bytes()  # what cannot be read twice
            with self._open() as stream:
                self._encoding = _encoding_of(stream, path)
        except OSError as error:
            raise _unreadable(path, error) from error

    def rows(self) -> Iterator[Row]:
        """Every row that holds something, from the first one."""
        try:
            is_jsonl = self._path.suffix.lower() == ".jsonl" or self._first_line().lstrip().startswith("{")
            yield from _jsonl(self._lines("\n")) if is_jsonl else _csv(self._lines(""), self._path, self._required)
        except OSError as error:
            raise _unreadable(self._path, error) from error
        except UnicodeDecodeError as error:
            raise ManifestError(f"manifest {self._path} was changed while it was read", "read it again") from error

    def _first_line(self) -> str:
        line = next((line for line in self._lines("") if line.strip()), None)
        if line is None:
            raise ManifestError(f"manifest {self._path} is empty", "write a header line and a line for every call")
        return line

    def _lines(self, newline: str) -> Iterator[str]:
        with io.TextIOWrapper(self._open(), self._encoding, newline=newline) as text:
            yield next(text, "").removeprefix("\ufeff")
            yield from text

    def _open(self) -> BinaryIO:
        return self._path.open("rb") if self._piped is None else io.BytesIO(self._piped)


def _unreadable(path: Path, error: OSError) -> ManifestError:
    return ManifestError(f"manifest {path} cannot be read: {error.strerror}", "correct the path")


def _encoding_of(stream: BinaryIO, path: Path) -> str:
    """``utf-8-sig`` or ``gb18030``, whichever all of the file is."""
    line_no, may_be_other = _wrong_line(stream, "utf-8-sig")
    if line_no is not None and may_be_other:
        line_no, _ = _wrong_line(stream, "gb18030")
        if line_no is None:
            return "gb18030"
    if line_no is not None:
        raise ManifestError(
            f"manifest {path}, line {line_no}: neither UTF-8 nor GB18030 throughout", "save it again as CSV in UTF-8"
        )
    return "utf-8-sig"


def _wrong_line(stream: BinaryIO, encoding: str) -> tuple[int | None, bool]:
    """The first line that is not in ``encoding``, and whether the file may be in another one: neither a BOM nor
    Chinese characters came before. Damaged UTF-8, read as GB18030, would be other characters without a word."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    may_be_other = not stream.read(len(codecs.BOM_UTF8)).startswith(codecs.BOM_UTF8)
    stream.seek(0)
    lines = 1
    while True:
        block = stream.read(_BLOCK_BYTES)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            sound = error.object[: error.start]
            may_be_other = may_be_other and not _CHINESE.search(sound.decode(encoding, "ignore"))
            return lines + sound.count(b"\n"), may_be_other
        if not block:
            return None, may_be_other
        lines += text.count("\n")
        may_be_other = may_be_other and not _CHINESE.search(text)


def _jsonl(lines: Iterator[str]) -> Iterator[Row]:
    for line_no, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            cells = json.loads(line)
        except (ValueError, RecursionError):
            yield line_no, RowFault("the line is no JSON", "write one JSON object a line")
            continue
        if isinstance(cells, dict):
            yield line_no, cells
        else:
            yield line_no, RowFault("the line is no JSON object", "write one JSON object a line")


class _Lines:
    """Lines for a CSV reader, which can be had again from the second line of the row that is being read."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self._of_row: list[str] = []
        self.row_line_no = 1

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self._of_row.append(line)
        return line

    def first(self) -> str:
        """The first line that holds something; the row begins there."""
        for line in self:
            if line.strip():
                self._again.appendleft(line)
                self.row_line_no += len(self._of_row) - 1
                self._of_row.clear()
                return line
        return ""

    def row_is_read(self) -> None:
        self.row_line_no += len(self._of_row)
        self._of_row.clear()

    def row_is_wrong(self) -> None:
        self._again.extendleft(reversed(self._of_row[1:]))
        self._of_row.clear()
        self.row_line_no += 1


def _csv(text: Iterator[str], path: Path, required: tuple[str, ...]) -> Iterator[Row]:
    lines = _Lines(text)
    first = lines.first()
    table = _table(lines, max(",;\t", key=first.count))
    _, header = next(table, (1, []))
    names = _header(header, path, required)
    for line_no, cells in table:
        if isinstance(cells, RowFault):
            yield line_no, cells
        elif len(cells) != len(names):
            yield line_no, RowFault(f"the row has {len(cells)} cells, the header {len(names)}")
        else:
            yield line_no, dict(zip(names, cells, strict=True))


def _table(lines: _Lines, delimiter: str) -> Iterator[tuple[int, list[str] | RowFault]]:
    """Rows that hold something. After a row with a wrong quote it goes on with the next line: nothing is swallowed."""
    while True:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield lines.row_line_no, cells
                lines.row_is_read()
            return
        except csv.Error:
            yield lines.row_line_no, RowFault("a quote is not closed, or text follows one", 'double it: ""')
            lines.row_is_wrong()


def _header(cells: list[str] | RowFault, path: Path, required: tuple[str, ...]) -> list[str]:
    if isinstance(cells, RowFault):
        raise ManifestError(f"manifest {path}: the header cannot be read: {cells.message}", cells.remedy)
    names = [cell.strip() for cell in cells]
    if missing := [name for name in required if name not in names]:
        raise ManifestError(
            f"manifest {path} has no header line with {' and '.join(missing)}",
            f"begin it with the names of the columns: {','.join(required)},…",
        )
    if "" in names:
        raise ManifestError(f"manifest {path}: column {names.index('') + 1} has no name", "name it or remove it")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ManifestError(f"manifest {path} has columns of the same name: {', '.join(twice)}", "keep one of each")
    return names
