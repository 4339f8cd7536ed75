"""The doorbell: Redis or Valkey says which call ids to look at, and may forget everything at any time.

Keys: RQ's own below ``rq:``, and ``inspector:epoch``, a random value that is gone when the server lost its data.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.intermediate_queue import IntermediateQueue
from rq.serializers import JSONSerializer
from rq.worker_registration import REDIS_WORKER_KEYS, WORKERS_BY_QUEUE_KEY

from inspector.config import Settings
from inspector.enums import WorkQueue
from inspector.errors import ConfigError, DoorbellError
from workers.jobs import HEAR_AND_JUDGE, CallsJob
from workers.valkey import socket_path

__all__ = ["Doorbell", "connect", "queue_of", "tidy"]

EPOCH = "inspector:epoch"
ANSWER_S = 5.0
"""How long a server may be silent before it counts as away."""
JOB_TTL_S = 24 * 3600
"""An unheard job is forgotten after so long: the ledger rang again long before."""


def connect(settings: Settings, answer_s: float = ANSWER_S) -> redis.Redis:
    """A connection to the server of ``work.redis_url``, else to our own. Nothing is sent yet.

    ``answer_s``: how long an answer may take; a worker that waits for work in Redis needs more than it waits.
    Raises ConfigError when the address is none.
    """
    url = settings.work.redis_url
    retry = Retry(NoBackoff(), 1)  # a connection that died while the server was away is made again
    try:
        return redis.Redis.from_url(
            url.get_secret_value() if url else f"unix://{quote(socket_path(settings.home))}",
            socket_timeout=answer_s,
            socket_connect_timeout=ANSWER_S,
            retry=retry,
        )
    except ValueError:  # its text may quote the address, and with it a password
        raise ConfigError(
            "work.redis_url is no address of a Redis or Valkey", "write redis://, rediss:// or unix:// and the rest"
        ) from None


def queue_of(queue: WorkQueue, connection: redis.Redis) -> Queue:
    """RQ's queue for one kind of work."""
    return Queue(f"inspector-{queue}", connection=connection, serializer=JSONSerializer, job_class=CallsJob)


def tidy(connection: redis.Redis) -> None:
    """Throws all away when a key of ours holds something of another kind: the ledger rings again.

    Raises redis.RedisError.
    """
    queues = [queue_of(queue, connection) for queue in WorkQueue]
    kinds = {
        EPOCH: b"string",
        Queue.redis_queues_keys: b"set",
        REDIS_WORKER_KEYS: b"set",
        **{WORKERS_BY_QUEUE_KEY % queue.name: b"set" for queue in queues},
        **{queue.key: b"list" for queue in queues},
        **{IntermediateQueue.get_intermediate_queue_key(queue.key): b"list" for queue in queues},
    }
    if any(connection.type(key) not in (kind, b"none") for key, kind in kinds.items()):
        connection.delete(*kinds)


class Doorbell:
    """Rings for workers. Every method raises DoorbellError when the server cannot be reached or refuses."""

    def __init__(self, connection: redis.Redis) -> None:
        self._connection = connection

    def ring(self, queue: WorkQueue, call_ids: Sequence[str]) -> None:
        """Asks the workers of ``queue`` to look at these calls, as one job. Ringing twice does no harm."""
        with self._reaching() as connection:
            queue_of(queue, connection).enqueue_call(
                HEAR_AND_JUDGE, args=(list(call_ids),), ttl=JOB_TTL_S, description=f"{len(call_ids)} calls"
            )

    def waiting(self, queue: WorkQueue) -> int:
        """Jobs that no worker has taken yet."""
        with self._reaching() as connection:
            return queue_of(queue, connection).count

    def epoch(self) -> str | None:
        """The epoch of the server's data. Another than before, or none: it lost them, ring for all that waits."""
        with self._reaching() as connection:
            epoch = connection.get(EPOCH)
            return epoch.decode("ascii", "replace") if isinstance(epoch, bytes) else None

    def begin_epoch(self) -> str:
        """Begins an epoch, when all that waits is rung for."""
        with self._reaching() as connection:
            epoch = secrets.token_hex(8)
            connection.set(EPOCH, epoch)
            return epoch

    @contextmanager
    def _reaching(self) -> Iterator[redis.Redis]:
        try:
            yield self._connection
        except redis.RedisError as error:
            if isinstance(error, redis.ResponseError):
                with suppress(redis.RedisError):
                    tidy(self._connection)
            raise DoorbellError(
                f"the queue's server does not serve: {error}", "check that it runs, and work.redis_url"
            ) from error
