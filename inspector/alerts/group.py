"""A group of alerts as people work it off: what was found, by when what is due, who has it, how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from inspector.delivery.notice import Notice, NoticeKind
from inspector.enums import AlertClass
from inspector.model import Finding
from inspector.redaction import Purpose, mask

__all__ = ["Alert", "AlertGroup", "AlertState", "FalseAlarm", "GroupState", "GroupStep", "notice_of"]


class GroupState(StrEnum):
    """``open``: nobody has it. ``taken``: somebody does. The last two are ends."""

    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"
    FALSE_ALARM = "false_alarm"

    @property
    def is_end(self) -> bool:
        return self in (GroupState.CLOSED, GroupState.FALSE_ALARM)


class AlertState(StrEnum):
    """Of one alert: open until its group is closed or it is found to be false."""

    OPEN = "open"
    CLOSED = "closed"
    FALSE_ALARM = "false_alarm"


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """Who said that an alert was none, when (UTC) and why."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Alert:
    """What one rule raised on one call: the finding as it was sent.

    ``at_s``: in the call; ``said_at``: UTC, None where nobody said when the call began; ``created_at``: when it was
    raised (UTC).
    """

    call_id: str
    source_call_id: str
    business_date: date | None
    team: str | None
    agent: str | None
    alert_class: AlertClass
    audience: str
    at_s: float | None
    said_at: datetime | None
    created_at: datetime
    finding: Finding
    state: AlertState
    false_alarm: FalseAlarm | None

    @property
    def rank(self) -> tuple[int, int, datetime, str, str]:
        """Worst first, of equals the one raised first."""
        return self.alert_class.rank, self.finding.severity.rank, self.created_at, self.call_id, self.finding.rule_id

    @property
    def quote(self) -> str:
        """The words that raised it, unmasked; empty where no words did."""
        return next((evidence.quote for evidence in self.finding.evidence if evidence.quote), "")


@dataclass(frozen=True, slots=True)
class GroupStep:
    """A step of a clock of the group. Times are UTC. ``owner``: an audience; ``escalated``: how many levels up it went.

    ``calendar``: the version that the deadline was computed with; ``provisional``: a year of it was missing.
    ``stopped``: not owed any more. ``found_at``: when people could know of it first.
    """

    clock: str
    id: str
    owner: str
    started_at: datetime
    found_at: datetime
    due_at: datetime
    met_at: datetime | None
    met_by: str | None
    escalated: int
    calendar: str | None
    provisional: bool
    stopped: bool

    @property
    def is_owed(self) -> bool:
        return self.met_at is None and not self.stopped

    @property
    def overdue_when_found(self) -> bool:
        return self.due_at < self.found_at

    def is_late(self, now: datetime) -> bool:
        """Whether it was done after it was due, or is not done and due."""
        return self.due_at < (self.met_at or now) and (self.is_owed or self.met_at is not None)


@dataclass(frozen=True, slots=True)
class AlertGroup:
    """``alerts``: worst first. ``version``: one more with every change. ``due_at``: the next step owed."""

    id: str
    state: GroupState
    alert_class: AlertClass
    audience: str
    opened_at: datetime
    handler: str | None
    closed_at: datetime | None
    closed_by: str | None
    result: str | None
    note: str | None
    version: int
    alerts: tuple[Alert, ...]
    steps: tuple[GroupStep, ...]

    @property
    def raised(self) -> tuple[Alert, ...]:
        """Its alerts that nobody found to be false."""
        return tuple(alert for alert in self.alerts if alert.state is not AlertState.FALSE_ALARM)

    @property
    def teams(self) -> frozenset[str]:
        """Whose calls it is about."""
        return frozenset(alert.team for alert in self.alerts if alert.team)

    @property
    def next_step(self) -> GroupStep | None:
        """The one owed first."""
        return min((step for step in self.steps if step.is_owed), key=lambda step: step.due_at, default=None)


def notice_of(group: AlertGroup, kind: NoticeKind, number: int, audience: str) -> Notice:
    """What is told of a group: everything that is not a false alarm, in order, the worst alert in full."""
    alerts = group.raised or group.alerts
    worst, step = alerts[0], group.next_step
    rules = dict.fromkeys((alert.finding.rule_id, alert.finding.title) for alert in alerts)
    calls = dict.fromkeys((alert.call_id, alert.source_call_id) for alert in alerts)
    return Notice(
        group_id=group.id,
        kind=kind,
        number=number,
        alert_class=group.alert_class,
        audience=audience,
        rules=tuple(rules),
        call_ids=tuple(call_id for call_id, _ in calls),
        source_call_ids=tuple(source_call_id for _, source_call_id in calls),
        team=worst.team,
        agent=worst.agent,
        at_s=worst.at_s,
        started_at=worst.said_at,
        due_at=None if step is None else step.due_at,
        overdue_when_found=any(one.overdue_when_found for one in group.steps),
        remedy=worst.finding.remedy,
        quote=mask(worst.quote, Purpose.EXPORT) or None,
    )
