"""Groups of alerts as pages show them: masked, in the caller's language and the bank's time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from inspector.alerts.clocks import ACKNOWLEDGE
from inspector.alerts.group import Alert, AlertGroup, AlertState, GroupState, GroupStep
from inspector.alerts.history import Happened, Happening
from inspector.alerts.policy import AlertPolicy
from inspector.config import Settings
from inspector.redaction import Purpose, mask, mask_call_id, mask_staff
from inspector.web.console import Lang
from inspector.web.words import say

__all__ = ["AlertView", "GroupView", "StepView", "Views"]

_QUOTE_CHARS = 300


@dataclass(frozen=True, slots=True)
class AlertView:
    """``at_s``: where in the call; ``said``: local time. ``standing``: a key of the words, how sure it is."""

    call_id: str
    source_call_id: str
    rule_id: str
    title: str
    severity: str
    standing: str
    quotes: tuple[str, ...]
    why: str
    remedy: tuple[str, ...]
    team: str
    agent: str
    at_s: float | None
    said: str
    false_by: str
    false_reason: str

    @property
    def is_open(self) -> bool:
        return self.standing == "alerts_to_check"


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of a clock. ``due``: ISO 8601, UTC, for scripts; ``due_at``, ``met_at``: local."""

    id: str
    label: str
    due: str
    due_at: str
    met_at: str
    met_by: str
    is_owed: bool
    is_late: bool
    late_min: int
    found_late: bool
    stopped: bool
    escalated: int
    provisional: bool


@dataclass(frozen=True, slots=True)
class GroupView:
    """``step``: owed first. ``results``: how it can end, by id. ``opened``: local."""

    id: str
    version: int
    alert_class: str
    state: str
    opened: str
    handler: str
    closed: str
    closed_by: str
    result: str
    note: str
    audience: str
    alerts: tuple[AlertView, ...]
    steps: tuple[StepView, ...]
    step: StepView | None
    teams: tuple[str, ...]

    @property
    def worst(self) -> AlertView:
        return self.alerts[0]

    @property
    def is_end(self) -> bool:
        return GroupState(self.state).is_end

    @property
    def owed(self) -> tuple[StepView, ...]:
        """What a person ticks off by hand: taking it is a button of its own."""
        return tuple(step for step in self.steps if step.is_owed and step.id != ACKNOWLEDGE)


@dataclass(frozen=True, slots=True)
class Views:
    """Makes them, as they stand at ``now`` (UTC)."""

    policy: AlertPolicy
    settings: Settings
    lang: Lang
    now: datetime

    def local(self, at: datetime | None) -> str:
        return "" if at is None else f"{at.astimezone(ZoneInfo(self.settings.business_tz)):%Y-%m-%d %H:%M:%S}"

    def label(self, labels: tuple[str, str]) -> str:
        return labels[self.lang == "en"]

    def groups(self, groups: Iterable[AlertGroup]) -> Iterator[GroupView]:
        return map(self.group, groups)

    def group(self, group: AlertGroup) -> GroupView:
        """The alerts that are false come last."""
        result, step = group.result or "", group.next_step
        false = [one for one in group.alerts if one.state is AlertState.FALSE_ALARM]
        return GroupView(
            id=group.id,
            version=group.version,
            alert_class=group.alert_class,
            state=group.state,
            opened=self.local(group.opened_at),
            handler=group.handler or "",
            closed=self.local(group.closed_at),
            closed_by=group.closed_by or "",
            result=self.label(self.policy.results.get(result, (result, result))),
            note=mask(group.note or "", Purpose.SCREEN),
            audience=self.label(self.policy.audiences.get(group.audience, (group.audience, group.audience))),
            alerts=tuple(self._alert(one, group) for one in (*group.raised, *false)),
            steps=tuple(map(self._step, group.steps)),
            step=None if step is None else self._step(step),
            teams=tuple(sorted(group.teams)),
        )

    def _alert(self, alert: Alert, group: AlertGroup) -> AlertView:
        finding, false = alert.finding, alert.false_alarm
        quotes = [mask(one.quote, Purpose.SCREEN)[:_QUOTE_CHARS] for one in finding.evidence if one.quote]
        return AlertView(
            call_id=alert.call_id,
            source_call_id=mask_call_id(alert.source_call_id, Purpose.SCREEN),
            rule_id=finding.rule_id,
            title=finding.title,
            severity=finding.severity,
            standing=_standing(alert, group),
            quotes=tuple(quotes),
            why=mask(finding.why, Purpose.SCREEN),
            remedy=tuple((finding.remedy or "").splitlines()[:3]),
            team=alert.team or "–",
            agent="–" if alert.agent is None else mask_staff(alert.agent, Purpose.SCREEN),
            at_s=alert.at_s,
            said=self.local(alert.said_at),
            false_by="" if false is None else false.by,
            false_reason="" if false is None else mask(false.reason, Purpose.SCREEN),
        )

    def told(self, one: Happening, group: AlertGroup) -> str:
        """What happened to the group, as a sentence."""
        names: dict[str, str] = {}
        if one.what is Happened.STEP_DONE:
            names = {step.id: self._step_label(step) for step in group.steps}
        elif one.what is Happened.FALSE_ALARM:
            names = {alert.finding.rule_id: alert.finding.title for alert in group.alerts}
        elif one.what is Happened.ESCALATED:
            names = {key: self.label(labels) for key, labels in self.policy.audiences.items()}
        elif one.what is Happened.CLOSED:
            names = {key: self.label(labels) for key, labels in self.policy.results.items()}
        about = one.about or ""
        return say(self.lang, f"alerts_happened_{one.what}", who=one.by, about=names.get(about, about))

    def _step_label(self, step: GroupStep) -> str:
        profile = self.policy.clocks.get(step.clock)
        labels = {one.id: one.label for one in profile.steps} if profile else {}
        return self.label(labels.get(step.id, (step.id, step.id)))

    def _step(self, step: GroupStep) -> StepView:
        return StepView(
            id=step.id,
            label=self._step_label(step),
            due=step.due_at.isoformat(timespec="seconds"),
            due_at=self.local(step.due_at),
            met_at=self.local(step.met_at),
            met_by=step.met_by or "",
            is_owed=step.is_owed,
            is_late=step.is_late(self.now),
            late_min=int(max((self.now - step.due_at).total_seconds(), 0) // 60),
            found_late=step.overdue_when_found,
            stopped=step.stopped,
            escalated=step.escalated,
            provisional=step.provisional,
        )


def _standing(alert: Alert, group: AlertGroup) -> str:
    """Found by rules, it stands to be checked until a person ends it."""
    if alert.state is AlertState.FALSE_ALARM:
        return "alerts_false"
    return "alerts_confirmed" if group.state is GroupState.CLOSED else "alerts_to_check"
