"""All that runs on one machine: the supervisor over its children, the clerk beside it, health where it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from inspector.config import Settings
from inspector.enums import WorkQueue
from inspector.errors import UsageError
from inspector.logs import set_up_logs
from inspector.storage.configured import open_store
from inspector.storage.ledger import Counts
from workers.children import ChildSpec
from workers.clerk import Clerk
from workers.health import HealthServer, Vitals
from workers.life import Limits
from workers.supervisor import Overview, Supervisor

__all__ = ["Crew", "Watch", "children_of", "run_machine"]

BATCH_NICENESS = 10
"""What is urgent goes first."""

Watch = Callable[[Counts | None, Overview], None]
"""Told several times a second: the ledger at a glance, None while the database does not answer, and the children."""


@dataclass(frozen=True, slots=True)
class Crew:
    """How many processes for which queue, and whether one sends the work and one tells alerts outside."""

    urgent: int = 0
    batch: int = 0
    relay: bool = False

    def __post_init__(self) -> None:
        if min(self.urgent, self.batch) < 0 or not (self.urgent or self.batch or self.relay):
            raise UsageError("there is no process to start", "ask for at least one worker")


def children_of(crew: Crew, settings: Settings) -> tuple[ChildSpec, ...]:
    """What is to run for ``crew``, with the queue's server that ships unless the settings name another."""
    server = ChildSpec("valkey", "workers.valkey", is_server=True)
    senders = ChildSpec("relay", "workers.relay"), ChildSpec("courier", "workers.courier")
    counts = ((WorkQueue.URGENT, crew.urgent), (WorkQueue.BATCH, crew.batch))
    return (
        *([] if settings.work.redis_url else [server]),
        *(senders if crew.relay else []),
        *(_worker(queue, no) for queue, count in counts for no in range(1, count + 1)),
    )


def _worker(queue: WorkQueue, no: int) -> ChildSpec:
    niceness = BATCH_NICENESS if queue is WorkQueue.BATCH else 0
    return ChildSpec(f"{queue}-{no}", "workers.run", (queue,), niceness=niceness)


def run_machine(crew: Crew, settings: Settings, watch: Watch = lambda counts, overview: None) -> None:
    """Until SIGTERM or SIGINT; to be called from the main thread.

    Raises StorageError when the database cannot be opened at the start, ConfigError when the health port is taken.
    Afterwards the database may go away and come back.
    """
    set_up_logs()
    open_store(settings).close()
    work = settings.work
    with ExitStack() as running:
        clerk = running.enter_context(Clerk(partial(open_store, settings), work.crashes_alone))
        limits = Limits(work.stuck_s, work.drain_s)
        supervisor = Supervisor(children_of(crew, settings), limits, clerk.bury)
        if work.health_port is not None:
            vitals = Vitals(lambda: supervisor.overview, lambda: clerk.counts, lambda: clerk.receivers)
            running.enter_context(HealthServer(work.health_port, vitals))
        supervisor.run(lambda overview: watch(clerk.counts, overview))
