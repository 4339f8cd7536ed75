"""Self-checks: what a team answers of the findings in its own calls. No review, and no verdict."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.errors import UsageError
from inspector.redaction import Purpose, mask_call_id
from inspector.reports.fact_words import fact_words
from inspector.reports.timeline import BAR_WIDTH
from inspector.review.reasons import Reason
from inspector.review.sheet import finding_of, known_of, shown_of
from inspector.roles import Deed
from inspector.sampling.self_check import answer_self_check
from inspector.storage.self_checks import SelfCheck
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, console_of
from inspector.web.pages import lang_of, page
from inspector.web.review.view import finding_views
from inspector.web.sound.view import call_view
from inspector.web.words import say

__all__ = ["router", "self_check_page"]

router = APIRouter()

Checking = Annotated[Caller, Depends(Allowed(Deed.CHECK_OWN))]
MOST = 1_000_000
Answered = Literal["confirmed", "disputed"]
Told = Literal["", "confirmed", "disputed", "gone"]


@router.get("/review/self-checks")
def one(request: Request, caller: Checking, at: Annotated[int, Query(ge=0, le=MOST)] = 0, told: Told = "") -> Response:
    """The self-check at a place of those that wait for the caller; what became of the one before."""
    return self_check_page(request, caller, at, told)


@router.post("/review/self-checks/{call_id}")
def answer(
    request: Request,
    call_id: str,
    caller: Checking,
    answer: Annotated[Answered, Form()],
    at: Annotated[int, Form(ge=0, le=MOST)] = 0,
) -> Response:
    """All that is asked about is right, or not all of it; then the next one."""
    console = console_of(request)
    told: Told = answer
    try:
        confirmed = answer == "confirmed"
        answer_self_check(console.store, call_id, confirmed=confirmed, actor=caller.actor, now=console.clock())
    except UsageError:  # somebody else of the team was quicker
        told = "gone"
    return RedirectResponse(f"/review/self-checks?{urlencode({'at': at, 'told': told})}", 303)


def self_check_page(request: Request, caller: Caller, at: int = 0, told: Told = "") -> Response:
    """With its findings, its words and its sound, or that none waits."""
    count, found = console_of(request).store.self_checks.waiting(caller.actor, at)
    if found is None:
        return page(request, "review/none.html.j2", why="self_check", told=told)
    values = _values(request, caller, found)
    return page(request, "review/self_check.html.j2", **values, one=found, count=count, at=at % count, told=told)


def _values(request: Request, caller: Caller, found: SelfCheck) -> dict[str, Any]:
    """Of the newest inspection; findings are those that the team is asked about."""
    console, say_it = console_of(request), partial(say, lang_of(request))
    call = console.store.search.read(caller.actor, found.call_id)
    whole, asked = call.inspection, {rule_id for rule_id, _ in found.because}
    judged = () if whole is None else shown_of(whole.findings, Reason.SELF_CHECK, ())
    findings = tuple(finding_of(one, said_false=False) for one in judged if one.rule_id in asked)
    hearing = None if whole is None else whole.hearing
    full = caller.may(Deed.SEE_FULL) and console.store.full_views.holds(caller.actor, found.call_id, console.clock())
    return {
        "call": mask_call_id(found.source_call_id, Purpose.SCREEN),
        "due": None if found.due_at is None else found.due_at.astimezone(console.zone),
        "late": found.due_at is not None and found.due_at < console.clock(),
        "known": tuple(fact_words(known_of(call.facts), Purpose.SCREEN, say_it, console.zone)),
        "missing": call.missing,
        "findings": tuple(finding_views(findings, hearing, console.plan)),
        "sound": None if hearing is None else call_view(hearing, findings, full=full),
        "duration_s": None if hearing is None else hearing.recording.duration_s,
        "bar_width": BAR_WIDTH,
    }
