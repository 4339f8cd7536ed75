"""The screen on the wall: how the room stands, and nothing of anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from inspector.alerts.group import AlertGroup, GroupState
from inspector.enums import AlertClass, WorkState
from inspector.roles import Deed
from inspector.storage.alerts import GroupFilter
from inspector.web.alerts.board import SHOWN, ended_today
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, Console, console_of
from inspector.web.pages import page

__all__ = ["router"]

router = APIRouter()
_STANDS_AFTER = timedelta(minutes=10)
Seeing = Annotated[Caller, Depends(Allowed(Deed.SEE_ALERTS))]


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts of the open groups. ``due``: of the one that waits longest to be taken, ISO 8601, UTC. ``lag_min``: from
    the words of the alert found last until it was found; None: nobody knows. ``stands``: calls wait and none is heard.
    """

    waiting: Counter[str]
    taken: Counter[str]
    teams: Counter[str]
    overdue: int
    ended: int
    due: str | None
    lag_min: int | None
    raised: int | None
    in_time: int | None
    stands: bool


@router.get("/alerts/wall")
def wall(request: Request, caller: Seeing) -> Response:
    """The whole screen."""
    return page(request, "alerts/wall.html.j2", wall=_standing(console_of(request), caller), classes=list(AlertClass))


@router.get("/alerts/wall/figures")
def figures(request: Request, caller: Seeing) -> Response:
    """What changes of it, for its script."""
    standing = _standing(console_of(request), caller)
    return page(request, "alerts/figures.html.j2", wall=standing, classes=list(AlertClass))


def _standing(console: Console, caller: Caller) -> Standing:
    store, now = console.store, console.clock()
    groups = store.alerts.groups(caller.actor, GroupFilter(), SHOWN)
    waiting = [one for one in groups if one.state is GroupState.OPEN]
    steps = [one.next_step for one in groups]
    today = store.business_day(now)
    rules = store.alerts.hygiene(caller.actor, today, today) if caller.may(Deed.SEE_ALERTS) else None
    return Standing(
        Counter(one.alert_class.value for one in waiting),
        Counter(one.alert_class.value for one in groups if one.state is GroupState.TAKEN),
        Counter(team for one in groups for team in _teams(one, caller)),
        sum(step is not None and step.is_late(now) for step in steps),
        len(ended_today(console, caller, GroupFilter())),
        min((step.due_at.isoformat() for one in waiting if (step := one.next_step)), default=None),
        _lag_min(groups),
        None if rules is None else sum(one.raised for one in rules),
        None if rules is None else sum(one.in_time for one in rules),
        _stands(console, now),
    )


def _teams(group: AlertGroup, caller: Caller) -> frozenset[str]:
    """Of a customer's calls with several teams, a lead's screen names his own."""
    return group.teams if caller.may(Deed.SEE_ALERTS) else group.teams & caller.actor.teams


def _lag_min(groups: Sequence[AlertGroup]) -> int | None:
    alerts = [one for group in groups for one in group.alerts if one.said_at is not None]
    if not alerts:
        return None
    latest = max(alerts, key=lambda one: one.created_at)
    return int(max((latest.created_at - (latest.said_at or latest.created_at)).total_seconds(), 0) // 60)


def _stands(console: Console, now: datetime) -> bool:
    counts = console.store.ledger.counts()
    oldest = counts.oldest_waiting
    return oldest is not None and now - oldest > _STANDS_AFTER and not counts.calls(WorkState.RUNNING)
