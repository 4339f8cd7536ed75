"""An agent's own violations: seen, acknowledged, appealed."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.errors import UsageError
from inspector.review.appeals.records import LONGEST_TEXT, CaseFile, Mitigation
from inspector.storage.violations.lodging import Plea
from inspector.storage.violations.numbers import FEWEST_REVIEWED
from inspector.web.allowed import Allowed
from inspector.web.cases.one import Part, Refused, violation_page
from inspector.web.cases.router import router
from inspector.web.cases.views import case_rows, on_the_clock
from inspector.web.console import Caller, Console, console_of
from inspector.web.pages import page

__all__ = ["acknowledge", "appeal", "listed", "scores", "shown", "withdraw"]

MOST = 200
Anybody = Annotated[Caller, Depends(Allowed())]


@router.get("/mine")
def listed(request: Request, caller: Anybody) -> Response:
    """What was found in the caller's own calls, what can be appealed the shortest first."""
    console = console_of(request)
    rows = () if caller.actor.agent is None else case_rows(console, console.store.violations.mine(caller.actor, MOST))
    rows = tuple(sorted(rows, key=lambda row: row.days is None))  # what can still be appealed first
    return page(request, "cases/mine.html.j2", rows=rows, is_agent=caller.actor.agent is not None,
                clock=on_the_clock(console))  # fmt: skip


@router.get("/mine/scores")
def scores(request: Request, caller: Anybody, month: Annotated[str, Query(max_length=7)] = "") -> Response:
    """His final scores of a month (个人成绩单)."""
    console, agent = console_of(request), caller.actor.agent
    month = month or f"{console.store.business_day(console.clock()):%Y-%m}"
    found = None if agent is None else console.store.decisions.final_scores(caller.actor, agent, month)
    return page(request, "cases/scores.html.j2", scores=found, month=month, fewest=FEWEST_REVIEWED)


@router.get("/mine/{call_id}/{rule_id}")
def shown(call_id: str, rule_id: str, request: Request, caller: Anybody) -> Response:
    """One of them."""
    console = console_of(request)
    return violation_page(request, caller, "mine", _own(console, caller, call_id, rule_id))


@router.post("/mine/{call_id}/{rule_id}/acknowledge")
def acknowledge(call_id: str, rule_id: str, request: Request, caller: Anybody) -> Response:
    """He has seen it; that admits nothing."""
    console = console_of(request)
    console.store.violations.acknowledge(caller.actor, call_id, rule_id, console.clock())
    return _back("mine", call_id, rule_id)


def _pleaded(
    text: Annotated[str, Form(max_length=4 * LONGEST_TEXT)] = "",
    mitigation: Annotated[tuple[Mitigation, ...], Form()] = (),
) -> tuple[str, tuple[Mitigation, ...]]:
    return text.replace("\r\n", "\n").replace("\0", ""), mitigation


Pleaded = Annotated[tuple[str, tuple[Mitigation, ...]], Depends(_pleaded)]


@router.post("/{part}/{call_id}/{rule_id}/appeal")
def appeal(part: Part, call_id: str, rule_id: str, request: Request, caller: Anybody, pleaded: Pleaded) -> Response:
    """Appeals, for himself or one of his team; what is refused is told on the page, and nothing typed is lost."""
    console, word = console_of(request), "cases_fault_plea"
    try:
        plea = Plea(*pleaded)
        word = "cases_fault_appeal"
        console.store.violations.lodge(caller.actor, call_id, rule_id, plea, console.clock())
    except (ValueError, UsageError):
        file = console.store.violations.file(caller.actor, call_id, rule_id)
        return violation_page(request, caller, part, file, Refused(word, pleaded[0]))
    return _back(part, call_id, rule_id)


@router.post("/{part}/{call_id}/{rule_id}/withdraw")
def withdraw(part: Part, call_id: str, rule_id: str, request: Request, caller: Anybody) -> Response:
    """Gives an open appeal up. Once more changes nothing: the page tells how it is."""
    console = console_of(request)
    try:
        console.store.violations.withdraw(caller.actor, call_id, rule_id, console.clock())
    except UsageError:
        console.store.violations.show(caller.actor, call_id, rule_id)
    return _back(part, call_id, rule_id)


def _own(console: Console, caller: Caller, call_id: str, rule_id: str) -> CaseFile:
    file = console.store.violations.file(caller.actor, call_id, rule_id)
    if file.told.agent is None or file.told.agent != caller.actor.agent:
        raise UsageError("there is no such violation of yours", "look at the list of them")
    return file


def _back(part: Part, call_id: str, rule_id: str) -> Response:
    return RedirectResponse(f"/{part}/{quote(call_id, safe='')}/{quote(rule_id, safe='')}", 303)
