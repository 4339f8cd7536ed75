"""Processes that work off chunks of ids. Answers come in the order of the chunks, however many work.

::

    chunks ─► 0 1 2 3 4 …      at most AHEAD for each process are given out and not yet passed on
              │ │ │ │
    process A 0   2 ✗          a process ends while it works at 2:
    process B   1   3 4
    process C         2a 2b    another one takes its place, and the ids of 2 one by one
              ▼ ▼ ▼ ▼
    answers   0 1 2a 2b 3 4
"""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from inspector.errors import InspectorError, SetupError

__all__ = ["Chunk", "Crew", "Work"]

AHEAD = 4
END_S = 30.0

AnswerT = TypeVar("AnswerT")
Chunk = tuple[str, ...]
Work = Callable[[], AbstractContextManager[Callable[[Chunk], AnswerT]]]
"""What a process enters when it starts, to get what answers a chunk. Must be picklable."""

_READY = "ready"


class Crew(Generic[AnswerT]):
    """``jobs`` processes. ``died``: the answer for an id whose process ended twice while it worked at it."""

    def __init__(self, jobs: int, work: Work[AnswerT], died: Callable[[str], AnswerT]) -> None:
        self._jobs, self._work, self._died = jobs, work, died
        self._workers: set[_Worker[AnswerT]] = set()

    def __enter__(self) -> Crew[AnswerT]:
        """Starts the processes. Raises what their work raises when it is entered, SetupError when one ends."""
        try:
            self._start(self._jobs)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the processes; what they are at is finished first."""
        for worker in self._workers:
            worker.connection.close()
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def answers(self, chunks: Iterable[Chunk]) -> Iterator[AnswerT]:
        """The answers in the order of the chunks: one for each, or one for each id of a chunk whose process ended.

        Raises InspectorError as soon as a process does.
        """
        todo = enumerate(chunks)
        busy: dict[object, tuple[_Worker[AnswerT], int, Chunk]] = {}
        finished: dict[int, list[AnswerT]] = {}
        given = passed_on = 0
        while True:
            for worker in self._workers - {worker for worker, _, _ in busy.values()}:
                if given - passed_on < AHEAD * self._jobs and (order := next(todo, None)):
                    worker.give(order[1])
                    busy[worker.connection] = (worker, *order)
                    given += 1
            if not busy:
                return
            for connection in wait([worker.connection for worker, _, _ in busy.values()]):
                worker, number, chunk = busy.pop(connection)
                finished[number] = self._taken(worker, chunk)
            while passed_on in finished:
                yield from finished.pop(passed_on)
                passed_on += 1

    def _start(self, count: int) -> list[_Worker[AnswerT]]:
        started = []
        for _ in range(count):
            started.append(_Worker(self._work))
            self._workers.add(started[-1])
        for worker in started:
            worker.await_ready()
        return started

    def _replaced(self, worker: _Worker[AnswerT]) -> _Worker[AnswerT]:
        self._workers.discard(worker)
        worker.connection.close()
        worker.end()
        return self._start(1)[0]

    def _taken(self, worker: _Worker[AnswerT], chunk: Chunk) -> list[AnswerT]:
        try:
            return [worker.take()]
        except EOFError:
            worker = self._replaced(worker)
        answers = []
        for one in chunk:
            worker.give((one,))
            try:
                answers.append(worker.take())
            except EOFError:
                worker = self._replaced(worker)
                answers.append(self._died(one))
        return answers


class _Worker(Generic[AnswerT]):
    """One process, started, and the way to it."""

    def __init__(self, work: Work[AnswerT]) -> None:
        # Spawned: a fork would take along the locks of other threads and open connections to the database.
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, work), daemon=True)
        # Neither signal interrupts a start. Ctrl-C, which a terminal sends to all processes, stays blocked in this one:
        # only the first is to answer it. The tracker, which is started on the way, would let both through again.
        resource_tracker.ensure_running()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            self._process.start()
        except OSError as error:
            raise _no_start() from error
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            theirs.close()

    def await_ready(self) -> None:
        try:
            self._received()
        except EOFError:
            raise _no_start() from None

    def give(self, chunk: Chunk) -> None:
        # That it has ended meanwhile shows when its answer is taken.
        with suppress(OSError):
            self.connection.send(chunk)

    def take(self) -> AnswerT:
        """Its answer. Raises EOFError when it has ended, InspectorError when it says so."""
        answer: AnswerT = self._received()
        return answer

    def end(self) -> None:
        """Waits for its end, for a while."""
        self._process.join(END_S)
        self._process.kill()
        self._process.join()
        self._process.close()

    def _received(self) -> Any:
        try:
            received = self.connection.recv()
        except OSError as error:
            raise EOFError from error
        if isinstance(received, InspectorError):
            raise received
        return received


def _no_start() -> SetupError:
    return SetupError("a process that judges ended while it started", "free some memory, or name fewer --jobs")


def _serve(orders: Connection, work: Work[AnswerT]) -> None:
    """What a process does: answers chunks until nobody asks any more."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    try:
        with work() as answer:
            gc.freeze()  # what was loaded stays, and need not be looked through again and again
            orders.send(_READY)
            while True:
                orders.send(answer(orders.recv()))
    except InspectorError as error:
        orders.send(error)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
