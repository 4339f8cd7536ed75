"""Makes jobs of what waits, and brings back what nobody works at: one process at a time, whichever is elected.

::

    ledger: waiting, unsent ──read──► job of up to ``job_calls`` ──ring──► Redis ──► worker claims
                            ◄──mark sent──┘  a relay that dies here sends twice: only the first claim counts
    ledger: lease over, sent too long ago, Redis lost its data ──► waiting, unsent
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from threading import Event
from typing import Protocol

from inspector.config import Settings, WorkSettings
from inspector.enums import WorkQueue
from inspector.errors import DoorbellError, StorageError
from inspector.failpoints import failpoint
from inspector.logs import log
from inspector.storage import Store
from inspector.storage.ledger import RELAY, Ledger, Unsent
from workers.pulse import Pulse
from workers.queues import Doorbell, connect
from workers.serving import serve
from workers.shift import owner_of_this_process

__all__ = ["Bell", "Relay", "jobs_of", "main"]

READ_AT_ONCE = 2000
AHEAD_JOBS = 64  # in Redis at a time: what is there cannot be overtaken by a longer or a more urgent call


class Bell(Protocol):
    """What wakes the workers. Raises DoorbellError when it cannot be reached."""

    def ring(self, queue: WorkQueue, call_ids: tuple[str, ...]) -> None:
        """Puts one job into a queue."""
        ...

    def waiting(self, queue: WorkQueue) -> int:
        """How many jobs of a queue nobody has taken."""
        ...

    def epoch(self) -> str | None:
        """Another value, or None, when the server lost its data."""
        ...

    def begin_epoch(self) -> str:
        """Gives the server's data a new name."""
        ...


def jobs_of(unsent: Iterable[Unsent], most_calls: int, most_audio_s: float) -> Iterator[tuple[Unsent, ...]]:
    """Calls of one queue in jobs, in their order; what is to be alone, or is longer than a job, is a job by itself."""
    job: list[Unsent] = []
    audio_s = 0.0
    for call in unsent:
        if call.alone:
            yield (call,)
            continue
        if job and (len(job) == most_calls or audio_s + call.audio_s > most_audio_s):
            yield tuple(job)
            job, audio_s = [], 0.0
        job.append(call)
        audio_s += call.audio_s
    if job:
        yield tuple(job)


class Relay:
    """One relay; of several only the elected one does anything."""

    def __init__(self, ledger: Ledger, bell: Bell, settings: WorkSettings, owner: str) -> None:
        self._ledger, self._bell, self._settings, self._owner = ledger, bell, settings, owner
        self._epoch: str | None = None

    def tick(self) -> bool:
        """Reconciles, then sends. Whether this relay is the elected one. Raises StorageError, DoorbellError."""
        settings = self._settings
        if not self._ledger.elect(RELAY, self._owner, settings.lease_s):
            return False
        failpoint("relay.elected")
        if returned := self._ledger.expire(settings.crashes_alone):
            log().warning("leases_over", calls=returned)
        self._look_for_loss()
        for queue in WorkQueue:
            self._send(queue)
        return True

    def resign(self) -> None:
        """Lets another one begin at once."""
        self._ledger.resign(RELAY, self._owner)

    def _look_for_loss(self) -> None:
        """A server with another epoch has lost what it was told."""
        epoch = self._bell.epoch()
        if epoch is None or epoch != self._epoch:
            log().info("queue_is_new", calls=self._ledger.forget_sent())
            self._epoch = epoch or self._bell.begin_epoch()

    def _send(self, queue: WorkQueue) -> None:
        settings, in_queue = self._settings, self._bell.waiting(queue)
        # What was sent and is not in the queue has been taken: by a worker that claims at once, or one that died.
        patience_s = settings.resend_s if in_queue else min(settings.resend_s, settings.lease_s / 4)
        if again := self._ledger.send_again(queue, patience_s):
            log().info("sent_again", calls=again, queue=queue)
        room = AHEAD_JOBS - in_queue
        if room <= 0:
            return
        unsent = self._ledger.unsent(queue, READ_AT_ONCE)
        failpoint("relay.read")
        for job, _ in zip(jobs_of(unsent, settings.job_calls, settings.job_audio_s), range(room), strict=False):
            ids = tuple(call.call_id for call in job)
            self._bell.ring(queue, ids)
            failpoint("relay.rung")
            self._ledger.mark_sent(ids)
            failpoint("relay.marked")


def main() -> int:
    """Runs until it is told to end. Returns the exit code."""
    return serve("relay", _run)


def _run(store: Store, settings: Settings, ended: Event, pulse: Pulse) -> None:
    relay = Relay(store.ledger, Doorbell(connect(settings)), settings.work, owner_of_this_process())
    pulse.busy()  # from now on: a relay that does not tick is stuck
    while not ended.is_set():
        try:
            relay.tick()
        except (StorageError, DoorbellError) as error:
            log().warning("relay_waits", error_kind=type(error).__name__)
        pulse.moved()
        ended.wait(settings.work.tick_s)
    relay.resign()


if __name__ == "__main__":
    sys.exit(main())
