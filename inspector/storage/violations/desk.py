"""What agents, their leads and QA ask of violations: each question and each deed one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine, update

from inspector.errors import PolicyError, UsageError
from inspector.model import Finding
from inspector.review.appeals.records import Appeal, CaseFile, CaseStep, Violation
from inspector.review.policy import ReviewPolicy
from inspector.roles import Actor, Deed, reach_of, require
from inspector.storage.engine import storage_errors
from inspector.storage.rows import append_audit, equal, read
from inspector.storage.violation_tables import violation
from inspector.storage.violations import ending, lodging, reading
from inspector.storage.violations.case import take_step
from inspector.storage.violations.lodging import Plea
from inspector.storage.violations.numbers import AgentNumbers, agent_numbers
from inspector.storage.violations.reading import ViolationFilter

__all__ = ["Violations"]


class Violations:
    """A violation is named by its call and rule (UsageError when there is none). Every method raises StorageError when
    the database fails; those with an actor raise PolicyError when he may not. What is an agent's own he may always."""

    def __init__(self, reader: Engine, writer: Engine, policy: ReviewPolicy) -> None:
        self._reader, self._writer, self._policy = reader, writer, policy

    def list(self, actor: Actor, which: ViolationFilter, limit: int) -> tuple[Violation, ...]:
        """The first ``limit`` that the actor may see, what can be appealed the shortest first."""
        teams = reach_of(actor, Deed.SEE_VIOLATIONS)
        if teams is not None:
            which = replace(which, teams=teams if which.teams is None else teams & frozenset(which.teams))
        with storage_errors(self._reader), self._reader.connect() as connection:
            return reading.find_violations(connection, which, limit)

    def mine(self, actor: Actor, limit: int) -> tuple[Violation, ...]:
        """Those of the actor's own calls. Raises UsageError for who is no agent."""
        if actor.agent is None:
            raise UsageError(
                f"no agent number is known of {actor.name}", "an admin says it: inspector people change --agent"
            )
        with storage_errors(self._reader), self._reader.connect() as connection:
            return reading.find_violations(connection, ViolationFilter(agent=actor.agent), limit)

    def show(self, actor: Actor, call_id: str, rule_id: str) -> Violation:
        """One of them."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            told = reading.load_violation(connection, call_id, rule_id)
        _require(actor, Deed.SEE_VIOLATIONS, told)
        return told

    def file(self, actor: Actor, call_id: str, rule_id: str) -> CaseFile:
        """One of them and all that is told of it."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            told = reading.load_violation(connection, call_id, rule_id)
            _require(actor, Deed.SEE_VIOLATIONS, told)
            data = reading.told_of(connection, call_id, rule_id)
            at, appeals = reading.called_at(connection, call_id), reading.appeals_of(connection, call_id, rule_id)
        return CaseFile(told, None if data is None else read(Finding, data), at, appeals)

    def acknowledge(self, actor: Actor, call_id: str, rule_id: str, now: datetime) -> None:
        """The agent has seen it, once; that admits nothing, and an appeal stays possible."""
        with storage_errors(self._writer), self._writer.begin() as connection:
            told = reading.load_violation(connection, call_id, rule_id)
            if told.agent is None or told.agent != actor.agent:
                raise PolicyError(f"{actor.name} is not who was told", "only the agent acknowledges it")
            key = {"call_id": call_id, "rule_id": rule_id}
            seen = update(violation).where(equal(violation, key), violation.c.acknowledged_at.is_(None))
            if connection.execute(seen.values(acknowledged_at=now, acknowledged_by=actor.name)).rowcount:
                append_audit(connection, actor.name, "violation_acknowledge", call_id, {"rule_id": rule_id})

    def appeals(self, actor: Actor, limit: int, late_at: datetime | None = None) -> tuple[Appeal, ...]:
        """The first ``limit`` open appeals that the actor may see; ``late_at``: only those due before."""
        teams = reach_of(actor, Deed.SEE_VIOLATIONS)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return reading.find_appeals(connection, teams, late_at, limit)

    def appeals_of(self, actor: Actor, call_id: str, rule_id: str) -> tuple[Appeal, ...]:
        """All of one violation, oldest first."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            _require(actor, Deed.SEE_VIOLATIONS, reading.load_violation(connection, call_id, rule_id))
            return reading.appeals_of(connection, call_id, rule_id)

    def lodge(self, actor: Actor, call_id: str, rule_id: str, plea: Plea, now: datetime) -> None:
        """Appeals, for oneself or one's team. Raises UsageError when the time is over or it was done already."""
        with storage_errors(self._writer), self._writer.begin() as connection:
            told = reading.load_violation(connection, call_id, rule_id)
            _require(actor, Deed.LODGE_APPEAL, told)
            lodging.lodge(connection, told, actor, plea, self._policy, now)

    def withdraw(self, actor: Actor, call_id: str, rule_id: str, now: datetime) -> None:
        """Gives an open appeal up."""
        with storage_errors(self._writer), self._writer.begin() as connection:
            told = reading.load_violation(connection, call_id, rule_id)
            _require(actor, Deed.LODGE_APPEAL, told)
            lodging.withdraw(connection, told, actor, now)

    def step(
        self, actor: Actor, call_id: str, rule_id: str, step: CaseStep, note: str | None, now: datetime
    ) -> None:
        """A step of the case is done."""
        with storage_errors(self._writer), self._writer.begin() as connection:
            told = reading.load_violation(connection, call_id, rule_id)
            require(actor, Deed.HANDLE_VIOLATION, _teams(told))
            take_step(connection, told, step, actor, note, now)

    def numbers(self, actor: Actor, month: str) -> tuple[AgentNumbers, ...]:
        """What counts against each agent that the actor may see, of the calls of a month (``YYYY-MM``)."""
        teams = reach_of(actor, Deed.SEE_FIGURES)
        with storage_errors(self._reader), self._reader.connect() as connection:
            found = agent_numbers(connection, month)
        return tuple(one for one in found if teams is None or one.team in teams)

    def advance(self, now: datetime) -> int:
        """Whatever nobody appealed in time is final. Returns how many; several processes may do it at once.

        Each in a transaction of its own: who waits for the events' turn holds no other violation meanwhile.
        """
        ended = 0
        while True:
            with storage_errors(self._reader), self._reader.connect() as connection:
                keys = ending.over(connection, now)
            batch = sum(self._end(key, now) for key in keys)
            ended += batch
            if not batch:
                return ended

    def _end(self, key: dict[str, str], now: datetime) -> bool:
        with storage_errors(self._writer), self._writer.begin() as connection:
            return ending.end(connection, key, self._policy, now)

    def look(self, now: datetime) -> None:
        """What nobody has to ask for: what is over is final, what is late is told."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            due = ending.is_due(connection, now)
        if due:
            self.advance(now)
            self.escalate(now)

    def escalate(self, now: datetime) -> int:
        """Appeals that nobody decided in time are told of, once. Returns how many."""
        with storage_errors(self._writer), self._writer.begin() as connection:
            return ending.escalate(connection, now)


def _require(actor: Actor, deed: Deed, told: Violation) -> None:
    if told.agent is None or actor.agent != told.agent:
        require(actor, deed, _teams(told))


def _teams(told: Violation) -> frozenset[str]:
    return frozenset() if told.team is None else frozenset({told.team})
