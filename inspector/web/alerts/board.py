"""The board: what waits, what is in hand, what ended today."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from inspector.alerts.group import AlertGroup, GroupState
from inspector.enums import AlertClass
from inspector.errors import PolicyError, UsageError
from inspector.roles import Deed
from inspector.storage.alerts import GroupFilter
from inspector.web.alerts.views import GroupView, Views
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, Console, console_of
from inspector.web.pages import lang_of, page

__all__ = ["NO_NUL", "SHOWN", "ended_today", "handlers", "router", "views_of"]

router = APIRouter()
SHOWN, ENDED = 300, 50
_WRITTEN = 20
_STORM, _STORM_S = 10, 60
NO_NUL = r"^[^\x00]*$"
"""PostgreSQL keeps no texts with NUL in them."""

_STATES = {"open": GroupState.OPEN, "taken": GroupState.TAKEN}

State = Literal["", "open", "taken", "ended"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which groups the board shows; empty: all."""

    alert_class: str
    team: str
    state: str
    mine: bool

    def which(self, name: str) -> GroupFilter:
        """The open ones of them, as ``name`` asks."""
        return GroupFilter(
            teams=frozenset({self.team}) if self.team else None,
            alert_class=AlertClass(self.alert_class) if self.alert_class else None,
            state=_STATES.get(self.state),
            handler=name if self.mine else None,
        )


def asked_of(
    alert_class: Annotated[AlertClass | Literal[""], Query(alias="class")] = "",
    team: Annotated[str, Query(max_length=64, pattern=NO_NUL)] = "",
    state: State = "",
    mine: bool = False,
) -> Asked:
    return Asked(alert_class, team, state, mine)


@router.get("/alerts")
def board(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed(Deed.SEE_ALERTS))],
    asked: Annotated[Asked, Depends(asked_of)],
) -> Response:
    """The whole page."""
    return page(
        request,
        "alerts/board.html.j2",
        asked=asked,
        **_groups(request, caller, asked),
        written=(),
    )


@router.get("/alerts/groups")
def groups(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed(Deed.SEE_ALERTS))],
    asked: Annotated[Asked, Depends(asked_of)],
    writing: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """What changes of it, for its script. ``writing``: groups in whose cards somebody writes."""
    found = _groups(request, caller, asked)
    return page(request, "alerts/groups.html.j2", **found, written=_written(request, caller, writing or []))


def _groups(request: Request, caller: Caller, asked: Asked) -> dict[str, Any]:
    """What is shown. A P0 that waits is, whatever is asked for."""
    console, views = console_of(request), views_of(request)
    alerts, actor, which = console.store.alerts, caller.actor, asked.which(caller.actor.name)
    found = () if asked.state == "ended" else alerts.groups(actor, which, SHOWN)
    waiting = [one for one in found if one.state is GroupState.OPEN]
    ids = {one.id for one in waiting}
    urgent = alerts.groups(actor, GroupFilter(alert_class=AlertClass.P0, state=GroupState.OPEN), SHOWN)
    shown, folded = _unfolded(waiting, views)
    lists = {
        "outside": [one for one in urgent if one.id not in ids],
        "open": shown,
        "storm": folded,
        "taken": [one for one in found if one.state is GroupState.TAKEN],
        "ended": ended_today(console, caller, which) if asked.state in ("", "ended") else [],
    }
    return {
        "lists": {name: list(views.groups(groups)) for name, groups in lists.items()},
        "columns": [name for name in ("open", "taken", "ended") if asked.state in ("", name)],
        "teams": alerts.teams(actor),
        "not_shown": 0 if asked.state == "ended" else alerts.count(actor, which) - len(found),
        "results": views.policy.results,
        "people": handlers(console, caller),
    }


def _written(request: Request, caller: Caller, group_ids: list[str]) -> list[GroupView]:
    """These groups, as far as the caller may see them."""
    alerts, views = console_of(request).store.alerts, views_of(request)
    found = []
    for group_id in filter(str.isalnum, group_ids[:_WRITTEN]):
        with suppress(PolicyError, UsageError):
            found.append(views.group(alerts.group(caller.actor, group_id)))
    return found


def _unfolded(waiting: list[AlertGroup], views: Views) -> tuple[list[AlertGroup], list[AlertGroup]]:
    """In a storm the first of the last minute are shown and the rest put behind one line; a P0 never."""
    since = views.now - timedelta(seconds=_STORM_S)
    new = [one for one in waiting if one.opened_at > since and one.alert_class is not AlertClass.P0]
    folded = {one.id for one in new[_STORM:]}
    return [one for one in waiting if one.id not in folded], [one for one in waiting if one.id in folded]


def ended_today(console: Console, caller: Caller, which: GroupFilter) -> list[AlertGroup]:
    """The latest of these groups that came to an end on this business day."""
    store, today = console.store, console.store.business_day(console.clock())
    found = store.alerts.groups(caller.actor, replace(which, state=None, ended=True), ENDED)
    return [one for one in found if one.closed_at and store.business_day(one.closed_at) == today]


def handlers(console: Console, caller: Caller) -> list[str]:
    """Whom an alert can be given to, for who may give it."""
    if not caller.may_somewhere(Deed.ASSIGN_ALERT):
        return []
    people = [one.actor for one in console.store.people.all()]
    return sorted(one.name for one in people if Caller(one, "", "").may_somewhere(Deed.HANDLE_ALERT))


def views_of(request: Request) -> Views:
    """As the caller reads them, now."""
    console = console_of(request)
    return Views(console.store.alerts.policy, console.settings, lang_of(request), console.clock())
