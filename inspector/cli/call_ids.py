"""Files that list calls by their ids."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from inspector.errors import UsageError
from inspector.sampling.draw import is_call_id

__all__ = ["read_call_ids"]


def read_call_ids(file: Path, say_it: partial[str]) -> tuple[str, ...]:
    """The ids in a file of one call id a line, sorted, each once. Raises UsageError naming the line that is none."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(say_it("rejudge_list", path=file), say_it("rejudge_list_remedy")) from error
    for number, line in enumerate(lines, 1):
        if line.strip() and not is_call_id(line.strip()):
            raise UsageError(say_it("rejudge_id", path=file, line=number), say_it("rejudge_list_remedy"))
    return tuple(sorted({line.strip() for line in lines if line.strip()}))
