"""Coaching, typical cases and calibration: what is to be done by when, and the few deeds on it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import Depends, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.redaction import Purpose, mask_staff
from inspector.reports.task_sheets import session_sheets
from inspector.review.appeals.records import LONGEST_TEXT
from inspector.review.tasks.coaching import CoachingState, too_few
from inspector.roles import Deed
from inspector.storage.tasks.coaching import NewCoaching
from inspector.web.allowed import Allowed
from inspector.web.cases.export import workbook
from inspector.web.cases.given import Name, Origin, Typed, closing_time, lines, names_of
from inspector.web.cases.router import router
from inspector.web.cases.views import MOST, PAGE, more_than, on_the_clock
from inspector.web.console import Caller, console_of
from inspector.web.pages import page

__all__ = [
    "acknowledge", "assign_coach", "calibration", "coaching", "confirm_read", "done", "file", "give", "own",
    "session_workbook", "typical",
]  # fmt: skip

Coaches = Annotated[Caller, Depends(Allowed(Deed.COACH))]
Leads = Annotated[Caller, Depends(Allowed(Deed.CALIBRATE))]
Anybody = Annotated[Caller, Depends(Allowed())]
Many = Annotated[int, Query(ge=1, le=MOST)]


@router.get("/cases/coaching")
def coaching(
    request: Request,
    caller: Coaches,
    origin: Origin,
    state: CoachingState | Literal[""] = "",
    many: Many = PAGE,
) -> Response:
    """By what is due."""
    console = console_of(request)
    found = console.store.tasks.coaching.tasks(caller.actor, many + 1, state or None)
    within, now = timedelta(days=console.settings.review.follow_up_days), console.clock()
    rows = tuple((one, mask_staff(one.agent, Purpose.SCREEN), too_few(one, now, within)) for one in found[:many])
    return page(request, "cases/coaching.html.j2", rows=rows, state=state, states=tuple(CoachingState),
                more=more_than(many, found), origin=origin,
                longest=LONGEST_TEXT, clock=on_the_clock(console))  # fmt: skip


def _new_coaching(
    request: Request,
    rule: Name,
    calls: Typed,
    coach: Name,
    task: Typed,
    due: Annotated[date | None, Form()] = None,
) -> NewCoaching:
    return NewCoaching(rule.strip(), names_of(calls), coach, lines(task), closing_time(console_of(request), due))


@router.post("/cases/coaching/give")
def give(request: Request, caller: Coaches, new: Annotated[NewCoaching, Depends(_new_coaching)]) -> Response:
    """For the agent of these calls, in each of which the rule is finally confirmed."""
    console = console_of(request)
    console.store.tasks.coaching.give(caller.actor, new, console.clock())
    return RedirectResponse("/cases/coaching", 303)


@router.post("/cases/coaching/{task_id}/assign")
def assign_coach(task_id: str, request: Request, caller: Coaches, coach: Name) -> Response:
    """Another coach does it."""
    console_of(request).store.tasks.coaching.assign(caller.actor, task_id, coach)
    return RedirectResponse("/cases/coaching", 303)


@router.post("/cases/coaching/{task_id}/done")
def done(task_id: str, request: Request, caller: Coaches) -> Response:
    """The coach has done it; the agent's next calls are looked for from now on."""
    console = console_of(request)
    console.store.tasks.coaching.done(caller.actor, task_id, console.clock())
    return RedirectResponse("/cases/coaching", 303)


@router.get("/cases/typical")
def typical(request: Request, caller: Coaches, origin: Origin, many: Many = PAGE) -> Response:
    """Typical cases (典型案例), the latest first, with who has not read them."""
    console = console_of(request)
    found = console.store.tasks.cases.latest(caller.actor, many + 1)
    return page(request, "cases/typical.html.j2", notes=found[:many], origin=origin, longest=LONGEST_TEXT,
                more=more_than(many, found), titles=console.rules.rules,
                clock=on_the_clock(console))  # fmt: skip


@router.post("/cases/typical/file")
def file(request: Request, caller: Coaches, rule: Name, call: Name, text: Typed, teams: Typed) -> Response:
    """A case that these teams read, of a final finding."""
    console = console_of(request)
    readers = frozenset(names_of(teams))
    console.store.tasks.cases.file(caller.actor, (call.strip(), rule.strip()), lines(text), readers, console.clock())
    return RedirectResponse("/cases/typical", 303)


@router.get("/cases/calibration")
def calibration(request: Request, caller: Leads) -> Response:
    """Sessions, the latest first; they are led at the command line."""
    console = console_of(request)
    desk = console.store.tasks.calibration
    return page(request, "cases/calibration.html.j2", sessions=desk.latest(caller.actor, PAGE),
                to_train=desk.to_retrain(caller.actor), clock=on_the_clock(console))  # fmt: skip


@router.get("/cases/calibration/{session_id}/xlsx")
def session_workbook(session_id: str, request: Request, caller: Leads) -> Response:
    """A session as far as he may see it."""
    console = console_of(request)
    session = console.store.tasks.calibration.get(caller.actor, session_id)
    return workbook(console, caller, "calibration", "校准会", session_sheets(session))


# ---- an agent's own --------------------------------------------------------------------------------------------------


@router.get("/mine/coaching")
def own(request: Request, caller: Anybody) -> Response:
    """His coaching, and the cases that his teams are to read."""
    console = console_of(request)
    is_agent = caller.actor.agent is not None
    tasks = console.store.tasks.coaching.tasks(caller.actor, PAGE) if is_agent else ()
    mine = tuple(one for one in tasks if one.agent == caller.actor.agent)
    notes = tuple(
        one for one in console.store.tasks.cases.latest(caller.actor, PAGE) if one.teams & caller.actor.teams
    )
    return page(request, "cases/own_coaching.html.j2", tasks=mine, notes=notes, is_agent=is_agent,
                titles=console.rules.rules, clock=on_the_clock(console))  # fmt: skip


@router.post("/mine/coaching/{task_id}/read")
def acknowledge(task_id: str, request: Request, caller: Anybody) -> Response:
    """He has read what his coaching is about."""
    console = console_of(request)
    console.store.tasks.coaching.acknowledge(caller.actor, task_id, console.clock())
    return RedirectResponse("/mine/coaching", 303)


@router.post("/mine/typical/{case_id}/read")
def confirm_read(case_id: str, request: Request, caller: Anybody) -> Response:
    """He has read a case."""
    console = console_of(request)
    console.store.tasks.cases.confirm_read(caller.actor, case_id, console.clock())
    return RedirectResponse("/mine/coaching", 303)
