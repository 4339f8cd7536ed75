"""The list of calls that a bank hands over: a CSV or JSONL file with one recording a row.

``call_id`` and ``path`` are required; every field of :class:`inspector.model.Facts` may follow, besides ``source``,
``segment_no`` and ``segment_count``: rows of the same call are its segments. Columns of other names become custom
fields. A wrong row is reported, with its line, and the others go on. No message quotes a cell: there are personal data.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import hmac
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from inspector.errors import ErrorKind, ManifestError
from inspector.legs import Leg, merged
from inspector.manifest_cells import FACTS_PARSERS, SEGMENT_PARSERS, Cells, parsed
from inspector.model import Call, Facts

__all__ = ["Manifest", "ManifestCall", "ManifestFault", "read_manifest"]

_REQUIRED = ("call_id", "path")
_IDENTITY = (*_REQUIRED, "source", "segment_no", "segment_count")
_ONE_PER_CALL = ("direction", "customer_key", "age_band", "vulnerable", "customer_risk_level", "mystery")
_KEY_HEX_DIGITS = 32


@dataclass(frozen=True, slots=True)
class ManifestCall:
    """A call by its usable rows; ``line_no`` is the first of them.

    ``legs``: its recordings by segment number, one without a path for every run of segments without a usable row.
    Whether the recordings are there shows when they are read.
    """

    line_no: int
    call: Call
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class ManifestFault:
    """What is wrong with a row or with the call that begins there. ``line_no`` counts from 1: the row's first line."""

    line_no: int
    message: str
    remedy: str
    kind: ErrorKind = ErrorKind.BAD_MANIFEST_ROW


@dataclass(frozen=True, slots=True)
class Manifest:
    """The calls of a manifest and its faults, each in the order of the file. Every row is in one of them."""

    calls: tuple[ManifestCall, ...]
    faults: tuple[ManifestFault, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    line_no: int
    cells: Cells
    call: tuple[str, str]
    path: Path
    segment_no: int
    segment_count: int | None


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
    calls: dict[tuple[str, str], list[_Row]] = {}
    for line_no, cells in _jsonl(text) if is_jsonl else _csv(text, path):
        if isinstance(cells, ManifestFault):
            faults.append(cells)
            continue
        try:
            row = _row(line_no, cells, path.parent)
        except ValueError as error:
            faults.append(_wrong(line_no, str(error)))
        else:
            calls.setdefault(row.call, []).append(row)
    usable = [call for rows in calls.values() if (call := _call(rows, key, faults))]
    if not usable and not faults:
        raise ManifestError(f"manifest {path} lists no calls", "add a line for every call")
    return Manifest(tuple(usable), tuple(sorted(faults, key=lambda fault: fault.line_no)))


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


def _row(line_no: int, cells: Cells, folder: Path) -> _Row:
    given = parsed({name: cells.get(name) for name in _IDENTITY}, SEGMENT_PARSERS)
    if missing := [name for name in _REQUIRED if name not in given]:
        raise ValueError("; ".join(f"{name}: is missing" for name in missing))
    call = given.get("source", "manifest"), given["call_id"]
    path = folder / given["path"]
    return _Row(line_no, cells, call, path, given.get("segment_no", 1), given.get("segment_count"))


def _call(rows: list[_Row], key: bytes, faults: list[ManifestFault]) -> ManifestCall | None:
    """The call that these rows are about, or None when all of them are wrong. Adds what is wrong to ``faults``."""
    listed = _without_repeats(rows, faults)
    count = _count_of(rows, faults)
    faults += (_missing(rows[0].line_no, first, last, count) for first, last in _gaps(listed, count))
    facts: dict[int, Facts] = {}
    for no, row in sorted(listed.items()):
        try:
            facts[no] = _facts(row.cells, key)
        except ValueError as error:
            faults.append(_wrong(row.line_no, str(error)))
    if not facts:
        return None
    usable = [listed[no] for no in facts]
    faults += _contradictions(usable, list(facts.values()))
    legs = [Leg(no, listed[no].path, own.agent, own.hold_spans or ()) for no, own in facts.items()]
    legs += (Leg(first, None) for first, _ in _gaps(facts, count))
    first_line_no = min(row.line_no for row in usable)
    call = Call(*rows[0].call, merged(list(facts.values())))
    return ManifestCall(first_line_no, call, tuple(sorted(legs, key=lambda leg: leg.segment_no)))


def _without_repeats(rows: list[_Row], faults: list[ManifestFault]) -> dict[int, _Row]:
    """The first row of every segment, by its number."""
    first: dict[int, _Row] = {}
    for row in rows:
        kept = first.setdefault(row.segment_no, row)
        if kept.path != row.path:
            message = f"line {kept.line_no} names another recording for the same call and segment"
            faults.append(_wrong(row.line_no, message, "correct the call id, the segment number or the path of one"))
        elif kept is not row:
            faults.append(_wrong(row.line_no, f"line {kept.line_no} lists the same call already", "remove one of them"))
    return first


def _count_of(rows: list[_Row], faults: list[ManifestFault]) -> int:
    """How many segments the call has: the most that any row speaks of."""
    counts = [(row.segment_count, row.line_no) for row in rows if row.segment_count is not None]
    for count, line_no in counts:
        if count != counts[0][0]:
            message = f"segment_count: differs from that of line {counts[0][1]}; the larger one is taken"
            faults.append(_wrong(line_no, message))
    for row in rows:
        if row.segment_count is not None and row.segment_no > row.segment_count:
            faults.append(_wrong(row.line_no, "segment_no: is larger than segment_count; the segment is kept"))
    return max([row.segment_no for row in rows] + [count for count, _ in counts])


def _gaps(numbers: Iterable[int], count: int) -> Iterator[tuple[int, int]]:
    """Runs (first, last) of what is missing in 1 … ``count``."""
    expected = 1
    for number in (*sorted(numbers), count + 1):
        if number > expected:
            yield expected, number - 1
        expected = number + 1


def _missing(line_no: int, first: int, last: int, count: int) -> ManifestFault:
    which = f"segment {first}" if first == last else f"segments {first} to {last}"
    message = f"the call has {count} segments, and no row for {which}; judged by the others, as an incomplete call"
    return _wrong(line_no, message, "add the missing rows and inspect the call again")


def _contradictions(rows: list[_Row], facts: list[Facts]) -> Iterator[ManifestFault]:
    """Rows of a call that tell another customer or another direction than its first segment that tells one."""
    for name in _ONE_PER_CALL:
        given = [(row, getattr(own, name)) for row, own in zip(rows, facts, strict=True)]
        known = [(row, value) for row, value in given if value is not None]
        for row, value in known:
            if value != known[0][1]:
                message = f"{name}: differs from that of line {known[0][0].line_no}, the same call; that one is kept"
                yield _wrong(row.line_no, message, "correct the call id, or the column in one of them")


def _facts(cells: Cells, key: bytes) -> Facts:
    rest = {name: value for name, value in cells.items() if name not in _IDENTITY}
    given = parsed(rest, FACTS_PARSERS)
    custom = {name: value for name, value in given.items() if name not in FACTS_PARSERS}
    facts = {name: value for name, value in given.items() if name in FACTS_PARSERS}
    if number := facts.get("customer_key"):
        facts["customer_key"] = hmac.new(key, number.encode(), hashlib.sha256).hexdigest()[:_KEY_HEX_DIGITS]
    return Facts(**facts, custom=custom)
