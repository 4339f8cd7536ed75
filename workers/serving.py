"""The frame of a process without models that ticks until it is told to end: the relay, the courier."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from contextlib import closing
from threading import Event

from inspector.config import Settings, load_settings
from inspector.errors import InspectorError
from inspector.logs import log, set_up_logs
from inspector.storage import Store
from inspector.storage.configured import open_store
from workers.pulse import Pulse

__all__ = ["Run", "serve"]

Run = Callable[[Store, Settings, Event, Pulse], None]
"""Does its work until the event is set."""


def serve(name: str, run: Run) -> int:
    """Runs until SIGTERM or SIGINT. Returns the exit code."""
    settings = load_settings()
    set_up_logs()
    ended, pulse = Event(), Pulse.from_env()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: ended.set())
    try:
        with closing(open_store(settings)) as store:
            run(store, settings, ended, pulse)
    except InspectorError as error:
        log().error(f"{name}_ended", error_kind=type(error).__name__)
        print(error, file=sys.stderr)
        return error.exit_code
    return 0
