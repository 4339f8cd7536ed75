"""People who work generated calls off: each hears what is really there, but for errors of his own.

::

    Feb 17       24       Mar 3 … 7           10         11…               17         18              31
    greeting     look:    300 calls,          look:      appeals,          look:      60 calls:       whatever nobody
    fires badly  falls    random 5 %,         loose      decided by        loose      loose counts    appealed in time
                 3: look: worked off          falls,     others            falls,     against         is final
                 demoted  every evening       greeting                     demoted    nobody
                                              restored
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
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
from inspector.storage.violations.lodging import Plea
from inspector.storage.violations.reading import ViolationFilter
from tests.review_week import CALL_S, TRAITS, WeekCall, day_of_calls, people, plan

ERRS = {"reviewer0": 0.03, "reviewer1": 0.05, "reviewer2": 0.08, "reviewer3": 0.2}
"""How often somebody does not hear what is there, or hears what is not; leads and compliance never err."""

BOSS = Actor("boss", frozenset(Role))
ALL = ViolationFilter()
GREETING, LOOSE = "missing.greeting", "banned.loose"
_RATE, _SECRET = Decimal("0.05"), b"w" * 32
_REVIEWING = {Role.REVIEWER, Role.QA_LEAD, Role.COMPLIANCE}


@dataclass
class Play:
    """A store, its people and its clock. ``truth``: the calls so far by id."""

    store: Store
    seed: int
    people: Mapping[str, Person] = field(default_factory=lambda: {person.name: person for person in people()})
    rules: Rulebook = field(default_factory=lambda: rulebook_of(plan()))
    truth: dict[str, WeekCall] = field(default_factory=dict)
    reviewed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311
        self.now = datetime(2025, 2, 17, tzinfo=UTC)
        for person in self.people.values():
            self.store.people.add(BOSS, person, self.now)

    def all_of_it(self) -> None:
        """From the first call to the last final decision."""
        self.greeting_is_bad(date(2025, 2, 17))
        self.look(date(2025, 2, 24))
        self.look(date(2025, 3, 3))
        for day in range(5):
            self.day(date(2025, 3, 3) + timedelta(days=day), 60)
        self.look(date(2025, 3, 10))
        self.store.verdicts.promote(self.actor("qa0"), GREETING, self.now)
        self.appeal()
        self.work_off()
        self.appeal()
        self.work_off()
        self.look(date(2025, 3, 17))
        self.day(date(2025, 3, 18), 60)
        self.at(date(2025, 4, 1), 1)
        self.store.violations.advance(self.now)

    def at(self, day: date, hour: int) -> None:
        self.now = max(self.now, datetime.combine(day, time(hour), UTC))

    def look(self, day: date) -> None:
        """The weekly look at the gate."""
        self.at(day, 0)
        self.store.verdicts.look(self.now)

    def day(self, day: date, count: int) -> None:
        """So many calls are inspected and sampled, and worked off in the evening."""
        self.inspected(day_of_calls(self.chance, day, count, self.store.verdicts.demoted()))
        self.sample(day)
        self.at(day, 10)
        self.work_off()

    def greeting_is_bad(self, day: date) -> None:
        """A day on which one rule fires wrongly in every fourth of 46 calls."""
        fired = [
            one
            for one in day_of_calls(self.chance, day, 400, ())
            if [finding.rule_id for finding in one.inspection.findings] == [GREETING]
        ]
        found = [
            replace(one, truth=one.truth - {GREETING} if place % 4 == 0 else one.truth | {GREETING})
            for place, one in enumerate(fired[:46])
        ]
        self.inspected(found)
        self.at(day, 10)
        self.work_off()

    def inspected(self, found: list[WeekCall]) -> None:
        for one in found:
            self.store.save(one.inspection, "heard", {}, (), audiences(plan()))
            self.truth[one.inspection.call.id] = one

    def sample(self, day: date) -> None:
        listed = {one.id: one.source_call_id for one in self.store.draws.calls_of(day, day)}
        made = draw(Order(day, 1, _RATE), {EVERY_CALL: listed}, _SECRET, "0.1.0")
        if self.store.draws.commitment(f"{day:%Y-%m}") is None:
            self.store.draws.commit(f"{day:%Y-%m}", made.secret_sha256, BOSS.name)
        self.store.draws.add(made, BOSS.name, self.now)

    def work_off(self) -> None:
        """Everybody who reviews takes what he is handed until nobody is handed anything: one may bring others."""
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
        heard, marks = self.heard(name, sheet.call_id), ()
        if sheet.hidden:
            desk.played(actor, sheet.review_id, [Span(0, CALL_S)], self.now)
            sheet = desk.reveal(actor, sheet.review_id, [_mark(one) for one in sorted(heard)], self.rules, self.now)
        else:
            asked = {rule_id for rule_id, _ in sheet.asked} - {finding.rule_id for finding in sheet.findings}
            marks = tuple(_mark(rule_id) for rule_id in sorted(asked & heard))
        answers = tuple(_answer(finding.id, finding.rule_id in heard) for finding in sheet.findings)
        desk.submit(actor, sheet.review_id, Answers(answers, marks), self.rules, self.now)
        self.reviewed[sheet.reason] += 1

    def heard(self, name: str, call_id: str) -> frozenset[str]:
        """What somebody hears in a call."""
        errs, truth = ERRS.get(name, 0.0), self.truth[call_id].truth
        return frozenset(rule_id for rule_id in TRAITS if (rule_id in truth) != (self.chance.random() < errs))

    def appeal(self) -> None:
        """Whoever is accused wrongly appeals, as often as he may, and of the others one in five."""
        agents = {person.agent: person.actor for person in self.people.values() if person.agent}
        for one in self.store.violations.list(BOSS, ALL, 1000):
            is_right = one.rule_id in self.truth[one.call_id].truth
            if one.agent is None or not one.may_be_appealed(self.now):
                continue
            if not is_right or self.chance.random() < 0.2:
                self.store.violations.lodge(agents[one.agent], one.call_id, one.rule_id, Plea("没有说过"), self.now)

    def actor(self, name: str) -> Actor:
        return self.people[name].actor


def _mark(rule_id: str) -> GivenMark:
    at_s = 10.0 + 15 * list(TRAITS).index(rule_id)
    party = Party.CUSTOMER if TRAITS[rule_id].kind is Kind.SIGNAL else Party.AGENT
    return GivenMark(rule_id, at_s, at_s + 3, party)


def _answer(finding_id: str, is_there: bool) -> GivenAnswer:
    if is_there:
        return GivenAnswer(finding_id, Answer.CONFIRMED)
    return GivenAnswer(finding_id, Answer.FALSE_ALARM, FalseBecause.MISHEARD)
