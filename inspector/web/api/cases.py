"""Violations, appeals against them, and what was decided."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from inspector.errors import UsageError
from inspector.reports.objects import decision_object, object_of
from inspector.review.appeals.records import LONGEST_TEXT, Appeal, Mitigation, Violation, ViolationState
from inspector.review.records import Answer, DecisionState
from inspector.roles import Deed
from inspector.storage.decisions.reading import Decision, DecisionFilter
from inspector.storage.violations.lodging import Plea
from inspector.storage.violations.reading import ViolationFilter
from inspector.web.allowed import Allowed
from inspector.web.api.router import (
    NO_NUL,
    Asked,
    Done,
    Id,
    Key,
    Listed,
    Part,
    Text,
    page_of,
    require_scope,
    router,
    told,
)
from inspector.web.console import Caller, console_of

__all__ = ["acknowledge", "appeals", "appeals_of", "decisions", "lodge", "mine", "violations", "withdraw"]

Anybody = Annotated[Caller, Depends(Allowed())]
Sees = Annotated[Caller, Depends(Allowed(Deed.SEE_VIOLATIONS))]
Agent = Annotated[str | None, Query(max_length=64, pattern=NO_NUL)]


class PleaGiven(Asked):
    """What an appeal says, in the agent's words."""

    text: Annotated[Text, Field(max_length=LONGEST_TEXT, examples=["前一句已说明不保本"])]
    mitigation: Annotated[tuple[Mitigation, ...], Field(max_length=len(Mitigation))] = ()


def _violations_asked_for(
    agent: Agent = None, state: ViolationState | None = None, unknown: bool = False
) -> ViolationFilter:
    return ViolationFilter(agent, state, unknown=unknown)


@router.get("/violations", response_model=Listed[Violation], summary="Violations, the shortest to appeal first")
def violations(
    request: Request, caller: Sees, which: Annotated[ViolationFilter, Depends(_violations_asked_for)], part: Part
) -> Response:
    """Those that he may see: of all teams, or of his. ``unknown``: only those of nobody (坐席未知)."""
    desk = console_of(request).store.violations
    return page_of(lambda many: desk.list(caller.actor, which, many), part, _violation)


@router.get("/violations/mine", response_model=Listed[Violation], summary="What was found in my own calls")
def mine(request: Request, caller: Anybody, part: Part) -> Response:
    """404 for who is no agent."""
    desk = console_of(request).store.violations
    return page_of(lambda many: desk.mine(caller.actor, many), part, _violation)


@router.post("/violations/{call_id}/{rule_id}/acknowledge", response_model=Done, summary="I, the agent, have seen it")
def acknowledge(call_id: Id, rule_id: Id, request: Request, caller: Anybody) -> Response:
    """It admits nothing, and an appeal stays possible."""
    console = console_of(request)
    console.store.violations.acknowledge(caller.actor, call_id, rule_id, console.clock())
    return told({"done": True})


@router.get("/violations/{call_id}/{rule_id}/appeals", response_model=Listed[Appeal], summary="All of one violation")
def appeals_of(call_id: Id, rule_id: Id, request: Request, caller: Anybody) -> Response:
    """Oldest first; an agent sees those of his own calls."""
    require_scope(caller, Deed.SEE_VIOLATIONS)
    found = console_of(request).store.violations.appeals_of(caller.actor, call_id, rule_id)
    return told({"items": [_appeal(one) for one in found], "next": None})


@router.post("/violations/{call_id}/{rule_id}/appeals", response_model=Done, summary="Appeal against it")
def lodge(call_id: Id, rule_id: Id, given: PleaGiven, request: Request, caller: Anybody) -> Response:
    """For oneself or one's team. 400 when the time is over or it was done already."""
    require_scope(caller, Deed.LODGE_APPEAL)
    console = console_of(request)
    try:
        plea = Plea(given.text, given.mitigation)
    except ValueError as error:
        raise UsageError(str(error), "say why it is no violation") from error
    console.store.violations.lodge(caller.actor, call_id, rule_id, plea, console.clock())
    return told({"done": True})


@router.delete("/violations/{call_id}/{rule_id}/appeals", response_model=Done, summary="Give an open appeal up")
def withdraw(call_id: Id, rule_id: Id, request: Request, caller: Anybody) -> Response:
    """While nobody decided it."""
    require_scope(caller, Deed.LODGE_APPEAL)
    console = console_of(request)
    console.store.violations.withdraw(caller.actor, call_id, rule_id, console.clock())
    return told({"done": True})


@router.get("/appeals", response_model=Listed[Appeal], summary="Open appeals, by when they are due")
def appeals(request: Request, caller: Sees, part: Part, late: bool = False) -> Response:
    """``late``: only those that should be decided by now."""
    console = console_of(request)
    late_at = console.clock() if late else None
    desk = console.store.violations
    return page_of(lambda many: desk.appeals(caller.actor, many, late_at), part, _appeal)


def _decisions_asked_for(
    call_id: Key | None = None,
    rule_id: Key | None = None,
    agent: Agent = None,
    state: DecisionState | None = None,
    answer: Answer | None = None,
) -> DecisionFilter:
    return DecisionFilter(call_id, rule_id, agent, state, answer)


@router.get("/decisions", response_model=Listed[Decision], summary="What people decided, the newest day first")
def decisions(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed(Deed.SEE_REVIEWS, Deed.SEE_VIOLATIONS))],
    which: Annotated[DecisionFilter, Depends(_decisions_asked_for)],
    part: Part,
) -> Response:
    """Of all teams, or of his."""
    desk = console_of(request).store.decisions
    return page_of(lambda many: desk.find(caller.actor, which, many), part, decision_object)


def _violation(one: Violation) -> dict[str, Any]:
    return object_of("inspector.violation/1", one, frozenset())


def _appeal(one: Appeal) -> dict[str, Any]:
    return object_of("inspector.appeal/1", one, frozenset({"text", "ruling"}))
