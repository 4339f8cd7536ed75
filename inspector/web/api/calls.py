"""Calls as they were inspected, and the rules."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from inspector.enums import Kind, Severity, Status
from inspector.errors import UsageError
from inspector.reports.masked import masked_inspection
from inspector.roles import Deed
from inspector.rules.schema import Rule
from inspector.web.allowed import Allowed
from inspector.web.api.router import Id, Listed, router, told
from inspector.web.console import Caller, console_of

__all__ = ["call", "inspections", "rules"]

Sees = Annotated[Caller, Depends(Allowed(Deed.SEE_CALLS))]


class InspectionShown(BaseModel):
    """A judged call, masked. The keys are those of the contract ``inspector.inspection/1``; nothing of it names the
    customer, opens an account or says where files lie."""

    call_id: str
    source_call_id: str
    facts: dict[str, Any]
    recording: dict[str, Any]
    turns: list[dict[str, Any]]
    unheard: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    judged: dict[str, Any]
    metrics: dict[str, Any]
    queues: list[dict[str, Any]]
    made_by: dict[str, str]


class RuleShown(BaseModel):
    """A rule in force."""

    rule_id: str
    version: int
    title: str
    kind: Kind
    severity: Severity
    status: Status


@router.get("/calls/{call_id}", response_model=InspectionShown, summary="A call as it was inspected last")
def call(call_id: Id, request: Request, caller: Sees) -> Response:
    """404 also for a call of which nothing was heard yet."""
    found = console_of(request).store.inspections_for(caller.actor, call_id, 1)
    if not found:
        raise UsageError("nothing was heard of this call yet", "wait until it is inspected")
    return told(masked_inspection(found[0]))


@router.get("/calls/{call_id}/inspections", response_model=Listed[InspectionShown], summary="All its inspections")
def inspections(call_id: Id, request: Request, caller: Sees, limit: Annotated[int, Query(ge=1, le=20)] = 5) -> Response:
    """Newest first, history included."""
    found = console_of(request).store.inspections_for(caller.actor, call_id, limit)
    return told({"items": [masked_inspection(one) for one in found], "next": None})


@router.get("/rules", response_model=Listed[RuleShown], summary="The rules in force")
def rules(request: Request, caller: Annotated[Caller, Depends(Allowed())]) -> Response:
    """As the packs say; what the weekly look demoted is told by the figures."""
    found = (compiled.rule for compiled in console_of(request).plan.judged)
    return told({"items": [_rule(one) for one in found], "next": None})


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "rule_id": rule.id,
        "version": rule.version,
        "title": rule.title,
        "kind": rule.kind,
        "severity": rule.severity,
        "status": rule.status,
    }
