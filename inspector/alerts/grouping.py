"""Which group an alert joins and which clocks that starts. Pure.

An alert joins the open group of its call; else the open group of the same customer and audience that was opened within
a day; else it opens one. All alerts of one inspection go the way of the worst.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from inspector.alerts.policy import AlertPolicy, RulePolicy
from inspector.enums import AlertClass
from inspector.model import Call, Finding

__all__ = ["JOINS_WITHIN", "Raised", "clocks_to_start", "raised"]

JOINS_WITHIN = timedelta(hours=24)
"""A customer who calls again so soon calls about the same thing."""


@dataclass(frozen=True, slots=True)
class Raised:
    """A new alert. ``started_at``: when its clock began, UTC: when it was said, else when it was found."""

    finding: Finding
    audience: str
    policy: RulePolicy
    at_s: float | None
    said_at: datetime | None
    started_at: datetime

    @property
    def alert_class(self) -> AlertClass:
        return self.policy.alert_class


def raised(call: Call, finding: Finding, audience: str, policy: AlertPolicy, now: datetime) -> Raised:
    """An alert on a call. What is said to begin after it was found (a clock that is wrong) began when it was found.

    Raises ValueError when the start of the call has no zone.
    """
    at_s = min((evidence.start_s for evidence in finding.evidence), default=None)
    said_at = None
    if call.facts.start is not None:
        start = datetime.fromisoformat(call.facts.start)
        if start.tzinfo is None:
            raise ValueError("the start of a call needs a zone")
        said_at = start + timedelta(seconds=at_s or 0.0)
    rule = policy.of(finding.rule_id, finding.severity)
    return Raised(finding, audience, rule, at_s, said_at, min(said_at or now, now))


def clocks_to_start(
    wanting: Sequence[tuple[RulePolicy, datetime]], before: AlertClass | None, policy: AlertPolicy
) -> dict[str, datetime]:
    """The clocks that alerts ask for, by name, each with its start: the earliest of those who ask for it.

    ``wanting``: how each alert is to be treated and when its clock began. ``before``: the class of the group they join,
    None for a new one. A clock that the rule names is always owed; that of a class only when it is the worst of them
    and worse than ``before``: who must act in 15 minutes is not also given a day.
    """
    worst = min((one.alert_class for one, _ in wanting), key=lambda found: found.rank)
    leads = before is None or worst.rank < before.rank
    starts: dict[str, datetime] = {}
    for one, started_at in wanting:
        if one.clock is not None or (leads and one.alert_class is worst):
            clock = one.clock or policy.classes[one.alert_class]
            starts[clock] = min(starts.get(clock, started_at), started_at)
    return starts
