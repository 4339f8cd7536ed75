"""Measures a whole night beside hearing and judging: generated recordings, a stub's ears, everything else as it is.

::

    inspector nightly ─► ledger ─► relay ─► Valkey ─► 2 workers (silence, no rules) ─► closed, drawn ─► report
    └── accept ───────┘                                                        └ close ─┘ └── report ──┘
                  └──────────────── work off ─────────────────────────────────┘

The phases are taken from the stream of events, the whole by the clock.
"""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import wave
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from inspector.bench.night import NightTook
from inspector.config import Settings, load_settings
from inspector.errors import DoorbellError
from inspector.logs import set_up_logs
from inspector.model import Hearing, Layout, MadeBy, Recording
from inspector.pipeline import Heard, Progress
from inspector.rules.load import load_plan
from inspector.storage.configured import open_store
from inspector.storage.ledger import EventKind
from workers.bench import environment
from workers.clerk import Clerk
from workers.life import Limits
from workers.machine import Crew, children_of
from workers.pulse import Pulse
from workers.run import main as run_worker
from workers.shift import Hearer, Shift
from workers.supervisor import Supervisor

__all__ = ["measure_night"]

DAY = "2025-03-01"
WORKERS = 2
RATE_HZ, SAMPLES = 8000, 400
EVENTS_AT_ONCE = 5000


def measure_night(count: int) -> NightTook:
    """One night of ``count`` calls. Raises DoorbellError when it does not close."""
    with TemporaryDirectory() as place:
        home, sheet = Path(place) / "home", Path(place) / "calls.csv"
        _make_day(sheet, count)
        with _machine(home):
            begin_s = perf_counter()
            arguments = ["--date", DAY, "--manifest", str(sheet), "--out", str(Path(place) / "report"), "--json"]
            command = [sys.executable, "-m", "inspector", "nightly", *arguments]
            done = subprocess.run(command, env=environment(home), capture_output=True, check=False)
            total_s = perf_counter() - begin_s
        if done.returncode != 0:
            raise DoorbellError(f"the night ended with {done.returncode}", "look at inspector status and try again")
        return _took(home, count, total_s)


def _make_day(sheet: Path, count: int) -> None:
    """Recordings with bytes of their own, and their list."""
    folder = sheet.parent / "calls"
    folder.mkdir()
    with sheet.open("w", encoding="utf-8") as rows:
        rows.write("call_id,path,start,talk_s,team,agent\n")
        for number in range(count):
            with wave.open(str(folder / f"{number}.wav"), "wb") as sound:
                sound.setparams((1, 2, RATE_HZ, SAMPLES, "NONE", ""))
                sound.writeframes(number.to_bytes(2 * SAMPLES, "little"))
            rows.write(f"N-{number},calls/{number}.wav,{DAY}T09:30:00+08:00,180,T{number % 20},{number % 300}\n")


def _took(home: Path, count: int, total_s: float) -> NightTook:
    """The phases by the events of the run."""
    last: dict[str, datetime] = {}
    first: datetime | None = None
    seq = 0
    with closing(open_store(load_settings(home=home), make=False)) as store:
        while events := store.ledger.events(seq, EVENTS_AT_ONCE):
            seq = events[-1].seq
            first = first or events[0].at
            last.update((event.kind, event.at) for event in events)
    if first is None or EventKind.RUN_CLOSED not in last:
        raise DoorbellError("the night did not close", "look at inspector status and try again")
    accepted, ended, closed = (last[kind] for kind in (EventKind.ACCEPTED, EventKind.DONE, EventKind.RUN_CLOSED))
    return NightTook(
        calls=count,
        total_s=total_s,
        accept_s=(accepted - first).total_seconds(),
        work_s=(ended - accepted).total_seconds(),
        close_s=(closed - ended).total_seconds(),
    )


@contextmanager
def _machine(home: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "workers.bench_night", "machine"]
    with (home.parent / "machine.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment(home), stdout=log, stderr=log)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _run_machine() -> None:
    settings = load_settings()
    set_up_logs()
    crew = Crew(batch=WORKERS, relay=True)
    specs = [
        replace(spec, module="workers.bench_night") if spec.module == "workers.run" else spec
        for spec in children_of(crew, settings)
    ]
    work = settings.work
    with Clerk(partial(open_store, settings), work.crashes_alone) as clerk:
        Supervisor(specs, Limits(work.stuck_s, work.drain_s), clerk.bury).run(lambda _: None)


def _open_shift(settings: Settings, pulse: Pulse) -> Shift:
    no_rules = load_plan(settings.packs_dir).answering(frozenset())
    return Shift(open_store(settings), Hearer(_silence, "bench"), no_rules, settings.work, pulse)


def _silence(paths: Iterable[Path], progress: Progress) -> Generator[Heard, None, None]:
    for path in paths:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        recording = Recording(digest, str(path), 180.0, RATE_HZ, 1, "pcm_s16le", Layout.MONO)
        progress(180.0)
        yield Heard(Hearing(recording, (), (), (), (), (), (), MadeBy(None, None, None, None)), {})


def main(argv: list[str]) -> int:
    """``machine``: the supervisor; otherwise a worker of that queue."""
    if argv == ["machine"]:
        _run_machine()
        return 0
    return run_worker(argv, _open_shift)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
