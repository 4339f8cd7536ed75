"""``inspector bench intake``: how many files a second are accepted, with the time one fsync takes beside it."""

from __future__ import annotations

import secrets
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from inspector.bench.disk import fsync_ms
from inspector.bench.result import check_out, made, write
from inspector.bench.shown import spread
from inspector.config import Settings
from inspector.enums import WorkQueue
from inspector.intake.submit import submit
from inspector.intake.targets import Files
from inspector.storage import Store, sqlite_url
from inspector.storage.ledger import Acceptance

__all__ = ["IntakeBenchJob", "run_bench_intake"]


@dataclass(frozen=True, slots=True)
class IntakeBenchJob:
    """What to measure: ``count`` new files of ``file_bytes`` in each of ``runs``, in ``place`` (None: where temporary
    files go)."""

    count: int
    file_bytes: int
    runs: int
    place: Path | None
    out: Path | None


@dataclass(frozen=True, slots=True)
class _Run:
    """``new_s``: to accept files that were just written; ``again_s``: to find that all of them are known."""

    new_s: float
    again_s: float
    fsync_ms: list[float]


def run_bench_intake(job: IntakeBenchJob, settings: Settings) -> int:
    """Accepts random bytes into the database that is configured, else into SQLite beside them, and prints the rates.

    A database that is configured keeps the calls: name one for the purpose. Raises RuntimeError when a file was not
    accepted.
    """
    check_out(job.out)
    runs = []
    for _ in range(job.runs):
        with TemporaryDirectory(dir=job.place) as place:
            runs.append(_run(Path(place), job, settings))
    console = Console(width=120)
    table = Table(box=SIMPLE_HEAD, caption=f"{job.runs} runs of {job.count} files of {job.file_bytes} bytes")
    for column in ("", "median (min–max)"):
        table.add_column(column)
    table.add_row("accepted, files/s", spread([job.count / run.new_s for run in runs], ".0f"))
    table.add_row("known already, files/s", spread([job.count / run.again_s for run in runs], ".0f"))
    table.add_row("fsync of 4 KiB, ms", spread([took for run in runs for took in run.fsync_ms], ".2f"))
    console.print(table)
    backend = "sqlite" if settings.database_url is None else settings.database_url.get_secret_value().partition(":")[0]
    write(
        job.out,
        made() | {"database": backend, "files": job.count, "file_bytes": job.file_bytes, "runs": [*map(asdict, runs)]},
    )
    return 0


def _run(place: Path, job: IntakeBenchJob, settings: Settings) -> _Run:
    calls = place / "calls"
    calls.mkdir()
    for number in range(job.count):
        (calls / f"{number}.ul").write_bytes(secrets.token_bytes(job.file_bytes))
    url = settings.database_url
    with closing(
        Store.open(url.get_secret_value() if url is not None else sqlite_url(place / "inspector.db"))
    ) as store:
        synced_ms = fsync_ms(place / "fsync")
        new_s = _accept_s(calls, store, job.count, Acceptance.NEW)
        return _Run(new_s, _accept_s(calls, store, job.count, Acceptance.SAME), synced_ms)


def _accept_s(calls: Path, store: Store, count: int, wanted: Acceptance) -> float:
    begin_s = perf_counter()
    accepted = sum(answer.acceptance is wanted for answer in submit(Files((calls,)), store.ledger, WorkQueue.BATCH))
    took_s = perf_counter() - begin_s
    if accepted != count:
        raise RuntimeError(f"{accepted} of {count} files were {wanted}")
    return took_s
