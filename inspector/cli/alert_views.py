"""A group of alerts as people and as machines see it, masked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from inspector.alerts.group import Alert, AlertGroup, GroupStep
from inspector.alerts.policy import AlertPolicy
from inspector.cli.messages import Lang, say
from inspector.config import Settings
from inspector.redaction import Purpose, mask, mask_call_id
from inspector.reports.terminal import clock

__all__ = ["group_lines", "group_object"]

SHORT_ID = 8
"""Digits of an id that are shown: enough to name one of thousands."""


def group_lines(
    group: AlertGroup, policy: AlertPolicy, settings: Settings, now: datetime, *, whole: bool = False
) -> Iterator[str]:
    """A group with its alerts; ``whole``: with every step, false alarms and the note."""
    lang, local = settings.lang, _local(settings)
    step = group.next_step
    due = say(lang, "alert_no_clock") if step is None else _due(step, policy, settings, now)
    named = f"{group.alert_class}  {group.id if whole else group.id[:SHORT_ID]}  v{group.version}"
    yield f"{named}  {local(group.opened_at)}  {_state(group, policy, lang)}  {due}"
    for alert in group.alerts if whole else group.raised:
        yield from _alert_lines(alert, policy, settings)
    if whole:
        yield from (f"  · {_step_line(one, policy, settings, now)}" for one in group.steps)
        if group.note:
            yield "  " + say(lang, "alert_note", note=mask(group.note, Purpose.SCREEN))


def group_object(group: AlertGroup, policy: AlertPolicy, now: datetime) -> dict[str, Any]:
    """The same for machines: schema ``inspector.alert_group/1``. Times are ISO 8601, UTC."""
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


def _local(settings: Settings) -> Any:
    zone = ZoneInfo(settings.business_tz)
    return lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _state(group: AlertGroup, policy: AlertPolicy, lang: Lang) -> str:
    result = group.result or ""
    label = policy.results.get(result, (result, result))[lang == "en"]
    return say(lang, f"alert_state_{group.state}", who=group.closed_by or group.handler or "–", result=label)


def _label(step: GroupStep, policy: AlertPolicy, lang: Lang) -> str:
    """As the policy calls it now; a step that it no longer has keeps its id."""
    profile = policy.clocks.get(step.clock)
    labels = {one.id: one.label for one in profile.steps} if profile else {}
    return labels.get(step.id, (step.id, step.id))[lang == "en"]


def _due(step: GroupStep, policy: AlertPolicy, settings: Settings, now: datetime) -> str:
    lang = settings.lang
    late_min = max((now - step.due_at).total_seconds(), 0) / 60
    key = "alert_due_found_late" if step.overdue_when_found else "alert_due_late" if late_min else "alert_due"
    late = f"{late_min // 60:.0f}:{late_min % 60:02.0f}"
    told = say(lang, key, step=_label(step, policy, lang), at=_local(settings)(step.due_at), late=late)
    return told + (say(lang, "alert_provisional") if step.provisional else "")


def _step_line(step: GroupStep, policy: AlertPolicy, settings: Settings, now: datetime) -> str:
    lang, local = settings.lang, _local(settings)
    label = f"[{step.id}] {_label(step, policy, lang)}"
    if step.met_at is not None:
        key = "alert_step_met_late" if step.is_late(now) else "alert_step_met"
        told = say(lang, key, step=label, who=step.met_by, at=local(step.met_at), due=local(step.due_at))
    elif step.stopped:
        told = say(lang, "alert_step_stopped", step=label)
    else:
        told = f"[{step.id}] {_due(step, policy, settings, now)}"
    told += say(lang, "alert_step_up", levels=step.escalated) if step.escalated else ""
    return told + (say(lang, "alert_step_calendar", calendar=step.calendar) if step.calendar else "")


def _alert_lines(alert: Alert, policy: AlertPolicy, settings: Settings) -> Iterator[str]:
    finding, say_it = alert.finding, partial(say, settings.lang)
    where = "" if alert.at_s is None else f"  {clock(alert.at_s)}"
    told = policy.audiences.get(alert.audience, (alert.audience, alert.audience))[settings.lang == "en"]
    words = f"“{mask(alert.quote, Purpose.SCREEN)}”" if alert.quote else mask(finding.why, Purpose.SCREEN)
    named = f"{alert.call_id} ({mask_call_id(alert.source_call_id, Purpose.SCREEN)})"
    yield f"    {say_it(finding.severity)}  {finding.title}  {finding.rule_id}@{finding.rule_version}"
    yield f"    {say_it('call')} {named}{where}  {words}"
    if alert.false_alarm is not None:
        reason = mask(alert.false_alarm.reason, Purpose.SCREEN)
        yield f"    {say_it('alert_is_false', who=alert.false_alarm.by, reason=reason)}"
    else:
        yield f"    {say_it('remedy_label')}：{finding.remedy}  → {told}"


def _step_object(step: GroupStep, policy: AlertPolicy, now: datetime) -> dict[str, Any]:
    return {
        "clock": step.clock,
        "step": step.id,
        "label": _label(step, policy, "zh"),
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
