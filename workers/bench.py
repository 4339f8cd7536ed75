"""Measures what a call costs beside hearing and judging it: calls of silence, judged by no rule.

::

    rq       enqueue ─────────────────────────────────► worker forks, runs nothing, keeps the result     a job a call
    ledger   (accept) read unsent, ring, mark sent ───► claim, end; leases are renewed                   16 calls a job
    results  the same ────────────────────────────────► claim, checkpoint, keep the inspection and end   16 calls a job

All with the same server, one process after the other, each begun anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter, sleep

import redis
from rq import Queue, Worker

from inspector.bench.disk import fsync_ms
from inspector.bench.queue import Measured, Took
from inspector.config import Settings, load_settings
from inspector.enums import WorkQueue, WorkState
from inspector.errors import DoorbellError, ErrorKind, RecordingError
from inspector.logs import set_up_logs
from inspector.model import Call, Hearing, Layout, MadeBy, Recording
from inspector.pipeline import Heard, Progress
from inspector.rules.load import load_plan
from inspector.storage.configured import open_store
from inspector.storage.ledger import Intake, IntakeLeg
from workers.pulse import Pulse
from workers.queues import Doorbell, connect, queue_of
from workers.relay import Relay
from workers.run import ModelWorker, Stop
from workers.shift import Hearer, Shift
from workers.valkey import queue_dir, serve

__all__ = ["environment", "measure_queue"]

Hear = Callable[[Iterable[Path], Progress], Generator[Heard, None, None]]

KINDS = ("rq", "ledger", "results")
EVERYTHING = "~* &* +@all"
START_S = 120.0
NOTHING = "builtins.int"


def measure_queue(count: int, runs: int) -> Measured:
    """Measures each ``runs`` times in turn. Raises DoorbellError without a server program."""
    took: dict[str, list[Took]] = {name: [] for name in (*KINDS, "accept")}
    took_ms: list[float] = []
    with TemporaryDirectory() as place:
        for run in range(runs):
            for kind in KINDS:
                home = Path(place) / f"{kind}{run}"
                with _server(home):
                    command = [sys.executable, "-m", "workers.bench", kind, str(count)]
                    done = subprocess.run(command, check=True, capture_output=True, env=environment(home))
                for name, (wall_s, cpu_s) in json.loads(done.stdout.splitlines()[-1]).items():
                    took[name].append(Took(1000 * wall_s / count, 1000 * cpu_s / count))
            took_ms += fsync_ms(Path(place) / "fsync")
    return Measured(count, took["rq"], took["ledger"], took["results"], took["accept"], took_ms)


@contextmanager
def _server(home: Path) -> Iterator[None]:
    """The server that ships, but for RQ's own workers it has to obey everything."""
    command = [sys.executable, "-m", "workers.bench", "server", str(home)]
    process = subprocess.Popen(command, env=environment(home), stdout=subprocess.DEVNULL)
    try:
        end_s = monotonic() + START_S
        while not _answers(load_settings(home=home)):
            if process.poll() is not None or monotonic() > end_s:
                raise DoorbellError("the queue's server does not start", "try: python -m workers.valkey")
            sleep(0.05)
        yield
    finally:
        process.kill()
        process.wait()


def _answers(settings: Settings) -> bool:
    try:
        return bool(connect(settings).ping())
    except redis.ConnectionError:
        return False


def environment(home: Path) -> dict[str, str]:
    """Of a process of the installation in ``home``, without the user's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INSPECTOR_")}
    paths = [str(Path(__file__).resolve().parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return kept | {"INSPECTOR_HOME": str(home), "PYTHONPATH": os.pathsep.join(paths)}


def _now_s() -> tuple[float, float]:
    """By the clock, and processor time of this process and of those it forked and waited for."""
    used = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return perf_counter(), sum(one.ru_utime + one.ru_stime for one in used)


def _since(begin_s: tuple[float, float]) -> tuple[float, float]:
    wall_s, cpu_s = _now_s()
    return wall_s - begin_s[0], cpu_s - begin_s[1]


def _by_rq(settings: Settings, count: int) -> dict[str, tuple[float, float]]:
    """RQ as it comes: pickled jobs, a worker that forks for each, results kept for a while."""
    queue = Queue(connection=connect(settings))
    begin_s = _now_s()
    for _ in range(count):
        queue.enqueue(NOTHING)
    Worker([queue], connection=connect(settings, answer_s=START_S)).work(burst=True, logging_level="ERROR")
    took_s = _since(begin_s)
    if queue.finished_job_registry.count != count:
        raise RuntimeError("RQ did not run every job")
    return {"rq": took_s}


def _by_ledger(settings: Settings, count: int) -> dict[str, tuple[float, float]]:
    """Calls that nothing can be heard of: the ledger's own work."""
    took_s, accept_s = _ended(settings, count, _nothing, WorkState.REJECTED)
    return {"ledger": took_s, "accept": accept_s}


def _with_results(settings: Settings, count: int) -> dict[str, tuple[float, float]]:
    """Calls of silence: what is heard and judged is kept, as it is without a queue."""
    took_s, _ = _ended(settings, count, _silence, WorkState.DONE)
    return {"results": took_s}


def _ended(settings: Settings, count: int, hear: Hear, state: WorkState) -> list[tuple[float, float]]:
    """Relay and worker as they are, in turn; only ears and rules are missing. How long that took, and accepting."""
    intakes = [_intake(number) for number in range(count)]
    no_rules = load_plan(settings.packs_dir).answering(frozenset())
    work, connection = settings.work, connect(settings, answer_s=START_S)
    with closing(open_store(settings)) as store:
        begin_s = _now_s()
        for first in range(0, count, work.job_calls):
            store.ledger.accept(intakes[first : first + work.job_calls])
        accept_s, begin_s = _since(begin_s), _now_s()
        relay = Relay(store.ledger, Doorbell(connection), work, "bench")
        shift = Shift(store, Hearer(hear, "bench"), no_rules, work, Pulse(None))
        while store.ledger.counts().unsent:
            relay.tick()
            queue = queue_of(WorkQueue.BATCH, connection)
            ModelWorker(queue, shift, Stop(shift)).work(burst=True, logging_level="ERROR")
        took_s = _since(begin_s)
        if store.ledger.counts().calls(state) != count:
            raise RuntimeError("the ledger did not see every call end")
    return [took_s, accept_s]


def _intake(number: int) -> Intake:
    digest = hashlib.sha256(number.to_bytes(8)).hexdigest()
    return Intake(Call("bench", str(number)), (IntakeLeg(1, Path(f"{number}.wav"), digest),), audio_s=180.0)


def _nothing(paths: Iterable[Path], _progress: Progress) -> Generator[Heard, None, None]:
    for _ in paths:
        yield Heard(RecordingError(ErrorKind.NO_SAMPLES, "nothing", "nothing"), {})


def _silence(paths: Iterable[Path], _progress: Progress) -> Generator[Heard, None, None]:
    for path in paths:
        digest = hashlib.sha256(int(path.stem).to_bytes(8)).hexdigest()
        recording = Recording(digest, str(path), 180.0, 8000, 2, "pcm_s16le", Layout.STEREO)
        yield Heard(Hearing(recording, (), (), (), (), (), (), MadeBy(None, None, None, None)), {})


def main(argv: list[str]) -> None:
    """One run, or the server, in a process of its own. ``argv``: kind and calls, or ``server`` and home."""
    kind, of = argv
    if kind == "server":
        serve(queue_dir(Path(of)), EVERYTHING)
    set_up_logs()
    measure = {"rq": _by_rq, "ledger": _by_ledger, "results": _with_results}[kind]
    print(json.dumps(measure(load_settings(), int(of))))


if __name__ == "__main__":
    main(sys.argv[1:])
