"""Keeps processes running: starts them, hears their pulse, kills what is stuck, and ends them all in order.

It has no models and knows no queue, so there is little in it that could fail. It never waits for anybody: what is asked
of the database is asked by a thread (``workers/clerk.py``).
"""

from __future__ import annotations

import selectors
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from types import FrameType

from workers.children import Child, ChildSpec, ChildState
from workers.life import Limits

__all__ = ["Overview", "Supervisor"]

TICK_S = 0.2


@dataclass(frozen=True, slots=True)
class Overview:
    """All children at a glance. ``at_s``: when, by the monotonic clock."""

    children: tuple[ChildState, ...]
    draining: bool
    at_s: float


class Supervisor:
    """Of the processes that ``specs`` name; servers are ended after all others.

    ``buried``: told the name under which a process held leases, once it is dead for sure. Must not block.
    """

    def __init__(self, specs: Sequence[ChildSpec], limits: Limits, buried: Callable[[str], None]) -> None:
        if len({spec.name for spec in specs}) != len(specs):
            raise ValueError("two children have one name")
        self._selector = selectors.DefaultSelector()
        self._children = [Child(spec, limits, self._selector, buried) for spec in specs]
        self._stops = 0
        self.overview = self._look(monotonic())
        """As of the last turn; may be read by any thread."""

    def run(self, watch: Callable[[Overview], None] = lambda overview: None) -> None:
        """Until SIGTERM, SIGINT or :meth:`stop` has ended all children; a second one ends them at once.

        From the main thread: a child ends with the thread that started it. ``watch`` is called every turn and must not
        block. What is raised kills the children first.
        """
        try:
            with self._heeding_signals():
                while not self._turn():
                    self.overview = self._look(monotonic())
                    watch(self.overview)
                    self._listen()
                self.overview = self._look(monotonic())
        finally:
            for child in self._children:
                child.kill()
            self._selector.close()

    def stop(self) -> None:
        """Ends all children; asked again, at once. Safe in a signal handler."""
        self._stops += 1

    def _turn(self) -> bool:
        """One step for every child; whether all are drained."""
        now_s = monotonic()
        workers = [child for child in self._children if not child.spec.is_server]
        servers = [child for child in self._children if child.spec.is_server]
        if self._stops:
            self._drain(workers if not all(child.life.drained for child in workers) else servers, now_s)
        for child in self._children:
            child.step(now_s)
        return self._stops > 0 and all(child.life.drained for child in self._children)

    def _drain(self, children: Sequence[Child], now_s: float) -> None:
        for child in children:
            child.life.drain(now_s)
            if self._stops > 1:
                child.life.hurry()

    def _look(self, now_s: float) -> Overview:
        return Overview(tuple(child.state for child in self._children), self._stops > 0, now_s)

    def _listen(self) -> None:
        for key, _ in self._selector.select(TICK_S):
            key.data(key.fd, monotonic())

    @contextmanager
    def _heeding_signals(self) -> Iterator[None]:
        def stop(_number: int, _frame: FrameType | None) -> None:
            self.stop()

        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
