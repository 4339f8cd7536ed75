"""A worker process: ``python -m workers.run urgent|batch``.

The models are loaded first, then jobs are taken from one queue until SIGTERM or SIGINT. The server may go away and come
back: the process keeps its models and waits.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType

import redis
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import now
from rq.worker_registration import clean_worker_registry

from inspector.config import Settings, load_settings
from inspector.enums import WorkQueue
from inspector.errors import InspectorError
from inspector.logs import log, set_up_logs
from workers.jobs import CallsJob, OnShift
from workers.pulse import Pulse
from workers.queues import connect, queue_of, tidy

__all__ = ["ModelWorker", "OpenShift", "main", "work_off"]

OpenShift = Callable[[Settings, Pulse], OnShift]
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 5.0
WORKER_TTL_S = 30
"""A worker waits half of it for a job, then shows that it lives and waits again."""


class Stop:
    """What SIGTERM and SIGINT do: a job is told to end soon, waiting for one ends at once."""

    def __init__(self, shift: OnShift) -> None:
        self._shift = shift
        self.requested = False
        self.busy = False

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        first, self.requested = not self.requested, True
        self._shift.stop()
        if first and not self.busy:
            raise StopRequested


class ModelWorker(SimpleWorker):
    """Takes the jobs of one queue, one after the other, in the main thread of a process with models.

    RQ brings call ids and no more: a job is deleted from Redis before it is begun, so a dead worker leaves nothing
    there, and what became of the calls is the ledger's to know. No alarm ends a job (the supervisor watches), nobody
    commands the worker through Redis.
    """

    max_connection_wait_time = LONGEST_PAUSE_S

    def __init__(self, queue: Queue, shift: OnShift, stop: Stop) -> None:
        super().__init__(
            [queue],  # never two: what is taken from two queues at once is lost with the process
            connection=queue.connection,
            job_class=CallsJob,
            serializer=JSONSerializer,
            default_result_ttl=0,
            worker_ttl=WORKER_TTL_S,
            maintenance_interval=30,
            log_job_description=False,
        )
        self._shift = shift
        self._stop = stop

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Works the calls of a job off. What is raised ends ``work``, not the process (:func:`work_off`)."""
        (call_ids,) = job.args
        with self.connection.pipeline() as pipeline:
            pipeline.lrem(queue.intermediate_queue_key, 1, job.id)
            pipeline.delete(job.key)
            pipeline.execute()
        self._stop.busy = True
        try:
            self._shift.work(call_ids)
        finally:
            self._stop.busy = False

    def run_maintenance_tasks(self) -> None:
        """Forgets what dead workers left. RQ's own would bring it back as failures."""
        for queue in self.queues:
            self.connection.delete(queue.intermediate_queue_key)
            clean_worker_registry(queue)
        self.last_cleaned_at = now()  # type: ignore[assignment]

    def check_for_suspension(self, burst: bool) -> None:
        """Called before each job. Nothing in Redis suspends a worker, a stop during the last job ends it."""
        if self._stop.requested:
            raise StopRequested

    def subscribe(self) -> None:
        """No commands are taken from Redis."""

    def _install_signal_handlers(self) -> None:
        """Those of :class:`Stop` are installed already."""


def work_off(connection: redis.Redis, queue: WorkQueue, shift: OnShift) -> None:
    """Takes jobs until SIGTERM or SIGINT; outlasts the death of the server."""
    stop = Stop(shift)
    pause_s = FIRST_PAUSE_S
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, stop)
    try:
        while not stop.requested:
            try:
                tidy(connection)
                ModelWorker(queue_of(queue, connection), shift, stop).work(logging_level="WARNING")
                pause_s = FIRST_PAUSE_S
            except redis.RedisError as error:
                log().warning("queue.away", error=error, delay_s=pause_s)
            if not stop.requested:
                time.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
    except StopRequested:
        pass


def main(argv: Sequence[str] | None = None, open_shift: OpenShift | None = None) -> int:
    """Runs one worker. ``open_shift`` makes what works calls off; default: the one that hears and judges.

    Exit code 0 after a stop, otherwise that of the error.
    """
    parser = argparse.ArgumentParser(prog="python -m workers.run", description=__doc__)
    parser.add_argument("queue", type=WorkQueue, choices=list(WorkQueue))
    queue: WorkQueue = parser.parse_args(argv).queue
    set_up_logs()
    try:
        settings = load_settings()
        pulse = Pulse.from_env()
        shift = (open_shift or _hearing_shift())(settings, pulse)
        try:
            pulse.ready()
            work_off(connect(settings, answer_s=WORKER_TTL_S), queue, shift)
        finally:
            shift.close()
    except InspectorError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def _hearing_shift() -> OpenShift:
    from workers.shift import open_shift  # heavy: not for those who bring a shift of their own

    return open_shift


if __name__ == "__main__":
    sys.exit(main())
