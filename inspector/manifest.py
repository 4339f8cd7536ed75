"""The list of calls that a bank hands over: a CSV or JSONL file with one recording a row.

``call_id`` and ``path`` are required; every field of :class:`inspector.model.Facts` may follow, besides ``source``,
``segment_no`` and ``segment_count``. Columns of other names become custom fields. A wrong row is reported, with its
line, and the others go on. No message quotes a cell: cells hold personal data.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import hmac
import io
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints

from inspector.errors import ErrorKind, ManifestError
from inspector.model import Call, Facts, Span

__all__ = ["Manifest", "ManifestFault", "ManifestRow", "read_manifest"]

Cells = dict[str, Any]
Parser = Callable[[Any], Any]

_REQUIRED = ("call_id", "path")
_IDENTITY = (*_REQUIRED, "source", "segment_no", "segment_count")
_BOOLEANS = {"true": True, "1": True, "是": True, "yes": True, "false": False, "0": False, "否": False, "no": False}
_SCALARS = (str, int, float)
_KEY_HEX_DIGITS = 32
# Databases and file systems refuse zero bytes, terminals obey escapes, and half characters have no bytes at all.
_UNFIT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """A usable row. ``path`` is where the recording should be; whether it is there shows when it is read."""

    line_no: int
    call: Call
    path: Path
    segment_no: int


@dataclass(frozen=True, slots=True)
class ManifestFault:
    """A row that cannot be used. ``line_no`` counts from 1 and is the first line of the row."""

    line_no: int
    message: str
    remedy: str
    kind: ErrorKind = ErrorKind.BAD_MANIFEST_ROW


@dataclass(frozen=True, slots=True)
class Manifest:
    """Every row of a manifest, as a row or as a fault, each in the order of the file."""

    rows: tuple[ManifestRow, ...]
    faults: tuple[ManifestFault, ...]


@dataclass(frozen=True, slots=True)
class _Identity:
    source: str
    call_id: str
    path: Path
    segment_no: int
    is_leg: bool

    @property
    def call(self) -> tuple[str, str]:
        return self.source, self.call_id


def read_manifest(path: Path, key: bytes) -> Manifest:
    """Reads the manifest at ``path``: UTF-8 (with or without BOM) or GB18030; CSV with ``,`` ``;`` or tab, or JSONL.

    Relative paths start at the manifest's folder. ``customer_key`` becomes the first 32 hex digits of its HMAC-SHA256
    by ``key``. Raises ManifestError when the file cannot be used as a whole and ValueError when ``key`` is empty.
    """
    if not key:
        raise ValueError("customer keys need a key to be hashed with")
    text = _text_of(path)
    is_jsonl = path.suffix.lower() == ".jsonl" or text.lstrip().startswith("{")
    faults: list[ManifestFault] = []
    identified: list[tuple[int, Cells, _Identity]] = []
    for line_no, cells in _jsonl(text) if is_jsonl else _csv(text, path):
        if isinstance(cells, ManifestFault):
            faults.append(cells)
            continue
        try:
            identified.append((line_no, cells, _identity(cells, path.parent)))
        except ValueError as error:
            faults.append(_wrong(line_no, str(error)))
    rows = _rows(identified, key, faults)
    if not rows and not faults:
        raise ManifestError(f"manifest {path} lists no calls", "add a line for every call")
    return Manifest(tuple(rows), tuple(sorted(faults, key=lambda fault: fault.line_no)))


def _text_of(path: Path) -> str:
    try:
        text = _decoded(path.read_bytes())
    except OSError as error:
        raise ManifestError(f"manifest {path} cannot be read: {error.strerror}", "correct the path") from error
    except UnicodeDecodeError as error:
        line_no = error.object.count(b"\n", 0, error.start) + 1
        raise ManifestError(
            f"manifest {path}, line {line_no}: neither UTF-8 nor GB18030 throughout", "save it again as CSV in UTF-8"
        ) from None
    if not text.strip():
        raise ManifestError(f"manifest {path} is empty", "write a header line and a line for every call")
    return text


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        sound = error.object[: error.start].decode()
        # Damaged UTF-8, which as GB18030 would be read as other characters without a word.
        if data.startswith(codecs.BOM_UTF8) or any("\u4e00" <= character <= "\u9fff" for character in sound):
            raise
    return data.decode("gb18030").removeprefix("\ufeff")


def _wrong(line_no: int, message: str, remedy: str = "correct the row") -> ManifestFault:
    return ManifestFault(line_no, message, remedy)


def _jsonl(text: str) -> Iterator[tuple[int, Cells | ManifestFault]]:
    for line_no, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            cells = json.loads(line)
        except (ValueError, RecursionError):
            yield line_no, _wrong(line_no, "the line is no JSON", "write one JSON object a line")
            continue
        if isinstance(cells, dict):
            yield line_no, cells
        else:
            yield line_no, _wrong(line_no, "the line is no JSON object", "write one JSON object a line")


def _csv(text: str, path: Path) -> Iterator[tuple[int, Cells | ManifestFault]]:
    lines = list(io.StringIO(text, newline=""))
    first = next(index for index, line in enumerate(lines) if line.strip())
    delimiter = max(",;\t", key=lines[first].count)
    table = _table(lines, first, delimiter)
    _, header = next(table, (1, []))
    names = _header(header, path)
    for line_no, cells in table:
        if isinstance(cells, ManifestFault):
            yield line_no, cells
        elif len(cells) != len(names):
            yield line_no, _wrong(line_no, f"the row has {len(cells)} cells, the header {len(names)}")
        else:
            yield line_no, dict(zip(names, cells, strict=True))


def _table(lines: list[str], first: int, delimiter: str) -> Iterator[tuple[int, list[str] | ManifestFault]]:
    """Rows that hold something. After a row with a wrong quote it goes on with the next line: nothing is swallowed."""
    at = first
    while at < len(lines):
        reader = csv.reader((lines[index] for index in range(at, len(lines))), delimiter=delimiter, strict=True)
        start = at
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield start + 1, cells
                start = at + reader.line_num
            return
        except csv.Error:
            yield start + 1, _wrong(start + 1, "a quote is not closed, or text follows one", 'double it: ""')
            at = start + 1


def _header(cells: list[str] | ManifestFault, path: Path) -> list[str]:
    if isinstance(cells, ManifestFault):
        raise ManifestError(f"manifest {path}: the header cannot be read: {cells.message}", cells.remedy)
    names = [cell.strip() for cell in cells]
    if missing := [name for name in _REQUIRED if name not in names]:
        raise ManifestError(
            f"manifest {path} has no header line with {' and '.join(missing)}",
            "begin it with the names of the columns: call_id,path,…",
        )
    if "" in names:
        raise ManifestError(f"manifest {path}: column {names.index('') + 1} has no name", "name it or remove it")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ManifestError(f"manifest {path} has columns of the same name: {', '.join(twice)}", "keep one of each")
    return names


def _identity(cells: Cells, folder: Path) -> _Identity:
    given = _parsed({name: cells.get(name) for name in _IDENTITY}, _IDENTITY_PARSERS)
    if missing := [name for name in _REQUIRED if name not in given]:
        raise ValueError("; ".join(f"{name}: is missing" for name in missing))
    segment_no = given.get("segment_no", 1)
    return _Identity(
        source=given.get("source", "manifest"),
        call_id=given["call_id"],
        path=folder / given["path"],
        segment_no=segment_no,
        is_leg=segment_no > 1 or given.get("segment_count", 1) > 1,
    )


def _rows(identified: list[tuple[int, Cells, _Identity]], key: bytes, faults: list[ManifestFault]) -> list[ManifestRow]:
    legs = {identity.call for _, _, identity in identified if identity.is_leg}
    seen: dict[tuple[str, str], tuple[int, Path]] = {}
    rows = []
    for line_no, cells, identity in identified:
        earlier_no, earlier_path = seen.setdefault(identity.call, (line_no, identity.path))
        if identity.call in legs:
            faults.append(_leg(line_no))
        elif earlier_path != identity.path:
            message = f"line {earlier_no} names another recording for the same call and segment"
            faults.append(_wrong(line_no, message, "correct the call id or the path of one of them"))
        elif earlier_no != line_no:
            faults.append(_wrong(line_no, f"line {earlier_no} lists the same call already", "remove one of them"))
        else:
            try:
                call = Call(*identity.call, _facts(cells, key))
            except ValueError as error:
                faults.append(_wrong(line_no, str(error)))
            else:
                rows.append(ManifestRow(line_no, call, identity.path, identity.segment_no))
    return rows


def _leg(line_no: int) -> ManifestFault:
    return _wrong(
        line_no,
        "the call has several segments, which this version does not join yet",
        "inspect its recordings singly, without the manifest, or wait for a version that joins them",
    )


def _facts(cells: Cells, key: bytes) -> Facts:
    rest = {name: value for name, value in cells.items() if name not in _IDENTITY}
    given = _parsed(rest, _FACTS_PARSERS)
    custom = {name: value for name, value in given.items() if name not in _FACTS_PARSERS}
    facts = {name: value for name, value in given.items() if name in _FACTS_PARSERS}
    if number := facts.get("customer_key"):
        facts["customer_key"] = hmac.new(key, number.encode(), hashlib.sha256).hexdigest()[:_KEY_HEX_DIGITS]
    return Facts(**facts, custom=custom)


def _parsed(cells: Cells, parsers: Mapping[str, Parser]) -> Cells:
    """What is given, by name. Raises ValueError naming every cell that is wrong."""
    given, wrong = {}, []
    for name, value in cells.items():
        value = value.strip() if isinstance(value, str) else value
        if value is None or value == "":
            continue
        try:
            parser: Parser = parsers.get(name, _text)
            given[_text(name)] = parser(value)
        except (ValueError, OverflowError) as error:
            wrong.append(f"{ascii(name)[1:-1] if not name.isprintable() else name}: {error}")
    if wrong:
        raise ValueError("; ".join(wrong))
    return given


def _text(value: Any) -> str:
    if type(value) not in _SCALARS:
        raise ValueError("needs text")
    text = str(value)
    if _UNFIT.search(text):
        raise ValueError("holds a control character")
    return text


def _number(value: Any) -> float:
    if type(value) not in _SCALARS or "_" in str(value):
        raise ValueError("needs a number")
    try:
        number = float(value)
    except ValueError:
        raise ValueError("needs a number") from None
    if not math.isfinite(number):
        raise ValueError("needs a finite number")
    return number


def _seconds(value: Any) -> float:
    seconds = _number(value)
    if seconds < 0:
        raise ValueError("needs seconds, 0 or more")
    return seconds


def _count(value: Any) -> int:
    number = _number(value)
    if number < 1 or number != int(number):
        raise ValueError("needs a whole number from 1")
    return int(number)


def _boolean(value: Any) -> bool:
    boolean = _BOOLEANS.get(str(value).lower())
    if boolean is None:
        raise ValueError("needs true or false (1 or 0, 是 or 否, yes or no)")
    return boolean


def _start(value: Any) -> str:
    try:
        start = datetime.fromisoformat(_text(value))
    except ValueError:
        raise ValueError("needs a time by ISO 8601, like 2025-03-01T09:30:00+08:00") from None
    if start.tzinfo is None:
        raise ValueError("needs the time zone too, like 2025-03-01T09:30:00+08:00")
    if not 1970 <= start.year <= 2999:
        raise ValueError("needs a year between 1970 and 2999")
    return start.isoformat()


def _hold_spans(value: Any) -> tuple[tuple[float, float], ...]:
    try:
        spans = [Span(_number(start), _number(end)) for start, end in _pairs(value)]
    except (TypeError, ValueError, RecursionError):
        raise ValueError("needs spans in seconds, like 12.5-40;60-75 or [[12.5,40],[60,75]]") from None
    return tuple((span.start_s, span.end_s) for span in spans)


def _pairs(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return json.loads(value) if value.startswith("[") else [pair.split("-") for pair in value.split(";")]


def _parser_of(name: str, hint: Any) -> Parser:
    if name == "start":
        return _start
    if name == "hold_spans":
        return _hold_spans
    if float in get_args(hint):
        return _seconds if name.endswith("_s") else _number
    return _boolean if bool in get_args(hint) else _text


_IDENTITY_PARSERS: dict[str, Parser] = {"segment_no": _count, "segment_count": _count}
_FACTS_PARSERS: dict[str, Parser] = {
    name: _parser_of(name, hint) for name, hint in get_type_hints(Facts).items() if name != "custom"
}
