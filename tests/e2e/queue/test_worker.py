"""Worker processes against a real server: what they refuse, what they outlast, how they end."""

from __future__ import annotations

import select
import signal
import socket
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from rq import Callback, Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer, PickleSerializer
from rq.webhook import Webhook

from inspector.enums import WorkQueue
from tests.servers import ROOT, ValkeyServer, clean_environment, eventually, valkey
from workers.jobs import HEAR_AND_JUDGE, CallsJob
from workers.queues import Doorbell, queue_of

CALLS = [f"{number:024x}" for number in range(20)]
BATCH = WorkQueue.BATCH


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ValkeyServer]:
    with valkey(tmp_path / "home") as running:
        yield running


class Worker:
    """A worker process and what it wrote down."""

    def __init__(self, home: Path, queue: WorkQueue = BATCH) -> None:
        self.record = home.parent / f"{queue}.txt"
        script = Path(__file__).with_name("recording_worker.py")
        self.process = subprocess.Popen(
            [sys.executable, script, queue, self.record], cwd=ROOT, env=clean_environment(home), text=True
        )

    def told(self) -> list[str]:
        return self.record.read_text("ascii").splitlines() if self.record.exists() else []

    def heard(self) -> list[str]:
        return [line.removeprefix("heard ") for line in self.told() if line.startswith("heard ")]

    def await_line(self, line: str) -> None:
        eventually(lambda: line in self.told() or self.process.poll() is not None)
        assert line in self.told()

    def hold(self) -> Path:
        path = self.record.with_suffix(".hold")
        path.touch()
        return path

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(60)


@pytest.fixture
def worker(server: ValkeyServer) -> Iterator[Worker]:
    running = Worker(server.home)
    yield running
    running.process.kill()
    running.process.wait()


def jobs_left(connection: redis.Redis, server: ValkeyServer) -> set[str]:
    """Which keys hold anything, by the log that the server writes of itself: clients may not list keys."""
    server.kill()
    written = b"".join(path.read_bytes() for path in (server.home / "queue" / "appendonlydir").glob("*.aof"))
    named = {word.decode() for word in written.split(b"\r\n") if word.startswith(b"rq:")}
    server.start()
    return {key for key in named if server.connection.exists(key)}


# ---- the usual -------------------------------------------------------------------------------------------------------


def test_calls_are_worked_off_in_the_order_of_their_jobs(server: ValkeyServer, worker: Worker) -> None:
    bell = Doorbell(server.connection)
    for first in range(0, 20, 4):
        bell.ring(BATCH, CALLS[first : first + 4])
    bell.ring(WorkQueue.URGENT, CALLS[:1])
    worker.await_line(f"heard {CALLS[19]}")
    assert worker.heard() == CALLS
    assert (bell.waiting(BATCH), bell.waiting(WorkQueue.URGENT)) == (0, 1)
    assert worker.end() == 0
    assert worker.told()[-1] == "closed"


def test_what_is_worked_on_does_not_wait(server: ValkeyServer, worker: Worker) -> None:
    bell, held = Doorbell(server.connection), worker.hold()
    bell.ring(BATCH, CALLS[:3])
    bell.ring(BATCH, CALLS[3:5])
    worker.await_line(f"begun {CALLS[0]}")
    assert bell.waiting(BATCH) == 1
    held.unlink()
    worker.await_line(f"heard {CALLS[4]}")
    assert bell.waiting(BATCH) == 0


def test_killed_workers_leave_nothing_behind(server: ValkeyServer, worker: Worker) -> None:
    worker.hold()
    Doorbell(server.connection).ring(BATCH, CALLS[:3])
    worker.await_line(f"begun {CALLS[0]}")
    worker.process.kill()
    worker.process.wait()
    left = jobs_left(server.connection, server)
    lasting = {key for key in left if server.connection.ttl(key) == -1}
    assert lasting <= {"rq:queues", "rq:workers", "rq:workers:inspector-batch"}
    assert not {key for key in left if key.startswith("rq:job:")}


# ---- what is refused -------------------------------------------------------------------------------------------------


class Bomb:
    """Makes a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.mark,)


@pytest.fixture
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that nobody may make; ``planted.strike`` makes it, in this process and in workers started later."""
    place = tmp_path / "mark"
    (tmp_path / "planted.py").write_text(f"from pathlib import Path\ndef strike(*_): Path({str(place)!r}).touch()\n")
    monkeypatch.syspath_prepend(tmp_path)
    return place


def plant(connection: redis.Redis, mark: Path, port: int) -> list[Job]:
    """Jobs that a plain RQ worker would run, call back for, or report to a web address."""
    foreign = Queue("inspector-batch", connection=connection, serializer=JSONSerializer)
    strike = Callback("planted.strike")
    report = [Webhook(f"http://127.0.0.1:{port}/", status) for status in ("finished", "failed")]
    called_back = {"on_success": strike, "on_failure": strike, "on_stopped": strike, "webhooks": report}
    return [
        foreign.enqueue_call("planted.strike", **called_back),
        foreign.enqueue_call("os.system", args=(f"touch '{mark}'",)),
        foreign.enqueue_call(HEAR_AND_JUDGE, args=(["../../etc/passwd"],), **called_back),
        foreign.enqueue_call(HEAR_AND_JUDGE, args=(CALLS[:1], "more"), **called_back),
        foreign.enqueue_call(HEAR_AND_JUDGE, kwargs={"call_ids": CALLS[:1]}, **called_back),
        Queue("inspector-batch", connection=connection, serializer=PickleSerializer).enqueue_call(
            "planted.strike", args=(Bomb(mark),)
        ),
    ]


def test_nothing_but_lists_of_calls_is_run(server: ValkeyServer, mark: Path) -> None:
    """… and what is refused takes nobody with it: the same process works on."""
    connection = server.connection
    with socket.create_server(("127.0.0.1", 0)) as listener:
        planted = plant(connection, mark, listener.getsockname()[1])
        odd = Queue("inspector-batch", connection=connection)
        for name in (b"no id!", b"\xff\xfe", b"gone", b"list", b"bomb"):
            connection.rpush(odd.key, name)
        connection.rpush("rq:job:list", "of another kind")
        connection.hset("rq:job:bomb", mapping={"data": zlib.compress(bytes(100_000_000)), "status": "nonsense"})
        plain = {"on_success": Callback("planted.strike"), "webhooks": planted[0].webhooks}
        Queue(odd.name, connection=connection, serializer=JSONSerializer).enqueue_call(
            HEAR_AND_JUDGE, args=(CALLS[:2],), repeat=None, **plain
        )
        worker = Worker(server.home)
        try:
            worker.await_line(f"heard {CALLS[1]}")
            Doorbell(connection).ring(BATCH, CALLS[2:3])
            worker.await_line(f"heard {CALLS[2]}")
            assert worker.heard() == CALLS[:3]
            assert sum(line.startswith("pid ") for line in worker.told()) == 1
            assert not any(connection.exists(job.key) for job in planted)
            assert not mark.exists()
            assert not select.select([listener], [], [], 0)[0], "nobody was called"
        finally:
            worker.process.kill()
            worker.process.wait()


def test_plain_rq_would_have_run_them(server: ValkeyServer, mark: Path) -> None:
    """So that the test above can fail."""
    for job in plant(server.connection, mark, 1)[:2]:
        with pytest.raises(NoSuchJobError):
            CallsJob.fetch(job.id, connection=server.connection, serializer=JSONSerializer)
    assert not mark.exists()
    for job in plant(server.connection, mark, 1)[:2]:
        Job.fetch(job.id, connection=server.connection, serializer=JSONSerializer).perform()
        assert mark.exists()
        mark.unlink()
    unpickled = plant(server.connection, mark, 1)[-1]
    assert Job.fetch(unpickled.id, connection=server.connection).args
    assert mark.exists()


@pytest.mark.parametrize("key", ["rq:queue:inspector-batch", "rq:workers", "rq:queue:inspector-batch:intermediate"])
def test_keys_of_another_kind_do_not_keep_a_worker_from_working(server: ValkeyServer, key: str) -> None:
    server.connection.set(key, "no list")
    worker = Worker(server.home)
    try:
        eventually(lambda: server.connection.type("rq:workers:inspector-batch") == b"set")
        Doorbell(server.connection).ring(BATCH, CALLS[:1])
        worker.await_line(f"heard {CALLS[0]}")
    finally:
        worker.process.kill()
        worker.process.wait()


def test_no_key_suspends_a_worker(server: ValkeyServer, worker: Worker) -> None:
    server.connection.set("rq:suspended", 1)
    Doorbell(server.connection).ring(BATCH, CALLS[:1])
    worker.await_line(f"heard {CALLS[0]}")


# ---- what is outlasted -----------------------------------------------------------------------------------------------


def test_a_worker_waits_for_a_server_that_is_not_there_yet(tmp_path: Path) -> None:
    with valkey(tmp_path / "home") as server:
        server.kill()
        worker = Worker(server.home)
        try:
            eventually(lambda: bool(worker.told()))
            server.start()
            Doorbell(server.connection).ring(BATCH, CALLS[:1])
            worker.await_line(f"heard {CALLS[0]}")
        finally:
            worker.process.kill()
            worker.process.wait()


@pytest.mark.parametrize("wiped", [False, True], ids=["killed", "wiped"])
@pytest.mark.parametrize("busy", [False, True], ids=["waiting", "busy"])
def test_a_worker_outlasts_its_server(server: ValkeyServer, worker: Worker, busy: bool, wiped: bool) -> None:
    """server  ──── killed ── back ────────
    worker  waits or hears ──── hears on, in the same process"""
    Doorbell(server.connection).ring(BATCH, CALLS[:1])
    worker.await_line(f"heard {CALLS[0]}")
    held = worker.hold()
    if busy:
        Doorbell(server.connection).ring(BATCH, CALLS[1:2])
        worker.await_line(f"begun {CALLS[1]}")
    if wiped:
        server.lose_data()
    else:
        server.kill()
    server.start()
    held.unlink()
    Doorbell(server.connection).ring(BATCH, CALLS[2:3])
    worker.await_line(f"heard {CALLS[2]}")
    assert worker.heard() == ([CALLS[0], CALLS[1], CALLS[2]] if busy else [CALLS[0], CALLS[2]])
    assert sum(line.startswith("pid ") for line in worker.told()) == 1
    assert worker.end() == 0


def test_a_job_that_raises_ends_neither_the_worker_nor_returns(server: ValkeyServer, worker: Worker) -> None:
    failing = worker.record.with_suffix(".fail")
    failing.touch()
    Doorbell(server.connection).ring(BATCH, CALLS[:1])
    worker.await_line(f"begun {CALLS[0]}")
    failing.unlink()
    Doorbell(server.connection).ring(BATCH, CALLS[1:2])
    worker.await_line(f"heard {CALLS[1]}")
    assert worker.told().count(f"begun {CALLS[0]}") == 1
    assert queue_of(BATCH, server.connection).failed_job_registry.key not in jobs_left(server.connection, server)


# ---- how it ends -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_busy_worker_gives_back_what_it_has_not_finished(
    server: ValkeyServer, worker: Worker, number: signal.Signals
) -> None:
    worker.hold()
    Doorbell(server.connection).ring(BATCH, CALLS[:2])
    Doorbell(server.connection).ring(BATCH, CALLS[2:3])
    worker.await_line(f"begun {CALLS[0]}")
    worker.process.send_signal(number)
    assert worker.process.wait(60) == 0
    of_calls = [f"{what} {call_id}" for call_id in CALLS[:2] for what in ("begun", "left")]
    assert worker.told()[1:] == [*of_calls, "closed"]
    assert Doorbell(server.connection).waiting(BATCH) == 1, "the next job was not taken"


def test_a_waiting_worker_ends_at_once_even_without_a_server(server: ValkeyServer, worker: Worker) -> None:
    Doorbell(server.connection).ring(BATCH, CALLS[:1])
    worker.await_line(f"heard {CALLS[0]}")
    server.kill()
    assert worker.end() == 0
    assert worker.told()[-1] == "closed"
