"""Agents' numbers hold what people confirmed and appeal left standing, and nothing else, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, select

from inspector.config import ReviewSettings
from inspector.enums import Because, Kind, Outcome, Party, Severity, Status
from inspector.model import Finding, Inspection
from inspector.review.answers import Answers, GivenAnswer, GivenMark
from inspector.review.reasons import Reason
from inspector.review.records import Answer, FalseBecause
from inspector.review.rulebook import Rulebook, RuleEntry
from inspector.review.sheet import Sheet
from inspector.roles import Actor, Role
from inspector.storage import Store
from inspector.storage.engine import sqlite_url
from inspector.storage.review_tables import decision
from inspector.storage.violations import numbers
from inspector.storage.violations.lodging import Plea
from inspector.storage.violations.reading import ViolationFilter
from tests.databases import Database
from tests.signals import called, finding
from tests.unit.review.conftest import DAY, NOON, Desk, actor

RULES = {
    "missing.risk": (Kind.REQUIRED, Status.STABLE, Severity.CRITICAL),
    "banned.promise": (Kind.FORBIDDEN, Status.STABLE, Severity.HIGH),
    "service.silence": (Kind.METRIC, Status.STABLE, Severity.MEDIUM),
    "banned.trial": (Kind.FORBIDDEN, Status.TEST, Severity.CRITICAL),
    "missing.tried": (Kind.REQUIRED, Status.EXPERIMENTAL, Severity.HIGH),
    "urgent.theft": (Kind.SIGNAL, Status.STABLE, Severity.CRITICAL),
    "emotion.anger": (Kind.SIGNAL, Status.TEST, Severity.MEDIUM),
}
MAY_COUNT = {"missing.risk", "banned.promise", "service.silence"}
BOOK = Rulebook(
    {
        rule_id: RuleEntry(rule_id, 1, kind, status, severity, rule_id, (Party.AGENT,))
        for rule_id, (kind, status, severity) in RULES.items()
        if status is not Status.EXPERIMENTAL
    }
)
_NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""Every example makes a database."""
PEOPLE = [actor(f"r{n}") for n in range(3)] + [actor(f"q{n}", Role.QA_LEAD) for n in range(6)]
BOSS = Actor("boss", frozenset(Role))

FOUND = st.dictionaries(st.sampled_from(sorted(RULES)), st.sampled_from([Outcome.FIRES, Outcome.UNDETERMINED]))
EVERY_FINDING = [{rule_id: outcome} for rule_id in RULES for outcome in (Outcome.FIRES, Outcome.UNDETERMINED)]


def found_in(no: str, found: dict[str, Outcome]) -> Inspection:
    """A call of an agent of its own, so that the numbers tell which calls are in them."""
    findings = [_finding(rule_id, outcome) for rule_id, outcome in found.items()]
    inspection = called(no, NOON, finding(), agent=f"agent-{no}")
    return replace(inspection, findings=tuple(findings))


def _finding(rule_id: str, outcome: Outcome) -> Finding:
    kind, status, severity = RULES[rule_id]
    because = None if outcome is Outcome.FIRES else Because.MAYBE_NEGATED
    changed = {"kind": kind, "severity": severity, "outcome": outcome, "undetermined_because": because}
    return replace(finding(rule_id, status=status), party=Party.AGENT, **changed)  # type: ignore[arg-type]


class World:
    """Calls, and people who say what the streams say."""

    def __init__(self, desk: Desk, said: Iterator[Answer], marked: Iterator[str | None]) -> None:
        self.desk, self.said, self.marked = desk, said, marked
        self.last: dict[tuple[str, str], Answer] = {}
        self.marks: set[tuple[str, str]] = set()

    def work_off(self) -> None:
        while sum(self.takes_one(who) for who in PEOPLE):
            pass

    def takes_one(self, who: Actor) -> bool:
        desk, self.desk.now = self.desk.store.reviews, self.desk.now + timedelta(seconds=1)
        sheet = desk.next(who, self.desk.now)
        if not isinstance(sheet, Sheet):
            return False
        if sheet.hidden:
            sheet = desk.reveal(who, sheet.review_id, self._marks(sheet), BOOK, self.desk.now)
        answers = tuple(self._answer(sheet, one.id, one.rule_id) for one in sheet.findings)
        desk.submit(who, sheet.review_id, Answers(answers, self._marks(sheet)), BOOK, self.desk.now)
        return True

    def _answer(self, sheet: Sheet, finding_id: str, rule_id: str) -> GivenAnswer:
        said = self.last[sheet.source_call_id, rule_id] = next(self.said)
        return GivenAnswer(finding_id, said, None if said is Answer.CONFIRMED else FalseBecause.MISHEARD)

    def _marks(self, sheet: Sheet) -> tuple[GivenMark, ...]:
        rule_id = next(self.marked)
        if rule_id is None:
            return ()
        self.marks.add((sheet.source_call_id, rule_id))
        return (GivenMark(rule_id, 1, 2, Party.AGENT),)

    def appeal(self, wanted: Iterator[bool]) -> None:
        for one in self.desk.store.violations.list(BOSS, ViolationFilter(), 100):
            if one.may_be_appealed(self.desk.now) and next(wanted):
                agent = Actor(f"person of {one.agent}", frozenset({Role.AGENT}), agent=one.agent)
                self.desk.store.violations.lodge(agent, one.call_id, one.rule_id, Plea("不对"), self.desk.now)


def check(world: World, database: Database, found: list[dict[str, Outcome]]) -> set[str]:
    """Holds the numbers against what was generated and said; the calls that are in them."""
    with database.connection() as connection:
        decisions = connection.execute(select(decision)).all()
    final = {(_no(one.agent), one.rule_id) for one in decisions if (one.state, one.answer) == ("final", "confirmed")}
    told = {_no(one.agent) for one in world.desk.store.violations.numbers(BOSS, f"{DAY:%Y-%m}") if one.calls}
    allowed = {
        (no, rule_id)
        for no, rule_id in final
        if rule_id in MAY_COUNT
        and (found[int(no)].get(rule_id) is Outcome.FIRES or (no, rule_id) in world.marks)
    }
    assert told <= {no for no, _ in allowed}
    surely = {
        (no, rule_id)
        for no, rule_id in allowed
        if found[int(no)].get(rule_id) is not Outcome.UNDETERMINED  # a mark beside it may or may not be what holds
    }
    assert {no for no, _ in surely} <= told
    return told


def _no(agent: str) -> str:
    return agent.removeprefix("agent-")


def lived(
    place: Path, found: list[dict[str, Outcome]], streams: tuple[Iterator[object], ...], *, over: bool
) -> set[str]:
    """Reviews, appeals and, when ``over``, the end of the time to appeal."""
    said, marked, wanted = streams
    database = Database(sqlite_url(place / "x.db"))
    with closing(Store.open(database.url, review=ReviewSettings())) as store:  # type: ignore[call-arg]
        world = World(Desk(store, database), said, marked)  # type: ignore[arg-type]
        for no, findings in enumerate(found):
            store.save(found_in(str(no), findings), "d")
            world.desk.item(Reason.RANDOM if no % 2 else Reason.FINDING, str(no))
        world.work_off()
        assert check(world, database, found) == set()  # nobody had time to appeal yet
        for _ in range(2):
            world.appeal(wanted)  # type: ignore[arg-type]
            world.work_off()
        if over:
            world.desk.now += timedelta(days=12)
            store.violations.advance(world.desk.now)
        return check(world, database, found)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=_NO_SHRINKING)
@given(st.lists(FOUND, min_size=1, max_size=3), st.randoms(use_true_random=False), st.booleans())
def test_only_what_people_confirmed_and_appeal_left_counts(
    found: list[dict[str, Outcome]], chance: object, over: bool
) -> None:
    with TemporaryDirectory() as place:
        lived(Path(place), found, streams(chance), over=over)


def streams(chance: object) -> tuple[Iterator[object], ...]:
    pick = chance.choice  # type: ignore[attr-defined]
    said = iter(lambda: pick([Answer.CONFIRMED] * 3 + [Answer.FALSE_ALARM, Answer.CANNOT_TELL]), None)
    marked = iter(lambda: pick([None, None, *sorted(BOOK.rules)]), ...)
    return said, marked, iter(lambda: pick([True, False]), None)


def all_confirm() -> tuple[Iterator[object], ...]:
    return iter([Answer.CONFIRMED] * 99), iter([None] * 99), iter([False] * 99)


def test_what_everybody_confirms_counts_when_it_may(tmp_path: Path) -> None:
    counted = lived(tmp_path, EVERY_FINDING, all_confirm(), over=True)
    surely = [{rule_id: Outcome.FIRES} for rule_id in MAY_COUNT]
    assert counted == {str(no) for no, one in enumerate(EVERY_FINDING) if one in surely}


@pytest.mark.parametrize("forgotten", ["status", "kind", "outcome", "state"])
def test_the_check_would_find_a_condition_that_is_forgotten(
    forgotten: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "counting", lambda: _without(forgotten))
    with pytest.raises(AssertionError):
        lived(tmp_path, EVERY_FINDING, all_confirm(), over=True)


def _without(forgotten: str) -> ColumnElement[bool]:
    conditions = {
        "status": decision.c.status == "stable",
        "kind": decision.c.kind.in_(["required", "forbidden", "metric"]),
        "outcome": (decision.c.outcome == "fires") | (decision.c.origin == "mark"),
        "state": decision.c.state == "final",
    }
    kept = [condition for name, condition in conditions.items() if name != forgotten]
    return (decision.c.answer == "confirmed") & kept[0] & kept[1] & kept[2]
