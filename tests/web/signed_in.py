"""People who sign in with a password, as they do it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache

import httpx2

from inspector.config import Settings
from inspector.roles import Actor, Role
from inspector.storage import Store
from inspector.web.accounts.passwords import hash_of
from inspector.web.accounts.sessions import StoredSessions, new_session
from tests.web.site import Site, running

ADMIN = Actor("admin0", frozenset({Role.ADMIN}))
OWN = "今天的天气很好我们去爬山"
COOKIE = "inspector_session"
HTML = {"accept": "text/html"}


_hash_of = cache(hash_of)  # takes a tenth of a second, and most tests use the same one


class Clock:
    """What time it is, moved by hand."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def with_password(settings: Settings, store: Store, name: str, password: str = OWN) -> None:
    """Gives somebody an account with a password of his own."""
    now = datetime.now(UTC)
    kept = _hash_of(password)
    store.accounts.reset(ADMIN, name, kept, now)
    _, session = new_session(name, settings.web, now)
    store.accounts.change_password(kept, session, now)
    store.accounts.sessions.end(session.key)


@contextmanager
def real_site(settings: Settings, store: Store, clock: Clock, port: int = 0) -> Iterator[Site]:
    """A console where people sign in; ``clock`` says how old sessions are."""
    with running(settings, store, StoredSessions(store, settings, clock), clock, port) as site:
        yield site


@contextmanager
def client_of(site: Site, name: str | None = None, password: str = OWN) -> Iterator[httpx2.Client]:
    """A browser without scripts, signed in as ``name``."""
    with httpx2.Client(base_url=site.url, headers=HTML) as client:
        if name is not None:
            answer = sign_in(client, name, password)
            assert (answer.status_code, COOKIE in client.cookies) == (303, True)
        yield client


def sign_in(client: httpx2.Client, name: str, password: str = OWN, following: str = "/") -> httpx2.Response:
    return client.post("/login", data={"name": name, "password": password, "next": following})


def csrf_of(client: httpx2.Client, page: str = "/account") -> str:
    """The token of a client's session, as its pages carry it."""
    return client.get(page).text.partition('<meta name="csrf" content="')[2].partition('"')[0]
