"""Calls as they were inspected, and the rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends
from fastapi import Query as FromQuery
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from inspector.enums import Kind, Outcome, Severity, Status
from inspector.errors import UsageError
from inspector.redaction import Purpose, mask_call_id, mask_staff
from inspector.reports.masked import masked_inspection
from inspector.roles import Deed
from inspector.rules.schema import Rule
from inspector.storage.search.finding import CallRow
from inspector.storage.search.query import LONGEST_TEXT, Order, Query
from inspector.storage.search.reading import CallRead
from inspector.web.allowed import Allowed
from inspector.web.api.router import NO_NUL, Asked, Day, Id, Key, Listed, router, told
from inspector.web.console import Caller, console_of

__all__ = ["call", "calls", "inspections", "rules"]

Sees = Annotated[Caller, Depends(Allowed(Deed.SEE_CALLS))]
Name = Annotated[str, Field(min_length=1, max_length=128, pattern=NO_NUL)]
Measure = Annotated[float, Field(ge=0, le=1_000_000)]

_PLAIN = (
    *("team", "skill_group", "queue", "direction", "channel", "duration_s", "fires", "undetermined", "silence_s"),
    *("longest_silence_s", "interruptions", "agent_rate_cpm", "customer_rate_cpm", "speech_unheard_s"),
)


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


class FoundShown(BaseModel):
    """What a rule found in a call."""

    rule_id: str
    outcome: Outcome
    severity: Severity


class CallShown(BaseModel):
    """A call in a list. ``found``: what fires first. ``said``: masked words around the first place that was looked
    for, in pieces of which every second one is such a place."""

    call_id: str
    source_call_id: str
    started_at: datetime
    agent: str | None
    team: str | None
    skill_group: str | None
    queue: str | None
    direction: str | None
    channel: str | None
    duration_s: float
    fires: int
    undetermined: int
    silence_s: float
    longest_silence_s: float
    interruptions: int | None
    agent_rate_cpm: int | None
    customer_rate_cpm: int | None
    speech_unheard_s: float
    found: list[FoundShown]
    said: list[str]


class Calls(BaseModel):
    """``next``: the ``cursor`` of the following page. ``stopped_at``: the time for one request was over before the page
    was full; what began since then was looked at, go on with ``next``."""

    items: list[CallShown]
    next: int | None
    stopped_at: datetime | None


class RuleShown(BaseModel):
    """A rule in force."""

    rule_id: str
    version: int
    title: str
    kind: Kind
    severity: Severity
    status: Status


class CallsAsked(Asked):
    """What calls are looked for by; what is not given, is whatever it is. Without days: the last 31.

    ``text``: words parted by spaces, all of them said; ``by_sound``: or what sounds like them. ``outcome``: of
    ``rule_id``. ``severity``: of the worst that fires, or worse. ``order``: the most of it first, of one day; not
    given: the newest first.
    """

    first: Day | None = None
    last: Day | None = None
    text: Annotated[str, Field(max_length=LONGEST_TEXT, pattern=NO_NUL)] = ""
    by_sound: bool = False
    rule_id: Key | None = None
    outcome: Outcome = Outcome.FIRES
    severity: Severity | None = None
    source_call_id: Name | None = None
    agent: Name | None = None
    team: Name | None = None
    queue: Name | None = None
    direction: Name | None = None
    channel: Name | None = None
    least_duration_s: Measure | None = None
    most_duration_s: Measure | None = None
    least_silence_s: Measure | None = None
    least_longest_silence_s: Measure | None = None
    least_interruptions: Measure | None = None
    least_rate_cpm: Measure | None = None
    order: Order | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: Annotated[int, Field(ge=0, lt=2**62)] | None = None

    def query(self, today: date) -> Query:
        """Raises UsageError for what cannot be looked for."""
        last = self.last or today
        given = self.model_dump(exclude={"limit", "cursor", "first", "last"})
        return Query(self.first or last - timedelta(days=30), last, **given)


@router.get("/calls", response_model=Calls, summary="Calls, the newest first unless asked otherwise")
def calls(request: Request, caller: Sees, asked: Annotated[CallsAsked, FromQuery()]) -> Response:
    """Those that he may see: of all teams, or of his."""
    console = console_of(request)
    query = asked.query(console.store.business_day(console.clock()))
    found = console.store.search.find(caller.actor, query, asked.cursor, asked.limit)
    stopped_at = None if found.stopped_at is None else datetime.fromtimestamp(found.stopped_at, UTC).isoformat()
    return told({"items": [_row(one) for one in found.rows], "next": found.next, "stopped_at": stopped_at})


@router.get("/calls/{call_id}", response_model=InspectionShown, summary="A call as it was inspected last")
def call(call_id: Id, request: Request, caller: Sees) -> Response:
    """404 also for a call of which nothing was heard yet. It leaves a trace."""
    found = _read(request, caller, call_id)
    if found.inspection is None:
        raise UsageError("nothing is known of what was said in this call", "wait until it is inspected")
    return told(masked_inspection(found.inspection))


@router.get("/calls/{call_id}/inspections", response_model=Listed[InspectionShown], summary="All its inspections")
def inspections(
    call_id: Id, request: Request, caller: Sees, limit: Annotated[int, FromQuery(ge=1, le=20)] = 5
) -> Response:
    """Newest first, history included. It leaves a trace."""
    _read(request, caller, call_id)
    found = console_of(request).store.inspections(limit, call_id)
    return told({"items": [masked_inspection(one) for one in found], "next": None})


def _read(request: Request, caller: Caller, call_id: str) -> CallRead:
    store = console_of(request).store
    found = store.search.read(caller.actor, call_id)
    store.audit(caller.actor.name, "call_see", call_id, {"by": "api"})
    return found


def _row(one: CallRow) -> dict[str, object]:
    return {
        "call_id": one.call_id,
        "source_call_id": mask_call_id(one.source_call_id, Purpose.EXPORT),
        "started_at": one.at.isoformat(timespec="seconds"),
        "agent": None if one.agent is None else mask_staff(one.agent, Purpose.EXPORT),
        **{name: getattr(one, name) for name in _PLAIN},
        "found": [dict(zip(("rule_id", "outcome", "severity"), of, strict=True)) for of in one.found],
        "said": list(one.snippet),
    }


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
