"""Incidents: what several calls have in common."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from inspector.errors import UsageError
from inspector.redaction import Purpose, mask, mask_call_id
from inspector.roles import Deed
from inspector.storage.incidents import Incident
from inspector.web.alerts.board import views_of
from inspector.web.alerts.refused import in_words
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, console_of
from inspector.web.pages import lang_of, page
from inspector.web.words import say

__all__ = ["router"]

router = APIRouter()
_SHOWN = 100
Seeing = Annotated[Caller, Depends(Allowed(Deed.SEE_ALERTS))]


@router.get("/alerts/incidents")
def incidents(request: Request, caller: Seeing) -> Response:
    """The latest."""
    found = console_of(request).store.incidents.latest(caller.actor, _SHOWN)
    local = views_of(request).local
    return page(request, "alerts/incidents.html.j2", found=found, about=_about, local=local)


@router.get("/alerts/incidents/{incident_id}")
def incident(request: Request, caller: Seeing, incident_id: str) -> Response:
    """One with its calls."""
    try:
        with in_words(request):
            found, calls = console_of(request).store.incidents.get(caller.actor, incident_id)
    except UsageError as error:
        lang = lang_of(request)
        raise UsageError(say(lang, "alerts_no_incident"), say(lang, "alerts_look_in_list")) from error
    local = views_of(request).local
    return page(
        request, "alerts/incident.html.j2", one=found, calls=calls, about=_about, local=local, call_id=_source_call_id
    )


def _about(one: Incident) -> str:
    return mask(f"{one.title}：{one.key}" if one.key else one.title, Purpose.SCREEN)


def _source_call_id(source_call_id: str) -> str:
    return mask_call_id(source_call_id, Purpose.SCREEN)
