"""The sound of a call and its picture: peaks, playable copies, dialogue."""

from __future__ import annotations

import re
from typing import Annotated, cast
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from inspector.errors import PolicyError
from inspector.roles import Deed
from inspector.storage.listening import Sound
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, console_of
from inspector.web.pages import inside
from inspector.web.sound.shelf import Copy, Shelf, order_of

__all__ = ["router"]

router = APIRouter()

_PICTURE_WAIT_S, _SOUND_WAIT_S = 3.0, 30.0
_ONE_RANGE = re.compile(r"bytes=(?:(\d{1,15})-(\d{0,15})|-\d{1,15})")


class _Sound(FileResponse):
    """A file of which one stretch can be asked for (RFC 9110 §14.2). What is no such wish (several stretches, wrong
    ones) is answered with all of it, which costs no more than asking for all of it."""

    max_ranges = 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = next((value for key, value in scope["headers"] if key == b"range"), b"").decode("latin-1")
        one = _ONE_RANGE.fullmatch(asked)
        if one is None or (one[2] and int(one[1]) > int(one[2])):
            headers = [header for header in scope["headers"] if header[0] != b"range"]
            scope = {**scope, "headers": headers}
        await super().__call__(scope, receive, send)


@router.get("/sound/{call_id}/peaks")
def peaks(
    request: Request, call_id: str, caller: Annotated[Caller, Depends(Allowed())], full: bool = False
) -> Response:
    """The picture of the sound; 202 while it is being made: ask again."""
    console = console_of(request)
    _check_scopes(caller, full)
    sound = console.store.listening.look(caller.actor, call_id, console.clock())
    copy = _copy(request, sound, full, _PICTURE_WAIT_S)
    if copy is None:
        return JSONResponse({"state": "making"}, 202)
    return Response(copy.picture.read_bytes(), media_type="application/json")


@router.api_route("/sound/{call_id}/audio", methods=["GET", "HEAD"])
def audio(
    request: Request, call_id: str, caller: Annotated[Caller, Depends(Allowed())], full: bool = False
) -> Response:
    """The sound, masked unless ``full``. It is on record that the caller listens."""
    console = console_of(request)
    _check_scopes(caller, full)
    sound = console.store.listening.open(caller.actor, call_id, console.clock(), full=full)
    copy = _copy(request, sound, full, _SOUND_WAIT_S)
    if copy is None:
        return Response(status_code=503, headers={"retry-after": "5"})
    return _Sound(copy.sound, media_type="audio/ogg", headers={"etag": f'"{copy.name}"'})


@router.post("/sound/{call_id}/full")
def full_view(
    request: Request,
    call_id: str,
    caller: Annotated[Caller, Depends(Allowed(Deed.SEE_FULL))],
    reason: Annotated[str, Form()],
) -> Response:
    """Lets the caller see all of a call for a while, and brings him back to where he came from."""
    console = console_of(request)
    console.store.full_views.open(
        caller.actor, call_id, reason, console.settings.web.full_view_minutes, console.clock()
    )
    came_from = urlsplit(request.headers.get("referer", ""))
    here = came_from.netloc == request.headers.get("host")
    back = f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
    return RedirectResponse(inside(back) if here else "/", 303)


def _check_scopes(caller: Caller, full: bool) -> None:
    """A token is good for what it was made for, whatever its person may."""
    wanted = {Deed.SEE_CALLS, Deed.SEE_FULL} if full else {Deed.SEE_CALLS}
    scopes = caller.actor.scopes
    if scopes is not None and not wanted <= scopes:
        raise PolicyError("this token is not for listening", f"it takes one for: {', '.join(sorted(wanted))}")


def _copy(request: Request, sound: Sound, full: bool, wait_s: float) -> Copy | None:
    if full and not sound.full:
        raise PolicyError("this call may not be heard unmasked, or no longer", "ask for the full view on its page")
    shelf = cast(Shelf, request.app.state.shelf)
    return shelf.copy(order_of(console_of(request).store, sound, full=full), wait_s)
