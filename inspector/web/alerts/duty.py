"""Handing a shift over: who is on duty, what is open, what was written down."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.errors import PolicyError, UsageError
from inspector.redaction import Purpose, mask
from inspector.roles import Deed
from inspector.storage.alerts import GroupFilter
from inspector.web.alerts.board import NO_NUL, SHOWN, views_of
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, console_of
from inspector.web.pages import lang_of, page
from inspector.web.words import say

__all__ = ["router"]

router = APIRouter()
_NOTES = 20
Keeping = Annotated[Caller, Depends(Allowed(Deed.KEEP_DUTY))]


@router.get("/alerts/handover")
def handover(request: Request, caller: Keeping) -> Response:
    """The page of whoever goes, to be printed too."""
    console, views = console_of(request), views_of(request)
    duty, alerts, now = console.store.tasks.duty, console.store.alerts, console.clock()
    shown = alerts.groups(caller.actor, GroupFilter(), SHOWN)
    return page(
        request,
        "alerts/handover.html.j2",
        on_duty=duty.on_duty(caller.actor, now),
        open=list(views.groups(shown)),
        count=alerts.count(caller.actor, GroupFilter()),
        notes=duty.handovers(caller.actor, _NOTES),
        audiences=views.policy.audiences,
        local=views.local,
        masked_note=_masked,
    )


@router.post("/alerts/handover")
def hand_over(
    request: Request,
    caller: Keeping,
    audience: Annotated[str, Form(max_length=64)],
    note: Annotated[str, Form(max_length=4000, pattern=NO_NUL)] = "",
) -> Response:
    """Writes the note; its id is the receipt."""
    console = console_of(request)
    if audience not in console.store.alerts.policy.audiences:
        raise UsageError(say(lang_of(request), "alerts_no_audience"), say(lang_of(request), "alerts_choose_audience"))
    made = console.store.tasks.duty.hand_over(caller.actor, audience, note, None, console.clock())
    return RedirectResponse(f"/alerts/handover#note-{made.id}", 303)


@router.post("/alerts/handover/{handover_id}/take-over")
def take_over(request: Request, caller: Keeping, handover_id: str) -> Response:
    """The caller has it from now on."""
    console = console_of(request)
    duty, lang = console.store.tasks.duty, lang_of(request)
    try:
        taken = duty.take_over(caller.actor, handover_id, console.clock())
    except UsageError as error:
        raise UsageError(say(lang, "alerts_no_note"), say(lang, "alerts_look_in_list")) from error
    except PolicyError as error:
        by = next((one.taken_by for one in duty.handovers(caller.actor, _NOTES) if one.id == handover_id), None)
        told = say(lang, "alerts_own_note") if by is None else say(lang, "alerts_note_is_with", who=by)
        raise PolicyError(told, say(lang, "alerts_own_note_do" if by is None else "alerts_nothing_to_do")) from error
    return RedirectResponse(f"/alerts/handover#note-{taken.id}", 303)


def _masked(text: str) -> str:
    return mask(text, Purpose.SCREEN)
