"""The courier as a real process, against receivers that fail and hang, killed wherever it can be: nothing is lost.

::

    notices  ─────────────put while all this goes on──────────────►
    receiver │ 500 │ hangs │ 500 │ takes everything ──────────────►   each notice once or more, each group in order
    courier  ──✂──✂──✂─ killed at a failpoint, begun again by its supervisor (here: the test) ─►
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import standardwebhooks

from inspector.delivery.records import DeliveryState
from inspector.storage import Store, sqlite_url
from tests.conftest import ROOT
from tests.databases import Database
from tests.receivers import SECRET, Got, hang, http_receiver, notice, status
from tests.waiting import until

GROUPS, OF_EACH = 12, 3
SETTINGS = """
[work]
lease_s = 1.0
[delivery]
first_retry_s = 0.1
pause_s = 0.2
timeout_s = 1.0
[delivery.receivers.desk]
kind = "webhook"
url = "{url}"
secrets = ["{secret}"]
allow_plain = true
"""


class Courier:
    """The process, and what it logged."""

    def __init__(self, home: Path, url: str) -> None:
        home.mkdir()
        self._home, self._log = home, home / "log"
        (home / "inspector.toml").write_text(SETTINGS.format(url=url, secret=SECRET))
        self.database = Database(sqlite_url(home / "inspector.db"))
        Store.open(self.database.url).close()

    def start(self, failpoints: str = "") -> subprocess.Popen[bytes]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("INSPECTOR_")}
        ours = {
            "INSPECTOR_HOME": str(self._home),
            "INSPECTOR_CONFIG": str(self._home / "inspector.toml"),
            "INSPECTOR_FAILPOINTS": failpoints,
            "PYTHONPATH": str(ROOT),
        }
        with self._log.open("ab") as log:
            return subprocess.Popen([sys.executable, "-m", "workers.courier"], env=kept | ours, stderr=log)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Told to end in the end, and ending well."""
        process = self.start()
        try:
            yield
            process.terminate()
            assert process.wait(60) == 0
        finally:
            process.kill()
            process.wait()

    def die_at(self, failpoint: str) -> None:
        process = self.start(f"{failpoint}=kill")
        try:
            assert process.wait(60) == -signal.SIGKILL
        finally:
            process.kill()
            process.wait()

    @property
    def logged(self) -> str:
        return self._log.read_text()


def put(store: Store, number: int) -> None:
    for group in range(GROUPS):
        store.deliveries.put(notice(number, f"{group}"), datetime.now(UTC))


def all_sent(store: Store) -> bool:
    states = [one.state for one in store.deliveries.listed(999)]
    assert DeliveryState.DEAD not in states
    return states == [DeliveryState.SENT] * GROUPS * OF_EACH


def check(taken: list[Got]) -> None:
    """Everything came, signed, under one id, each group in its order."""
    by_group: dict[str, list[int]] = {}
    bodies: dict[str, bytes] = {}
    for got in taken:
        standardwebhooks.Webhook(SECRET).verify(got.body, got.headers)
        assert bodies.setdefault(got.headers["webhook-id"], got.body) == got.body
        (one,) = json.loads(got.body)["notices"]
        by_group.setdefault(one["group_id"], []).append(one["number"])
    assert len(bodies) == GROUPS * OF_EACH
    for numbers in by_group.values():
        assert sorted(numbers) == numbers
        assert set(numbers) == set(range(1, OF_EACH + 1))


def test_an_outage_and_a_death_at_every_place(tmp_path: Path) -> None:
    with http_receiver(status(500)) as desk:
        courier = Courier(tmp_path / "home", desk.url)
        with closing(Store.open(courier.database.url)) as store:
            put(store, 1)
            for failpoint in ("courier.read", "courier.sent", "courier.marked"):
                courier.die_at(failpoint)
            put(store, 2)
            with courier.running():
                until(lambda: store.deliveries.figures()[0].circuit.shut_until)
                desk.answer = hang
                until(lambda: any(one.fault and one.fault.kind == "timeout" for one in store.deliveries.listed(999)))
            desk.answer, refused = status(204), len(desk.got)
            put(store, 3)
            for failpoint in ("courier.read", "courier.sent", "courier.marked"):
                courier.die_at(failpoint)
            with courier.running():
                until(lambda: all_sent(store))
    check(desk.got[refused:])
    for secret in (SECRET, "验证码", "承诺", "13812345678", desk.url):
        assert secret not in courier.logged


def test_a_database_that_is_busy_for_long(tmp_path: Path) -> None:
    """Another writer holds it for longer than a writer waits; meanwhile the courier neither ends nor sends twice."""
    with http_receiver() as desk:
        courier = Courier(tmp_path / "home", desk.url)
        with closing(Store.open(courier.database.url)) as store, courier.running():
            put(store, 1)
            until(lambda: len(desk.got) == GROUPS)
            for number in (2, 3):
                put(store, number)
            with courier.database.connection():
                until(lambda: "courier_waits" in courier.logged)
            until(lambda: all_sent(store))
    check(desk.got)
    assert len(desk.got) == GROUPS * OF_EACH


def test_two_couriers_one_at_a_time_and_the_other_when_it_dies(tmp_path: Path) -> None:
    with http_receiver() as desk:
        courier = Courier(tmp_path / "home", desk.url)
        with closing(Store.open(courier.database.url)) as store:
            first = courier.start()
            try:
                put(store, 1)
                until(lambda: len(desk.got) == GROUPS)
                with courier.running():
                    put(store, 2)
                    until(lambda: len(desk.got) == 2 * GROUPS)
                    first.kill()
                    put(store, 3)
                    until(lambda: all_sent(store))
            finally:
                first.kill()
                first.wait()
    check(desk.got)
