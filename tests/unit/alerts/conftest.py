"""A store whose notices are kept in a list, and calls that alert when a test says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from inspector.alerts.group import AlertGroup
from inspector.alerts.route import audiences
from inspector.delivery.notice import Notice
from inspector.model import Call, Facts
from inspector.pipeline import inspect_hearing
from inspector.rules.notation import parse_call
from inspector.rules.plan import Plan
from inspector.storage import Kept, Store
from inspector.storage.alerts import GroupFilter, desk, telling
from inspector.storage.saving import save_inspection
from tests.accepted import BOSS, Clock
from tests.builders import plan_of, rule_of
from tests.databases import Database

SAID = datetime(2025, 3, 7, 7, tzinfo=UTC)  # a Friday, 15:00 in Shanghai
LINES = {
    "urgent.account_theft": ("C", "我的卡被盗刷了"),
    "urgent.complaint": ("C", "我要投诉你们"),
    "urgent.data_leak": ("C", "我的信息被泄露了"),
    "banned.ask_secret": ("A", "请说验证码"),
    "of.the_bank": ("A", "稳赚不赔"),
}
AUDIENCES = {"banned.ask_secret": "risk_control"}


def plan() -> Plan:
    """A rule for each of the lines: P0, P1 with a clock of its own, P1, P1 for risk control, P2."""
    rules = [
        rule_of(
            "signal", {"phrases": [text]}, id=rule_id, title=f"题{rule_id}", status="stable", severity="high",
            who={"A": "agent", "C": "customer"}[who], alert=AUDIENCES.get(rule_id, "duty_supervisor"), remedy="回拨",
        )
        for rule_id, (who, text) in LINES.items()
    ]  # fmt: skip
    return plan_of(*rules, guards=())


@dataclass
class Floor:
    """The store with what happened outside of it. ``now``: set by the test."""

    store: Store
    clock: Clock
    notices: list[Notice] = field(default_factory=list)

    def call(self, no: str, *rules: str, said: datetime | None = SAID, **facts: str) -> str:
        """A call is inspected in which these rules fire; found now. Its id."""
        lines = [f"0:{at:02} {LINES[rule][0]} {LINES[rule][1]}" for at, rule in enumerate(rules, start=1)]
        _, hearing = parse_call("\n".join(lines or ["0:01 A 您好"]), no)
        hearing = replace(hearing, recording=replace(hearing.recording, id=no.rjust(64, "0")))
        start = None if said is None else (said - timedelta(seconds=1)).isoformat()
        call = Call("pbx", no, Facts(start=start, **facts))
        made = inspect_hearing(call, hearing, plan())
        kept = Kept("d", audiences=audiences(plan()))
        with self.store._writer.begin() as connection:
            day = self.store.business_date(call.facts)
            save_inspection(connection, made, kept, day, self.store.alerts.policy, self.clock.at)
        return call.id

    def groups(self, **which: object) -> tuple[AlertGroup, ...]:
        return self.store.alerts.groups(BOSS, GroupFilter(**which), 99)  # type: ignore[arg-type]

    def only(self) -> AlertGroup:
        (group,) = self.groups()
        return group

    def at(self, minutes: float) -> datetime:
        """So long after the words."""
        self.clock.at = SAID + timedelta(minutes=minutes)
        return self.clock.at

    def told(self) -> list[tuple[str, str, int]]:
        """Kind, audience and number of the notices since the last time."""
        told = [(str(one.kind), one.audience, one.number) for one in self.notices]
        self.notices.clear()
        return told


@pytest.fixture
def floor(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Floor]:
    clock = Clock()
    clock.at = SAID
    monkeypatch.setattr(desk, "datetime", clock)
    with closing(Store.open(database.url)) as store:
        floor = Floor(store, clock)
        monkeypatch.setattr(telling, "put_notice", lambda _connection, notice, _now: floor.notices.append(notice))
        yield floor
