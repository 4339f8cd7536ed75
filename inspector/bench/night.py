"""``inspector bench night``: what a whole night costs beside hearing and judging. Measured in
``workers/bench_night.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from inspector.bench.result import check_out, made, write

__all__ = ["NightTook", "run_bench_night"]


@dataclass(frozen=True, slots=True)
class NightTook:
    """Seconds of one night. ``accept_s``: until the last call was accepted, others being worked off meanwhile;
    ``work_s``: from then until the last one ended; ``close_s``: draw, balance, closing. The rest of ``total_s`` is the
    start of the command and its report."""

    calls: int
    total_s: float
    accept_s: float
    work_s: float
    close_s: float

    @property
    def rest_s(self) -> float:
        return self.total_s - self.accept_s - self.work_s - self.close_s


def run_bench_night(count: int, out: Path | None, measure: Callable[[int], NightTook]) -> int:
    """Prints what ``measure`` finds for a night of ``count`` calls, and writes it where asked to. Exit code 0."""
    check_out(out)
    took = measure(count)
    table = Table(title=f"a night of {count} calls of nothing", box=SIMPLE_HEAD)
    for column in ("phase", "s", "ms a call"):
        table.add_column(column, justify="left" if column == "phase" else "right")
    rows = {
        "accepting (workers begin meanwhile)": took.accept_s,
        "working off what was left": took.work_s,
        "draw, balance, closing": took.close_s,
        "start of the command, report": took.rest_s,
        "all": took.total_s,
    }
    for phase, seconds in rows.items():
        table.add_row(phase, f"{seconds:.1f}", f"{1000 * seconds / count:.2f}")
    Console(width=100).print(table)
    write(out, made() | asdict(took))
    return 0
