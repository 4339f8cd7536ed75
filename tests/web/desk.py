"""Calls on the reviewer's desk, judged by the rules that ship."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from inspector.alerts.route import audiences
from inspector.model import Call, Facts, Hearing, Inspection, Status
from inspector.pipeline import inspect_hearing
from inspector.review.answers import Answers, GivenAnswer
from inspector.review.reasons import Reason
from inspector.review.records import Answer, FalseBecause
from inspector.review.rulebook import rulebook_of
from inspector.review.sheet import Sheet
from inspector.roles import Actor, Person, Role
from inspector.rules.notation import parse_call
from inspector.rules.plan import Plan
from inspector.storage import Store
from inspector.storage.reviews.items import NewItem, open_item
from tests.builders import shipped_plan
from tests.sounding import record
from tests.web.conftest import ADMIN

PROMISE = (
    "0:01 A 您好，请问有什么可以帮您\n0:05 C 我想了解理财\n0:09 A 这款产品稳赚不赔，保本保息\n0:15 C 好的我考虑一下"
)
DAY = datetime(2025, 3, 7, tzinfo=UTC).date()


def stable_plan() -> Plan:
    """The rules that ship, as if all had been released: what they find counts."""
    rules = shipped_plan().rules
    released = {
        rule_id: replace(one, rule=one.rule.model_copy(update={"status": Status.STABLE}))
        for rule_id, one in rules.items()
        if one.rule.status is not Status.EXPERIMENTAL
    }
    return replace(shipped_plan(), rules={**rules, **released}, digest="stable")


@dataclass
class DeskWorld:
    """A store whose queue tests fill. ``directory``: where recordings lie; ``agent``, ``team``: whose calls."""

    store: Store
    directory: Path
    plan: Plan = field(default_factory=stable_plan)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    agent: str = "a9"
    team: str = "九组"

    def heard(self, no: str, text: str | Hearing = PROMISE, *, sound: bool = False) -> Inspection:
        """A call is inspected and enters the queue."""
        hearing = parse_call(text, no)[1] if isinstance(text, str) else text
        if sound:
            hearing = record(replace(hearing, has_sound=True), self.directory / f"{no}.wav")
        else:
            hearing = replace(hearing, has_sound=False, recording=replace(hearing.recording, id=no.rjust(64, "0")))
        start = f"{DAY}T12:00:00+08:00"
        facts = Facts(start=start, agent=self.agent, team=self.team, channel="phone", direction="inbound")
        made = inspect_hearing(Call("pbx", no, facts), hearing, self.plan)
        self.store.save(made, f"d{no}", {}, (), audiences(self.plan))
        return made

    def again(self, made: Inspection, text: str) -> None:
        """The same recording is heard otherwise."""
        hearing = replace(parse_call(text, "again")[1], recording=made.hearing.recording)
        self.store.save(inspect_hearing(made.call, hearing, self.plan), "again", {}, (), audiences(self.plan))

    def item(self, reason: Reason, made: Inspection, **fields: object) -> str:
        """An item of a call is opened."""
        new = NewItem(made.call.id, reason, "test", DAY, **fields)  # type: ignore[arg-type]
        with self.store._writer.begin() as connection:
            return open_item(connection, new, self.now)

    def person(self, name: str, role: Role = Role.REVIEWER, agent: str | None = None) -> Actor:
        """Somebody more on the list."""
        person = Person(name, frozenset({role}), frozenset({"九组"} if agent else ()), True, agent)
        self.store.people.add(ADMIN, person, self.now)
        return person.actor

    def taken(self, actor: Actor) -> Sheet:
        sheet = self.store.reviews.next(actor, self.now)
        assert isinstance(sheet, Sheet)
        return sheet

    def confirm(self, actor: Actor, sheet: Sheet) -> None:
        """Every finding is confirmed, past the page."""
        self._submit(actor, sheet, Answer.CONFIRMED, None)

    def deny(self, actor: Actor, sheet: Sheet) -> None:
        """Every finding was misheard."""
        self._submit(actor, sheet, Answer.FALSE_ALARM, FalseBecause.MISHEARD)

    def _submit(self, actor: Actor, sheet: Sheet, answer: Answer, because: FalseBecause | None) -> None:
        answers = Answers(tuple(GivenAnswer(one.id, answer, because) for one in sheet.findings))
        self.store.reviews.submit(actor, sheet.review_id, answers, rulebook_of(self.plan), self.now)
