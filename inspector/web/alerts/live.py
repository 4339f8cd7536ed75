"""The stream of news that boards listen to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from inspector.errors import StorageError
from inspector.roles import Deed
from inspector.web.alerts.stream import News, news_of
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, console_of

__all__ = ["router"]

router = APIRouter()
HEARTBEAT_S = 15.0
SESSION_CHECK_S = 60.0
_LONGEST_SEQ = 18


@router.get("/alerts/stream")
async def stream(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed(Deed.SEE_ALERTS))],
    last_event_id: Annotated[str, Header()] = "",
) -> Response:
    """Server-sent events: that something happened to an alert, an incident or a shift. ``id``: where to go on from."""
    news = news_of(request)
    if news.is_full(caller.actor.name):
        raise HTTPException(429)
    known = last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) <= _LONGEST_SEQ
    told = _told(request, news, caller, int(last_event_id) if known else None)
    return StreamingResponse(told, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _told(request: Request, news: News, caller: Caller, after_seq: int | None) -> AsyncIterator[str]:
    """Ends when the session does, or the person may no longer see alerts."""
    looked = monotonic()
    wait_s = min(HEARTBEAT_S, SESSION_CHECK_S)
    async for message in news.listen(caller.actor.name, after_seq, wait_s):
        if monotonic() - looked >= SESSION_CHECK_S:
            if not await run_in_threadpool(_still_there, request):
                return
            looked = monotonic()
        yield message or ": still there\n\n"


def _still_there(request: Request) -> bool:
    """A database that fails ends no session: the next look tells."""
    try:
        caller = console_of(request).sessions.caller(request)
    except StorageError:
        return True
    return caller is not None and caller.may_somewhere(Deed.SEE_ALERTS)
