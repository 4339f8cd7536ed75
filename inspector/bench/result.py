"""What every bench writes as JSON beside its figures, and how its work is timed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any, TypeVar

from inspector import __version__
from inspector.bench.shown import machine
from inspector.errors import UsageError

__all__ = ["check_out", "made", "timed", "write"]

ResultT = TypeVar("ResultT")


def check_out(out: Path | None) -> None:
    """Raises UsageError where no result can be written, before anything is measured."""
    if out is not None and not out.parent.is_dir():
        raise UsageError(f"{out.parent} is no directory", "make it, or name another file for --out")


def made() -> dict[str, Any]:
    """When, by what and on what it was measured."""
    return {"made": datetime.now(UTC).isoformat(timespec="seconds"), "code": __version__, "machine": machine()}


def write(out: Path | None, result: dict[str, Any]) -> None:
    """Writes a result where one is asked for."""
    if out is not None:
        out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def timed(work: Callable[[], ResultT]) -> tuple[ResultT, float]:
    """The result and the seconds of processor time, which others on the same machine disturb less."""
    begin_s = process_time()
    result = work()
    return result, process_time() - begin_s
