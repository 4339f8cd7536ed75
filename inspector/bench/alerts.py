"""``inspector bench alerts``: from a judged call to the receiver that has it; ``workers/bench_alerts.py`` measures."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from inspector.bench.result import check_out, made, write

__all__ = ["MOST_P95_MS", "AlertsMeasured", "run_bench_alerts"]

MOST_P95_MS = 1000.0
"""What was promised."""


@dataclass(frozen=True, slots=True)
class AlertsMeasured:
    """Milliseconds of each alert: ``commit_ms`` until the judged call is kept, ``delivered_ms`` until the receiver has
    its webhook, both from when it was due. ``twice``: webhooks that came again; ``unsigned``: those that do not verify.
    ``per_s``: alerts a second as it came out. ``fsync_ms``: of 4 KiB on the same disk."""

    alerts: int
    per_s: float
    commit_ms: list[float]
    delivered_ms: list[float]
    twice: int
    unsigned: int
    fsync_ms: list[float]

    def percentile(self, share: int) -> float:
        """Of ``delivered_ms``, ``share`` in per cent."""
        return statistics.quantiles(self.delivered_ms, n=100, method="inclusive")[share - 1]


def run_bench_alerts(rate: int, seconds: int, out: Path | None, measure: Callable[[int, int], AlertsMeasured]) -> int:
    """Prints what ``measure`` finds at ``rate`` alerts a second, and writes it where asked to.

    Exit code 1 when an alert is missing, a signature is wrong, or it takes longer than was promised.
    """
    check_out(out)
    measured = measure(rate, seconds)
    table = Table(title=f"{measured.alerts} alerts, {measured.per_s:.1f} a second", box=SIMPLE_HEAD)
    for column in ("from the judged call", "p50 ms", "p95 ms", "max ms"):
        table.add_column(column)
    delivered = [measured.percentile(50), measured.percentile(95), max(measured.delivered_ms)]
    commit = statistics.quantiles(measured.commit_ms, n=100, method="inclusive")
    table.add_row("until it is kept", *(f"{ms:.1f}" for ms in (commit[49], commit[94], max(measured.commit_ms))))
    table.add_row("until the receiver has its webhook", *(f"{ms:.1f}" for ms in delivered))
    console = Console(width=100)
    console.print(table)
    fsync = statistics.median(measured.fsync_ms)
    console.print(f"{measured.twice} came twice, {measured.unsigned} did not verify; an fsync takes {fsync:.2f} ms")
    names = ("delivered_p50_ms", "delivered_p95_ms", "delivered_max_ms")
    write(out, made() | dict(zip(names, delivered, strict=True)) | asdict(measured))
    complete = len(measured.delivered_ms) == measured.alerts and not measured.unsigned
    return 0 if complete and measured.percentile(95) <= MOST_P95_MS else 1
