"""A group of alerts as machines see it, masked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from inspector.alerts.group import Alert, AlertGroup, GroupStep
from inspector.alerts.policy import AlertPolicy
from inspector.redaction import Purpose, mask, mask_call_id

__all__ = ["group_object", "step_label"]


def group_object(group: AlertGroup, policy: AlertPolicy, now: datetime) -> dict[str, Any]:
    """A group: schema ``inspector.alert_group/1``. Times are ISO 8601, UTC."""
    return {
        "schema": "inspector.alert_group/1",
        "id": group.id,
        "version": group.version,
        "class": group.alert_class,
        "state": group.state,
        "audience": group.audience,
        "handler": group.handler,
        "opened_at": _iso(group.opened_at),
        "closed_at": _iso(group.closed_at),
        "closed_by": group.closed_by,
        "result": group.result,
        "note": None if group.note is None else mask(group.note, Purpose.EXPORT),
        "steps": [_step_object(step, policy, now) for step in group.steps],
        "alerts": [_alert_object(alert) for alert in group.alerts],
    }


def step_label(step: GroupStep, policy: AlertPolicy, lang: Literal["zh", "en"]) -> str:
    """As the policy calls it now; a step that it no longer has keeps its id."""
    profile = policy.clocks.get(step.clock)
    labels = {one.id: one.label for one in profile.steps} if profile else {}
    return labels.get(step.id, (step.id, step.id))[lang == "en"]


def _step_object(step: GroupStep, policy: AlertPolicy, now: datetime) -> dict[str, Any]:
    return {
        "clock": step.clock,
        "step": step.id,
        "label": step_label(step, policy, "zh"),
        "owner": step.owner,
        "started_at": _iso(step.started_at),
        "due_at": _iso(step.due_at),
        "overdue_when_found": step.overdue_when_found,
        "late": step.is_late(now),
        "met_at": _iso(step.met_at),
        "met_by": step.met_by,
        "stopped": step.stopped,
        "escalated": step.escalated,
        "calendar": step.calendar,
        "provisional": step.provisional,
    }


def _alert_object(alert: Alert) -> dict[str, Any]:
    finding, false_alarm = alert.finding, alert.false_alarm
    return {
        "schema": "inspector.alert/1",
        "created_at": _iso(alert.created_at),
        "business_date": None if alert.business_date is None else alert.business_date.isoformat(),
        "severity": finding.severity,
        "rule_id": finding.rule_id,
        "rule_version": finding.rule_version,
        "title": finding.title,
        "call_id": alert.call_id,
        "source_call_id": mask_call_id(alert.source_call_id, Purpose.EXPORT),
        "at_s": None if alert.at_s is None else round(alert.at_s, 3),
        "said_at": _iso(alert.said_at),
        "quotes": [mask(evidence.quote, Purpose.EXPORT) for evidence in finding.evidence if evidence.quote],
        "why": mask(finding.why, Purpose.EXPORT),
        "remedy": finding.remedy,
        "audience": alert.audience,
        "class": alert.alert_class,
        "state": alert.state,
        "false_alarm": None if false_alarm is None else mask(false_alarm.reason, Purpose.EXPORT),
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
