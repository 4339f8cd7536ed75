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

__all__ = ["Measured", "Took", "run_bench_queue"]


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds a call of one run: by the clock, and of processor time, which others disturb less."""

    wall_ms: float
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Measured:
    """Of each run: RQ alone; queue and ledger; these with ``results`` kept, which is paid without a queue too; and
    accepting, which is part of none. ``fsync_ms``: of 4 KiB on the same disk."""

    calls: int
    rq: list[Took]
    ledger: list[Took]
    results: list[Took]
    accept: list[Took]
    fsync_ms: list[float]


def run_bench_queue(count: int, runs: int, out: Path | None, measure: Callable[[int, int], Measured]) -> int:
    """Prints what ``measure`` finds for ``count`` calls in ``runs`` runs, and writes it where asked to. Exit code 0."""
    check_out(out)
    measured = measure(count, runs)
    table = Table(title=f"{count} calls of nothing", box=SIMPLE_HEAD, caption="median (min–max) of the runs")
    for column in ("what", "ms a call", "processor ms a call"):
        table.add_column(column)
    rows = {
        "RQ alone, a job a call": measured.rq,
        "queue and ledger, jobs of 16 calls": measured.ledger,
        "… with inspections kept": measured.results,
        "accepting, 16 calls a transaction": measured.accept,
    }
    for what, took in rows.items():
        table.add_row(what, spread([run.wall_ms for run in took], ".2f"), spread([run.cpu_ms for run in took], ".2f"))
    table.add_row("an fsync of 4 KiB", spread(measured.fsync_ms, ".2f"))
    console = Console(width=100)
    console.print(table)
    wall, cpu = (_ratio(measured, clock) for clock in (lambda run: run.wall_ms, lambda run: run.cpu_ms))
    console.print(f"queue and ledger cost {wall:.2f} of RQ alone, {cpu:.2f} in processor time")
    write(out, made() | asdict(measured))
    return 0


def _ratio(measured: Measured, clock: Callable[[Took], float]) -> float:
    return statistics.median(map(clock, measured.ledger)) / statistics.median(map(clock, measured.rq))
