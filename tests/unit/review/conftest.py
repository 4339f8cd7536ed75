"""A store with calls to review, and the people who review them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from inspector.alerts.route import audiences
from inspector.config import ReviewSettings
from inspector.model import Call, Facts, Inspection
from inspector.pipeline import inspect_hearing
from inspector.review.reasons import Reason
from inspector.review.rulebook import Rulebook, rulebook_of
from inspector.roles import Actor, Role
from inspector.rules.notation import parse_call
from inspector.rules.plan import Plan
from inspector.storage import Store
from inspector.storage.reviews.items import NewItem, open_item
from tests.builders import plan_of, rule_of
from tests.databases import Database

DAY = date(2025, 3, 7)
NOON = datetime(2025, 3, 7, 4, tzinfo=UTC)  # a Friday, 12:00 in Shanghai
PROMISE, RUDE, THEFT = "0:01 A 稳赚不赔", "0:05 A 你烦不烦", "0:02 C 我的卡被盗刷了"
PLAIN = "0:01 A 您好请讲\n0:04 C 我想查余额\n0:08 A 好的请稍等"


def plan(version: int = 1) -> Plan:
    return plan_of(
        rule_of(id="banned.promise", title="承诺收益", severity="high", status="stable", version=version),
        rule_of(id="banned.rude", title="态度", severity="medium", status="test", match={"phrases": ["你烦不烦"]}),
        rule_of(id="banned.trial", title="试", status="experimental", match={"phrases": ["请稍等"]}),
        rule_of(
            "signal", {"phrases": ["盗刷"]}, id="urgent.theft", title="盗刷", status="stable", severity="critical",
            who="customer", alert="duty_supervisor",
        ),
    )  # fmt: skip


def actor(name: str, *roles: Role, teams: frozenset[str] = frozenset(), agent: str | None = None) -> Actor:
    return Actor(name, frozenset(roles or {Role.REVIEWER}), teams, agent)


LI, WANG, LEAD = actor("li"), actor("wang"), actor("lead", Role.QA_LEAD)


@dataclass
class Desk:
    """A store with its clock; ``rules``: what may be marked."""

    store: Store
    database: Database
    now: datetime = NOON
    rules: Rulebook = field(default_factory=lambda: rulebook_of(plan()))

    def heard(self, no: str, text: str, rules: Plan | None = None, **facts: str) -> Inspection:
        """A call is inspected and what it brings enters the queue."""
        _, hearing = parse_call(text, no)
        hearing = replace(hearing, recording=replace(hearing.recording, id=no.rjust(64, "0")))
        known = Facts(start=f"{DAY}T12:00:00+08:00", **facts)  # type: ignore[arg-type]
        inspection = inspect_hearing(Call("pbx", no, known), hearing, rules or plan())
        self.store.save(inspection, "d", {}, (), audiences(plan()))
        return inspection

    def item(self, reason: Reason, no: str, **fields: object) -> str:
        """Opens an item of a call, whether or not it was heard."""
        new = NewItem(Call("pbx", no).id, reason, "test", DAY, **fields)  # type: ignore[arg-type]
        with self.store._writer.begin() as connection:
            return open_item(connection, new, self.now)

    def pass_minutes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    # one look is enough here: second looks have tests of their own
    once = ReviewSettings(second_look_share=Decimal(0))  # type: ignore[call-arg]
    with closing(Store.open(database.url, review=once)) as store:
        yield Desk(store, database)
