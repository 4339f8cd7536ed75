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
from inspector.reports.alert_objects import step_label
from inspector.reports.terminal import clock

__all__ = ["group_lines"]

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


def _local(settings: Settings) -> Any:
    zone = ZoneInfo(settings.business_tz)
    return lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _state(group: AlertGroup, policy: AlertPolicy, lang: Lang) -> str:
    result = group.result or ""
    label = policy.results.get(result, (result, result))[lang == "en"]
    return say(lang, f"alert_state_{group.state}", who=group.closed_by or group.handler or "–", result=label)


def _due(step: GroupStep, policy: AlertPolicy, settings: Settings, now: datetime) -> str:
    lang = settings.lang
    late_min = max((now - step.due_at).total_seconds(), 0) / 60
    key = "alert_due_found_late" if step.overdue_when_found else "alert_due_late" if late_min else "alert_due"
    late = f"{late_min // 60:.0f}:{late_min % 60:02.0f}"
    told = say(lang, key, step=step_label(step, policy, lang), at=_local(settings)(step.due_at), late=late)
    return told + (say(lang, "alert_provisional") if step.provisional else "")


def _step_line(step: GroupStep, policy: AlertPolicy, settings: Settings, now: datetime) -> str:
    lang, local = settings.lang, _local(settings)
    label = f"[{step.id}] {step_label(step, policy, lang)}"
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
