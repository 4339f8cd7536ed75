"""Alerts in groups, and what people do with them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from inspector.alerts.group import AlertGroup, AlertState, GroupState
from inspector.enums import AlertClass, Severity
from inspector.reports.alert_objects import group_object
from inspector.roles import Deed
from inspector.storage.alerts import GroupFilter
from inspector.web.allowed import Allowed
from inspector.web.api.router import Asked, Id, Key, Listed, Part, Text, page_of, router, told
from inspector.web.console import Caller, console_of

__all__ = ["acknowledge", "alert", "alerts", "assign", "close", "false_alarm", "meet", "take"]

Sees = Annotated[Caller, Depends(Allowed(Deed.SEE_ALERTS))]
Handles = Annotated[Caller, Depends(Allowed(Deed.HANDLE_ALERT))]
Assigns = Annotated[Caller, Depends(Allowed(Deed.ASSIGN_ALERT))]


class StepShown(BaseModel):
    """A step of a clock of the group, and when it is due."""

    clock: str
    step: str
    label: str
    owner: str
    started_at: datetime
    due_at: datetime
    overdue_when_found: bool
    late: bool
    met_at: datetime | None
    met_by: str | None
    stopped: bool
    escalated: int
    calendar: str | None
    provisional: bool


class AlertShown(BaseModel):
    """What one rule raised on one call, masked. ``at_s``: seconds in the call."""

    created_at: datetime
    business_date: date | None
    severity: Severity
    rule_id: str
    rule_version: int
    title: str
    call_id: str
    source_call_id: str
    at_s: float | None
    said_at: datetime | None
    quotes: list[str]
    why: str
    remedy: str
    audience: str
    alert_class: AlertClass = Field(alias="class")
    state: AlertState
    false_alarm: str | None


class GroupShown(BaseModel):
    """Alerts that are worked off together. ``version``: one more with every change."""

    id: str
    version: int
    alert_class: AlertClass = Field(alias="class")
    state: GroupState
    audience: str
    handler: str | None
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    result: str | None
    note: str | None
    steps: list[StepShown]
    alerts: list[AlertShown]


class Assigned(Asked):
    """``to``: a person on the list."""

    to: Text


class Closed(Asked):
    """``result``: one of the policy's. ``version``: as it was seen; null: whatever it is now."""

    result: Annotated[Text, Field(examples=["called_back"])]
    note: Annotated[Text | None, Field(examples=["已联系客户，卡已止付"])] = None
    version: Annotated[int, Field(ge=0, lt=2**31)] | None = None


class FalseAlarmGiven(Asked):
    """Which alert was none, and why."""

    call_id: Annotated[Key, Field(examples=["4f3c9b0d2a71e85b6c0d1f2e"])]
    rule_id: Annotated[Key, Field(examples=["urgent.account_theft"])]
    reason: Annotated[Text, Field(examples=["客户在转述新闻"])]


def _asked_for(
    day: date | None = None,
    audience: Annotated[str | None, Query(max_length=64, pattern=r"^[A-Za-z0-9._-]+$")] = None,
    ended: bool = False,
) -> GroupFilter:
    return GroupFilter(day, audience, ended=ended)


@router.get("/alerts", response_model=Listed[GroupShown], summary="Groups of alerts, the most urgent first")
def alerts(request: Request, caller: Sees, which: Annotated[GroupFilter, Depends(_asked_for)], part: Part) -> Response:
    """Those that he may see: of all teams, or of his."""
    desk = console_of(request).store.alerts
    return page_of(lambda many: desk.groups(caller.actor, which, many), part, lambda one: _object(request, one))


@router.get("/alerts/{group_id}", response_model=GroupShown, summary="One group")
def alert(group_id: Id, request: Request, caller: Sees) -> Response:
    """Named by its id, or by how its id begins."""
    return _shown(request, console_of(request).store.alerts.group(caller.actor, group_id))


@router.post("/alerts/{group_id}/take", response_model=GroupShown, summary="It is mine from now on")
def take(group_id: Id, request: Request, caller: Handles) -> Response:
    """403 when somebody else has it, or it is at an end."""
    return _shown(request, console_of(request).store.alerts.take(caller.actor, group_id))


@router.post("/alerts/{group_id}/acknowledge", response_model=GroupShown, summary="I have seen it")
def acknowledge(group_id: Id, request: Request, caller: Handles) -> Response:
    """It is left to whoever takes it."""
    return _shown(request, console_of(request).store.alerts.acknowledge(caller.actor, group_id))


@router.post("/alerts/{group_id}/assign", response_model=GroupShown, summary="It is somebody's from now on")
def assign(group_id: Id, given: Assigned, request: Request, caller: Assigns) -> Response:
    """Whoever had it before."""
    return _shown(request, console_of(request).store.alerts.assign(caller.actor, group_id, given.to))


@router.post("/alerts/{group_id}/steps/{step_id}", response_model=GroupShown, summary="A step is done")
def meet(group_id: Id, step_id: Id, request: Request, caller: Handles) -> Response:
    """What follows it runs from now."""
    return _shown(request, console_of(request).store.alerts.meet(caller.actor, group_id, step_id))


@router.post("/alerts/{group_id}/close", response_model=GroupShown, summary="It came to a result")
def close(group_id: Id, given: Closed, request: Request, caller: Handles) -> Response:
    """403 when somebody else has it, it is at an end, or it changed since ``version``."""
    desk = console_of(request).store.alerts
    return _shown(request, desk.close(caller.actor, group_id, given.result, given.note, given.version))


@router.post("/alerts/false-alarm", response_model=GroupShown, summary="An alert was none")
def false_alarm(given: FalseAlarmGiven, request: Request, caller: Handles) -> Response:
    """The others of its group stay as they are."""
    desk = console_of(request).store.alerts
    return _shown(request, desk.false_alarm(caller.actor, given.call_id, given.rule_id, given.reason))


def _shown(request: Request, group: AlertGroup) -> Response:
    return told(_object(request, group))


def _object(request: Request, group: AlertGroup) -> dict[str, object]:
    console = console_of(request)
    return group_object(group, console.store.alerts.policy, console.clock())
