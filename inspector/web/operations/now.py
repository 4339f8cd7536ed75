"""What runs now: queues, workers, speed, deliveries, models, room."""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from inspector.delivery.desk import figures
from inspector.enums import WorkQueue, WorkState
from inspector.roles import Deed
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, Console, console_of
from inspector.web.operations.models import models_of
from inspector.web.operations.router import local_of, router
from inspector.web.pages import page

__all__ = ["now_page", "now_part"]

Sees = Annotated[Caller, Depends(Allowed(Deed.SEE_OPERATIONS))]


@router.get("/operations")
def now_page(request: Request, caller: Sees) -> Response:
    """All of it, and from then on asked for anew while somebody looks."""
    return page(request, "operations/now.html.j2", **_values(console_of(request), caller))


@router.get("/operations/now")
def now_part(request: Request, caller: Sees) -> Response:
    """The part that changes."""
    return page(request, "operations/now_part.html.j2", **_values(console_of(request), caller))


def _values(console: Console, caller: Caller) -> dict[str, Any]:
    store, now = console.store, console.clock()
    counts = store.ledger.counts()
    rows = [(queue, [counts.row(queue, state) for state in WorkState]) for queue in WorkQueue]
    return {
        "at": now,
        "local": local_of(console),
        "states": tuple(WorkState),
        "rows": [(queue, of_queue, sum(one.audio_s for one in of_queue) / 3600) for queue, of_queue in rows],
        "counts": counts,
        "quarantined": counts.calls(WorkState.QUARANTINED),
        "waited_min": _minutes(counts.oldest_waiting, now),
        "speed": store.operations.speed(now),
        "workers": store.operations.workers(),
        "duties": store.operations.duties(now),
        "deliveries": figures(store, caller.actor) if caller.may(Deed.SEE_DELIVERIES) else None,
        "models": models_of(console.settings),
        "packs": console.plan.digest,
        "database": store.operations.database(),
        "disk": shutil.disk_usage(console.settings.home),
    }


def _minutes(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else (now - since).total_seconds() / 60
