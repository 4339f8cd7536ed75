"""Violations that agents are told of, as reviewers made them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from inspector.review.appeals.records import Mitigation, Violation
from inspector.roles import Actor, Person, Role
from inspector.storage.violations.lodging import Plea
from inspector.storage.violations.reading import ViolationFilter
from tests.web.conftest import ADMIN
from tests.web.desk import PROMISE, DeskWorld

RULE = "banned.guaranteed_return"
QA = Actor("qa_lead0", frozenset({Role.QA_LEAD}))


@dataclass
class ToldWorld(DeskWorld):
    """Calls of ``agent0`` of 一组 in which two people confirmed what was found."""

    agent: str = "3062"
    team: str = "一组"
    numbers: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.first, self.second = self.person("zhou"), self.person("qian")

    def told(self, text: str = PROMISE, *, sound: bool = False) -> Violation:
        """One more call: what its agent is told of it, of the rule on promised returns."""
        made = self.heard(str(next(self.numbers)), text, sound=sound)
        for reviewer in (self.first, self.second):
            self.confirm(reviewer, self.taken(reviewer))
        return next(
            one
            for one in self.store.violations.list(QA, ViolationFilter(), 99)
            if (one.call_id, one.rule_id) == (made.call.id, RULE)
        )

    def of(self, agent: str, team: str) -> ToldWorld:
        """From now on calls are of this agent."""
        self.agent, self.team = agent, team
        return self

    def agent_of(self, name: str, agent: str, team: str) -> Actor:
        """Somebody more who takes calls."""
        person = Person(name, frozenset({Role.AGENT}), frozenset({team}), True, agent)
        self.store.people.add(ADMIN, person, self.now)
        return person.actor

    def appealed(self, told: Violation, text: str = "已说明不保本") -> None:
        """Its agent appeals, past the page."""
        mine = next(one.actor for one in self.store.people.all() if one.agent == told.agent)
        self.store.violations.lodge(mine, told.call_id, told.rule_id, Plea(text, [Mitigation.LINE]), self.now)


def path_of(told: Violation, part: str = "mine") -> str:
    return f"/{part}/{told.call_id}/{told.rule_id}"
