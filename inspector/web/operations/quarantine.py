"""Accepted calls that were not heard, why, and how they are worked off again."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.enums import WorkState
from inspector.roles import Deed
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, console_of
from inspector.web.operations.router import local_of, router
from inspector.web.pages import page

__all__ = ["quarantine", "requeue"]

A_PAGE, MOST_PAGES = 50, 200
Which = Literal["quarantined", "rejected"]


@router.get("/operations/quarantine")
def quarantine(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed(Deed.SEE_OPERATIONS))],
    state: Which = "quarantined",
    at: Annotated[int, Query(ge=0, le=MOST_PAGES)] = 0,
    moved: Annotated[int | None, Query(ge=0, le=A_PAGE)] = None,
) -> Response:
    """A page of them, the one accepted last first. ``moved``: how many have just been given back."""
    console = console_of(request)
    first = at * A_PAGE
    found = console.store.ledger.entries(first + A_PAGE + 1, WorkState(state))
    return page(
        request,
        "operations/quarantine.html.j2",
        entries=found[first : first + A_PAGE],
        state=state,
        at=at,
        further=len(found) > first + A_PAGE and at < MOST_PAGES,
        moved=moved,
        local=local_of(console),
    )


@router.post("/operations/quarantine")
def requeue(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed(Deed.START_NIGHT))],
    call_id: Annotated[tuple[str, ...], Form(max_length=A_PAGE)] = (),
    state: Annotated[Which, Form()] = "quarantined",
) -> Response:
    """Lets those that were ticked wait again; what is not at an end any more stays as it is."""
    moved = console_of(request).store.ledger.requeue(call_id, caller.actor.name) if call_id else []
    return RedirectResponse(f"/operations/quarantine?state={state}&moved={len(moved)}", 303)
