"""Review items of everybody and those who work them off: for who leads them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Literal
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from fastapi import Depends, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.errors import UsageError
from inspector.redaction import Purpose, mask_call_id
from inspector.review.reasons import Reason, State, deed_of
from inspector.review.reviewer import Reviewer
from inspector.roles import Deed, may
from inspector.storage.months import YEARS
from inspector.storage.reviews.listing import ItemFilter
from inspector.web.allowed import Allowed
from inspector.web.cases.given import names_of
from inspector.web.cases.router import router
from inspector.web.cases.views import MOST, PAGE, more_than, on_the_clock
from inspector.web.console import Caller, console_of
from inspector.web.pages import page

__all__ = ["assign", "items", "recall", "reviewers", "set_reviewer"]

Sees = Annotated[Caller, Depends(Allowed(Deed.SEE_REVIEWS))]
Assigns = Annotated[Caller, Depends(Allowed(Deed.ASSIGN_REVIEWS))]
Name = Annotated[str, Form(max_length=64)]
Again = Annotated[str, Form(max_length=200)]
"""The filters of the list that a form stands in."""


def _asked_for(
    reason: Reason | Literal[""] = "",
    state: State = State.OPEN,
    day: date | Literal[""] = "",
    overdue: bool = False,
) -> ItemFilter:
    return ItemFilter(state, day or None, reason or None, overdue=overdue)


@router.get("/cases/items")
def items(
    request: Request,
    caller: Sees,
    which: Annotated[ItemFilter, Depends(_asked_for)],
    many: Annotated[int, Query(ge=1, le=MOST)] = PAGE,
) -> Response:
    """Worst first; how many there are of each reason."""
    console = console_of(request)
    desk, now = console.store.reviews, console.clock()
    found = desk.list(caller.actor, which, many + 1, now)
    shown = tuple((one, mask_call_id(one.source_call_id, Purpose.SCREEN)) for one in found[:many])
    deeds = {deed_of(one) for one in Reason}
    names = tuple(one.name for one in console.store.people.all() if any(may(one.actor, deed) for deed in deeds))
    again = {"reason": which.reason or "", "state": which.state, "day": which.day or "", "overdue": int(which.overdue)}
    return page(request, "cases/items.html.j2", items=shown, counts=desk.count(caller.actor, which, now), names=names,
                which=which, again=urlencode(again), reasons=tuple(Reason), states=tuple(State),
                more=more_than(many, found), clock=on_the_clock(console))  # fmt: skip


@router.post("/cases/items/{item_id}/assign")
def assign(item_id: str, request: Request, caller: Assigns, to: Name, again: Again = "") -> Response:
    """It is his alone."""
    console = console_of(request)
    console.store.reviews.assign(caller.actor, item_id, to.replace("\0", "").strip(), console.clock())
    return _back(again)


@router.post("/cases/items/{item_id}/recall")
def recall(item_id: str, request: Request, caller: Assigns, again: Again = "") -> Response:
    """It is anybody's again."""
    console_of(request).store.reviews.recall(caller.actor, item_id)
    return _back(again)


@router.get("/cases/reviewers")
def reviewers(request: Request, caller: Sees) -> Response:
    """Their quota, what they did today, what they have in hand."""
    console = console_of(request)
    found = console.store.reviews.reviewers(caller.actor, console.clock())
    return page(request, "cases/reviewers.html.j2", staffed=found, zone=ZoneInfo(console.settings.business_tz),
                clock=on_the_clock(console))  # fmt: skip


@router.post("/cases/reviewers/{name}")
def set_reviewer(
    name: str,
    request: Request,
    caller: Assigns,
    minutes: Annotated[int, Form()],
    skills: Annotated[str, Form(max_length=2000)] = "",
    away: Annotated[date | Literal[""], Form()] = "",
) -> Response:
    """What somebody takes a day, what he can review, until when he is away."""
    console = console_of(request)
    now = console.clock()
    if all(name != one.reviewer.name for one in console.store.reviews.reviewers(caller.actor, now)):
        raise UsageError(f"no reviewer: {name}", "look at the list of them")
    back = _begin(away, ZoneInfo(console.settings.business_tz))
    try:
        reviewer = Reviewer(name, minutes, _skills(skills), back)
    except ValueError as error:
        raise UsageError(str(error), "name the minutes of a day, and skills as field=value") from error
    console.store.reviews.set_reviewer(caller.actor, reviewer, now)
    return RedirectResponse("/cases/reviewers", 303)


def _skills(text: str) -> dict[str, frozenset[str]]:
    """``field=value``, a field as often as it has values. Raises UsageError for anything else."""
    skills: dict[str, frozenset[str]] = {}
    for one in names_of(text.replace("\0", "")):
        name, equals, value = one.partition("=")
        if not (name and equals and value):
            raise UsageError("a skill is a field of the business data and a value", "write it as skill_group=理财")
        skills[name] = skills.get(name, frozenset()) | {value}
    return skills


def _begin(day: date | Literal[""], zone: ZoneInfo) -> datetime | None:
    """Who is away until a day is there on it. Raises UsageError for a day that no calendar has."""
    if day and day.year not in YEARS:
        raise UsageError("nobody is away until that year", "name the day on which he is back")
    return datetime.combine(day, time(), zone) if day else None


def _back(again: str) -> Response:
    """The list with the filters that it had."""
    kept = urlencode([one for one in parse_qsl(again) if one[0] in ("reason", "state", "day", "overdue")])
    return RedirectResponse(f"/cases/items?{kept}" if kept else "/cases/items", 303)
