"""The list of calls that a bank hands over: a CSV or JSONL file with one recording a row.

``call_id`` and ``path`` are required; every field of :class:`inspector.model.Facts` may follow, besides ``source``,
``segment_no`` and ``segment_count``: rows of the same call are its segments. Columns of other names become custom
fields. A wrong row is reported, with its line, and the others go on. No message quotes a cell: there are personal data.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from inspector.errors import ErrorKind, ManifestError
from inspector.legs import Leg, merged
from inspector.manifest_cells import FACTS_PARSERS, SCALARS, SEGMENT_PARSERS, Cells, parsed
from inspector.manifest_rows import ManifestText, RowFault
from inspector.model import Call, Facts

__all__ = ["Manifest", "ManifestCall", "ManifestFault", "facts_of", "manifest_entries", "read_manifest"]

_REQUIRED = ("call_id", "path")
_IDENTITY = (*_REQUIRED, "source", "segment_no", "segment_count")
_ONE_PER_CALL = ("direction", "customer_key", "age_band", "vulnerable", "customer_risk_level", "mystery")
_KEY_HEX_DIGITS = 32
_SOURCE = "manifest"


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
    """What is wrong with a row or with the call that begins there. ``line_no`` counts from 1: the row's first line.

    ``call``: which one it is, where that can be told; it may be listed all the same.
    """

    line_no: int
    message: str
    remedy: str
    kind: ErrorKind = ErrorKind.BAD_MANIFEST_ROW
    call: Call | None = None


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
    """All of :func:`manifest_entries` at once, in the order of the file."""
    calls: list[ManifestCall] = []
    faults: list[ManifestFault] = []
    for entry in manifest_entries(path, key):
        if isinstance(entry, ManifestCall):
            calls.append(entry)
        else:
            faults.append(entry)
    return Manifest(
        tuple(sorted(calls, key=lambda call: call.line_no)), tuple(sorted(faults, key=lambda fault: fault.line_no))
    )


def manifest_entries(
    path: Path, key: bytes, *, may_be_empty: bool = False
) -> Iterator[ManifestCall | ManifestFault]:
    """Reads the manifest at ``path``, twice: a call is told after the last of its rows, so that only the calls whose
    rows are not all read yet are in memory.

    Relative paths start at the manifest's folder. ``customer_key`` becomes the first 32 hex digits of its HMAC-SHA256
    by ``key``. Raises ManifestError when the file cannot be used as a whole and ValueError when ``key`` is empty.
    ``may_be_empty``: a header without a row is a list of no calls.
    """
    if not key:
        raise ValueError("customer keys need a key to be hashed with")
    text = ManifestText(path)
    to_come = _row_counts(text)
    begun: dict[int, list[_Row]] = {}
    is_empty = True
    for line_no, cells in text.rows():
        is_empty = False
        if isinstance(cells, RowFault):
            yield ManifestFault(line_no, cells.message, cells.remedy)
            continue
        mark = _mark(cells)
        rows = begun.pop(mark, [])
        try:
            rows.append(_row(line_no, cells, path.parent))
        except ValueError as error:
            yield _wrong(line_no, str(error))
        to_come[mark] = to_come.get(mark, 1) - 1
        if to_come[mark] > 0:
            begun[mark] = rows
        else:
            del to_come[mark]
            yield from _calls(rows, key)
    for rows in begun.values():  # the file became shorter between the two times
        yield from _calls(rows, key)
    if is_empty and not may_be_empty:
        raise ManifestError(f"manifest {path} lists no calls", "add a line for every call")


def _row_counts(text: ManifestText) -> dict[int, int]:
    """How many rows there are of each call that has several, by its mark."""
    seen: set[int] = set()
    counts: dict[int, int] = {}
    for _, cells in text.rows():
        if isinstance(cells, RowFault):
            continue
        mark = _mark(cells)
        if mark in seen:
            counts[mark] = counts.get(mark, 1) + 1
        seen.add(mark)
    return counts


def _mark(cells: Cells) -> int:
    """A number that all rows of a call have in common; other calls may have it too."""
    source, call_id = (str(cells[n]).strip() if type(cells.get(n)) in SCALARS else "" for n in ("source", "call_id"))
    return hash((source or _SOURCE, call_id))


def _calls(rows: list[_Row], key: bytes) -> Iterator[ManifestCall | ManifestFault]:
    """The calls that these rows are about, none of them with further rows."""
    calls: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        calls.setdefault(row.call, []).append(row)
    for of_call in calls.values():
        faults: list[ManifestFault] = []
        call = _call(of_call, key, faults)
        if call is not None:
            yield call
        yield from (replace(fault, call=Call(*of_call[0].call)) for fault in faults)


def _wrong(line_no: int, message: str, remedy: str = "correct the row") -> ManifestFault:
    return ManifestFault(line_no, message, remedy)


def _row(line_no: int, cells: Cells, folder: Path) -> _Row:
    given = parsed({name: cells.get(name) for name in _IDENTITY}, SEGMENT_PARSERS)
    if missing := [name for name in _REQUIRED if name not in given]:
        raise ValueError("; ".join(f"{name}: is missing" for name in missing))
    call = given.get("source", _SOURCE), given["call_id"]
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
            facts[no] = facts_of(row.cells, key)
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


def facts_of(cells: Cells, key: bytes) -> Facts:
    """The cells that do not say which recording of which call it is. Raises ValueError naming every wrong one."""
    rest = {name: value for name, value in cells.items() if name not in _IDENTITY}
    given = parsed(rest, FACTS_PARSERS)
    custom = {name: value for name, value in given.items() if name not in FACTS_PARSERS}
    facts = {name: value for name, value in given.items() if name in FACTS_PARSERS}
    if number := facts.get("customer_key"):
        facts["customer_key"] = hmac.new(key, number.encode(), hashlib.sha256).hexdigest()[:_KEY_HEX_DIGITS]
    return Facts(**facts, custom=custom)
