"""Where commands write: stdout for data, stderr for talk, JSON always UTF-8 whatever the terminal speaks."""

from __future__ import annotations

import io
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TextIO

from inspector.errors import StorageError, UsageError

__all__ = ["forgiving_streams", "json_lines", "json_stdout", "write_line"]


def forgiving_streams() -> None:
    """A character the terminal cannot show is written as its code: a report never fails for its font."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def json_stdout() -> TextIO:
    """stdout for JSON."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    return sys.stdout


def json_lines(where: str | None) -> AbstractContextManager[TextIO | None]:
    """Where JSON lines go: ``-`` for stdout, else a file with mode 0600, None for nowhere. Raises UsageError."""
    if where is None:
        return nullcontext()
    if where == "-":
        return nullcontext(json_stdout())
    try:
        return os.fdopen(os.open(where, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{where} cannot be written: {error.strerror}", "name another file for --json") from error


def write_line(stream: TextIO, line: str) -> None:
    """Writes a line so that others can read it at once. Raises StorageError where it cannot be written."""
    try:
        print(line, file=stream, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StorageError(
            f"the JSON output cannot be written: {error.strerror}", "make room, then try again"
        ) from error
