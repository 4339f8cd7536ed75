"""Calls of a contact centre, generated: which rules were really broken in them is known, and the machine errs.

12 agents in 3 teams; each rule fires by a recall and a rate of false fires of its own.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from inspector.enums import Kind, Outcome, Party, Severity, Status
from inspector.model import Call, Evidence, Facts, Finding, Inspection, Metrics, QueueEntry, finding_id_of
from inspector.roles import Person, Role
from inspector.rules.plan import Plan
from tests.builders import hearing_of, plan_of, rule_of, turn

CALL_S = 120.0


@dataclass(frozen=True, slots=True)
class Trait:
    """How a rule of this world behaves: how often it is broken, what the machine finds of it and fires at wrongly."""

    kind: Kind
    severity: Severity
    status: Status
    prevalence: float
    recall: float
    false_fires: float


TRAITS: Mapping[str, Trait] = {
    "banned.promise": Trait(Kind.FORBIDDEN, Severity.CRITICAL, Status.STABLE, 0.06, 0.9, 0.003),
    "banned.loose": Trait(Kind.FORBIDDEN, Severity.HIGH, Status.STABLE, 0.12, 0.9, 0.15),
    "missing.greeting": Trait(Kind.REQUIRED, Severity.MEDIUM, Status.STABLE, 0.35, 0.9, 0.002),
    "banned.trial": Trait(Kind.FORBIDDEN, Severity.HIGH, Status.TEST, 0.05, 0.8, 0.02),
    "urgent.complaint": Trait(Kind.SIGNAL, Severity.HIGH, Status.STABLE, 0.05, 0.9, 0.01),
    "emotion.anger": Trait(Kind.SIGNAL, Severity.MEDIUM, Status.TEST, 0.05, 0.8, 0.05),
}

AGENTS = tuple(f"33{number:02}" for number in range(12))
TEAMS = ("一组", "二组", "三组")
"""Agent n is of team n mod 3."""
NAMELESS = 0.03
"""Calls of which nobody knows whose they were."""


def people() -> Iterator[Person]:
    """Everybody of the week, the admin first."""
    yield Person("boss", frozenset({Role.ADMIN}))
    yield from (Person(f"reviewer{n}", frozenset({Role.REVIEWER})) for n in range(4))
    yield from (Person(f"qa{n}", frozenset({Role.QA_LEAD})) for n in range(3))
    yield Person("comp", frozenset({Role.COMPLIANCE}))
    yield from (Person(f"lead{n}", frozenset({Role.TEAM_LEAD}), frozenset({team})) for n, team in enumerate(TEAMS))
    yield from (
        Person(f"agent{n}", frozenset({Role.AGENT}), frozenset({TEAMS[n % 3]}), agent=agent)
        for n, agent in enumerate(AGENTS)
    )


def plan() -> Plan:
    """The rules of this world, as a pack would hold them."""
    return plan_of(
        *(
            rule_of(
                one.kind.value,
                id=rule_id,
                title=rule_id,
                severity=one.severity.value,
                status=one.status.value,
                who="customer" if one.kind is Kind.SIGNAL else "agent",
                **({"alert": "duty_supervisor"} if one.kind is Kind.SIGNAL and one.status is Status.STABLE else {}),
            )
            for rule_id, one in TRAITS.items()
        )
    )


@dataclass(frozen=True, slots=True)
class WeekCall:
    """A call as the machine judged it, and what was really in it."""

    inspection: Inspection
    truth: frozenset[str]


def day_of_calls(
    chance: random.Random, day: date, count: int, demoted: Collection[tuple[str, int]]
) -> list[WeekCall]:
    """The calls of a day in the order they came. ``demoted``: rules that count as ``test``."""
    first = datetime.combine(day, time(1), UTC)  # 9 o'clock in Shanghai
    starts = [first + timedelta(seconds=90 * number) for number in range(count)]
    return [_call(chance, day.toordinal() * 1000 + number, start, demoted) for number, start in enumerate(starts)]


def _call(
    chance: random.Random, number: int, start: datetime, demoted: Collection[tuple[str, int]]
) -> WeekCall:
    place = chance.randrange(len(AGENTS))
    facts = Facts(
        start=start.isoformat(),
        agent=None if chance.random() < NAMELESS else AGENTS[place],
        team=TEAMS[place % 3],
        customer_key=f"key-{number}",
    )
    call = Call("pbx", str(number), facts)
    truth = frozenset(rule_id for rule_id, one in TRAITS.items() if chance.random() < one.prevalence)
    fires = [rule_id for rule_id, one in TRAITS.items() if chance.random() < _odds(one, rule_id in truth)]
    findings = tuple(_finding(call, rule_id, demoted) for rule_id in fires)
    return WeekCall(_inspection(call, findings, number), truth)


def _odds(trait: Trait, is_there: bool) -> float:
    return trait.recall if is_there else trait.false_fires


def _finding(call: Call, rule_id: str, demoted: Collection[tuple[str, int]]) -> Finding:
    one, at_s = TRAITS[rule_id], 10.0 + 15 * list(TRAITS).index(rule_id)
    party = Party.CUSTOMER if one.kind is Kind.SIGNAL else Party.AGENT
    return Finding(
        id=finding_id_of(call.id, rule_id, 1),
        rule_id=rule_id,
        rule_version=1,
        kind=one.kind,
        status=Status.TEST if (rule_id, 1) in demoted else one.status,
        severity=one.severity,
        title=rule_id,
        outcome=Outcome.FIRES,
        undetermined_because=None,
        party=party,
        why="w",
        remedy="r",
        evidence=(Evidence(at_s, at_s + 3, party, "这款产品稳赚不赔", "稳赚不赔", "exact", 1.0),),
        coverage=None,
    )


def _inspection(call: Call, findings: tuple[Finding, ...], number: int) -> Inspection:
    heard = hearing_of(turn("A", 1, "您好", 60), turn("C", 61, "你好", CALL_S - 1), duration_s=CALL_S)
    recording = heard.recording
    fired = {finding.rule_id for finding in findings}
    alerts = tuple(one.rule_id for one in findings if one.kind is Kind.SIGNAL and one.status is Status.STABLE)
    named = (("alert", alerts), ("review", tuple(sorted(fired))))
    return Inspection(
        call=call,
        hearing=type(heard)(
            **{name: getattr(heard, name) for name in heard.__slots__ if name != "recording"},
            recording=type(recording)(
                f"{number:064}", f"{number}.wav", CALL_S, recording.rate_hz, recording.channels, recording.codec,
                recording.layout,
            ),
        ),
        findings=findings,
        by_rule={rule_id: Outcome.FIRES if rule_id in fired else Outcome.SILENT for rule_id in TRAITS},
        metrics=Metrics(59.0, 58.0, 3.0, 1.0, 0, None, None, 0.0),
        queues=tuple(QueueEntry(queue, because) for queue, because in named if because),
        packs="week",
        code="0.1.0",
    )  # fmt: skip
