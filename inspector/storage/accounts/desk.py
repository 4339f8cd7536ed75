"""Accounts: who signs in with which password, and who makes the first one. What was done leaves an audit row."""

from __future__ import annotations

from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, delete, exists, func, select, update

from inspector.errors import PolicyError, UsageError
from inspector.roles import Actor, Deed, Person, Role, require
from inspector.storage.account_tables import (
    account,
    api_token,
    authorization_request,
    identity,
    setup_token,
    web_session,
)
from inspector.storage.accounts.identities import Identities
from inspector.storage.accounts.records import TEMPORARY, Account, WebSession, lock_of
from inspector.storage.accounts.sessions import WebSessions, put_session
from inspector.storage.accounts.tokens import ApiTokens
from inspector.storage.engine import storage_errors, take_turn
from inspector.storage.people import add_person, end_access, people_in_turn
from inspector.storage.people_tables import person
from inspector.storage.rows import append_audit, put

__all__ = ["Accounts"]

_SETUP = timedelta(hours=1)
_NOBODY = "unknown"


class Accounts:
    """Passwords come here as hashes, sessions and tokens as digests. ``sessions``: who is signed in. ``tokens``: what
    programs call the API with. ``identities``: who comes by an identity provider.

    Every method raises StorageError when the database fails; what ``actor`` may not do raises PolicyError.
    """

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer
        self.sessions = WebSessions(reader, writer)
        self.tokens = ApiTokens(reader, writer)
        self.identities = Identities(reader, writer)

    def exist(self) -> bool:
        """Whether anybody can sign in: once True, the first set-up is over."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return _any(connection)

    def hash_of(self, name: str) -> str | None:
        """The hash of somebody's password; None: nobody active has an account by that name."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            row = _row(connection, name)
        return None if row is None else str(row.password_hash)

    def all(self, now: datetime) -> dict[str, Account]:
        """Everybody who can come in, by a password or by an identity, by name."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            sessions = _counts(connection, web_session.c.name, web_session.c.ends_at > now)
            good = and_(api_token.c.revoked_at.is_(None), api_token.c.expires_at > now)
            tokens = _counts(connection, api_token.c.name, good)
            rows = {row.name: row for row in connection.execute(select(account))}
            since = select(identity.c.name, func.min(identity.c.pinned_at).label("at")).group_by(identity.c.name)
            pinned = {row.name: row.at for row in connection.execute(since)}
            names = sorted({*rows, *pinned})
        return {
            name: _account(name, rows.get(name), pinned.get(name), sessions.get(name, 0), tokens.get(name, 0))
            for name in names
        }

    def sign_in(self, session: WebSession, proved: str | None, where: str, now: datetime) -> bool:
        """Opens ``session`` when its person may sign in. ``proved``: the hash that his password was found right for,
        None: it was wrong; ``where``: he asks from.

        Refused, whatever the password: a name that nobody active has, an account that is locked, a temporary password
        that is over. Only here attempts are counted, one after the other: many at once are no more than in a row.
        """
        with storage_errors(self._writer), self._writer.begin() as connection:
            take_turn(connection, "accounts")
            row = _row(connection, session.name)
            if row is None:
                append_audit(connection, _NOBODY, "login_failed", _NOBODY, {"from": where})
                return False
            locked = row.locked_until is not None and now < row.locked_until
            over = row.must_change and now - row.changed_at > TEMPORARY
            if locked or over or proved != row.password_hash:
                _count_failure(connection, row, where, locked, now)
                return False
            _set(connection, row.name, failed=0, locked_until=None)
            put_session(connection, session, now)
            append_audit(connection, row.name, "login", row.name, {"from": where})
            return True

    def change_password(self, password_hash: str, session: WebSession, now: datetime) -> None:
        """Sets one's own password: every session ends, ``session`` begins in their place."""
        with storage_errors(self._writer), self._writer.begin() as connection:
            values = {"password_hash": password_hash, "must_change": False, "changed_at": now}
            _set(connection, session.name, failed=0, locked_until=None, **values)
            connection.execute(delete(web_session).where(web_session.c.name == session.name))
            put_session(connection, session, now)
            append_audit(connection, session.name, "password_change", session.name, {})

    def rehash(self, name: str, before: str, after: str) -> None:
        """The same password hashed with today's parameters."""
        same = and_(account.c.name == name, account.c.password_hash == before)
        with storage_errors(self._writer), self._writer.begin() as connection:
            connection.execute(update(account).where(same).values(password_hash=after))

    def reset(self, actor: Actor, name: str, password_hash: str, now: datetime) -> None:
        """Gives somebody an account, or another password: a temporary one, which he must change. His sessions end.

        Raises UsageError when nobody active on the list of people has the name.
        """
        require(actor, Deed.MANAGE_PEOPLE)
        with storage_errors(self._writer), self._writer.begin() as connection:
            if not connection.scalar(select(person.c.active).where(person.c.name == name)):
                raise UsageError(f"nobody active is on the list as {name}", "look at it: inspector people list")
            _put_account(connection, name, password_hash, now, must_change=True)
            connection.execute(delete(web_session).where(web_session.c.name == name))
            append_audit(connection, actor.name, "password_reset", name, {})

    def shut_out(self, actor: Actor, name: str, now: datetime) -> None:
        """Ends somebody's sessions and revokes his tokens; he may sign in again."""
        require(actor, Deed.MANAGE_PEOPLE)
        with storage_errors(self._writer), self._writer.begin() as connection:
            ended, revoked = end_access(connection, name, now)
            append_audit(connection, actor.name, "shut_out", name, {"sessions": ended, "tokens": revoked})

    def offer_setup(self, sha256: str, now: datetime) -> bool:
        """Makes the token of this digest the one that is good for the first set-up; False: somebody has an account."""
        with storage_errors(self._writer), self._writer.begin() as connection:
            _withdraw_setup(connection)
            if _any(connection):
                return False
            connection.execute(setup_token.insert().values(sha256=sha256, created_at=now))
            return True

    def withdraw_setup(self) -> None:
        """No token that was not used is good any more."""
        with storage_errors(self._writer), self._writer.begin() as connection:
            _withdraw_setup(connection)

    def setup_open(self, sha256: str, now: datetime) -> bool:
        """Whether the token of this digest is good for the first set-up."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return not _any(connection) and _is_offered(connection, sha256, now)

    def set_up(self, sha256: str, password_hash: str, session: WebSession, now: datetime) -> None:
        """Uses the token up: ``session.name`` has the first account and is signed in.

        While nobody is on the list of people he is put there as its admin, else he must be an admin of it. Raises
        PolicyError when the token is not good or he is no admin.
        """
        with storage_errors(self._writer), self._writer.begin() as connection:
            people = people_in_turn(connection)
            if _any(connection) or not _is_offered(connection, sha256, now):
                raise PolicyError("this address is no longer good", "start inspector serve again: it tells a new one")
            if not people:
                add_person(connection, session.name, Person(session.name, frozenset({Role.ADMIN})), now)
            elif session.name not in people or Role.ADMIN not in people[session.name].actor.roles:
                raise PolicyError("the first account is an administrator's", "look at the list: inspector people list")
            connection.execute(update(setup_token).where(setup_token.c.sha256 == sha256).values(used_at=now))
            _put_account(connection, session.name, password_hash, now, must_change=False)
            put_session(connection, session, now)
            append_audit(connection, session.name, "setup", session.name, {})

    def after_restore(self) -> None:
        """Nobody is signed in in a database that was restored: sessions that were ended since would be good again."""
        with storage_errors(self._writer), self._writer.begin() as connection:
            connection.execute(delete(web_session))
            connection.execute(delete(authorization_request))
            _withdraw_setup(connection)


def _any(connection: Connection) -> bool:
    return bool(connection.scalar(select(exists(select(account.c.name)))))


def _row(connection: Connection, name: str) -> Row[Any] | None:
    """The account of somebody active."""
    found = select(account).join(person, person.c.name == account.c.name)
    return connection.execute(found.where(account.c.name == name, person.c.active)).one_or_none()


def _account(name: str, row: Row[Any] | None, pinned_at: datetime | None, sessions: int, tokens: int) -> Account:
    if row is None:
        return Account(name, False, None, None, pinned_at, sessions, tokens)
    return Account(name, row.must_change, row.locked_until, row.changed_at, pinned_at, sessions, tokens)


def _counts(connection: Connection, of: ColumnElement[Any], condition: ColumnElement[bool]) -> dict[str, int]:
    rows = connection.execute(select(of, func.count()).where(condition).group_by(of))
    return {name: count for name, count in rows}  # noqa: C416 - rows, not pairs


def _set(connection: Connection, name: str, **values: object) -> None:
    connection.execute(update(account).where(account.c.name == name).values(values))


def _count_failure(connection: Connection, row: Row[Any], where: str, locked: bool, now: datetime) -> None:
    """One more wrong password; while the account is locked it does not count, or a lock would never end."""
    append_audit(connection, row.name, "login_failed", row.name, {"from": where, "locked": locked})
    if locked:
        return
    lock = lock_of(row.failed + 1)
    _set(connection, row.name, failed=row.failed + 1, locked_until=None if lock is None else now + lock)
    if lock is not None:
        append_audit(connection, row.name, "login_locked", row.name, {"minutes": lock.total_seconds() / 60})


def _put_account(connection: Connection, name: str, password_hash: str, now: datetime, *, must_change: bool) -> None:
    values = {"password_hash": password_hash, "must_change": must_change, "changed_at": now}
    put(connection, account, {"name": name}, {**values, "failed": 0, "locked_until": None}, {})


def _is_offered(connection: Connection, sha256: str, now: datetime) -> bool:
    offered = select(setup_token).where(setup_token.c.used_at.is_(None))
    rows = connection.execute(offered).all()
    return any(compare_digest(row.sha256, sha256) and now - row.created_at < _SETUP for row in rows)


def _withdraw_setup(connection: Connection) -> None:
    connection.execute(delete(setup_token).where(setup_token.c.used_at.is_(None)))
