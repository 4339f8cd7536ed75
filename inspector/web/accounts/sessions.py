"""Who sends a request: by the cookie of his session, or for the API by a token."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from inspector.config import Settings, WebSettings
from inspector.errors import UsageError
from inspector.roles import Person
from inspector.storage import Store
from inspector.storage.accounts import WebSession
from inspector.web.accounts.provider import provider_of
from inspector.web.accounts.throttle import Throttle
from inspector.web.console import Caller, console_of

__all__ = ["TOKEN_PREFIX", "StoredSessions", "digest_of", "forget", "is_https", "new_session", "remember", "stored"]

TOKEN_PREFIX = "insp_"  # noqa: S105 - begins every token, is none
PASSWORD_PAGE = "/account/password"  # noqa: S105 - an address

_BY_ITSELF = "x-by-itself"  # the header of what a page asks without anybody doing anything
_API = "/api/v1/"
# What somebody with a temporary password may do before he has one of his own.
_BEFORE_CHANGING = frozenset({PASSWORD_PAGE, "/logout", "/watermark.svg"})


class StoredSessions:
    """The sessions and tokens of a store, as ``Sessions`` of the console. ``clock``: what time it is, in UTC;
    ``provider``: the identity provider by which people may sign in, too.

    Whoever is deactivated or changes roles is so with his next request: people are asked for each time.
    """

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], datetime]) -> None:
        """Raises SetupError when an identity provider is set and its extra is not installed, ConfigError when its
        secret cannot be read."""
        self._accounts, self._web, self._clock = store.accounts, settings.web, clock
        self.throttle = Throttle()
        self.provider = provider_of(settings.web.oidc)

    def caller(self, request: HTTPConnection) -> Caller | None:
        """A token is good below ``/api/v1/`` only; where one is sent, no cookie is looked at."""
        path = request.url.path
        if path.startswith(_API) and "authorization" in request.headers:
            return self._of_token(request.headers["authorization"])
        held = self.held(request)
        if held is None:
            return None
        session, person, must_change = held
        if must_change and path not in _BEFORE_CHANGING:
            return None
        return Caller(person.actor, session.key, session.csrf)

    def held(self, request: HTTPConnection) -> tuple[WebSession, Person, bool] | None:
        """The session of a request's cookie, its person, and whether he must change his password first."""
        token = request.cookies.get(_cookie_of(self._web))
        if not token:
            return None
        by_hand = _BY_ITSELF not in request.headers
        found = self._accounts.sessions.find(digest_of(token), self._idle, self._clock(), by_hand=by_hand)
        return found if found is not None and found[1].active else None

    def sweep(self) -> None:
        """Forgets sessions that are over."""
        self._accounts.sessions.sweep(self._idle, self._clock())

    @property
    def _idle(self) -> timedelta:
        return timedelta(minutes=self._web.idle_minutes)

    def _of_token(self, header: str) -> Caller | None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.startswith(TOKEN_PREFIX):
            return None
        found = self._accounts.tokens.find(digest_of(token.strip()), self._clock())
        if found is None or not found[1].active:
            return None
        return Caller(replace(found[1].actor, scopes=found[0].scopes), found[0].id, "")


def stored(request: HTTPConnection) -> StoredSessions:
    """The sessions of the console. Raises UsageError when people sign in elsewhere."""
    sessions = console_of(request).sessions
    if not isinstance(sessions, StoredSessions):
        raise UsageError("nobody signs in here", "sign in where this console is told who you are")
    return sessions


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def new_session(name: str, web: WebSettings, now: datetime) -> tuple[str, WebSession]:
    """What the browser will hold, and what is kept of it."""
    token = secrets.token_urlsafe(32)
    ends_at = now + timedelta(hours=web.session_hours)
    return token, WebSession(digest_of(token), name, secrets.token_urlsafe(32), ends_at)


def remember(answer: Response, token: str, request: Request) -> None:
    """Lets the browser hold a session until it is closed or the session ends."""
    web = console_of(request).settings.web
    answer.set_cookie(_cookie_of(web), token, httponly=True, samesite="lax", path="/", secure=is_https(web))


def forget(answer: Response, request: Request) -> None:
    """Lets the browser forget its session."""
    web = console_of(request).settings.web
    answer.delete_cookie(_cookie_of(web), httponly=True, samesite="lax", path="/", secure=is_https(web))


def is_https(web: WebSettings) -> bool:
    """Whether browsers reach the console by https."""
    return web.https or web.certificate is not None


def _cookie_of(web: WebSettings) -> str:
    """The prefix makes browsers refuse a cookie that another host or an unencrypted page set."""
    return "__Host-inspector" if is_https(web) else "inspector_session"
