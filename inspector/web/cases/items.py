"""Review items of everybody and those who work them off: for who leads them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.errors import UsageError
from inspector.redaction import Purpose, mask_call_id
from inspector.review.reasons import Reason, State, deed_of
from inspector.review.reviewer import Reviewer
from inspector.roles import Deed, may
from inspector.storage.reviews.listing import ItemFilter
from inspector.web.allowed import Allowed
from inspector.web.cases.router import router
from inspector.web.cases.views import MOST, PAGE, more_than, on_the_clock
from inspector.web.console import Caller, console_of
from inspector.web.pages import page

__all__ = ["assign", "items", "recall", "reviewers", "set_quota"]

Sees = Annotated[Caller, Depends(Allowed(Deed.SEE_REVIEWS))]
Assigns = Annotated[Caller, Depends(Allowed(Deed.ASSIGN_REVIEWS))]
Name = Annotated[str, Form(max_length=64)]


@router.get("/cases/items")
def items(
    request: Request,
    caller: Sees,
    reason: Reason | Literal[""] = "",
    state: State = State.OPEN,
    many: Annotated[int, Query(ge=1, le=MOST)] = PAGE,
) -> Response:
    """Worst first; how many there are of each reason."""
    console = console_of(request)
    which, now = ItemFilter(state, None, reason or None), console.clock()
    desk = console.store.reviews
    found = desk.list(caller.actor, which, many + 1, now)
    shown = tuple((one, mask_call_id(one.source_call_id, Purpose.SCREEN)) for one in found[:many])
    deeds = {deed_of(one) for one in Reason}
    names = tuple(one.name for one in console.store.people.all() if any(may(one.actor, deed) for deed in deeds))
    return page(request, "cases/items.html.j2", items=shown, counts=desk.count(caller.actor, which, now), names=names,
                which=which, reasons=tuple(Reason), states=tuple(State), clock=on_the_clock(console),
                more=more_than(many, found))  # fmt: skip


@router.post("/cases/items/{item_id}/assign")
def assign(item_id: str, request: Request, caller: Assigns, to: Name) -> Response:
    """It is his alone."""
    console = console_of(request)
    console.store.reviews.assign(caller.actor, item_id, to.replace("\0", ""), console.clock())
    return RedirectResponse("/cases/items", 303)


@router.post("/cases/items/{item_id}/recall")
def recall(item_id: str, request: Request, caller: Assigns) -> Response:
    """It is anybody's again."""
    console_of(request).store.reviews.recall(caller.actor, item_id)
    return RedirectResponse("/cases/items", 303)


@router.get("/cases/reviewers")
def reviewers(request: Request, caller: Sees) -> Response:
    """Their quota, what they did today, what they have in hand."""
    console = console_of(request)
    found = console.store.reviews.reviewers(caller.actor, console.clock())
    return page(request, "cases/reviewers.html.j2", staffed=found, clock=on_the_clock(console))


@router.post("/cases/reviewers/{name}")
def set_quota(name: str, request: Request, caller: Assigns, minutes: Annotated[int, Form()]) -> Response:
    """How much somebody takes a day; his skills and absence stay."""
    console = console_of(request)
    now = console.clock()
    known = {one.reviewer.name: one.reviewer for one in console.store.reviews.reviewers(caller.actor, now)}
    if name not in known:
        raise UsageError(f"no reviewer: {name}", "look at the list of them")
    was = known[name]
    try:
        reviewer = Reviewer(name, minutes, was.skills, was.away_until)
    except ValueError as error:
        raise UsageError(str(error), "name the minutes of a day") from error
    console.store.reviews.set_reviewer(caller.actor, reviewer, now)
    return RedirectResponse("/cases/reviewers", 303)
