"""The board: what waits, what is in hand, what ended today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from inspector.alerts.group import AlertGroup, GroupState
from inspector.enums import AlertClass
from inspector.roles import Deed
from inspector.storage.alerts import GroupFilter
from inspector.web.alerts.views import Views
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, Console, console_of
from inspector.web.pages import lang_of, page

__all__ = ["ended_today", "router", "views_of"]

router = APIRouter()
SHOWN, ENDED = 300, 50
_STORM, _STORM_S = 10, 60

State = Literal["", "open", "taken", "ended"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which groups the board shows; empty: all."""

    alert_class: str
    team: str
    state: str
    mine: bool

    def wants(self, group: AlertGroup, name: str) -> bool:
        return (
            self.alert_class in ("", group.alert_class)
            and (not self.team or self.team in group.teams)
            and (not self.mine or group.handler == name)
        )

    @property
    def query(self) -> str:
        """As it stands in the address."""
        asked = {"class": self.alert_class, "team": self.team, "state": self.state, "mine": "1" if self.mine else ""}
        return urlencode({key: value for key, value in asked.items() if value})


def asked_of(
    alert_class: Annotated[AlertClass | Literal[""], Query(alias="class")] = "",
    team: Annotated[str, Query(max_length=64)] = "",
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
    return _board(request, caller, asked, "alerts/board.html.j2")


@router.get("/alerts/groups")
def groups(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed(Deed.SEE_ALERTS))],
    asked: Annotated[Asked, Depends(asked_of)],
) -> Response:
    """What changes of it, for its script."""
    return _board(request, caller, asked, "alerts/groups.html.j2")


def _board(request: Request, caller: Caller, asked: Asked, template: str) -> Response:
    console, views = console_of(request), views_of(request)
    which, name = GroupFilter(), caller.actor.name
    found = console.store.alerts.groups(caller.actor, which, SHOWN)
    total = console.store.alerts.count(caller.actor, which)
    wanted = [one for one in found if asked.wants(one, name)]
    waiting = [one for one in wanted if one.state is GroupState.OPEN and asked.state in ("", "open")]
    taken = [one for one in wanted if one.state is GroupState.TAKEN and asked.state in ("", "taken")]
    ended = [one for one in ended_today(console, caller) if asked.state in ("", "ended") and asked.wants(one, name)]
    shown, folded = _unfolded(waiting, views)
    return page(
        request,
        template,
        asked=asked,
        waiting=list(views.groups(shown)),
        folded=list(views.groups(folded)),
        taken=list(views.groups(taken)),
        ended=list(views.groups(ended)),
        not_shown=total - len(found),
        teams=sorted(frozenset[str]().union(*(one.teams for one in found))),
        results=views.policy.results,
        people=handlers(console, caller),
    )


def _unfolded(waiting: list[AlertGroup], views: Views) -> tuple[list[AlertGroup], list[AlertGroup]]:
    """In a storm the first of the last minute are shown and the rest put behind one line; a P0 never."""
    since = views.now - timedelta(seconds=_STORM_S)
    new = [one for one in waiting if one.opened_at > since and one.alert_class is not AlertClass.P0]
    folded = {one.id for one in new[_STORM:]}
    return [one for one in waiting if one.id not in folded], [one for one in waiting if one.id in folded]


def ended_today(console: Console, caller: Caller) -> list[AlertGroup]:
    """The latest groups that came to an end on this business day."""
    store, today = console.store, console.store.business_day(console.clock())
    found = store.alerts.groups(caller.actor, GroupFilter(ended=True), ENDED)
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
