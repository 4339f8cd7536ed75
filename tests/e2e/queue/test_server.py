"""The Valkey that ships, run for real: whom it obeys, what survives which death."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import ResponseError

from inspector.enums import WorkQueue
from inspector.errors import DoorbellError
from tests.servers import DATA, ValkeyServer, eventually, starter, valkey
from workers.queues import Doorbell
from workers.valkey import queue_dir

CALLS = [f"{number:024x}" for number in range(1000)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ValkeyServer]:
    with valkey(tmp_path / "home") as running:
        yield running


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """One server for tests that leave it as it was."""
    with valkey(tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.mark.parametrize(
    "command",
    [
        ("FLUSHALL",),
        ("FLUSHDB",),
        ("CONFIG", "SET", "dir", "/"),
        ("SHUTDOWN",),
        ("DEBUG", "SEGFAULT"),
        ("EVAL", "return 1", "0"),
        ("ACL", "SETUSER", "other", "on", "nopass", "allcommands", "allkeys"),
        ("MODULE", "LOAD", "/x.so"),
        ("REPLICAOF", "127.0.0.1", "1"),
        ("PUBLISH", "rq:pubsub:x", "{}"),
        ("KEYS", "*"),
        ("SET", "anything", "1"),
    ],
    ids=lambda command: command[0],
)
def test_nobody_may_do_more_than_ring(lasting: ValkeyServer, command: tuple[str, ...]) -> None:
    with pytest.raises(ResponseError, match=r"permission|not allowed"):
        lasting.connection.execute_command(*command)


def test_only_the_owner_reaches_it_and_only_by_its_socket(lasting: ValkeyServer) -> None:
    directory = queue_dir(lasting.home)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [directory, *directory.rglob("*")]}
    assert {mode & 0o077 for mode in modes.values()} == {0}, modes
    assert lasting.connection.info("server")["tcp_port"] == 0


def test_two_starters_share_one_server(server: ValkeyServer) -> None:
    """first   ── serves ── killed
    second  ── waits ──────── serves what the first had"""
    second = starter(server.home)
    try:
        Doorbell(server.connection).ring(WorkQueue.BATCH, CALLS[:2])
        assert server.connection.info("server")["process_id"] == server.pid
        assert second.poll() is None
        server.kill()
        eventually(server.answers)
        assert server.connection.info("server")["process_id"] == second.pid
        assert Doorbell(server.connection).waiting(WorkQueue.BATCH) == 1
    finally:
        second.kill()
        second.wait()


def test_a_server_of_old_data_keeps_a_wider_directory_shut(tmp_path: Path) -> None:
    queue_dir(tmp_path).mkdir(mode=0o755)
    with valkey(tmp_path):
        assert stat.S_IMODE(queue_dir(tmp_path).stat().st_mode) == 0o700


def test_it_serves_a_home_with_a_long_path(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 30) / "书 架"
    with valkey(home) as server:
        assert len(os.fsencode(queue_dir(server.home))) > 107
        Doorbell(server.connection).ring(WorkQueue.URGENT, CALLS[:1])
        assert Doorbell(server.connection).waiting(WorkQueue.URGENT) == 1


def test_what_was_rung_survives_a_kill(server: ValkeyServer) -> None:
    doorbell = Doorbell(server.connection)
    epoch = doorbell.begin_epoch()
    for call_id in CALLS:
        doorbell.ring(WorkQueue.BATCH, [call_id])
    server.kill()
    server.start()
    doorbell = Doorbell(server.connection)
    assert (doorbell.waiting(WorkQueue.BATCH), doorbell.epoch()) == (1000, epoch)


def test_lost_data_end_the_epoch(server: ValkeyServer) -> None:
    doorbell = Doorbell(server.connection)
    assert doorbell.epoch() is None
    first = doorbell.begin_epoch()
    assert doorbell.epoch() == first
    server.lose_data()
    server.start()
    doorbell = Doorbell(server.connection)
    assert doorbell.epoch() is None
    assert doorbell.begin_epoch() != first


@pytest.mark.parametrize("damage", ["cut", "overwritten", "manifest gone"])
def test_damaged_data_never_keep_it_from_serving(server: ValkeyServer, damage: str) -> None:
    doorbell = Doorbell(server.connection)
    doorbell.begin_epoch()
    for call_id in CALLS[:20]:
        doorbell.ring(WorkQueue.BATCH, [call_id])
    server.kill()
    written = next((queue_dir(server.home) / DATA).glob("*.incr.aof"))
    whole = written.read_bytes()
    if damage == "manifest gone":
        next(written.parent.glob("*.manifest")).unlink()
    else:
        written.write_bytes(whole[:-7] if damage == "cut" else whole[:500] + b"\xff" * 100 + whole[600:])
    server.start()
    doorbell = Doorbell(server.connection)
    assert doorbell.epoch() is None, "whoever rings must learn of it"
    doorbell.ring(WorkQueue.BATCH, CALLS[:1])
    assert doorbell.waiting(WorkQueue.BATCH) == 1


@pytest.mark.parametrize("queue", list(WorkQueue))
def test_a_key_of_another_kind_is_thrown_away(server: ValkeyServer, queue: WorkQueue) -> None:
    doorbell = Doorbell(server.connection)
    doorbell.begin_epoch()
    server.connection.set(f"rq:queue:inspector-{queue}", "no list")
    with pytest.raises(DoorbellError):
        doorbell.ring(queue, CALLS[:1])
    assert doorbell.epoch() is None, "whoever rings must learn of it"
    doorbell.ring(queue, CALLS[:1])
    assert doorbell.waiting(queue) == 1


def test_a_server_that_is_away_or_frozen_is_an_error_of_ours(
    server: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.send(signal.SIGSTOP)
    monkeypatch.setitem(server.connection.connection_pool.connection_kwargs, "socket_timeout", 0.2)
    server.connection.connection_pool.disconnect()
    with pytest.raises(DoorbellError):
        Doorbell(server.connection).waiting(WorkQueue.BATCH)
    server.send(signal.SIGCONT)
    assert Doorbell(server.connection).waiting(WorkQueue.BATCH) == 0
    server.kill()
    with pytest.raises(DoorbellError):
        Doorbell(server.connection).ring(WorkQueue.BATCH, CALLS[:1])
