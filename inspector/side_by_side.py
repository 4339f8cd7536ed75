"""Several pieces of work at a time by threads, results in the order of the work. The models let go of Python's lock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

__all__ = ["Told", "side_by_side"]

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


class Told:
    """Progress of several threads, told by one at a time; once stopped, it ends the work of whoever tells it."""

    def __init__(self, progress: Callable[[float], None]) -> None:
        self._progress = progress
        self._lock = Lock()
        self._stopped = False

    def __call__(self, done_s: float) -> None:
        with self._lock:
            if self._stopped:
                raise CancelledError
            self._progress(done_s)

    def stop(self) -> None:
        with self._lock:
            self._stopped = True


def side_by_side(
    work: Callable[[ItemT], ResultT], items: Iterable[ItemT], threads: int, told: Told
) -> Iterator[ResultT]:
    """Each item's result, in order; what the work raises is raised in its place.

    At most ``threads`` items are worked on and one more result waits, so memory is bounded. Whoever wants no more
    results does not wait for those under way: ``told`` is stopped, and with it all that tells it.
    """
    pool, pending = ThreadPoolExecutor(threads), deque[Future[ResultT]]()
    try:
        for item in items:
            pending.append(pool.submit(work, item))
            if len(pending) > threads:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        told.stop()
        pool.shutdown(cancel_futures=True)
