"""Figures that take long: computed beside the requests, one computation a key at a time, and kept for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from starlette.requests import Request

from inspector.errors import InspectorError
from inspector.logs import log

__all__ = ["Background", "Computed", "Failed", "background_of"]

KEEP = timedelta(minutes=5)
"""Older figures are shown, with their time, and computed again."""
OLDEST = timedelta(hours=1)
"""Older ones are not shown any more."""
RETRY = timedelta(seconds=4)
WAIT_S = 0.4
"""What is computed within this is answered at once."""
AT_ONCE = 2
"""Computations side by side: the database has other work. Whoever asks for a third asks again."""
MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class Computed:
    """``at``: as of when."""

    value: Any
    at: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """What went wrong; empty for what nobody foresaw, which is in the log. It is tried again after :data:`RETRY`."""

    message: str
    remedy: str
    at: datetime


class Background:
    """Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done: OrderedDict[Hashable, Computed] = OrderedDict()
        self._failed: dict[Hashable, Failed] = {}
        self._running: dict[Hashable, threading.Event] = {}

    def ask(self, key: Hashable, compute: Callable[[], Any], now: datetime) -> Computed | Failed | None:
        """What is known of ``key``, computed when it is not or is too old; None: it is being computed, ask again.

        Whoever may see the same asks by the same ``key``: it says whose reach the figures are of.
        """
        with self._lock:
            known = self._known(key, now)
            if known is None or (isinstance(known, Computed) and now - known.at >= KEEP):
                self._start(key, compute, now)
            running = self._running.get(key)
        if known is None and running is not None:
            running.wait(WAIT_S)
            with self._lock:
                known = self._known(key, now)
        return known

    def forget(self) -> None:
        """Something changed that figures are of: all are computed again when somebody asks."""
        with self._lock:
            self._done.clear()
            self._running.clear()

    def _known(self, key: Hashable, now: datetime) -> Computed | Failed | None:
        done = self._done.get(key)
        if done is not None and now - done.at < OLDEST:
            return done
        failed = self._failed.get(key)
        if failed is not None and now - failed.at >= RETRY:
            del self._failed[key]
            return None
        return failed

    def _start(self, key: Hashable, compute: Callable[[], Any], now: datetime) -> None:
        if key in self._running or len(self._running) >= AT_ONCE:
            return
        ended = self._running[key] = threading.Event()
        # A daemon: what is only read need not be waited for when the console stops.
        threading.Thread(target=self._run, args=(key, compute, now, ended), daemon=True).start()

    def _run(self, key: Hashable, compute: Callable[[], Any], now: datetime, ended: threading.Event) -> None:
        result: Computed | Failed
        try:
            result = Computed(compute(), now)
        except InspectorError as error:
            result = Failed(error.message, error.remedy, now)
        except Exception as error:  # noqa: BLE001 - whatever it is, the page must be told
            log().error("figure.failed", error=error)
            result = Failed("", "", now)
        with self._lock:
            if self._running.get(key) is ended:  # else somebody said to forget it
                del self._running[key]
                self._keep(key, result)
        ended.set()

    def _keep(self, key: Hashable, result: Computed | Failed) -> None:
        if isinstance(result, Failed):
            self._failed[key] = result
            return
        self._failed.pop(key, None)
        self._done[key] = result
        self._done.move_to_end(key)
        while len(self._done) > MOST_KEPT:
            self._done.popitem(last=False)


def background_of(request: Request) -> Background:
    """The one of the console that a request came to."""
    return cast(Background, request.app.state.figures)
