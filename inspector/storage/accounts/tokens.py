"""What programs call the API with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from inspector.errors import PolicyError, UsageError
from inspector.roles import Actor, Deed, Person, may
from inspector.storage.account_tables import api_token
from inspector.storage.accounts.records import ApiToken
from inspector.storage.engine import storage_errors
from inspector.storage.people import person_of
from inspector.storage.people_tables import person
from inspector.storage.rows import append_audit, unreadable

__all__ = ["LONGEST", "ApiTokens"]

LONGEST = timedelta(days=366)
"""No token is good for longer."""

_LONGEST_LABEL = 64
_SEEN_EVERY = timedelta(minutes=1)


class ApiTokens:
    """Every method raises StorageError when the database fails."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def make(self, actor: Actor, token: ApiToken, sha256: str) -> None:
        """Puts a token of ``actor``'s on record. Raises PolicyError when it is good for more than he may, UsageError
        when its label or its time will not do."""
        if token.name != actor.name or not all(_may_somewhere(actor, deed) for deed in token.scopes):
            raise PolicyError(f"{actor.name} may not make a token for that", "choose only what you may do yourself")
        if not token.scopes:
            raise UsageError("a token is good for something", "choose what it may do")
        if not token.label.isprintable() or not 1 <= len(token.label.strip()) <= _LONGEST_LABEL:
            raise UsageError(f"a label has 1 to {_LONGEST_LABEL} characters that can be seen", "name the program")
        if not timedelta(0) < token.expires_at - token.created_at <= LONGEST:
            raise UsageError(f"a token is good for {LONGEST.days} days at most", "name a date before that")
        values = {"id": token.id, "name": token.name, "label": token.label.strip(), "token_sha256": sha256}
        times = {"created_at": token.created_at, "expires_at": token.expires_at}
        scopes = sorted(token.scopes)
        with storage_errors(self._writer), self._writer.begin() as connection:
            connection.execute(insert(api_token).values(**values, **times, scopes=scopes))
            told = {"scopes": scopes, "expires_at": token.expires_at.isoformat()}
            append_audit(connection, actor.name, "token_make", token.id, told)

    def of(self, name: str) -> tuple[ApiToken, ...]:
        """Somebody's tokens, the newest first, those that are over too."""
        found = select(api_token).where(api_token.c.name == name)
        newest = found.order_by(api_token.c.created_at.desc(), api_token.c.id)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return tuple(_token(row) for row in connection.execute(newest))

    def revoke(self, actor: Actor, token_id: str, now: datetime) -> None:
        """Ends a token: one's own, or anybody's for who manages people. Raises UsageError when there is none."""
        of = api_token.c
        with storage_errors(self._writer), self._writer.begin() as connection:
            name = connection.scalar(select(of.name).where(of.id == token_id))
            if name is None or (name != actor.name and not may(actor, Deed.MANAGE_PEOPLE)):
                raise UsageError("there is no such token", "look at the list of tokens")
            good = update(api_token).where(of.id == token_id, of.revoked_at.is_(None))
            if connection.execute(good.values(revoked_at=now)).rowcount:
                append_audit(connection, actor.name, "token_revoke", token_id, {"of": name})

    def find(self, sha256: str, now: datetime) -> tuple[ApiToken, Person] | None:
        """The token of this digest, if it is good, and its person as he is on the list now. Using it is noted once a
        minute."""
        of = api_token.c
        with storage_errors(self._reader), self._reader.connect() as connection:
            row = connection.execute(select(api_token).where(of.token_sha256 == sha256)).one_or_none()
            if row is None or not (token := _token(row)).good(now):
                return None
            whose = person_of(connection.execute(select(person).where(person.c.name == token.name)).one())
        if token.last_used_at is None or now - token.last_used_at >= _SEEN_EVERY:
            with storage_errors(self._writer), self._writer.begin() as connection:
                connection.execute(update(api_token).where(of.id == token.id).values(last_used_at=now))
        return token, whose


def _may_somewhere(actor: Actor, deed: Deed) -> bool:
    return may(actor, deed) or may(actor, deed, actor.teams)


def _token(row: Row[Any]) -> ApiToken:
    try:
        scopes = frozenset(map(Deed, row.scopes))
    except ValueError:
        raise unreadable(ApiToken) from None
    times = (row.created_at, row.expires_at, row.revoked_at, row.last_used_at)
    return ApiToken(row.id, row.name, row.label, scopes, *times)
