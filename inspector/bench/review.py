"""``inspector bench review``: how long a page of the queue and the next call take, at many findings."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import perf_counter

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from inspector.bench.result import made
from inspector.errors import UsageError
from inspector.reports.contract import to_line
from inspector.review.reasons import Reason
from inspector.roles import Actor, Role
from inspector.storage import Store, sqlite_url
from inspector.storage.engine import open_engine
from inspector.storage.reviews.bulk import fill
from inspector.storage.reviews.listing import ItemFilter

__all__ = ["MOST_P95_MS", "run_bench_review"]

MOST_P95_MS = {"sqlite": 100.0, "postgresql": 50.0}
"""What was promised for a page of the queue."""

_TIMES = 60
_PAGE = 50
_LEAD = Actor("lead", frozenset({Role.QA_LEAD}))


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, its times in milliseconds; ``page``: it is a page of the queue."""

    name: str
    page: bool
    took_ms: list[float]

    @property
    def p95_ms(self) -> float:
        return statistics.quantiles(self.took_ms, n=100, method="inclusive")[94]


def run_bench_review(findings: int, database: str | None, *, json: bool) -> int:
    """Fills an empty database (a new one of SQLite, or the one that is named) and measures on it.

    Exit code 1 when the p95 of a page is above what was promised. Raises UsageError when the database holds calls.
    """
    with tempfile.TemporaryDirectory() as place:
        url = sqlite_url(Path(place) / "bench.db") if database is None else database
        now = datetime.now(UTC)
        with closing(Store.open(url)) as store:
            items, fill_s = _fill(url, findings, now)
            asked = [Asked(name, page, _times(question)) for name, page, question in _questions(store, now)]
    kind = url.partition(":")[0].partition("+")[0]
    worst_ms = max(one.p95_ms for one in asked if one.page)
    if json:
        told = {one.name: {"p50_ms": statistics.median(one.took_ms), "p95_ms": one.p95_ms} for one in asked}
        result = made() | {"database": kind, "findings": findings, "items": items, "fill_s": fill_s, "asked": told}
        sys.stdout.write(to_line(result) + "\n")
    else:
        _print(f"{findings} findings, {items} items, {kind}; filled in {fill_s:.0f} s", asked)
    return 0 if worst_ms <= MOST_P95_MS[kind] else 1


def _fill(url: str, findings: int, now: datetime) -> tuple[int, float]:
    engine, begin_s = open_engine(url), perf_counter()
    try:
        items = fill(engine, findings, now.date(), now)
    except ValueError as error:
        raise UsageError(f"this is no database to measure on: {error}", "name an empty one") from error
    finally:
        engine.dispose()
    return items, perf_counter() - begin_s


def _questions(store: Store, now: datetime) -> list[tuple[str, bool, Callable[[], object]]]:
    queues, reviews, today = store.queues, store.reviews, now.date()
    names, of_today = count(1), ItemFilter(day=today, reason=Reason.RANDOM)

    def claim() -> object:
        return reviews.next(Actor(f"new{next(names)}", frozenset({Role.QA_LEAD})), now)

    return [
        ("page, all days", True, lambda: queues.reviews(None, _PAGE)),
        ("page, one day", True, lambda: queues.reviews(today, _PAGE)),
        ("page, findings", True, lambda: queues.reviews(None, _PAGE, Reason.FINDING)),
        ("page, random", True, lambda: queues.reviews(None, _PAGE, Reason.RANDOM)),
        ("page, one team", True, lambda: queues.reviews(None, _PAGE, None, "t7")),
        ("list with who has it", True, lambda: reviews.list(_LEAD, ItemFilter(), _PAGE, now)),
        ("list, one day and reason", True, lambda: reviews.list(_LEAD, of_today, _PAGE, now)),
        ("counts, all days", False, lambda: queues.review_counts(None)),
        ("counts, one day", False, lambda: queues.review_counts(today)),
        ("next, claimed", False, claim),
    ]


def _times(question: Callable[[], object]) -> list[float]:
    took = []
    for _ in range(_TIMES):
        begin_s = perf_counter()
        question()
        took.append((perf_counter() - begin_s) * 1000)
    return took


def _print(title: str, asked: list[Asked]) -> None:
    table = Table(title=title, box=SIMPLE_HEAD)
    for column in ("what", "p50 ms", "p95 ms", "max ms"):
        table.add_column(column)
    for one in asked:
        table.add_row(
            one.name, *(f"{ms:.1f}" for ms in (statistics.median(one.took_ms), one.p95_ms, max(one.took_ms)))
        )
    Console(width=100).print(table)
