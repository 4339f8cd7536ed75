"""A database that fails on purpose: the k-th thing asked of it, and if need be those after it.

After SQLite's tests of I/O errors (fail the k-th operation for every k) and Temporal's ExecuteAndTimeout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from unittest import mock

from sqlalchemy import Engine


class Fault(StrEnum):
    """``error``: the k-th statement or commit fails. ``away``: so do the next ones. ``answer_lost``: the k-th commit is
    made, but whoever asked for it sees an error."""

    ERROR = "error"
    AWAY = "away"
    ANSWER_LOST = "answer_lost"


AWAY_FOR = 12
"""So many operations fail one after the other: more than anybody tries again."""


@dataclass(slots=True)
class Faulty:
    """``asked``: how many operations there were that could have failed; ``struck``: how many did."""

    fault: Fault
    at: int
    asked: int = 0
    struck: int = 0

    def strikes(self) -> bool:
        """Whether the operation that is asked for now is to fail."""
        self.asked += 1
        last = self.at + (AWAY_FOR if self.fault is Fault.AWAY else 1)
        self.struck += self.at <= self.asked < last
        return self.at <= self.asked < last


@contextmanager
def faulty(engine: Engine, fault: Fault, at: int) -> Iterator[Faulty]:
    """Lets operation ``at`` (from 1) of an engine, and of all that are made from it, fail as a driver's error."""
    state, dialect = Faulty(fault, at), engine.dialect
    assert dialect.loaded_dbapi is not None
    error: type[Exception] = dialect.loaded_dbapi.OperationalError

    def failing(do: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*args: Any, **named: Any) -> Any:
            if state.strikes():
                raise error("disk I/O error")
            return do(*args, **named)

        return instead

    def losing_the_answer(do: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*args: Any, **named: Any) -> Any:
            done = do(*args, **named)
            if state.strikes():
                raise error("timeout")
            return done

        return instead

    wrapped = (
        {"do_commit": losing_the_answer(dialect.do_commit)}
        if fault is Fault.ANSWER_LOST
        else {
            name: failing(getattr(dialect, name))
            for name in ("do_execute", "do_executemany", "do_execute_no_params", "do_commit")
        }
    )
    with mock.patch.multiple(dialect, **wrapped):
        yield state
