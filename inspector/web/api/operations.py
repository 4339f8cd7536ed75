"""The ledger of accepted calls, and runs over business days."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Depends
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from inspector.enums import WorkQueue, WorkState
from inspector.errors import UsageError
from inspector.night.pace import Progress
from inspector.night.records import Part as NightPart
from inspector.night.records import Run
from inspector.redaction import Purpose, mask
from inspector.reports.objects import job_object, status_object
from inspector.roles import Deed
from inspector.web.allowed import Allowed
from inspector.web.api.router import Asked, Key, Listed, Part, Slice, page_of, router, told
from inspector.web.console import Caller, console_of

__all__ = ["ledger", "ledger_entries", "night", "nights", "requeue"]

Sees = Annotated[Caller, Depends(Allowed(Deed.SEE_OPERATIONS))]
SeesNight = Annotated[Caller, Depends(Allowed(Deed.SEE_NIGHT))]
MOST_NIGHTS = 31
"""At once: each counts its day through."""


class QueueFigures(BaseModel):
    """``audio_s``: their sound in seconds, as estimated."""

    calls: int
    audio_s: float


class LedgerShown(BaseModel):
    """The ledger at a glance: every queue and state, zeros too. ``relay``: who makes jobs; null: nobody."""

    at: datetime
    queues: dict[WorkQueue, dict[WorkState, QueueFigures]]
    oldest_waiting_at: datetime | None
    unsent: int
    stale_commits: int
    relay: str | None


class EntryFault(BaseModel):
    """Why an accepted call was not heard."""

    kind: str
    message: str
    remedy: str


class Entry(BaseModel):
    """An accepted call."""

    call_id: str
    source_call_id: str
    state: WorkState
    queue: WorkQueue
    audio_s: float
    attempt: int
    crashes: int
    accepted_at: datetime
    ended_at: datetime | None
    faults: list[EntryFault]


class Requeued(Asked):
    """Calls that are at an end."""

    call_ids: Annotated[
        list[Key],
        Field(min_length=1, max_length=500),
    ]


class Moved(BaseModel):
    """Those that wait again; the others were not at an end."""

    call_ids: list[str]


class PartShown(BaseModel):
    """``numbers``: as they were when it was closed."""

    no: int
    opened_at: datetime
    closed_at: datetime | None
    signed_by: str | None
    reason: str | None
    numbers: dict[str, Any] | None


class Night(BaseModel):
    """The run over a business date, and how far it is."""

    business_date: date
    closed: bool
    parts: list[PartShown]
    progress: Progress


@router.get("/ledger", response_model=LedgerShown, summary="The ledger at a glance")
def ledger(request: Request, caller: Sees) -> Response:
    """By queue and state."""
    console = console_of(request)
    return told(status_object(console.store.ledger.counts(), console.clock()))


@router.get("/ledger/entries", response_model=Listed[Entry], summary="Accepted calls, the last one first")
def ledger_entries(
    request: Request, caller: Sees, part: Part, state: WorkState | None = None, queue: WorkQueue | None = None
) -> Response:
    """With what was wrong with those that were not heard."""
    entries = console_of(request).store.ledger.entries
    return page_of(lambda many: entries(many, state, queue), part, job_object)


@router.post("/ledger/requeue", response_model=Moved, summary="Work ended calls off again")
def requeue(
    given: Requeued, request: Request, caller: Annotated[Caller, Depends(Allowed(Deed.START_NIGHT))]
) -> Response:
    """What is not at an end stays as it is."""
    return told({"call_ids": console_of(request).store.ledger.requeue(given.call_ids, caller.actor.name)})


@router.get("/nights", response_model=Listed[Night], summary="Runs over business days, the last one first")
def nights(request: Request, caller: SeesNight, part: Part) -> Response:
    """With how far each is; at most 31 of them."""
    store = console_of(request).store
    few = Slice(min(part.limit, MOST_NIGHTS), part.cursor)
    return page_of(store.nights.latest, few, lambda one: _night(one, store.nights.progress(one.business_date)))


@router.get("/nights/{day}", response_model=Night, summary="The run over a business day")
def night(day: date, request: Request, caller: SeesNight) -> Response:
    """404 when it never began."""
    store = console_of(request).store
    run = store.nights.of(day)
    if run is None:
        raise UsageError(f"no run over {day} began", "it is started with: inspector nightly")
    return told(_night(run, store.nights.progress(day)))


def _night(run: Run, progress: Progress) -> dict[str, object]:
    return {
        "business_date": f"{run.business_date}",
        "closed": run.is_closed,
        "parts": [_part(part) for part in run.parts],
        "progress": asdict(progress),
    }


def _part(part: NightPart) -> dict[str, object]:
    return {
        "no": part.no,
        "opened_at": part.opened_at.isoformat(timespec="seconds"),
        "closed_at": None if part.closed_at is None else part.closed_at.isoformat(timespec="seconds"),
        "signed_by": part.signed_by,
        "reason": None if part.reason is None else mask(part.reason, Purpose.EXPORT),
        "numbers": None if part.numbers is None else dict(part.numbers),
    }
