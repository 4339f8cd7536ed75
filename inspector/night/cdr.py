"""The switch's own list (CDR) beside the recorder's: which calls were not recorded, which recordings are cut. Pure but
for reading the file, which is read like a list of calls."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inspector.enums import Layout
from inspector.errors import ErrorKind
from inspector.manifest_cells import FACTS_PARSERS, SEGMENT_PARSERS, boolean, parsed
from inspector.manifest_rows import ManifestText, RowFault
from inspector.model import call_id_of
from inspector.night.records import CdrCall, Fate, NightCall

__all__ = ["CdrFault", "CdrTally", "Gap", "cdr_entries", "is_cut", "why_not_recorded"]

CUT_S, CUT_SHARE = 5.0, 0.05
"""A recording whose length differs from the talk time by more than both is cut (残录)."""

TRUNK_SIDE_S = 5.0
"""So much speech on one side and none on the other: the line lost a lane."""

NO_LINE = "-"
_SOURCE = "manifest"
_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    **{name: SEGMENT_PARSERS[name] for name in ("call_id", "source")},
    **{name: FACTS_PARSERS[name] for name in ("start", "talk_s", "agent")},
    "answered": boolean,
}


@dataclass(frozen=True, slots=True)
class CdrFault:
    """A row of the switch's list that cannot be read. ``line_no`` counts from 1."""

    line_no: int
    message: str
    remedy: str = "correct the row"


def cdr_entries(path: Path) -> Iterator[CdrCall | CdrFault]:
    """The calls of a CDR file (CSV or JSONL): ``call_id``, then ``source``, ``start``, ``talk_s``, ``answered``,
    ``line`` or ``trunk``, ``agent``. Of a call that stands there twice both are told. Raises ManifestError for the
    file as a whole. No message quotes a cell."""
    for line_no, cells in ManifestText(path, required=("call_id",)).rows():
        if isinstance(cells, RowFault):
            yield CdrFault(line_no, cells.message, cells.remedy)
            continue
        try:
            given = parsed({name: cells[name] for name in (*_PARSERS, "line", "trunk") if name in cells}, _PARSERS)
        except ValueError as error:
            yield CdrFault(line_no, str(error))
            continue
        if "call_id" not in given:
            yield CdrFault(line_no, "call_id: is missing")
            continue
        yield CdrCall(
            call_id_of(given.get("source", _SOURCE), given["call_id"]),
            given["call_id"],
            given.get("start"),
            given.get("talk_s"),
            given.get("answered"),
            given.get("line", given.get("trunk")),
            given.get("agent"),
        )


def is_cut(recorded_s: float, talk_s: float) -> bool:
    """Does the recording differ from the talk time by more than 5 s and more than 5 % of it?"""
    off_s = abs(recorded_s - talk_s)
    return off_s > CUT_S and off_s > CUT_SHARE * talk_s


def why_not_recorded(call: NightCall) -> str | None:
    """``not_answered``, ``not_listed`` or ``file_missing``; None for a call that has a recording."""
    if call.cdr is None:
        raise ValueError("the switch does not know this call")
    if call.recordings:
        return None
    if call.fate is None:
        return "not_listed" if call.cdr.was_answered else "not_answered"
    return "file_missing" if ErrorKind.NOT_FOUND.value in (*call.faults, call.reason) else None


@dataclass(frozen=True, slots=True)
class Gap:
    """What is wrong between switch and recorder: ``kind`` is a reason, ``cut``, ``unknown_to_cdr`` or a fault of a
    line (``one_side_silent``, ``dual_mono``, ``ends_early``)."""

    kind: str
    item: str
    source_call_id: str
    line: str | None
    talk_s: float | None = None
    recorded_s: float | None = None


@dataclass(slots=True)
class CdrTally:
    """Compares calls as they come. ``calls = recorded + Σ not_recorded``; gaps are given out, not kept."""

    calls: int = 0
    recorded: int = 0
    not_recorded: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    by_line: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def is_balanced(self) -> bool:
        return self.calls == self.recorded + self.not_recorded.total()

    def add(self, call: NightCall, *, is_complete: bool) -> Iterator[Gap]:
        """``is_complete``: the switch's list is there, so a listed call that it lacks is unknown to it."""
        line = call.cdr.line if call.cdr else _own_line(call)
        for kind in self._kinds(call, is_complete=is_complete):
            self.by_line[line or NO_LINE][kind] += 1
            yield Gap(
                kind,
                call.item,
                call.source_call_id or "",
                line,
                call.cdr.talk_s if call.cdr else None,
                _recorded_s(call),
            )
        self.by_line[line or NO_LINE]["calls"] += 1

    def _kinds(self, call: NightCall, *, is_complete: bool) -> Iterator[str]:
        if call.cdr is not None:
            self.calls += 1
            why = why_not_recorded(call)
            if why is None:
                self.recorded += 1
            else:
                self.not_recorded[why] += 1
                yield why
        for kind in _faults_of_line(call, is_complete=is_complete):
            self.others[kind] += 1
            yield kind


def _faults_of_line(call: NightCall, *, is_complete: bool) -> Iterator[str]:
    recorded_s = _recorded_s(call)
    if call.cdr is None and is_complete and call.fate in (Fate.ACCEPTED, Fate.EXCLUDED):
        yield "unknown_to_cdr"
    if call.cdr and call.cdr.talk_s is not None and recorded_s is not None and is_cut(recorded_s, call.cdr.talk_s):
        yield "cut"
    layouts = {one.layout for one in call.recordings}
    if Layout.STEREO in layouts and min(call.talk_s) == 0.0 and max(call.talk_s) > TRUNK_SIDE_S:
        yield "one_side_silent"
    if Layout.DUAL_MONO in layouts:
        yield "dual_mono"
    if any(one.ends_early for one in call.recordings):
        yield "ends_early"


def _recorded_s(call: NightCall) -> float | None:
    return math.fsum(one.duration_s for one in call.recordings) if call.recordings else None


def _own_line(call: NightCall) -> str | None:
    own = call.facts.get("custom", {})
    line = own.get("line") or own.get("trunk")
    return None if line is None else str(line)
