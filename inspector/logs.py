"""Logs: one JSON object a line on stderr, of what happened and to which ids. Text cannot get in, whoever writes it.

A value is let through when its key is known and it is a number, an id (no blanks, ASCII) or an error of ours; of any
other exception its class and place are told, never its message: messages of libraries quote what they were given.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import FilteringBoundLogger

from inspector.errors import InspectorError

__all__ = ["log", "set_up_logs"]

KEYS = frozenset(
    (
        "at",
        "attempt",
        "audio_s",
        "call_id",
        "calls",
        "child",
        "code",
        "count",
        "delay_s",
        "epoch",
        "error",
        "error_kind",
        "failures",
        "faults",
        "fence",
        "job_id",
        "kind",
        "owner",
        "pid",
        "queue",
        "receiver",
        "retry_s",
        "segment_no",
        "signal",
        "state",
        "status",
        "took_s",
        "tried",
        "why",
    )
)
"""What may be told of an event."""

_ID = re.compile(r"[\w.:@/+-]{1,200}", re.ASCII)
_PACKAGE_ROOT = Path(__file__).resolve().parent.parent

Entry = MutableMapping[str, Any]


def log() -> FilteringBoundLogger:
    """What to log with: ``log().info("child.started", child="urgent-1", pid=42)``."""
    logger: FilteringBoundLogger = structlog.get_logger()
    return logger


def set_up_logs() -> None:
    """For this process, once, at its start: our own logs, those of libraries from WARNING on, uncaught exceptions.

    A person at a terminal is shown warnings and errors only.
    """
    level = logging.WARNING if sys.stderr.isatty() else logging.INFO
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_known,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    logging.basicConfig(handlers=[_OfLibraries()], level=logging.WARNING, force=True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda hook: _uncaught(hook.exc_type, hook.exc_value, hook.exc_traceback)


def only_known(_logger: object, _method: str, entry: Entry) -> Entry:
    """structlog's processor: the entry without what could be text."""
    event = entry.pop("event", None)
    kept = {name: entry[name] for name in ("level", "timestamp") if name in entry}
    kept["event"] = event if _is_id(event) else "unnamed"
    kept |= {name: value for name, value in entry.items() if name in KEYS and _is_harmless(value)}
    if isinstance(error := entry.get("error"), BaseException):
        kept |= _told(error)
    return kept


def _is_harmless(value: object) -> bool:
    return value is None or isinstance(value, int | float) or _is_id(value)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _told(error: BaseException) -> Mapping[str, object]:
    """Messages of ours hold no personal data and may be told; of others only what happened where."""
    name = type(error).__name__
    if isinstance(error, InspectorError):
        return {"error": name, "message": error.message, "remedy": error.remedy}
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE_ROOT)] or frames
    return {"error": name, "at": _place(ours[-1].filename, ours[-1].lineno) if ours else None}


def _place(file: str, line: int | None) -> str:
    path = Path(file)
    shown = path.relative_to(_PACKAGE_ROOT) if path.is_relative_to(_PACKAGE_ROOT) else Path(*path.parts[-2:])
    return f"{shown.as_posix()}:{line}"


class _OfLibraries(logging.Handler):
    """Records of libraries: which one, how bad and where in its code; its words may quote anything."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        place = _place(record.pathname, record.lineno)
        told = {} if error is None else {"error": error}
        log().log(record.levelno, "library", kind=record.name, **{"at": place, **told})


def _uncaught(kind: type[BaseException], error: BaseException | None, _trace: TracebackType | None) -> None:
    log().critical("crashed", error=error if error is not None else kind())
