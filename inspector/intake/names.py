"""Which call a recording is of, told by the name of its file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from inspector.errors import IntakeError, IntakeFault, UsageError
from inspector.manifest import facts_of
from inspector.manifest_cells import SEGMENT_PARSERS, parsed
from inspector.model import Call

__all__ = ["SOURCE", "NamePattern", "call_of_name"]

SOURCE = "file"
"""Where calls come from that no list names."""

_ID, _START = "source_call_id", "start"
_REFUSED = ("source", "call_id", "path", "segment_no", "segment_count", "hold_spans")
_FIELD = re.compile(r"\{([^{}:]*)(?::([^{}]*))?\}")
_DIRECTIVE = re.compile("%(.?)")
_DIGITS = {"Y": r"\d{4}", "f": r"\d{1,6}", "j": r"\d{3}", "z": r"[+-]\d{4}", "%": "%"}
_DIGITS |= dict.fromkeys("mdHMSy", r"\d\d")
_LIKE = "write it like {source_call_id}_{start:%Y%m%d%H%M%S}_{agent}.wav"
_RENAME = "rename the file, or correct the name pattern"


def call_of_name(name: str) -> Call:
    """The call that the name itself stands for. Raises IntakeError(BAD_NAME) when it is unfit to be one."""
    try:
        return Call(SOURCE, parsed({"call_id": name}, SEGMENT_PARSERS)["call_id"])
    except (ValueError, KeyError) as error:
        raise IntakeError(IntakeFault.BAD_NAME, "the name cannot be the name of a call", "rename the file") from error


@dataclass(frozen=True, slots=True)
class NamePattern:
    """File names made up of fields: those of :class:`inspector.model.Facts`, any other word is a custom field.

    ``start_format`` as of ``strptime``, None when the name holds no start or one by ISO 8601; ``zone``: of a start
    that names none; ``key``: customers' numbers are hashed with it.
    """

    fields: tuple[str, ...]
    pattern: re.Pattern[str]
    start_format: str | None
    zone: ZoneInfo
    key: bytes

    @classmethod
    def of(cls, text: str, zone: ZoneInfo, key: bytes) -> NamePattern:
        """``text`` like ``{source_call_id}_{start:%Y%m%d%H%M%S}_{agent}.wav``. Raises UsageError with what is wrong."""
        fields: dict[str, str | None] = {}
        pattern, end, open_field = "", 0, False
        for found in _FIELD.finditer(text):
            name, time_format = found.group(1).strip(), found.group(2)
            between, end = _literal(text[end : found.start()]), found.end()
            if name in fields or not name or name in _REFUSED or (time_format is not None and name != _START):
                raise UsageError(f"the name pattern cannot hold {found.group()} there", _LIKE)
            if open_field and not between and time_format is None:
                raise UsageError(f"the name pattern does not tell where {found.group()} begins", _LIKE)
            fields[name], open_field = time_format, time_format is None
            pattern += f"{between}({'.+?' if time_format is None else _digits(time_format)})"
        if _ID not in fields:
            raise UsageError(f"the name pattern has no {{{_ID}}}", _LIKE)
        return cls(tuple(fields), re.compile(pattern + _literal(text[end:])), fields.get(_START), zone, key)

    def call_of(self, name: str) -> Call:
        """The call that a file is of. Raises IntakeError(BAD_NAME); ``name``: without folders."""
        found = self.pattern.fullmatch(name)
        if found is None:
            raise IntakeError(IntakeFault.BAD_NAME, "the name does not fit the pattern", _RENAME)
        cells = dict(zip(self.fields, found.groups(), strict=True))
        try:
            if self.start_format is not None:
                start = datetime.strptime(cells[_START], self.start_format)
                cells[_START] = (start if start.tzinfo else start.replace(tzinfo=self.zone)).isoformat()
        except ValueError as error:
            raise IntakeError(IntakeFault.BAD_NAME, f"{_START}: there is no such time", _RENAME) from error
        call = call_of_name(cells.pop(_ID))
        try:
            return Call(call.source, call.source_call_id, facts_of(cells, self.key))
        except ValueError as error:
            raise IntakeError(IntakeFault.BAD_NAME, str(error), _RENAME) from error


def _literal(text: str) -> str:
    if "{" in text or "}" in text:
        raise UsageError("the name pattern has a brace without its other half", _LIKE)
    return re.escape(text)


def _digits(time_format: str) -> str:
    """What a time of this format looks like, as a regular expression without groups."""
    parts = _DIRECTIVE.split(time_format)
    directives = parts[1::2]
    if not directives or any(name not in _DIGITS for name in directives):
        known = " ".join(f"%{name}" for name in _DIGITS)
        raise UsageError("the name pattern has a time of another form", f"use {known}")
    return "".join(_DIGITS[part] if at % 2 else re.escape(part) for at, part in enumerate(parts))
