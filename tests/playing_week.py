"""People who work off the generated week: each hears what is really there, but for errors of his own."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from inspector.alerts.route import audiences
from inspector.enums import Kind, Party
from inspector.model import Span
from inspector.review.answers import Answers, GivenAnswer, GivenMark
from inspector.review.records import Answer, FalseBecause
from inspector.review.rulebook import Rulebook, rulebook_of
from inspector.review.sheet import Sheet
from inspector.roles import Actor, Person, Role
from inspector.sampling.draw import EVERY_CALL, Order, draw
from inspector.storage import Store
from tests.review_week import CALL_S, CALLS_A_DAY, MONDAY, TRAITS, WeekCall, calls, people, plan

ERRS = {"reviewer0": 0.03, "reviewer1": 0.05, "reviewer2": 0.08, "reviewer3": 0.2}
"""How often somebody does not hear what is there, or hears what is not; leads and compliance never err."""

BOSS = Actor("boss", frozenset(Role))
_RATE, _SECRET = Decimal("0.05"), b"w" * 32


@dataclass
class Week:
    """The store of the week, its people and its clock."""

    store: Store
    seed: int
    people: Mapping[str, Person] = field(default_factory=lambda: {person.name: person for person in people()})
    rules: Rulebook = field(default_factory=lambda: rulebook_of(plan()))
    truth: dict[str, WeekCall] = field(default_factory=dict)
    reviewed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311
        self.now = datetime(2025, 3, 1, tzinfo=UTC)
        for person in self.people.values():
            self.store.people.add(BOSS, person, self.now)

    def happens(self) -> None:
        """Five days of calls; each day is inspected, sampled and worked off in the evening."""
        all_calls = calls(self.seed)
        for day in range(5):
            for one in all_calls[day * CALLS_A_DAY : (day + 1) * CALLS_A_DAY]:
                self.store.save(one.inspection, "heard", {}, (), audiences(plan()))
                self.truth[one.inspection.call.id] = one
            self.sample(day)
            self.now = datetime.combine(MONDAY + timedelta(days=day), time(10), UTC)
            self.work_off()

    def sample(self, day: int) -> None:
        of_day = MONDAY + timedelta(days=day)
        listed = {one.id: one.source_call_id for one in self.store.draws.calls_of(of_day, of_day)}
        made = draw(Order(of_day, 1, _RATE), {EVERY_CALL: listed}, _SECRET, "0.1.0")
        if day == 0:
            self.store.draws.commit(f"{of_day:%Y-%m}", made.secret_sha256, BOSS.name)
        self.store.draws.add(made, BOSS.name, self.now)

    def work_off(self) -> None:
        """Everybody who reviews takes what he is handed until nobody is handed anything: one review may bring others."""
        reviewing = [name for name, person in self.people.items() if person.roles & _REVIEWING]
        while sum(self.takes_one(name) for name in reviewing):
            pass

    def takes_one(self, name: str) -> bool:
        """Whether there was one for him."""
        self.now += timedelta(seconds=20)
        sheet = self.store.reviews.next(self.actor(name), self.now)
        if isinstance(sheet, Sheet):
            self.review(name, sheet)
        return isinstance(sheet, Sheet)

    def review(self, name: str, sheet: Sheet) -> None:
        """Listens to all of it and says what he heard."""
        actor, desk = self.actor(name), self.store.reviews
        heard = self.heard(name, sheet.call_id)
        if sheet.hidden:
            desk.played(actor, sheet.review_id, [Span(0, CALL_S)], self.now)
            marks = [_mark(rule_id) for rule_id in sorted(heard)]
            sheet = desk.reveal(actor, sheet.review_id, marks, self.rules, self.now)
        shown = {finding.rule_id for finding in sheet.findings}
        asked = {rule_id for rule_id, _ in sheet.asked} - shown
        answers = Answers(
            findings=tuple(_answer(finding.id, finding.rule_id in heard) for finding in sheet.findings),
            marks=tuple(_mark(rule_id) for rule_id in sorted(asked & heard)) if not sheet.blind_marks else (),
        )
        desk.submit(actor, sheet.review_id, answers, self.rules, self.now)
        self.reviewed[sheet.reason] += 1

    def heard(self, name: str, call_id: str) -> frozenset[str]:
        """What somebody hears in a call."""
        errs, truth = ERRS.get(name, 0.0), self.truth[call_id].truth
        return frozenset(rule_id for rule_id in TRAITS if (rule_id in truth) != (self.chance.random() < errs))

    def actor(self, name: str) -> Actor:
        return self.people[name].actor


_REVIEWING = {Role.REVIEWER, Role.QA_LEAD, Role.COMPLIANCE}


def _mark(rule_id: str) -> GivenMark:
    at_s = 10.0 + 15 * list(TRAITS).index(rule_id)
    party = Party.CUSTOMER if TRAITS[rule_id].kind is Kind.SIGNAL else Party.AGENT
    return GivenMark(rule_id, at_s, at_s + 3, party)


def _answer(finding_id: str, is_there: bool) -> GivenAnswer:
    if is_there:
        return GivenAnswer(finding_id, Answer.CONFIRMED)
    return GivenAnswer(finding_id, Answer.FALSE_ALARM, FalseBecause.MISHEARD)
