"""One group: everything of it, and what people do to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.alerts.group import AlertGroup
from inspector.errors import PolicyError
from inspector.roles import Deed
from inspector.storage.alerts import Alerts
from inspector.web.alerts.board import NO_NUL, handlers, views_of
from inspector.web.alerts.refused import in_words
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, console_of
from inspector.web.pages import lang_of, page
from inspector.web.words import say

__all__ = ["router"]

router = APIRouter()
_NOTE_CHARS = 2000

Seeing = Annotated[Caller, Depends(Allowed(Deed.SEE_ALERTS))]
Handling = Annotated[Caller, Depends(Allowed(Deed.HANDLE_ALERT))]
Note = Annotated[str, Form(max_length=_NOTE_CHARS, pattern=NO_NUL)]
Word = Annotated[str, Form(max_length=128, pattern=NO_NUL)]
GroupId = Annotated[str, Path(max_length=64, pattern=NO_NUL)]


@router.get("/alerts/{group_id}")
def group(
    request: Request, caller: Annotated[Caller, Depends(Allowed(Deed.SEE_ALERTS))], group_id: GroupId
) -> Response:
    """The page of a group."""
    console, views = console_of(request), views_of(request)
    alerts = console.store.alerts
    with in_words(request):
        found = alerts.group(caller.actor, group_id)
    happened = alerts.history(caller.actor, found.id)
    return page(
        request,
        "alerts/group.html.j2",
        group=views.group(found),
        happened=[(views.local(one.at), views.told(one, found)) for one in happened],
        results=views.policy.results,
        people=handlers(console, caller),
    )


@router.post("/alerts/{group_id}/take")
def take(request: Request, caller: Handling, group_id: GroupId) -> Response:
    """It is the caller's."""
    return _done(request, lambda alerts: alerts.take(caller.actor, group_id))


@router.post("/alerts/{group_id}/seen")
def seen(request: Request, caller: Handling, group_id: GroupId) -> Response:
    """Seen, left to whoever takes it."""
    return _done(request, lambda alerts: alerts.acknowledge(caller.actor, group_id))


@router.post("/alerts/{group_id}/assign")
def assign(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed(Deed.ASSIGN_ALERT))],
    group_id: GroupId,
    to: Word,
) -> Response:
    """Given to somebody who may handle alerts."""
    if to not in handlers(console_of(request), caller):
        raise PolicyError(say(lang_of(request), "alerts_no_such_person"), say(lang_of(request), "alerts_choose_person"))
    return _done(request, lambda alerts: alerts.assign(caller.actor, group_id, to))


@router.post("/alerts/{group_id}/step")
def step(request: Request, caller: Handling, group_id: GroupId, step_id: Word) -> Response:
    """A step of its clocks is done."""
    return _done(request, lambda alerts: alerts.meet(caller.actor, group_id, step_id))


@router.post("/alerts/{group_id}/close")
def close(
    request: Request,
    caller: Handling,
    group_id: GroupId,
    result: Word,
    version: Annotated[int, Form()],
    note: Note = "",
) -> Response:
    """It came to a result, as the caller saw it."""
    told = note.strip() or None
    return _done(request, lambda alerts: alerts.close(caller.actor, group_id, result, told, version))


@router.post("/alerts/{group_id}/false")
def false_alarm(
    request: Request,
    caller: Handling,
    group_id: GroupId,
    call_id: Word,
    rule_id: Word,
    reason: Note = "",
) -> Response:
    """One alert of it was none."""
    return _done(request, lambda alerts: alerts.false_alarm(caller.actor, call_id, rule_id, reason))


def _done(request: Request, deed: Callable[[Alerts], AlertGroup]) -> Response:
    """Does it and goes to the group's page; a script gets no page."""
    with in_words(request):
        changed = deed(console_of(request).store.alerts)
    return (
        Response(status_code=204) if "hx-request" in request.headers else RedirectResponse(f"/alerts/{changed.id}", 303)
    )
