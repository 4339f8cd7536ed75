"""What every request and answer goes through: same origin for changes, a strict policy for contents, no traces.

Sources: Content-Security-Policy level 3; Fetch Metadata request headers (Sec-Fetch-Site).
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Guard"]

MOST_BYTES = 1 << 20
"""Of what anybody may send at once: forms and JSON are small."""

_TOO_LARGE = {"message": "more than 1 MiB was sent", "remedy": "send less at once"}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


class Guard:
    """Middleware. A change that another site's page sends is refused (403), and a body that is too large (413); every
    answer of ours says what its page may load. ``request.state.nonce`` names the inline blocks of this answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] not in _SAFE and _comes_from_elsewhere(Headers(scope=scope)):
            await PlainTextResponse("sent by a page of another site", 403)(scope, receive, send)
            return
        if _says_too_much(Headers(scope=scope)):
            await JSONResponse({"error": _TOO_LARGE}, 413)(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                _protect(MutableHeaders(scope=message), nonce)
            await send(message)

        await self._app(scope, _at_most(receive), answer)


def _says_too_much(headers: Headers) -> bool:
    said = headers.get("content-length", "0")
    return said.isdecimal() and int(said) > MOST_BYTES


def _at_most(receive: Receive) -> Receive:
    """What comes in, whatever was said of its length. Raises HTTPException (413) into who reads it."""
    left = MOST_BYTES

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)
        return message

    return counted


def _comes_from_elsewhere(headers: Headers) -> bool:
    """What browsers tell of who sent it; programs send neither header."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")


def _protect(headers: MutableHeaders, nonce: str) -> None:
    headers["content-security-policy"] = (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' "
        "data:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
    for name, value in _HEADERS.items():
        headers[name] = value
    headers.setdefault("cache-control", "no-store")
