"""The screen on the wall: how the room stands, and nothing of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from inspector.enums import AlertClass, WorkState
from inspector.roles import Deed
from inspector.storage.alerts import Standing
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, Console, console_of
from inspector.web.pages import page

__all__ = ["router"]

router = APIRouter()
_STANDS_AFTER = timedelta(minutes=10)
Seeing = Annotated[Caller, Depends(Allowed(Deed.SEE_ALERTS))]


@dataclass(frozen=True, slots=True)
class Wall:
    """``lag_min``: from the words of the alert found last until it was found; None: nobody knows. ``raised``,
    ``in_time``: of today; None for who may not see them of every team. ``stands``: calls wait and none is heard."""

    groups: Standing
    lag_min: int | None
    raised: int | None
    in_time: int | None
    stands: bool


@router.get("/alerts/wall")
def wall(request: Request, caller: Seeing) -> Response:
    """The whole screen."""
    return page(request, "alerts/wall.html.j2", wall=_wall(console_of(request), caller), classes=list(AlertClass))


@router.get("/alerts/wall/figures")
def figures(request: Request, caller: Seeing) -> Response:
    """What changes of it, for its script."""
    return page(request, "alerts/figures.html.j2", wall=_wall(console_of(request), caller), classes=list(AlertClass))


def _wall(console: Console, caller: Caller) -> Wall:
    store, now = console.store, console.clock()
    today = store.business_day(now)
    groups = store.alerts.standing(caller.actor, now, store.day_begins(today))
    rules = store.alerts.hygiene(caller.actor, today, today) if caller.may(Deed.SEE_ALERTS) else None
    return Wall(
        groups,
        None if groups.lag_s is None else int(groups.lag_s // 60),
        None if rules is None else sum(one.raised for one in rules),
        None if rules is None else sum(one.in_time for one in rules),
        _stands(console, now),
    )


def _stands(console: Console, now: datetime) -> bool:
    counts = console.store.ledger.counts()
    oldest = counts.oldest_waiting
    return oldest is not None and now - oldest > _STANDS_AFTER and not counts.calls(WorkState.RUNNING)
