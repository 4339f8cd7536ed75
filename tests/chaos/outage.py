"""A receiver that is out for minutes while alerts go on and the courier is killed again and again.

::

    receiver │ takes │ 500 … │ hangs … │ takes ──────────► until nothing waits
    alerts   ●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●
    courier  ────✂──────✂────✂───────✂────✂──── killed, begun again at once
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import standardwebhooks

from inspector.delivery.records import DeliveryState
from inspector.storage import Store, sqlite_url
from tests.chaos.world import ROOT
from tests.receivers import SECRET, Got, hang, http_receiver, notice, status

PATIENCE_S = 1800.0
"""The longest pause of a receiver that failed and failed is five minutes, the longest retry fifteen."""


@dataclass(slots=True)
class OutageResult:
    """``delivered``: notices that arrived; ``twice``: further arrivals of them; ``drained_s``: from the end of the
    outage until nothing waited."""

    seed: int
    out_s: float
    notices: int = 0
    delivered: int = 0
    twice: int = 0
    unsigned: int = 0
    dead: int = 0
    kills: int = 0
    drained_s: float = 0.0
    violations: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.violations

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "passed": self.passed}


def outage(seed: int, home: Path, out_s: float = 300.0, per_s: float = 2.0) -> OutageResult:
    """Half of the outage answers 500, the other half hangs; settings are those that ship."""
    rng, result = random.Random(seed), OutageResult(seed, out_s)  # noqa: S311 - no secret
    home.mkdir(parents=True)
    url = sqlite_url(home / "inspector.db")
    with http_receiver() as desk, closing(Store.open(url)) as store:
        with _courier_killed_now_and_then(home, desk.url, rng, result):
            _alerts(store, result, 10.0, per_s)
            taken = len(desk.got)
            for answer in (status(500), hang):
                desk.answer = answer
                _alerts(store, result, out_s / 2, per_s)
            back_s, refused = time.monotonic(), len(desk.got)
            desk.answer = status(204)
            _wait(lambda: not _waiting(store, result.notices))
            result.drained_s = round(time.monotonic() - back_s, 1)
        _check(store, [*desk.got[:taken], *desk.got[refused:]], result)
    return result


def _alerts(store: Store, result: OutageResult, seconds: float, per_s: float) -> None:
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        result.notices += 1
        store.deliveries.put(notice(1, f"group-{result.notices}"), datetime.now(UTC))
        time.sleep(1 / per_s)


def _waiting(store: Store, notices: int) -> bool:
    ended = store.deliveries.listed(notices, DeliveryState.SENT), store.deliveries.listed(notices, DeliveryState.DEAD)
    return sum(map(len, ended)) < notices


def _wait(done: Callable[[], bool]) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not done() and time.monotonic() < until_s:
        time.sleep(0.5)


def _check(store: Store, taken: list[Got], result: OutageResult) -> None:
    """``taken``: the requests that came before and after the outage."""
    listed = store.deliveries.listed(result.notices + 1)
    sent = {one.notice_id for one in listed if one.state is DeliveryState.SENT}
    result.dead = sum(one.state is DeliveryState.DEAD for one in listed)
    arrived = [got.headers["webhook-id"] for got in taken]
    result.delivered = len(sent & set(arrived))
    result.twice = len(arrived) - len(set(arrived))
    result.unsigned = sum(not is_signed(got) for got in taken)
    if result.delivered != result.notices or result.dead:
        result.violations.append(f"{result.notices - result.delivered} of {result.notices} notices did not arrive")
    if result.unsigned:
        result.violations.append(f"{result.unsigned} requests did not verify")


def is_signed(got: Got) -> bool:
    """By the library that receivers verify with."""
    key = standardwebhooks.Webhook(SECRET)
    at = datetime.fromtimestamp(int(got.headers["webhook-timestamp"]), UTC)
    return bool(key.sign(got.headers["webhook-id"], at, got.body.decode()) == got.headers["webhook-signature"])


@contextmanager
def _courier_killed_now_and_then(home: Path, url: str, rng: random.Random, result: OutageResult) -> Iterator[None]:
    ended = threading.Event()
    desk = {"kind": "webhook", "url": url, "secrets": [SECRET], "allow_plain": True}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INSPECTOR_")}
    ours = {"INSPECTOR_HOME": str(home), "INSPECTOR_DELIVERY__RECEIVERS": json.dumps({"desk": desk})}
    environment = {**kept, **ours, "INSPECTOR_WORK__LEASE_S": "2", "PYTHONPATH": str(ROOT)}

    def keep_running() -> None:
        with (home / "log").open("ab") as log:
            while not ended.is_set():
                courier = subprocess.Popen([sys.executable, "-m", "workers.courier"], env=environment, stderr=log)
                if not ended.wait(rng.uniform(5, 40)):
                    courier.send_signal(signal.SIGKILL)
                    result.kills += 1
                else:
                    courier.terminate()
                courier.wait(60)

    keeper = threading.Thread(target=keep_running)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()
