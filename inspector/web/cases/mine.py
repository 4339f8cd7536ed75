"""An agent's own violations: seen, acknowledged, appealed."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.errors import UsageError
from inspector.review.appeals.records import LONGEST_TEXT, Mitigation, Violation
from inspector.storage.violations.lodging import Plea
from inspector.web.allowed import Allowed
from inspector.web.cases.router import router
from inspector.web.cases.views import case_page, case_rows, on_the_clock
from inspector.web.console import Caller, Console, console_of
from inspector.web.pages import page

__all__ = ["acknowledge", "appeal", "listed", "shown", "withdraw"]

MOST = 200
Part = Literal["mine", "cases"]
Anybody = Annotated[Caller, Depends(Allowed())]


@router.get("/mine")
def listed(request: Request, caller: Anybody) -> Response:
    """What was found in the caller's own calls, what can be appealed the shortest first."""
    console = console_of(request)
    rows = () if caller.actor.agent is None else case_rows(console, console.store.violations.mine(caller.actor, MOST))
    rows = tuple(sorted(rows, key=lambda row: row.days is None))  # what can still be appealed first
    return page(request, "cases/mine.html.j2", rows=rows, is_agent=caller.actor.agent is not None,
                clock=on_the_clock(console))  # fmt: skip


@router.get("/mine/{call_id}/{rule_id}")
def shown(call_id: str, rule_id: str, request: Request, caller: Anybody) -> Response:
    """One of them."""
    console = console_of(request)
    told = _own(console, caller, call_id, rule_id)
    return page(request, "cases/own.html.j2", case=case_page(console, caller, told), longest=LONGEST_TEXT,
                mitigations=tuple(Mitigation), clock=on_the_clock(console), to=f"/mine/{call_id}/{rule_id}",
                back="/mine", back_word="menu_mine")  # fmt: skip


@router.post("/mine/{call_id}/{rule_id}/acknowledge")
def acknowledge(call_id: str, rule_id: str, request: Request, caller: Anybody) -> Response:
    """He has seen it; that admits nothing."""
    console = console_of(request)
    console.store.violations.acknowledge(caller.actor, call_id, rule_id, console.clock())
    return _back("mine", call_id, rule_id)


def plea_of(
    text: Annotated[str, Form(max_length=4 * LONGEST_TEXT)] = "",
    mitigation: Annotated[tuple[Mitigation, ...], Form()] = (),
) -> Plea:
    """What the form says. Raises UsageError for a text that is empty or too long."""
    try:
        return Plea(text.replace("\r\n", "\n").replace("\0", ""), mitigation)
    except ValueError as error:
        raise UsageError(str(error), "say why it is no violation") from error


Pleads = Annotated[Plea, Depends(plea_of)]


@router.post("/{part}/{call_id}/{rule_id}/appeal")
def appeal(part: Part, call_id: str, rule_id: str, request: Request, caller: Anybody, plea: Pleads) -> Response:
    """Appeals, for himself or one of his team."""
    console = console_of(request)
    console.store.violations.lodge(caller.actor, call_id, rule_id, plea, console.clock())
    return _back(part, call_id, rule_id)


@router.post("/{part}/{call_id}/{rule_id}/withdraw")
def withdraw(part: Part, call_id: str, rule_id: str, request: Request, caller: Anybody) -> Response:
    """Gives an open appeal up."""
    console = console_of(request)
    console.store.violations.withdraw(caller.actor, call_id, rule_id, console.clock())
    return _back(part, call_id, rule_id)


def _own(console: Console, caller: Caller, call_id: str, rule_id: str) -> Violation:
    told = console.store.violations.show(caller.actor, call_id, rule_id)
    if told.agent is None or told.agent != caller.actor.agent:
        raise UsageError("there is no such violation of yours", "look at the list of them")
    return told


def _back(part: Part, call_id: str, rule_id: str) -> Response:
    return RedirectResponse(f"/{part}/{quote(call_id, safe='')}/{quote(rule_id, safe='')}", 303)
