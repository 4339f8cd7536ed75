"""``inspector bench rejudge``: how fast stored calls are judged again, part by part and as whole commands."""

from __future__ import annotations

import hashlib
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, TypeVar

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from inspector import __version__
from inspector.alerts.route import audiences
from inspector.bench.ordinary import CALL_S, ordinary_calls
from inspector.bench.result import check_out, made, timed, write
from inspector.bench.shown import spread
from inspector.config import Settings
from inspector.model import Hearing, from_json, to_json
from inspector.pipeline import inspect_hearing
from inspector.rejudging.crew import Chunk
from inspector.rejudging.work import CHUNK_CALLS, Rejudger, Task
from inspector.rules.judge import judge
from inspector.rules.load import load_plan, load_scored
from inspector.rules.plan import Plan
from inspector.storage import DayRange, Store, StoredCall, sqlite_url

__all__ = ["run_bench_rejudge"]

PARTS = ("rows", "decode", "judge", "write down")
MEASURED_CHUNKS = 20
JOBS = (1, 2)

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Run:
    """One whole command, start included. ``cpu_s``: of all its processes; ``peak_mb``: of the largest one so far;
    ``digest``: sha256 of what it wrote."""

    jobs: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    digest: str


@dataclass(frozen=True, slots=True)
class Measured:
    """``parts_ms``: by part, milliseconds of processor time a call, one value a chunk; ``quiet_ms``: how long a fixed
    sum took before and after."""

    calls: int
    stored_bytes: int
    hearing_bytes: int
    parts_ms: dict[str, list[float]]
    runs: list[Run]
    quiet_ms: list[float]


def run_bench_rejudge(scored_dir: Path, count: int, out: Path | None, settings: Settings) -> int:
    """Stores made-up calls in a temporary database, judges them again and prints how long that took.

    Exit code 1 when runs with more processes write other bytes.
    """
    check_out(out)
    plan = load_plan(settings.packs_dir)
    with TemporaryDirectory() as place:
        measured = _measured(Path(place), scored_dir, count, settings, plan)
    same = len({run.digest for run in measured.runs}) == 1
    _show(measured, same)
    write(out, made() | {"packs": plan.digest, "same_bytes": same} | asdict(measured))
    return 0 if same else 1


def _measured(place: Path, scored_dir: Path, count: int, settings: Settings, plan: Plan) -> Measured:
    database = place / "inspector.db"
    talk = Console(stderr=True)
    talk.print(f"storing {count} calls", style="dim")
    with closing(Store.open(sqlite_url(database))) as store:
        sizes = []
        for call, hearing in ordinary_calls(load_scored(scored_dir), count):
            store.save(inspect_hearing(call, hearing, plan), "bench", audiences=audiences(plan))
            sizes.append(len(to_json(hearing).encode()))
    with closing(Store.open(sqlite_url(database))) as store:
        quiet_ms = [_quiet_ms() for _ in range(3)]
        talk.print("measuring parts", style="dim")
        parts_ms = _parts_ms(store, plan, settings)
        runs = []
        for jobs in JOBS:
            talk.print(f"judging with {jobs}", style="dim")
            runs.append(_run(place, jobs, settings))
        quiet_ms += [_quiet_ms() for _ in range(3)]
    return Measured(count, database.stat().st_size // count, int(statistics.median(sizes)), parts_ms, runs, quiet_ms)


def _parts_ms(store: Store, plan: Plan, settings: Settings) -> dict[str, list[float]]:
    """Of each part in one process, the first chunk left out: it fills caches."""
    rejudger = Rejudger(Task("", settings.business_tz, settings.packs_dir, plan.digest), plan, store)
    chunks = islice(store.calls.ids(DayRange(), CHUNK_CALLS), MEASURED_CHUNKS + 1)
    took = [_chunk_ms(store, plan, rejudger, ids) for ids in chunks]
    return {part: list(of_part) for part, of_part in zip(PARTS, zip(*(took[1:] or took), strict=True), strict=True)}


def _chunk_ms(store: Store, plan: Plan, rejudger: Rejudger, ids: Chunk) -> list[float]:
    found, load_s = timed(lambda: [*store.calls.load(ids, plan.digest)])
    loaded = [stored for stored in found if isinstance(stored, StoredCall)]
    texts = [to_json(stored.hearing) for stored in loaded]
    _, decode_s = timed(lambda: [from_json(Hearing, text) for text in texts])
    judged, judge_s = timed(lambda: [judge(one.call, one.hearing, plan, __version__) for one in loaded])
    _, write_s = timed(lambda: [*map(rejudger.written, judged, loaded)])
    return [1000 * part_s / len(ids) for part_s in (load_s - decode_s, decode_s, judge_s, write_s)]


def _run(place: Path, jobs: int, settings: Settings) -> Run:
    out = place / f"{jobs}.jsonl"
    command = [sys.executable, "-m", "inspector", "rejudge", "--jobs", str(jobs), "--out", str(out)]
    command += ["--packs", str(settings.packs_dir.absolute())]
    environment = os.environ | {"INSPECTOR_DATABASE_URL": sqlite_url(place / "inspector.db")}
    begin_s, before = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, env=environment)
    wall_s, after = perf_counter() - begin_s, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(jobs, wall_s, cpu_s, after.ru_maxrss / 1024, hashlib.sha256(out.read_bytes()).hexdigest())


def _quiet_ms() -> float:
    """How long a fixed sum takes: figures count only where it takes as long as always."""
    begin_s = perf_counter()
    sum(number * number for number in range(10**6))
    return 1000 * (perf_counter() - begin_s)


def _show(measured: Measured, same: bool) -> None:
    console = Console(width=120)
    title = f"{measured.calls} stored calls of {CALL_S / 60:.0f} minutes"
    parts = Table(title=title, box=SIMPLE_HEAD, caption="processor ms a call: median (min–max) over chunks")
    _fill(parts, ("part", "ms"), ((part, spread(took, ".2f")) for part, took in measured.parts_ms.items()))
    runs = Table(box=SIMPLE_HEAD, caption="whole commands, start included")
    figures = ((run.jobs, run.wall_s, run.cpu_s, measured.calls / run.wall_s, run.peak_mb) for run in measured.runs)
    rows = ((f"{jobs}", f"{s:.1f}", f"{cpu_s:.1f}", f"{rate:.0f}", f"{mb:.0f}") for jobs, s, cpu_s, rate, mb in figures)
    _fill(runs, ("jobs", "s", "processor s", "calls/s", "MB of the largest process"), rows)
    console.print(parts, runs)
    console.print("the files are equal" if same else "THE FILES DIFFER", style="bold" if same else "bold red")
    console.print(f"{measured.stored_bytes} bytes a call in the database, {measured.hearing_bytes} of them its hearing")
    console.print(f"a fixed sum takes {spread(measured.quiet_ms, '.0f')} ms")


def _fill(table: Table, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*row)
