"""Who comes by an identity provider, and whose its identities are. What was done leaves an audit row."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, Engine, and_, delete, insert, or_, select

from inspector.errors import UsageError
from inspector.roles import Actor, Deed, require
from inspector.storage.account_tables import authorization_request, identity, web_session
from inspector.storage.accounts.records import AuthorizationRequest, Identity, WebSession
from inspector.storage.accounts.sessions import put_session
from inspector.storage.engine import storage_errors, take_turn
from inspector.storage.people_tables import person
from inspector.storage.rows import append_audit

__all__ = ["GOOD_FOR", "Identities", "Stranger"]

GOOD_FOR = timedelta(minutes=10)
"""How long somebody may stay at the provider."""

Stranger = Literal["unknown", "another"]
"""Why an identity signs nobody in: nobody active is called so; or somebody is, and comes by another identity."""

_MOST = 10_000  # people on their way at once: whoever asks for more forgets the oldest
_UNKNOWN = "unknown"


class Identities:
    """The first identity by which somebody comes is his from then on: a provider's names may be given to others.

    Every method raises StorageError when the database fails; what ``actor`` may not do raises PolicyError.
    """

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def send(self, request: AuthorizationRequest, now: datetime) -> None:
        """Keeps what a browser was sent with, until it is back."""
        of = authorization_request.c
        newest = select(of.key).order_by(of.created_at.desc(), of.key).limit(_MOST - 1)
        over = or_(of.created_at <= now - GOOD_FOR, of.key.not_in(newest.scalar_subquery()))
        values = {"key": request.key, "state": request.state, "nonce": request.nonce, "verifier": request.verifier}
        with storage_errors(self._writer), self._writer.begin() as connection:
            connection.execute(delete(authorization_request).where(over))
            row = {**values, "following": request.following, "created_at": now}
            connection.execute(insert(authorization_request).values(row))

    def back(self, key: str, state: str, now: datetime) -> AuthorizationRequest | None:
        """What the browser that holds the digest ``key`` was sent with, this once; None: it was not, it is over, or
        somebody else brings it."""
        of = authorization_request.c
        taken = delete(authorization_request).where(of.key == key, of.state == state).returning(authorization_request)
        with storage_errors(self._writer), self._writer.begin() as connection:
            row = connection.execute(taken).one_or_none()
        if row is None or now - row.created_at >= GOOD_FOR:
            return None
        return AuthorizationRequest(row.key, row.state, row.nonce, row.verifier, row.following)

    def sign_in(self, session: WebSession, known: Identity, where: str, now: datetime) -> Stranger | None:
        """Opens ``session`` for whose the identity is, whatever its name says; None: done, else why not.

        An identity that is nobody's yet becomes his who is called so on the list and has none of this issuer. Wrong
        passwords lock nobody out here, and a temporary one need not be changed: it was not used. ``where``: from.
        """
        with storage_errors(self._writer), self._writer.begin() as connection:
            take_turn(connection, "accounts")
            pinned = _pinned(connection, known)
            name = pinned or known.name
            refused = _stranger(connection, name, None if pinned else known.issuer)
            if refused is not None:
                told = {"from": where, "by": "oidc", "why": refused}
                listed = _UNKNOWN if not _is_listed(connection, name) else name
                append_audit(connection, listed, "login_failed", listed, told)
                return refused
            if pinned is None:
                row = {"issuer": known.issuer, "subject": known.subject, "name": name, "pinned_at": now}
                connection.execute(insert(identity).values(row))
                append_audit(connection, name, "identity_pin", name, {"issuer": known.issuer})
            put_session(connection, replace(session, name=name, by_provider=True), now)
            append_audit(connection, name, "login", name, {"from": where, "by": "oidc"})
        return None

    def loosen(self, actor: Actor, name: str) -> None:
        """No identity is somebody's any more, and who came by one is out: the next one that comes by his name is his.

        Raises UsageError when none was.
        """
        require(actor, Deed.MANAGE_PEOPLE)
        came = and_(web_session.c.name == name, web_session.c.by_provider)
        with storage_errors(self._writer), self._writer.begin() as connection:
            if not connection.execute(delete(identity).where(identity.c.name == name)).rowcount:
                raise UsageError("no identity of the provider is tied to this person", "look at the page again")
            connection.execute(delete(web_session).where(came))
            append_audit(connection, actor.name, "identity_loosen", name, {})


def _pinned(connection: Connection, known: Identity) -> str | None:
    """Whose an identity is by now."""
    same = and_(identity.c.issuer == known.issuer, identity.c.subject == known.subject)
    return connection.scalar(select(identity.c.name).where(same))


def _stranger(connection: Connection, name: str, first_of: str | None) -> Stranger | None:
    """Why the person of the name may not come in; ``first_of``: the issuer whose identity would be his first."""
    if not connection.scalar(select(person.c.active).where(person.c.name == name)):
        return "unknown"
    his = and_(identity.c.issuer == first_of, identity.c.name == name)
    return None if connection.scalar(select(identity.c.subject).where(his)) is None else "another"


def _is_listed(connection: Connection, name: str) -> bool:
    return connection.scalar(select(person.c.name).where(person.c.name == name)) is not None
