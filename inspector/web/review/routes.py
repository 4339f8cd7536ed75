"""The reviewer's desk."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from inspector.errors import UsageError
from inspector.review.answers import Answers
from inspector.review.cards.scoring import score
from inspector.review.reasons import Reason, deed_of
from inspector.review.sheet import Sheet
from inspector.roles import Deed
from inspector.storage.reviews.claiming import WhyNone
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, Console, console_of
from inspector.web.pages import lang_of, page
from inspector.web.review.given import (
    Played,
    Released,
    Submission,
    Ticks,
    Typed,
    given_ticks,
    refuse_unfit,
    spans_of,
)
from inspector.web.review.self_checks import self_check_page
from inspector.web.review.view import desk_view
from inspector.web.sound.ahead import make_ahead
from inspector.web.sound.view import call_view
from inspector.web.words import say

__all__ = ["router"]

router = APIRouter()

REVIEWING = tuple(dict.fromkeys(deed_of(reason) for reason in Reason))
Reviewing = Annotated[Caller, Depends(Allowed(*REVIEWING))]


@router.get("/review")
def desk(request: Request, caller: Annotated[Caller, Depends(Allowed(*REVIEWING, Deed.CHECK_OWN))]) -> Response:
    """The item that is the caller's now, or why there is none; of who only answers for his team, a self-check."""
    if not any(caller.may_somewhere(deed) for deed in REVIEWING):
        return self_check_page(request, caller)
    console = console_of(request)
    found = console.store.reviews.next(caller.actor, console.clock())
    if isinstance(found, WhyNone):
        return page(request, "review/none.html.j2", why=found.value)
    store, actor, now = console.store, caller.actor, console.clock()
    heard = store.reviews.heard(actor, found.review_id, now)
    card = store.decisions.score_sheet(actor, found.review_id)
    full = caller.may(Deed.SEE_FULL) and store.full_views.holds(actor, found.call_id, now)
    sound = None if heard is None else call_view(heard, found.findings, full=full)
    view = desk_view(console, found, heard, sound, card, partial(say, lang_of(request)))
    answer = page(request, "review/desk.html.j2", desk=view)
    answer.background = BackgroundTask(make_ahead, request, caller)
    return answer


@router.get("/review/{review_id}/hold")
def hold(request: Request, review_id: str, caller: Reviewing) -> Response:
    """That it is still his, from now for another lease; with the token of the session that is signed in now."""
    console = console_of(request)
    sheet = console.store.reviews.show(caller.actor, review_id, console.clock())
    return JSONResponse({**_told(console, sheet), "csrf": caller.csrf})


@router.put("/review/{review_id}/draft")
def keep(request: Request, review_id: str, given: Typed, caller: Reviewing) -> Response:
    """What is typed so far, and which version of the draft it is now; 409 when it was made from an older one."""
    refuse_unfit(given.answers)
    console = console_of(request)
    reviews, now = console.store.reviews, console.clock()
    version = reviews.keep(caller.actor, review_id, given.answers, now, given.version)
    return JSONResponse({"version": version})


@router.post("/review/{review_id}/played")
def played(request: Request, review_id: str, given: Played, caller: Reviewing) -> Response:
    """These seconds were played."""
    console = console_of(request)
    sheet = console.store.reviews.played(caller.actor, review_id, spans_of(given), console.clock())
    return JSONResponse(_told(console, sheet))


@router.post("/review/{review_id}/reveal")
def reveal(request: Request, review_id: str, given: Typed, caller: Reviewing) -> Response:
    """The own verdict of a blind review: its marks, which are fixed; what else was typed stays a draft."""
    refuse_unfit(given.answers)
    console = console_of(request)
    reviews, now, answers = console.store.reviews, console.clock(), given.answers
    version = reviews.keep(caller.actor, review_id, answers, now, given.version)
    sheet = reviews.reveal(caller.actor, review_id, answers.marks, console.rules, now)
    left = Answers(answers.findings, (), answers.corrections, answers.note)
    reviews.keep(caller.actor, review_id, left, now, version)
    return JSONResponse(_told(console, sheet))


@router.post("/review/{review_id}/refresh")
def refresh(request: Request, review_id: str, caller: Reviewing) -> Response:
    """What is found now, after the call was inspected again."""
    console = console_of(request)
    sheet = console.store.reviews.refresh(caller.actor, review_id, console.clock())
    return JSONResponse(_told(console, sheet))


@router.post("/review/{review_id}/total")
def total(request: Request, review_id: str, given: Ticks, caller: Reviewing) -> Response:
    """What the ticks so far add up to; nothing is kept."""
    sheet = console_of(request).store.decisions.score_sheet(caller.actor, review_id)
    if sheet is None:
        raise UsageError("no score card for this review", "submit it without")
    made = score(sheet.card, given_ticks(given.ticks))
    return JSONResponse({"total": made.total, "fatal": len(made.fatal)})


@router.post("/review/{review_id}/submit")
def submit(request: Request, review_id: str, given: Submission, caller: Reviewing) -> Response:
    """Ends the review. The score comes first: while the review is his he may still change it."""
    refuse_unfit(given.answers)
    console = console_of(request)
    now = console.clock()
    console.store.reviews.keep(caller.actor, review_id, given.answers, now, given.version)
    if given.ticks is not None:
        console.store.decisions.save_score(caller.actor, review_id, given_ticks(given.ticks), now)
    done = console.store.reviews.submit(caller.actor, review_id, given.answers, console.rules, now)
    return JSONResponse({"verdicts": len(done.verdicts), "marks": len(done.marks)})


@router.post("/review/{review_id}/release")
def release(request: Request, review_id: str, given: Released, caller: Reviewing) -> Response:
    """Gives the item back."""
    console = console_of(request)
    console.store.reviews.release(caller.actor, review_id, given.because, console.clock())
    return JSONResponse({})


def _told(console: Console, sheet: Sheet) -> dict[str, object]:
    """How much was heard, until when he has it, on the bank's clock, and which version the draft is."""
    until, zone = sheet.lease_until, console.zone
    lease = "" if until is None else f"{until.astimezone(zone):%H:%M}"
    return {"played": sheet.played_share, "lease": lease, "version": sheet.draft_version}
