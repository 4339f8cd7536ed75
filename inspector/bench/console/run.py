"""Fills a database, serves it, asks it as people do, and says how long it took."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from inspector.bench.console.browser import ask_browser
from inspector.bench.console.questions import SOUND, SOUND_READY, ask_lists, ask_reviewers
from inspector.bench.console.server import fill_place, served
from inspector.bench.result import check_out, made, write

__all__ = ["ConsoleBenchJob", "run_bench_console"]

MOST_LIST_P95_MS, MOST_REVIEWERS_P95_MS = 300.0, 500.0
"""What was promised."""


@dataclass(frozen=True, slots=True)
class ConsoleBenchJob:
    """``database``: an empty one, None = SQLite in a temporary directory. ``seconds``: of reviewing."""

    calls: int
    reviewers: int
    seconds: float
    database: str | None
    out: Path | None


def run_bench_console(job: ConsoleBenchJob, packs: Path) -> int:
    """Exit code 1 when a list or the reviewers wait longer than promised. Raises UsageError, SetupError."""
    check_out(job.out)
    talk = Console(stderr=True)
    with tempfile.TemporaryDirectory() as home:
        talk.print(f"filling {job.calls} calls …", style="dim")
        place = fill_place(Path(home), job.database, job.calls, job.reviewers, packs)
        with served(place) as url:
            talk.print(f"filled in {place.fill_s:.0f} s; asking …", style="dim")
            lists = ask_lists(url, place)
            browser = ask_browser(url, place)
            reviewers = ask_reviewers(url, place, job.reviewers, job.seconds)
    kind = place.url.partition(":")[0].partition("+")[0]
    asked: dict[str, Any] = {"lists": lists.told(), "browser": browser, "reviewers": reviewers.told()}
    failed = lists.failed + reviewers.failed
    told = {"database": kind, "calls": job.calls, "reviewers_at_once": job.reviewers, "fill_s": round(place.fill_s, 1)}
    write(job.out, made() | told | asked | {"failed": len(failed), "failures": sorted(set(failed))[:20]})
    for name, figures in asked.items():
        _print(f"{name}: {kind}, {job.calls} calls", figures or {})
    talk.print(f"failed: {len(failed)} {sorted(set(failed))[:5]}")
    slow = max(one["p95_ms"] for one in asked["lists"].values()) > MOST_LIST_P95_MS
    answers = [one["p95_ms"] for name, one in asked["reviewers"].items() if name not in (SOUND, SOUND_READY)]
    slow |= max(answers) > MOST_REVIEWERS_P95_MS
    return int(slow or bool(failed))


def _print(title: str, figures: dict[str, dict[str, float]]) -> None:
    table = Table(title=title, box=SIMPLE_HEAD)
    for column in ("", "p50 ms", "p95 ms", "asked"):
        table.add_column(column, justify="left" if not column else "right")
    for name, one in figures.items():
        table.add_row(name, *(f"{one[key]:g}" if key in one else "" for key in ("p50_ms", "p95_ms", "asked")))
    Console().print(table)
