"""Small accepted calls and what is heard of them, for tests of the ledger and of those who work at it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from inspector.alerts.group import Alert
from inspector.alerts.route import audiences
from inspector.enums import WorkQueue
from inspector.model import Call, Facts, Hearing, Inspection
from inspector.pipeline import inspect_hearing
from inspector.roles import Actor, Role
from inspector.rules.plan import Plan
from inspector.storage import Kept, Store
from inspector.storage.alerts import GroupFilter
from inspector.storage.ledger import Intake, IntakeLeg
from tests import builders

DIGEST = "ears"
RULE_ID = "test.promise"
WAGES_ID = "urgent.payment_failure"
BOSS = Actor("boss", frozenset(Role))


class Clock:
    """A time that passes when it is told to."""

    def __init__(self) -> None:
        self.at = datetime(2025, 3, 1, 12, tzinfo=UTC)

    def now(self, _zone: object = None) -> datetime:
        return self.at

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def sha256_of(number: int, segment_no: int = 1, version: int = 1) -> str:
    """Of the bytes of a recording that never was."""
    return hashlib.sha256(f"{number} {segment_no} {version}".encode()).hexdigest()


def leg(number: int, segment_no: int = 1, version: int = 1) -> IntakeLeg:
    return IntakeLeg(segment_no, Path(f"calls/{number}-{segment_no}.wav"), sha256_of(number, segment_no, version), 1000)


def intake(
    number: int, *legs: IntakeLeg, queue: WorkQueue = WorkQueue.BATCH, audio_s: float | None = None, **facts: str
) -> Intake:
    """Call ``number``, of one recording unless others are given; the longer, the higher its number."""
    length_s = float(number) if audio_s is None else audio_s
    return Intake(Call("pbx", str(number), Facts(**facts)), legs or (leg(number),), queue, length_s)


def id_of(number: int) -> str:
    return Call("pbx", str(number)).id


@cache
def plan() -> Plan:
    """A rule that fires and alerts on every call that :func:`hearing` makes, and a signal of some."""
    wages = {"phrases": ["工资没到账"]}
    return builders.plan_of(
        builders.rule_of(id=RULE_ID, status="stable", severity="critical", alert="team_lead"),
        builders.rule_of("signal", wages, id=WAGES_ID, status="stable", who="customer"),
        guards=(),
    )


def hearing(sha256: str, path: Path | str = "calls/x.wav") -> Hearing:
    """What is heard of a recording with these bytes: a promise that must not be made; where its name begins with
    ``wages``, also that the customer's did not come."""
    said = [builders.turn("A", 0.0, "这个产品稳赚不赔")]
    if Path(path).name.startswith("wages"):
        said.append(builders.turn("C", 2.0, "我的工资没到账"))
    heard = builders.hearing_of(*said, duration_s=5.0)
    return replace(heard, recording=replace(heard.recording, id=sha256, path=str(path)))


def inspection(call: Call, heard: Hearing) -> Inspection:
    return inspect_hearing(call, heard, plan())


def open_alerts(store: Store, day: date | None = None, limit: int = 99) -> tuple[Alert, ...]:
    """Those of the first groups in the order in which people see them."""
    groups = store.alerts.groups(BOSS, GroupFilter(day), limit)
    return tuple(alert for group in groups for alert in group.raised)


def kept(legs: Sequence[Hearing] = ()) -> Kept:
    return Kept(DIGEST, {}, legs, audiences(plan()))
