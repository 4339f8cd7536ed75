"""Findings to queues. Pure.

``alert``: fires, the rule has an alert and is stable, and no fact of its ``alert_unless`` holds. Service quality and
emotion never alert. ``review``: fires with severity medium or worse and status test or stable. Undetermined findings
enter review within a daily budget over all calls, which is not one call's business: see ``budget.py``.
"""

from __future__ import annotations

from inspector.alerts.budget import reviewable
from inspector.model import Facts, Finding, Outcome, QueueEntry, Severity, Status
from inspector.rules.facts import holds
from inspector.rules.plan import Plan

__all__ = ["audiences", "route"]

_NEVER_ALERT = ("service.", "emotion.")


def route(findings: tuple[Finding, ...], plan: Plan, facts: Facts) -> tuple[QueueEntry, ...]:
    """The queues one call enters, each with the rules that sent it there. ``facts``: those it was judged with."""
    fired = [finding for finding in findings if finding.outcome is Outcome.FIRES]
    alerts = tuple(finding.rule_id for finding in fired if _alerts(finding, plan, facts))
    reviews = tuple(finding.rule_id for finding in fired if reviewable(finding, Severity.MEDIUM))
    named = (("alert", alerts), ("review", reviews))
    return tuple(QueueEntry(queue, because) for queue, because in named if because)


def audiences(plan: Plan) -> dict[str, str]:
    """Whom the rules that may alert tell, by rule id."""
    return {rule_id: compiled.rule.alert for rule_id, compiled in plan.rules.items() if compiled.rule.alert}


def _alerts(finding: Finding, plan: Plan, facts: Facts) -> bool:
    rule = plan.rules[finding.rule_id].rule
    may = rule.alert and finding.status is Status.STABLE and not finding.rule_id.startswith(_NEVER_ALERT)
    return bool(may) and not holds(facts, rule.alert_unless)
