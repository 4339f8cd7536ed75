"""What everybody does with his own account: another password, tokens for programs."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.errors import PolicyError, UsageError
from inspector.roles import Deed
from inspector.storage.accounts import ApiToken
from inspector.web.accounts.passwords import hash_of, matches, weakness
from inspector.web.accounts.router import router
from inspector.web.accounts.sessions import (
    PASSWORD_PAGE,
    TOKEN_PREFIX,
    StoredSessions,
    digest_of,
    new_session,
    remember,
)
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, Console, console_of
from inspector.web.pages import page

__all__: list[str] = []

TOKEN_DAYS = (30, 90, 180, 366)
"""How long tokens are offered for."""

SignedIn = Annotated[Caller, Depends(Allowed())]


@router.get("/account")
def account(request: Request, caller: SignedIn) -> Response:
    """Who he is here, and his tokens."""
    return _page(request, caller)


@router.get(PASSWORD_PAGE)
def password_page(request: Request, caller: SignedIn) -> Response:
    return page(request, "accounts/password.html.j2", fault=None)


@router.post(PASSWORD_PAGE)
def change_password(
    request: Request,
    caller: SignedIn,
    now_is: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Sets another password: every session of his ends, this browser gets a new one."""
    console = console_of(request)
    fault = _password_fault(console, caller, now_is, password)
    if fault is None and password != again:
        fault = "accounts_not_again"
    if fault is not None:
        return page(request, "accounts/password.html.j2", 400, fault=fault)
    now = console.clock()
    token, session = new_session(caller.actor.name, console.settings.web, now)
    console.store.accounts.change_password(hash_of(password), session, now)
    answer = RedirectResponse("/account?changed=1", 303)
    remember(answer, token, request)
    return answer


@router.post("/account/tokens")
def make_token(
    request: Request,
    caller: SignedIn,
    label: Annotated[str, Form()] = "",
    days: Annotated[int, Form(ge=1, le=366)] = TOKEN_DAYS[1],
    scopes: Annotated[tuple[Deed, ...], Form()] = (),
) -> Response:
    """Makes a token and shows it, this once."""
    console, secret = console_of(request), TOKEN_PREFIX + secrets.token_urlsafe(32)
    now = console.clock()
    ends = now + timedelta(days=days)
    token = ApiToken(secrets.token_hex(6), caller.actor.name, label, frozenset(scopes), now, ends)
    try:
        console.store.accounts.tokens.make(caller.actor, token, digest_of(secret))
    except (UsageError, PolicyError):
        return _page(request, caller, 400, fault="accounts_bad_token")
    return _page(request, caller, made=secret)


@router.post("/account/tokens/revoke")
def revoke_token(request: Request, caller: SignedIn, token: Annotated[str, Form(pattern="^[0-9a-f]{12}$")]) -> Response:
    """Ends one of his tokens."""
    console = console_of(request)
    console.store.accounts.tokens.revoke(caller.actor, token, console.clock())
    return RedirectResponse("/account", 303)


def _password_fault(console: Console, caller: Caller, now_is: str, password: str) -> str | None:
    """Why he may not have the new password. Wrong ones count: a session that was left open is no way to try them."""
    sessions, now, name = console.sessions, console.clock(), caller.actor.name
    kept = console.store.accounts.hash_of(name)
    if isinstance(sessions, StoredSessions) and not sessions.throttle.admits(caller.key, now):
        return "accounts_slow"
    if not matches(kept, now_is):
        return "accounts_wrong_now"
    if isinstance(sessions, StoredSessions):
        sessions.throttle.forgive(caller.key)
    weak = weakness(password, name)
    if weak is not None:
        return f"accounts_password_{weak}"
    return "accounts_same_password" if matches(kept, password) else None


def _page(
    request: Request, caller: Caller, status: int = 200, fault: str | None = None, made: str | None = None
) -> Response:
    console = console_of(request)
    return page(
        request,
        "accounts/account.html.j2",
        status,
        fault=fault,
        made=made,
        has_password=console.store.accounts.hash_of(caller.actor.name) is not None,
        changed="changed" in request.query_params,
        tokens=console.store.accounts.tokens.of(caller.actor.name),
        deeds=[deed for deed in Deed if caller.may_somewhere(deed)],
        days=TOKEN_DAYS,
        tz=console.zone,
    )
