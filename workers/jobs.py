"""What a job may be: a list of call ids, under the one name that is ever obeyed.

RQ imports and runs any dotted name that it finds in Redis, and calls back any other. Ours reads the list of call ids
and nothing else of a job: no name is imported, no callback or webhook heeded, nothing unpickled. What is no such list
is refused and deleted.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Sequence
from typing import Any, Protocol, Self

import redis
from rq.exceptions import NoSuchJobError
from rq.job import Job

from inspector.logs import log

__all__ = ["HEAR_AND_JUDGE", "CallsJob", "OnShift", "call_ids_of"]

HEAR_AND_JUDGE = "workers.jobs.hear_and_judge"
"""The name under which calls are enqueued. A label: no worker of ours looks a function up by it."""

CALL_ID = re.compile(r"[0-9a-f]{24}")
MAX_BYTES = 64 * 1024
"""Of a job's data unpacked: more than two thousand call ids, and no bomb."""


class OnShift(Protocol):
    """Who works calls off in a worker process, its models loaded (``workers/shift.py``)."""

    def work(self, call_ids: Sequence[str]) -> None:
        """Hears and judges those of the calls that nobody else has; keeps account of each in the ledger."""

    def stop(self) -> None:
        """Makes ``work`` return soon, then and ever after; what it has not finished goes back to the ledger.

        Called by a signal handler, while ``work`` runs or not.
        """

    def close(self) -> None:
        """Frees what the shift holds."""


def call_ids_of(data: object) -> list[str]:
    """The call ids of a job's ``data`` as it came from Redis: zlib over JSON of ``[name, instance, args, kwargs]``.

    Raises ValueError for anything but :data:`HEAR_AND_JUDGE` with one list of call ids.
    """
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(data, MAX_BYTES) if isinstance(data, bytes) else b""
        name, instance, arguments, named = json.loads(text if unpacking.eof else b"")
        (call_ids,) = arguments
    except (ValueError, TypeError, RecursionError, zlib.error) as error:
        raise ValueError("no list of calls") from error
    if (name, instance, named) != (HEAR_AND_JUDGE, None, {}) or not isinstance(call_ids, list) or not call_ids:
        raise ValueError("no list of calls")
    if not all(isinstance(call_id, str) and CALL_ID.fullmatch(call_id) for call_id in call_ids):
        raise ValueError("no call ids")
    return call_ids


class CallsJob(Job):
    """A job as our workers see it: an id and, as its one argument, a list of call ids."""

    @classmethod
    def fetch(cls, id: str, connection: redis.Redis | None = None, serializer: Any = None) -> Self:
        """The job of that id. Raises NoSuchJobError, which RQ passes over in silence, for what is refused."""
        keeper = cls(connection=connection, serializer=serializer).connection
        try:
            job = cls(id, connection=keeper, serializer=serializer)
            job.args = [call_ids_of(keeper.hget(job.key, "data"))]
        except (ValueError, redis.ResponseError) as error:
            log().warning("job.refused", error=error)
            keeper.delete(cls.key_for(id))
            raise NoSuchJobError("refused") from error
        return job
