"""Signing in with the bank's identity provider: there and back. Who is on the list and what he may do is ours alone."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.config import OIDC_BACK
from inspector.errors import ProviderError, UsageError
from inspector.logs import log
from inspector.storage.accounts import AuthorizationRequest
from inspector.storage.accounts.identities import GOOD_FOR
from inspector.web.accounts.login import address_of, door, entered
from inspector.web.accounts.provider import Provider
from inspector.web.accounts.router import router
from inspector.web.accounts.sessions import digest_of, is_https, new_session, stored
from inspector.web.console import console_of
from inspector.web.pages import inside

__all__: list[str] = []


@router.get("/login/oidc")
def go(request: Request, next: str = "/") -> Response:
    """Sends a browser to the provider; what it holds meanwhile is good for ten minutes, once."""
    console, token = console_of(request), secrets.token_urlsafe(32)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    sent = AuthorizationRequest(digest_of(token), state, nonce, verifier, inside(next))
    try:
        address = _provider(request).address(sent)
    except ProviderError as error:
        return _failed(request, error, next)
    console.store.accounts.identities.send(sent, console.clock())
    answer = RedirectResponse(address, 303)
    secure, life_s = is_https(console.settings.web), int(GOOD_FOR.total_seconds())
    name = _cookie_of(request)
    # Lax: it comes along when the provider's page leads back here.
    answer.set_cookie(name, token, max_age=life_s, httponly=True, samesite="lax", path="/", secure=secure)
    return answer


@router.get(OIDC_BACK)
def back(request: Request, code: str = "", state: str = "", iss: str | None = None, error: str = "") -> Response:
    """Opens a session for who comes back, if he is on the list. ``iss``: RFC 9207."""
    provider = _provider(request)
    console, identities = console_of(request), console_of(request).store.accounts.identities
    held = request.cookies.get(_cookie_of(request), "")
    sent = identities.back(digest_of(held), state, console.clock())
    if sent is None:
        is_in = stored(request).held(request) is not None  # he went back to this page
        return RedirectResponse("/", 303) if is_in else door(request, 400, "/", fault="accounts_oidc_over")
    try:
        if error or not code or iss not in (None, provider.issuer):
            raise ProviderError("the identity provider signed nobody in", "its own log says why")
        identity = provider.identity(code, sent, console.clock())
    except ProviderError as fault:
        return _failed(request, fault, sent.following)
    token, session = new_session(identity.name, console.settings.web, console.clock())
    stranger = identities.sign_in(session, identity, address_of(request), console.clock())
    if stranger is not None:
        return door(request, 403, sent.following, fault=f"accounts_oidc_{stranger}")
    answer = entered(request, token, sent.following)
    secure = is_https(console.settings.web)
    answer.delete_cookie(_cookie_of(request), httponly=True, samesite="lax", path="/", secure=secure)
    return answer


def _provider(request: Request) -> Provider:
    """Raises UsageError when none is set."""
    provider = stored(request).provider
    if provider is None:
        raise UsageError("no identity provider is set", "sign in with a password: /login")
    return provider


def _failed(request: Request, fault: ProviderError, following: str) -> Response:
    """Whoever runs the console reads why in the log; who wants in, what he can do."""
    log().warning("oidc.failed", error=fault)
    return door(request, 502, following, fault="accounts_oidc_failed")


def _cookie_of(request: Request) -> str:
    return "__Host-inspector-oidc" if is_https(console_of(request).settings.web) else "inspector_oidc"
