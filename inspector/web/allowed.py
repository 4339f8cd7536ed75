"""What a route asks of who calls it. Every route has one of these, or is named in ``PUBLIC``: a test walks them all."""

from __future__ import annotations

from hmac import compare_digest

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from inspector.config import OIDC_BACK
from inspector.errors import PolicyError
from inspector.roles import Deed, refused
from inspector.web.console import Caller, console_of

__all__ = ["CSRF_FIELD", "CSRF_HEADER", "PUBLIC", "Allowed", "NotSignedInError"]

PUBLIC = frozenset({"/login", "/login/oidc", OIDC_BACK, "/setup", "/lang", "/healthz"})
"""Paths that ask for nobody: what they take they check themselves."""

CSRF_HEADER, CSRF_FIELD = "x-csrf-token", "csrf"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class NotSignedInError(Exception):
    """Nobody is signed in, or no longer."""


class Allowed:
    """A dependency: the caller, if he may do one of ``deeds`` somewhere; none named: anybody who is signed in.

    It is the door, not the service: what is done checks the deed once more, on what it is done to. Raises
    NotSignedInError, and PolicyError when he may none of them or a change comes without the token of his session
    (cross-site request forgery).
    """

    def __init__(self, *deeds: Deed) -> None:
        self.deeds = deeds

    async def __call__(self, request: Request) -> Caller:
        caller = await run_in_threadpool(console_of(request).sessions.caller, request)
        if caller is None:
            raise NotSignedInError
        request.state.caller = caller
        if self.deeds and not any(caller.may_somewhere(deed) for deed in self.deeds):
            raise refused(caller.actor, *self.deeds)
        if request.method not in SAFE and caller.csrf:
            await _check_csrf(request, caller)
        return caller


async def _check_csrf(request: Request, caller: Caller) -> None:
    given = request.headers.get(CSRF_HEADER)
    if given is None and not request.headers.get("content-type", "").startswith("application/json"):
        given = str((await request.form()).get(CSRF_FIELD, ""))
    if not compare_digest((given or "").encode(), caller.csrf.encode()):
        raise PolicyError("this page is not of the session that is signed in", "load the page again")
