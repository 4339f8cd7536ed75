"""The records of who signs in to the console."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from inspector.roles import Deed

__all__ = ["TEMPORARY", "Account", "ApiToken", "AuthorizationRequest", "Identity", "WebSession", "lock_of"]

TEMPORARY = timedelta(days=7)
"""How long a password that somebody else chose is good for."""

_TRIES = 5
_FIRST_LOCK, _LONGEST_LOCK = timedelta(minutes=1), timedelta(minutes=15)


def lock_of(failed: int) -> timedelta | None:
    """How long the ``failed``-th wrong password in a row locks an account: 1 min from the fifth on, doubling, 15 min
    at most."""
    if failed < _TRIES:
        return None
    return min(_FIRST_LOCK * (1 << min(failed - _TRIES, 10)), _LONGEST_LOCK)


@dataclass(frozen=True, slots=True)
class Account:
    """How somebody comes in, as administrators see it. ``changed_at``: since when he has this password, ``pinned_at``:
    since when an identity of the provider is his, None: he has none; ``sessions``, ``tokens``: how many are good now.
    """

    name: str
    must_change: bool
    locked_until: datetime | None
    changed_at: datetime | None
    pinned_at: datetime | None
    sessions: int
    tokens: int


@dataclass(frozen=True, slots=True)
class WebSession:
    """``key``: sha256 of what the browser holds, hexadecimal. ``csrf``: what forms bring back. ``by_provider``: the
    identity provider vouched for its person, who used no password."""

    key: str
    name: str
    csrf: str
    ends_at: datetime
    by_provider: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at an identity provider. ``issuer`` and ``subject`` never change there and are nobody else's;
    ``name``: what he is called there now, which may become another's."""

    issuer: str
    subject: str
    name: str


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """What a browser is sent to the identity provider with. ``key``: sha256 of what it holds meanwhile; ``state`` comes
    back with it, ``nonce`` in the token; ``verifier``: of PKCE; ``following``: where it goes then."""

    key: str
    state: str
    nonce: str
    verifier: str
    following: str


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What a program calls the API with. ``scopes``: what it is good for."""

    id: str
    name: str
    label: str
    scopes: frozenset[Deed]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def good(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at
