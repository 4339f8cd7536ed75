"""Where commands write: stdout for data, stderr for talk, JSON always UTF-8 whatever the terminal speaks."""

from __future__ import annotations

import io
import sys
from typing import TextIO

__all__ = ["forgiving_streams", "json_stdout"]


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
