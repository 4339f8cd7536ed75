"""``inspector bench queue``: what a call costs beside hearing and judging it. Measured in ``workers/bench.py``."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from inspector.bench.result import check_out, made, write
from inspector.bench.shown import spread

__all__ = ["Measured", "run_bench_queue"]


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds a call, a value each run: by RQ alone, by queue and ledger, and of the latter's accepting, which is
    not part of it; ``fsync_ms``: of 4 KiB on the same disk."""

    calls: int
    rq_ms: list[float]
    ledger_ms: list[float]
    accept_ms: list[float]
    fsync_ms: list[float]


def run_bench_queue(count: int, runs: int, out: Path | None, measure: Callable[[int, int], Measured]) -> int:
    """Prints what ``measure`` finds for ``count`` calls in ``runs`` runs, and writes it where asked to. Exit code 0."""
    check_out(out)
    measured = measure(count, runs)
    table = Table(title=f"{count} calls of nothing", box=SIMPLE_HEAD, caption="median (min–max) of the runs")
    for column in ("what", "ms a call"):
        table.add_column(column)
    table.add_row("RQ alone, a job a call", spread(measured.rq_ms, ".2f"))
    table.add_row("queue and ledger, jobs of 16 calls", spread(measured.ledger_ms, ".2f"))
    table.add_row("accepting, 16 calls a transaction", spread(measured.accept_ms, ".2f"))
    table.add_row("an fsync of 4 KiB", spread(measured.fsync_ms, ".2f"))
    ratio = statistics.median(measured.ledger_ms) / statistics.median(measured.rq_ms)
    console = Console(width=100)
    console.print(table)
    console.print(f"queue and ledger cost {ratio:.2f} of RQ alone")
    write(out, made() | asdict(measured))
    return 0
