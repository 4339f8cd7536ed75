"""What the cells of a manifest may hold, by column. No message quotes a cell: there are personal data."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, get_args, get_type_hints

from inspector.model import Facts, Span

__all__ = ["FACTS_PARSERS", "SCALARS", "SEGMENT_PARSERS", "Cells", "boolean", "parsed"]

Cells = dict[str, Any]
Parser = Callable[[Any], Any]

_BOOLEANS = {"true": True, "1": True, "是": True, "yes": True, "false": False, "0": False, "否": False, "no": False}
SCALARS = (str, int, float)
"""What a cell may be."""
# What columns and indexes of every database hold.
_LAST_SEGMENT, _LONGEST_ID = 1_000_000, 256
# Databases and file systems refuse zero bytes, terminals obey escapes, and half characters have no bytes at all.
_UNFIT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def parsed(cells: Cells, parsers: Mapping[str, Parser]) -> Cells:
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
    if type(value) not in SCALARS:
        raise ValueError("needs text")
    text = str(value)
    if _UNFIT.search(text):
        raise ValueError("holds a control character")
    return text


def _number(value: Any) -> float:
    if type(value) not in SCALARS or "_" in str(value):
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


def _segment_no(value: Any) -> int:
    number = _count(value)
    if number > _LAST_SEGMENT:
        raise ValueError(f"needs a whole number up to {_LAST_SEGMENT}")
    return number


def _identity(value: Any) -> str:
    text = _text(value)
    if len(text) > _LONGEST_ID:
        raise ValueError(f"is longer than {_LONGEST_ID} characters")
    return text


def boolean(value: Any) -> bool:
    """Raises ValueError for what is neither yes nor no."""
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
    return boolean if bool in get_args(hint) else _text


SEGMENT_PARSERS: dict[str, Parser] = {
    "call_id": _identity,
    "source": _identity,
    "segment_no": _segment_no,
    "segment_count": _count,
}
FACTS_PARSERS: dict[str, Parser] = {
    name: _parser_of(name, hint) for name, hint in get_type_hints(Facts).items() if name != "custom"
}
