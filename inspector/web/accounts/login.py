"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.web.accounts.passwords import hash_of, is_outdated, matches
from inspector.web.accounts.router import router
from inspector.web.accounts.sessions import PASSWORD_PAGE, forget, new_session, remember, stored
from inspector.web.accounts.throttle import WINDOW
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, Console, console_of
from inspector.web.pages import inside, page

__all__ = ["address_of", "door", "entered"]

_LONGEST_NAME = 64


@router.get("/login")
def login_page(request: Request, next: str = "/") -> Response:
    """Who is signed in already goes on; who has a temporary password chooses another first."""
    held = stored(request).held(request)
    if held is not None:
        return RedirectResponse(PASSWORD_PAGE if held[2] else inside(next), 303)
    return door(request, 200, next)


@router.post("/login")
def login(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Opens a session; the one that this browser had ends. Why it was refused is never told."""
    console, sessions, address = console_of(request), stored(request), address_of(request)
    if not sessions.throttle.admits(address, console.clock()):
        told = door(request, 429, next, fault="accounts_slow")
        told.headers["retry-after"] = str(int(WINDOW.total_seconds()))
        return told
    token = _sign_in(console, _typed(name), password, address)
    if token is None:
        return door(request, 400, next, fault="accounts_wrong")
    sessions.throttle.forgive(address)
    return entered(request, token, next)


@router.post("/logout")
def logout(request: Request, caller: Annotated[Caller, Depends(Allowed())]) -> Response:
    """Ends the session, in every tab of the browser."""
    console_of(request).store.accounts.sessions.end(caller.key)
    answer = RedirectResponse("/login", 303)
    forget(answer, request)
    return answer


def entered(request: Request, token: str, following: str) -> Response:
    """Lets the browser hold the session of ``token`` and leads it on; the one that it had ends."""
    sessions = stored(request)
    sessions.sweep()
    if (held := sessions.held(request)) is not None:
        console_of(request).store.accounts.sessions.end(held[0].key)
    answer = RedirectResponse(inside(following), 303)
    remember(answer, token, request)
    return answer


def door(request: Request, status: int, following: str, fault: str | None = None) -> Response:
    """The page to sign in at. ``following``: where it leads; ``fault``: the key of what went wrong."""
    first = not console_of(request).store.accounts.exist()
    values = {"following": inside(following), "fault": fault, "first": first}
    return page(request, "accounts/login.html.j2", status, provider=stored(request).provider is not None, **values)


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return "" if request.client is None else request.client.host


def _sign_in(console: Console, name: str, password: str, address: str) -> str | None:
    """What the browser is to hold; None: refused. Takes as long for a name that nobody has."""
    accounts, now = console.store.accounts, console.clock()
    kept = accounts.hash_of(name)
    token, session = new_session(name, console.settings.web, now)
    proved = kept if matches(kept, password) else None
    if not accounts.sign_in(session, proved, address, now):
        return None
    if kept is not None and is_outdated(kept):
        accounts.rehash(name, kept, hash_of(password))
    return token


def _typed(name: str) -> str:
    """A name that somebody can have, else none."""
    name = name.strip()
    return name if name.isprintable() and len(name) <= _LONGEST_NAME else ""
