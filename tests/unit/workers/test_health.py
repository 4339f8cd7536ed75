"""Health over HTTP, asked as a monitor asks it; the supervisor and the ledger are what the test says they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from time import monotonic

import pytest

from inspector.delivery.records import Circuit, Figures
from inspector.enums import WorkQueue, WorkState
from inspector.errors import ConfigError
from inspector.storage.ledger import Counts, QueueCount
from workers.children import ChildState
from workers.health import HOST, HUNG_S, HealthServer, Vitals
from workers.life import Phase
from workers.supervisor import Overview

RELAY = ChildState("relay", False, Phase.IDLE, True, False, 0, 0)
BUSY = ChildState("batch-1", False, Phase.BUSY, True, False, 2, 1)
COUNTS = Counts(
    (
        QueueCount(WorkQueue.BATCH, WorkState.DONE, 5, 900.0),
        QueueCount(WorkQueue.URGENT, WorkState.WAITING, 3, 60.5),
    ),
    datetime.now(UTC) - timedelta(seconds=90),
    2,
    4,
    "machine:1:ab",
)
Ask = Callable[[str], tuple[int, str]]


class World:
    """What the server is told; the test changes it."""

    def __init__(self) -> None:
        self.children: tuple[ChildState, ...] = (RELAY, BUSY)
        self.draining = False
        self.turned_s_ago = 0.0
        self.counts: Counts | None = COUNTS
        self.receivers: tuple[Figures, ...] = ()

    def overview(self) -> Overview:
        return Overview(self.children, self.draining, monotonic() - self.turned_s_ago)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def ask(world: World) -> Iterator[Ask]:
    with HealthServer(0, Vitals(world.overview, lambda: world.counts, lambda: world.receivers)) as server:

        def answered(path: str) -> tuple[int, str]:
            connection = HTTPConnection(HOST, server.port, timeout=30)
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read().decode()
            connection.close()
            return response.status, body

        yield answered


def reasons(answer: tuple[int, str]) -> tuple[int, list[str]]:
    told = json.loads(answer[1])
    assert told["ok"] == (not told["reasons"])
    return answer[0], told["reasons"]


def test_all_is_well(ask: Ask) -> None:
    assert reasons(ask("/healthz")) == (200, [])
    assert reasons(ask("/readyz")) == (200, [])


def test_a_supervisor_that_takes_no_turns_is_dead(ask: Ask, world: World) -> None:
    world.turned_s_ago = HUNG_S + 1
    assert reasons(ask("/healthz")) == (503, ["supervisor_hangs"])
    assert reasons(ask("/readyz")) == (503, ["supervisor_hangs"])


@pytest.mark.parametrize(
    ("child", "why"),
    [
        (ChildState("batch-1", False, Phase.STARTING, False, False, 0, 0), ["batch-1_starting"]),
        (ChildState("batch-1", False, Phase.DOWN, False, True, 9, 0), ["batch-1_ill"]),
        (ChildState("valkey", True, Phase.DOWN, False, True, 9, 0), []),
    ],
)
def test_children_must_be_ready_but_the_queues_server_need_not(
    ask: Ask, world: World, child: ChildState, why: list[str]
) -> None:
    world.children = (RELAY, child)
    assert reasons(ask("/readyz")) == (503 if why else 200, why)
    assert ask("/healthz")[0] == 200


def test_draining_is_not_ready(ask: Ask, world: World) -> None:
    world.draining = True
    assert reasons(ask("/readyz")) == (503, ["draining"])


def test_without_a_relay_nothing_begins(ask: Ask, world: World) -> None:
    world.counts = Counts(COUNTS.rows, None, 0, 0, None)
    assert reasons(ask("/readyz")) == (503, ["no_relay"])
    assert "inspector_relay_elected 0.0" in ask("/metrics")[1].splitlines()


def test_a_database_that_is_away_is_told_and_the_rest_goes_on(ask: Ask, world: World) -> None:
    world.counts = None
    assert reasons(ask("/readyz")) == (503, ["database_away"])
    status, body = ask("/metrics")
    assert status == 200
    assert "inspector_database_reachable 0.0" in body.splitlines()
    assert "inspector_work_calls" not in body, "old figures are no figures"
    assert 'inspector_child_ready{child="batch-1"} 1.0' in body.splitlines()


def test_the_figures(ask: Ask) -> None:
    status, body = ask("/metrics")
    figures = dict(line.rsplit(" ", 1) for line in body.splitlines() if not line.startswith("#"))
    assert status == 200
    assert all(name.startswith("inspector_") for name in figures)
    waited_s = float(figures.pop("inspector_work_oldest_waiting_seconds"))
    assert 90 <= waited_s < 3600
    expected = {
        'inspector_child_restarts_total{child="batch-1"}': 2,
        'inspector_child_stuck_kills_total{child="batch-1"}': 1,
        'inspector_work_calls{queue="batch",state="done"}': 5,
        'inspector_work_calls{queue="batch",state="waiting"}': 0,
        'inspector_work_calls{queue="urgent",state="waiting"}': 3,
        'inspector_work_audio_seconds{queue="batch",state="done"}': 900,
        "inspector_work_unsent_calls": 2,
        "inspector_work_stale_commits_total": 4,
        "inspector_relay_elected": 1,
        "inspector_database_reachable": 1,
    }
    assert {name: float(figures[name]) for name in expected} == expected


def test_nothing_waits(ask: Ask, world: World) -> None:
    world.counts = Counts((), None, 0, 0, "machine:1:ab")
    assert "inspector_work_oldest_waiting_seconds 0.0" in ask("/metrics")[1].splitlines()


def test_anything_else_is_not_there(ask: Ask) -> None:
    assert ask("/")[0] == 404


def test_a_port_that_is_taken() -> None:
    vitals = Vitals(World().overview, lambda: None)
    with HealthServer(0, vitals) as server, pytest.raises(ConfigError, match="health_port"):
        HealthServer(server.port, vitals)


def test_the_receivers_of_alerts(ask: Ask, world: World) -> None:
    now = datetime.now(UTC)
    shut = Circuit(6, now + timedelta(seconds=30))
    world.receivers = (
        Figures("desk", 3, 1, now - timedelta(seconds=90), None, shut),
        Figures("mail", 0, 0, None, now, Circuit()),
    )
    lines = ask("/metrics")[1].splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if 'receiver="' in line)
    assert values['inspector_notices_pending{receiver="desk"}'] == "3.0"
    assert values['inspector_notices_dead{receiver="desk"}'] == "1.0"
    assert values['inspector_receiver_shut{receiver="desk"}'] == "1.0"
    assert float(values['inspector_notices_oldest_pending_seconds{receiver="desk"}']) >= 90
    assert [value for name, value in values.items() if "mail" in name] == ["0.0"] * 4
