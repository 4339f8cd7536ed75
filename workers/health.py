"""How a supervisor and the ledger are, over HTTP on this machine alone: ``/healthz``, ``/readyz``, ``/metrics``.

Answers are made of what others have noted already: nobody who asks can make the supervisor or the database wait.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from inspector.delivery.records import Figures
from inspector.enums import WorkQueue, WorkState
from inspector.errors import ConfigError
from inspector.storage.ledger import Counts
from workers.supervisor import Overview

__all__ = ["HealthServer", "Vitals"]

HOST = "127.0.0.1"
HUNG_S = 10.0
"""A supervisor whose last turn was so long ago does nothing any more; it takes several turns a second."""
CLIENT_S = 5.0
JSON_TYPE = "application/json"


class Vitals(Collector):
    """What is told of the supervisor (``overview``), of the ledger (``counts``, None while it does not answer) and of
    the ``receivers`` of alerts."""

    def __init__(
        self,
        overview: Callable[[], Overview],
        counts: Callable[[], Counts | None],
        receivers: Callable[[], tuple[Figures, ...]] = tuple,
    ) -> None:
        self._overview, self._counts, self._receivers = overview, counts, receivers

    def why_dead(self) -> list[str]:
        """Why the supervisor cannot be said to live; empty when it can."""
        return ["supervisor_hangs"] if monotonic() - self._overview().at_s > HUNG_S else []

    def why_unready(self) -> list[str]:
        """Why work would not be taken and done now; empty when it would. Redis may be away: nothing is lost by that."""
        overview, counts = self._overview(), self._counts()
        reasons = self.why_dead()
        reasons += ["draining"] if overview.draining else []
        workers = [one for one in overview.children if not one.is_server]
        reasons += [f"{one.name}_{'ill' if one.ill else one.phase}" for one in workers if not one.ready]
        if counts is None:
            return [*reasons, "database_away"]
        return reasons if counts.relay else [*reasons, "no_relay"]

    def metrics(self) -> bytes:
        """In the text format of Prometheus."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """All figures as they are now; those of the ledger only while it answers."""
        yield from _of_children(self._overview())
        counts = self._counts()
        answers = GaugeMetricFamily("inspector_database_reachable", "1 while the database answers, else 0")
        answers.add_metric([], counts is not None)
        yield answers
        if counts is not None:
            yield from _of_ledger(counts)
        yield from _of_receivers(self._receivers())


def _of_children(overview: Overview) -> Iterator[Metric]:
    ready = GaugeMetricFamily("inspector_child_ready", "1 while the process can be given work", labels=["child"])
    ill = GaugeMetricFamily("inspector_child_ill", "1 while the process ends again and again", labels=["child"])
    restarts = CounterMetricFamily("inspector_child_restarts", "Starts after the first", labels=["child"])
    kills = CounterMetricFamily("inspector_child_stuck_kills", "Kills for want of progress", labels=["child"])
    for child in overview.children:
        ready.add_metric([child.name], child.ready)
        ill.add_metric([child.name], child.ill)
        restarts.add_metric([child.name], child.restarts)
        kills.add_metric([child.name], child.stuck_kills)
    yield from (ready, ill, restarts, kills)


def _of_ledger(counts: Counts) -> Iterator[Metric]:
    labels = ["queue", "state"]
    calls = GaugeMetricFamily("inspector_work_calls", "Accepted calls", labels=labels)
    audio = GaugeMetricFamily("inspector_work_audio_seconds", "Their sound, estimated; done: heard", labels=labels)
    for queue in WorkQueue:
        for state in WorkState:
            row = counts.row(queue, state)
            calls.add_metric([queue, state], row.calls)
            audio.add_metric([queue, state], row.audio_s)
    yield from (calls, audio)
    oldest = counts.oldest_waiting
    waited_s = 0.0 if oldest is None else max(0.0, (datetime.now(UTC) - oldest).total_seconds())
    yield _gauge("inspector_work_oldest_waiting_seconds", "How long the oldest waiting call has waited", waited_s)
    yield _gauge("inspector_work_unsent_calls", "Waiting calls that no job was made for", counts.unsent)
    yield _gauge("inspector_relay_elected", "1 while a relay is elected, on whatever machine", counts.relay is not None)
    stale = CounterMetricFamily("inspector_work_stale_commits", "Results refused because they came too late")
    stale.add_metric([], counts.stale)
    yield stale


def _of_receivers(receivers: tuple[Figures, ...]) -> Iterator[Metric]:
    labels, now = ["receiver"], datetime.now(UTC)
    pending = GaugeMetricFamily("inspector_notices_pending", "Notices that wait to be sent", labels=labels)
    oldest = GaugeMetricFamily("inspector_notices_oldest_pending_seconds", "How long the oldest waits", labels=labels)
    dead = GaugeMetricFamily("inspector_notices_dead", "Notices that were given up", labels=labels)
    shut = GaugeMetricFamily("inspector_receiver_shut", "1 while nothing is sent to a failing receiver", labels=labels)
    for one in receivers:
        pending.add_metric([one.receiver], one.pending)
        waited_s = 0.0 if one.oldest_pending is None else max(0.0, (now - one.oldest_pending).total_seconds())
        oldest.add_metric([one.receiver], waited_s)
        dead.add_metric([one.receiver], one.dead)
        shut.add_metric([one.receiver], one.circuit.shut_until is not None)
    yield from (pending, oldest, dead, shut)


def _gauge(name: str, what: str, value: float) -> Metric:
    gauge = GaugeMetricFamily(name, what)
    gauge.add_metric([], value)
    return gauge


class HealthServer:
    """Answers in threads of its own. Raises ConfigError when the port is taken."""

    def __init__(self, port: int, vitals: Vitals) -> None:
        """``port`` 0: any that is free; :attr:`port` tells which."""
        handler = type("Handler", (_Handler,), {"vitals": vitals})
        try:
            self._server = ThreadingHTTPServer((HOST, port), handler)
        except OSError as error:
            raise ConfigError(
                f"work.health_port: port {port} of {HOST} cannot be used: {error.strerror}",
                "name a port that is free, another one for each service of this machine",
            ) from error
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, name="health", daemon=True)

    def __enter__(self) -> HealthServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    vitals: Vitals
    timeout = CLIENT_S
    server_version, sys_version = "inspector", ""

    def do_GET(self) -> None:
        if self.path == "/metrics":
            self._answer(HTTPStatus.OK, CONTENT_TYPE_PLAIN_0_0_4, self.vitals.metrics())
        elif self.path == "/healthz":
            self._tell(self.vitals.why_dead())
        elif self.path == "/readyz":
            self._tell(self.vitals.why_unready())
        else:
            self._answer(HTTPStatus.NOT_FOUND, JSON_TYPE, b"{}\n")

    def _tell(self, reasons: list[str]) -> None:
        status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
        body = json.dumps({"ok": not reasons, "reasons": reasons}) + "\n"
        self._answer(status, JSON_TYPE, body.encode())

    def _answer(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Whoever asks every few seconds leaves no trace."""
