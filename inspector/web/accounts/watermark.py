"""Whose screen it is, faintly over every page: a photograph of the screen names who took it."""

from __future__ import annotations

from typing import Annotated
from xml.sax.saxutils import escape

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from inspector.web.accounts.router import router
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, console_of

__all__: list[str] = []

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="380" height="210"><text x="190" y="105" text-anchor="middle" '
    'transform="rotate(-22 190 105)" font-family="sans-serif" font-size="15" fill="#1b2430" fill-opacity="0.075">'
    "{name} {day}</text></svg>"
)


@router.get("/watermark.svg")
def watermark(request: Request, caller: Annotated[Caller, Depends(Allowed())]) -> Response:
    """The tile that the layer over the page is made of. Another session in the same browser gets another one."""
    console = console_of(request)
    day = console.clock().astimezone(console.zone).date()
    headers = {"cache-control": "private, max-age=300", "vary": "cookie"}
    return Response(_SVG.format(name=escape(caller.actor.name), day=day), media_type="image/svg+xml", headers=headers)
