"""Findings to queues. Pure.

``alert``: fires, the rule has an alert and is stable. ``review``: fires with severity medium or worse and status test
or stable. Undetermined findings enter review within a daily budget over all calls, which is not one call's business.
"""

from __future__ import annotations

from inspector.model import Finding, Outcome, QueueEntry, Severity, Status
from inspector.rules.plan import Plan

__all__ = ["route"]


def route(findings: tuple[Finding, ...], plan: Plan) -> tuple[QueueEntry, ...]:
    """The queues one call enters, each with the rules that sent it there."""
    fired = [finding for finding in findings if finding.outcome is Outcome.FIRES]
    alerts = tuple(f.rule_id for f in fired if f.status is Status.STABLE and plan.rules[f.rule_id].rule.alert)
    reviews = tuple(
        f.rule_id
        for f in fired
        if f.severity.rank <= Severity.MEDIUM.rank and f.status in (Status.TEST, Status.STABLE)
    )
    named = (("alert", alerts), ("review", reviews))
    return tuple(QueueEntry(queue, because) for queue, because in named if because)
