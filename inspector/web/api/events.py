"""The stream of what happened, for whoever follows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from inspector.roles import Deed
from inspector.storage.ledger.records import Event
from inspector.web.allowed import Allowed
from inspector.web.api.router import LIMIT, router, told
from inspector.web.console import Caller, console_of

__all__ = ["events"]

_SEEN_BY = {
    "work": Deed.SEE_OPERATIONS,
    "alert": Deed.SEE_ALERTS,
    "incident": Deed.SEE_ALERTS,
    "draw": Deed.SEE_SAMPLE,
    "run": Deed.SEE_NIGHT,
    "review": Deed.SEE_REVIEWS,
    "decision": Deed.SEE_REVIEWS,
    "appeal": Deed.SEE_VIOLATIONS,
    "violation": Deed.SEE_VIOLATIONS,
    "rectification": Deed.SEE_LEDGER,
    "coaching": Deed.COACH,
    "calibration": Deed.SEE_REVIEWS,
    "duty": Deed.KEEP_DUTY,
    "rule": Deed.SEE_FIGURES,
}


class EventShown(BaseModel):
    """Ids and counts, no words."""

    seq: int
    at: datetime
    kind: str
    call_id: str | None
    data: dict[str, Any]


class Events(BaseModel):
    """``next``: what to ask for as ``after``. It goes on also where nothing of a stretch may be seen."""

    items: list[EventShown]
    next: int


@router.get("/events", response_model=Events, summary="What happened since")
def events(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed(*dict.fromkeys(_SEEN_BY.values())))],
    after: Annotated[int, Query(ge=0, lt=2**63, description="`next` of the answer before")] = 0,
    limit: LIMIT = 100,
) -> Response:
    """In the order it happened, of the kinds that he may see whatever the team: an event names none."""
    found = console_of(request).store.ledger.events(after, limit)
    seen = [_event(one) for one in found if _sees(caller, one.kind)]
    return told({"items": seen, "next": found[-1].seq if found else after})


def _sees(caller: Caller, kind: str) -> bool:
    deed = _SEEN_BY.get(kind.partition(".")[0])
    return deed is not None and caller.may(deed)


def _event(one: Event) -> dict[str, object]:
    at = one.at.isoformat(timespec="milliseconds")
    return {"seq": one.seq, "at": at, "kind": one.kind, "call_id": one.call_id, "data": dict(one.data)}
