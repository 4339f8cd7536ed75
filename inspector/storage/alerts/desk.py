"""What people and the courier ask of the alerts: each question and each deed one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import Engine, select

from inspector.alerts.group import AlertGroup
from inspector.alerts.history import Happening
from inspector.alerts.policy import AlertPolicy
from inspector.alerts.refusals import DeedMisusedError, Refusal
from inspector.roles import Actor, Deed, reach_of, require
from inspector.storage import tables
from inspector.storage.alerts import counting, handling, reading
from inspector.storage.alerts.counting import Hygiene, Standing
from inspector.storage.alerts.escalation import AT_ONCE, escalate
from inspector.storage.alerts.handling import Change
from inspector.storage.alerts.history import read_history
from inspector.storage.alerts.reading import GroupFilter
from inspector.storage.engine import storage_errors

__all__ = ["Alerts"]


class Alerts:
    """``policy``: how fast people must act. Every method raises StorageError when the database fails; those with an
    actor raise PolicyError when he may not, and leave a row in the audit when they change something.

    A group is named by its id, or by how its id begins (UsageError when that is not exactly one).
    """

    def __init__(self, reader: Engine, writer: Engine, policy: AlertPolicy) -> None:
        self._reader, self._writer, self.policy = reader, writer, policy

    def groups(self, actor: Actor, which: GroupFilter, limit: int) -> tuple[AlertGroup, ...]:
        """The first ``limit`` groups that the actor may see: by class, then by what is due; ended ones newest first."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return reading.find_groups(connection, _seen_by(actor, which), limit)

    def count(self, actor: Actor, which: GroupFilter) -> int:
        """How many of them there are."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return reading.count_groups(connection, _seen_by(actor, which))

    def of_day(self, day: date, limit: int) -> tuple[AlertGroup, ...]:
        """For the report of a business date: the first ``limit`` groups with a call of it, open ones first."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            found = reading.find_groups(connection, GroupFilter(day), limit)
            ended = reading.find_groups(connection, GroupFilter(day, ended=True), limit - len(found))
        return found + ended

    def group(self, actor: Actor, group_id: str) -> AlertGroup:
        """One group."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            (group,) = reading.load_groups(connection, [handling.named(connection, group_id)])
        require(actor, Deed.SEE_ALERTS, group.teams)
        return group

    def history(self, actor: Actor, group_id: str) -> tuple[Happening, ...]:
        """What became of one group, in order: who did what to it, and whom it went up to."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            (group,) = reading.load_groups(connection, [handling.named(connection, group_id)])
            require(actor, Deed.SEE_ALERTS, group.teams)
            return read_history(connection, group.id)

    def teams(self, actor: Actor) -> tuple[str, ...]:
        """Those that open groups are about, of what the actor may see."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return reading.teams_of(connection, reach_of(actor, Deed.SEE_ALERTS))

    def standing(self, actor: Actor, now: datetime, since: datetime) -> Standing:
        """How the open groups stand that the actor may see; ``since``: from when on those at an end count."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return counting.standing(connection, reach_of(actor, Deed.SEE_ALERTS), now, since)

    def hygiene(self, actor: Actor, first: date | None, last: date | None) -> tuple[Hygiene, ...]:
        """Every rule that raised alerts on calls of these business dates (both included, None = open)."""
        require(actor, Deed.SEE_ALERTS)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return counting.hygiene(connection, first, last)

    def take(self, actor: Actor, group_id: str) -> AlertGroup:
        """It is the actor's from now on. PolicyError: somebody else has it, or it is at an end."""
        with self._changing(actor, Deed.HANDLE_ALERT, group_id) as change:
            handling.take(change)
        return self.group(actor, change.group.id)

    def acknowledge(self, actor: Actor, group_id: str) -> AlertGroup:
        """Seen, and left to whoever will take it: it does not go up any more because nobody looked."""
        with self._changing(actor, Deed.HANDLE_ALERT, group_id) as change:
            handling.acknowledge(change)
        return self.group(actor, change.group.id)

    def assign(self, actor: Actor, group_id: str, to: str) -> AlertGroup:
        """It is ``to``'s from now on, whoever had it. UsageError: nobody is named."""
        if not to.strip():
            raise DeedMisusedError(Refusal.NO_PERSON, "nobody is named to assign it to", "name a person")
        with self._changing(actor, Deed.ASSIGN_ALERT, group_id) as change:
            handling.assign(change, to.strip())
        return self.group(actor, change.group.id)

    def meet(self, actor: Actor, group_id: str, step_id: str) -> AlertGroup:
        """A step of its clocks is done, what follows it runs from now. UsageError: no such step is owed."""
        with self._changing(actor, Deed.HANDLE_ALERT, group_id) as change:
            handling.meet(change, step_id)
        return self.group(actor, change.group.id)

    def close(
        self, actor: Actor, group_id: str, result: str, note: str | None = None, version: int | None = None
    ) -> AlertGroup:
        """It came to a result of the policy's. ``version``: as the actor saw it, None = whatever it is now.

        PolicyError: somebody else has it, it is at an end, or it changed since then. UsageError: no such result.
        """
        with self._changing(actor, Deed.HANDLE_ALERT, group_id) as change:
            handling.close(change, result, note, version)
        return self.group(actor, change.group.id)

    def false_alarm(self, actor: Actor, call_id: str, rule_id: str, reason: str) -> AlertGroup:
        """The alert of that rule on that call was none. UsageError: there is no such alert, or no reason."""
        if not reason.strip():
            raise DeedMisusedError(Refusal.NO_REASON, "a false alarm needs a reason", "say why it is none")
        alert = tables.alert
        found = select(alert.c.group_id).where(alert.c.call_id == call_id, alert.c.rule_id == rule_id)
        with storage_errors(self._reader), self._reader.connect() as connection:
            group_id = connection.scalar(found)
        if group_id is None:
            told, remedy = f"no alert {rule_id} on call {call_id}", "look it up: inspector queue alerts list"
            raise DeedMisusedError(Refusal.NO_ALERT, told, remedy)
        with self._changing(actor, Deed.HANDLE_ALERT, group_id) as change:
            handling.false_alarm(change, call_id, rule_id, reason.strip())
        return self.group(actor, group_id)

    def escalate(self, now: datetime) -> int:
        """Lets what is missed by ``now`` go up, each level once, whoever asks. Returns how many steps did."""
        done = 0
        while True:
            with storage_errors(self._writer), self._writer.begin() as connection:
                went_up = escalate(connection, now)
            done += went_up
            if went_up < AT_ONCE:
                return done

    @contextmanager
    def _changing(self, actor: Actor, deed: Deed, group_id: str) -> Iterator[Change]:
        with storage_errors(self._writer), self._writer.begin() as connection:
            group = handling.hold(connection, group_id)
            require(actor, deed, group.teams)
            yield Change(connection, group, actor, self.policy, datetime.now(UTC))


def _seen_by(actor: Actor, which: GroupFilter) -> GroupFilter:
    """Only those of the actor's teams, where that is how far he sees."""
    teams = reach_of(actor, Deed.SEE_ALERTS)
    if teams is None:
        return which
    return replace(which, teams=teams if which.teams is None else teams & which.teams)
