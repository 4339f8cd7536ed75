"""What goes wrong, by name. Each does one thing to a world and returns; it may find nobody to do it to."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import redis
from rq import Queue

from inspector.enums import WorkQueue
from inspector.errors import DoorbellError, StorageError
from tests.chaos.world import World
from workers.queues import Doorbell, connect
from workers.valkey import queue_dir

__all__ = ["NEMESES", "Nemesis", "foreign_marker"]

Nemesis = Callable[[World, random.Random], None]
WORKER, RELAY, SERVER = "tests.chaos.worker", "workers.relay", "valkey-server"


def _kill(world: World, module: str, rng: random.Random, number: signal.Signals = signal.SIGKILL) -> int | None:
    """Signals one of those who run a module. Returns its process id."""
    pids = world.pids(module)
    if not pids:
        return None
    pid = rng.choice(pids)
    with suppress(ProcessLookupError):
        os.kill(pid, number)
    return pid


def kill_worker(world: World, rng: random.Random) -> None:
    _kill(world, WORKER, rng)


def kill_relay(world: World, rng: random.Random) -> None:
    _kill(world, RELAY, rng)


def kill_supervisor(world: World, _rng: random.Random) -> None:
    if world.supervisor_pid is not None:
        with suppress(ProcessLookupError):
            os.kill(world.supervisor_pid, signal.SIGKILL)


def kill_group(world: World, rng: random.Random) -> None:
    """A worker with all of its process group."""
    if pids := world.pids(WORKER):
        with suppress(ProcessLookupError):
            os.killpg(rng.choice(pids), signal.SIGKILL)


def kill_everything(world: World, rng: random.Random) -> None:
    """As when the power fails, but for the disk."""
    for pid in [*world.pids(WORKER), *world.pids(RELAY), *world.pids(SERVER)]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    kill_supervisor(world, rng)


def stop_worker(world: World, rng: random.Random) -> None:
    """For longer than its lease; then it goes on as if nothing had happened."""
    _stop(world, WORKER, rng, world.settings.work.lease_s + 1)


def stop_redis(world: World, rng: random.Random) -> None:
    _stop(world, SERVER, rng, 3.0)


def _stop(world: World, module: str, rng: random.Random, seconds: float) -> None:
    pid = _kill(world, module, rng, signal.SIGSTOP)
    if pid is not None:
        time.sleep(seconds)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def kill_redis(world: World, rng: random.Random) -> None:
    _kill(world, SERVER, rng)


def wipe_redis(world: World, rng: random.Random) -> None:
    """Killed, and all that it kept is gone."""
    _kill(world, SERVER, rng)
    shutil.rmtree(_kept(world), ignore_errors=True)


def cut_aof(world: World, rng: random.Random) -> None:
    """Killed, and the end of its log is missing."""
    _kill(world, SERVER, rng)
    for log in _kept(world).glob("*.incr.aof"):
        with suppress(OSError):
            size = log.stat().st_size
            os.truncate(log, rng.randint(0, size))


def _kept(world: World) -> Path:
    return queue_dir(world.home) / "appendonlydir"


def dup_delivery(world: World, rng: random.Random) -> None:
    """Jobs for calls that run, wait or are long done."""
    ids = sorted(world.accepted)
    if ids:
        with suppress(DoorbellError):
            bell = Doorbell(connect(world.settings))
            bell.ring(rng.choice(list(WorkQueue)), rng.sample(ids, min(8, len(ids))))


def foreign_function(world: World, rng: random.Random) -> None:
    """A job that names another function, as whoever can write to the server might make it."""
    with suppress(redis.RedisError):
        queue = Queue(f"inspector-{rng.choice(list(WorkQueue))}", connection=connect(world.settings))
        queue.enqueue_call("os.system", args=(f"touch {foreign_marker(world)}",))


def foreign_marker(world: World) -> Path:
    """Is there only when a foreign function ran."""
    return world.home / "foreign"


def db_busy(world: World, _rng: random.Random) -> None:
    """Somebody writes for long."""
    with suppress(StorageError), world.database.connection() as connection:
        connection.exec_driver_sql("DELETE FROM lease WHERE name = 'nobody'")
        time.sleep(2)


NEMESES: dict[str, Nemesis] = {
    "kill-worker": kill_worker,
    "kill-supervisor": kill_supervisor,
    "kill-group": kill_group,
    "kill-everything": kill_everything,
    "kill-relay": kill_relay,
    "stop-worker": stop_worker,
    "kill-redis": kill_redis,
    "wipe-redis": wipe_redis,
    "stop-redis": stop_redis,
    "cut-aof": cut_aof,
    "dup-delivery": dup_delivery,
    "foreign-function": foreign_function,
    "db-busy": db_busy,
}
"""Beside them, in the calls themselves: poison-file, stuck-file, slow-job>lease; in the relay:
relay-crash-after-enqueue."""
