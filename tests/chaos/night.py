"""A generated night, begun twice at once: one run that balances, its sample, its alerts at a receiver that verifies
their signatures, and one incident that was planted among its calls.

::

    manifest  ├─ calls … ── 8 customers whose wages did not come, within 10 minutes ── calls … ─┤
    nightly A ├────────────────────────────┤ exit 0
    nightly B ├────────────────────────────┤ exit 0, the same balance
    courier         notices ──► webhook
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from inspector.config import Settings
from inspector.storage.configured import store_url
from tests.chaos.outage import is_signed
from tests.databases import Database
from tests.night_machine import DAY, generated_day, machine, nightly, write_list
from tests.receivers import SECRET, Got, http_receiver

PLANTED = 8
PATIENCE_S = 300.0


@dataclass(slots=True)
class NightResult:
    """``alerts``: on record; ``told``: those whose notice arrived, by the ids of their calls."""

    calls: int
    took_s: float = 0.0
    balance: dict[str, Any] = field(default_factory=dict)
    drawn: int = 0
    alerts: int = 0
    told: int = 0
    twice: int = 0
    incidents: int = 0
    incident_alerts: int = 0
    violations: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.violations

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "passed": self.passed}


def night(home: Path, calls: int) -> NightResult:
    """``calls`` of the day beside the planted ones."""
    result, began_s = NightResult(calls + PLANTED), time.monotonic()
    sheet = write_list(home.parent / "calls.csv", _day(home.parent / "calls", calls))
    given = ["--date", DAY, "--manifest", sheet, "--json"]
    with http_receiver() as desk:
        receiver = {"kind": "webhook", "url": desk.url, "secrets": [SECRET], "allow_plain": True}
        told = {"INSPECTOR_DELIVERY__RECEIVERS": json.dumps({"desk": receiver})}
        with machine(home, told):
            both = [nightly(home, *given) for _ in range(2)]
            reports = [_ended(process.communicate()[0], process.returncode, result) for process in both]
            result.took_s = round(time.monotonic() - began_s, 1)
            database = Database(store_url(Settings(home=home)))
            _wait_until_told(database)
        _check(reports, database, desk.got, result)
    return result


def _day(folder: Path, calls: int) -> list[dict[str, Any]]:
    rows = generated_day(folder, calls, customer_key="", product_code="")
    for number in range(PLANTED):
        (row,) = generated_day(folder, 1, calls + number)
        path = Path(row["path"]).rename(folder / f"wages-{number}.wav")
        start = f"{DAY}T14:{number:02}:00+08:00"
        rows.insert(calls // 2, row | {"path": str(path), "customer_key": f"6222{number}", "start": start})
    return rows


def _ended(out: str, code: int, result: NightResult) -> dict[str, Any]:
    if code != 0:
        result.violations.append(f"a run ended with {code}")
        return {}
    report: dict[str, Any] = json.loads(out)
    return report


def _wait_until_told(database: Database) -> None:
    until_s = time.monotonic() + PATIENCE_S
    left = ("call_signal WHERE NOT looked", "notice WHERE fanned_at IS NULL", "delivery WHERE state = 'pending'")
    while any(_count(database, f"SELECT count(*) FROM {one}") for one in left):  # noqa: S608
        if time.monotonic() > until_s:
            return  # the check says what is missing
        time.sleep(0.2)


def _check(reports: list[dict[str, Any]], database: Database, got: list[Got], result: NightResult) -> None:
    if not all(reports):
        return
    report, other = reports
    result.balance, result.drawn = report["balance"], sum(draw["drawn"] for draw in report["draws"])
    closings = "SELECT count(*) FROM event WHERE kind = 'run.closed'"
    alerted = {row[0] for row in database.rows("SELECT DISTINCT call_id FROM alert")}
    notices = [notice for one in got for notice in json.loads(one.body)["notices"]]
    result.alerts = len(alerted)
    result.told = len(alerted & {call_id for notice in notices for call_id in notice["call_ids"]})
    result.twice = len(got) - len({one.headers["webhook-id"] for one in got})
    result.incidents = _count(database, "SELECT count(*) FROM incident")
    result.incident_alerts = _count(database, "SELECT count(*) FROM alert WHERE rule_id = 'urgent.group_incident'")
    promises = {
        "both tell the same balance": report["balance"] == other["balance"],
        "one run, closed once": _count(database, "SELECT count(*) FROM run") == _count(database, closings) == 1,
        "it balances with nothing open": result.balance["balanced"] and result.balance["open"] == 0,
        "all are listed and judged": result.balance["listed"] == result.balance["judged"] == result.calls,
        "the sample is exact": result.drawn == math.ceil(result.calls / 20),
        "every alert was told": result.alerts == result.told == result.calls,
        "every signature verifies": all(map(is_signed, got)),
        "one incident with one alert": (result.incidents, result.incident_alerts) == (1, 1),
    }
    result.violations += [f"not so: {promise}" for promise, kept in promises.items() if not kept]


def _count(database: Database, question: str) -> int:
    return int(database.rows(question)[0][0])
