"""Measures how long an alert takes from the judged call to the receiver that has it.

::

    this process   finish a judged call, ``rate`` a second ──► database ◄── the real courier, a process of its own
                   receiver: verifies the signature, notes the time  ◄────────── webhook ──┘
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import perf_counter, sleep

from inspector.bench.alerts import AlertsMeasured
from inspector.bench.disk import fsync_ms
from inspector.config import load_settings
from inspector.delivery.webhook import signature
from inspector.errors import StorageError
from inspector.model import (
    Call,
    Finding,
    Hearing,
    Inspection,
    Kind,
    Layout,
    MadeBy,
    Outcome,
    Party,
    QueueEntry,
    Recording,
    Severity,
    Status,
    finding_id_of,
)
from inspector.pipeline import inspect_hearing
from inspector.rules.load import load_plan
from inspector.rules.plan import Plan
from inspector.storage import Kept, Store
from inspector.storage.engine import sqlite_url
from inspector.storage.ledger import Intake, IntakeLeg

__all__ = ["measure_alerts"]

RULE = "bench.alert"
AT_ONCE = 500
WARM_UP = 10
WORKERS = 4
PATIENCE_S = 120.0
KEPT = Kept("bench", audiences={RULE: "duty_supervisor"})


class Desk:
    """The receiver: when what arrived, by the id of its call."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.at_s: dict[str, float] = {}
        self.twice = self.unsigned = 0

    def take(self, headers: dict[str, str], body: bytes) -> None:
        """Notes one request."""
        at_s = perf_counter()
        expected = signature([self._key], headers["webhook-id"], int(headers["webhook-timestamp"]), body)
        self.unsigned += not compare_digest(expected, headers["webhook-signature"])
        for notice in json.loads(body)["notices"]:
            for call_id in notice["call_ids"]:
                self.twice += call_id in self.at_s
                self.at_s.setdefault(call_id, at_s)


def measure_alerts(rate: int, seconds: int) -> AlertsMeasured:
    """``rate`` alerts a second for ``seconds``, each of a call of its own. Raises StorageError."""
    key = secrets.token_bytes(32)
    desk, count = Desk(key), rate * seconds
    plan = load_plan(load_settings().packs_dir).answering(frozenset())
    with TemporaryDirectory() as place, _listening(desk) as port:
        home = Path(place)
        with closing(Store.open(sqlite_url(home / "inspector.db"))) as store, _courier(home, port, key):
            judged = [_judged(number, plan) for number in range(count + WARM_UP)]
            fences = _claimed(store, judged)
            for inspection in judged[:WARM_UP]:
                _finish(store, fences, inspection)
            _wait(desk, WARM_UP)
            took = _paced(store, fences, judged[WARM_UP:], rate)
            _wait(desk, count + WARM_UP)
        disk_ms = fsync_ms(home / "fsync")
    begins = [begin_s for begin_s, _ in took]
    arrived = [desk.at_s[inspection.call.id] for inspection in judged[WARM_UP:]]
    return AlertsMeasured(
        count,
        (count - 1) / (took[-1][1] - took[0][1]),
        [1000 * (end_s - begin_s) for begin_s, end_s in took],
        [1000 * (at_s - begin_s) for at_s, begin_s in zip(arrived, begins, strict=True)],
        desk.twice,
        desk.unsigned,
        disk_ms,
    )


def _paced(store: Store, fences: dict[str, int], judged: list[Inspection], rate: int) -> list[tuple[float, float]]:
    """When each was due and when it was kept, by as many threads as a machine may have workers.

    Counted from when it was due: what waits for a thread because the one before was slow has waited.
    """
    first_s = perf_counter()

    def work(number: int) -> tuple[float, float]:
        due_s = first_s + number / rate
        sleep(max(0.0, due_s - perf_counter()))
        _finish(store, fences, judged[number])
        return due_s, perf_counter()

    with ThreadPoolExecutor(WORKERS) as threads:
        return list(threads.map(work, range(len(judged))))


def _finish(store: Store, fences: dict[str, int], inspection: Inspection) -> None:
    if not store.ledger.finish(fences[inspection.call.id], inspection, KEPT):
        raise StorageError("a call of the bench was taken away", "measure again")


def _judged(number: int, no_rules: Plan) -> Inspection:
    """A call of silence with a finding that alerts."""
    call, digest = Call("bench", str(number)), hashlib.sha256(number.to_bytes(8)).hexdigest()
    recording = Recording(digest, f"{number}.wav", 180.0, 8000, 2, "pcm_s16le", Layout.STEREO)
    heard = Hearing(recording, (), (), (), (), (), (), MadeBy(None, None, None, None))
    finding = Finding(
        id=finding_id_of(call.id, RULE, 1),
        rule_id=RULE,
        rule_version=1,
        kind=Kind.SIGNAL,
        status=Status.STABLE,
        severity=Severity.CRITICAL,
        title="bench",
        outcome=Outcome.FIRES,
        undetermined_because=None,
        party=Party.AGENT,
        why="bench",
        remedy="bench",
        evidence=(),
        coverage=None,
    )
    return replace(inspect_hearing(call, heard, no_rules), findings=(finding,), queues=(QueueEntry("alert", (RULE,)),))


def _claimed(store: Store, judged: list[Inspection]) -> dict[str, int]:
    """The fence of each call, accepted and claimed for as long as the bench may take."""
    fences: dict[str, int] = {}
    for first in range(0, len(judged), AT_ONCE):
        some = judged[first : first + AT_ONCE]
        legs = [IntakeLeg(1, Path(one.hearing.recording.path), one.hearing.recording.id) for one in some]
        store.ledger.accept([Intake(one.call, (leg,), audio_s=180.0) for one, leg in zip(some, legs, strict=True)])
        claims = store.ledger.claim([one.call.id for one in some], "bench", 86400)
        fences |= {claim.call.id: claim.fence for claim in claims}
    return fences


def _wait(desk: Desk, count: int) -> None:
    until_s = perf_counter() + PATIENCE_S
    while len(desk.at_s) < count:
        if perf_counter() > until_s:
            raise StorageError(f"{count - len(desk.at_s)} alerts never arrived", "look at the courier's log")
        sleep(0.05)


@contextmanager
def _courier(home: Path, port: int, key: bytes) -> Iterator[None]:
    """The real one, in a process of its own, with one receiver."""
    secret = "whsec_" + base64.b64encode(key).decode()
    desk = {"kind": "webhook", "url": f"http://127.0.0.1:{port}/", "secrets": [secret], "allow_plain": True}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INSPECTOR_")}
    paths = [str(Path(__file__).resolve().parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    ours = {
        "INSPECTOR_HOME": str(home),
        "INSPECTOR_DELIVERY__RECEIVERS": json.dumps({"desk": desk}),
        "PYTHONPATH": os.pathsep.join(paths),
    }
    process = subprocess.Popen([sys.executable, "-m", "workers.courier"], env=kept | ours, cwd=home)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _listening(desk: Desk) -> Iterator[int]:
    """The port where ``desk`` takes webhooks."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            desk.take({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Figures only."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
