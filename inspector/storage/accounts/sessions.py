"""Who is signed in to the console."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, or_, select, update

from inspector.roles import Person
from inspector.storage.account_tables import account, web_session
from inspector.storage.accounts.records import WebSession
from inspector.storage.engine import storage_errors
from inspector.storage.people import person_of
from inspector.storage.people_tables import person
from inspector.storage.rows import append_audit

__all__ = ["WebSessions", "put_session"]

_SEEN_EVERY = timedelta(minutes=1)


class WebSessions:
    """Every method raises StorageError when the database fails."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def find(
        self, key: str, idle: timedelta, now: datetime, *, by_hand: bool = True
    ) -> tuple[WebSession, Person, bool] | None:
        """The session of this digest, its person as he is on the list now, and whether he must change his password.

        None: there is none, it is over, or it was not used for ``idle``. Using it is noted once a minute, but not what
        a page asks by itself (``by_hand`` False): a screen that is left alone ends, too.
        """
        of = web_session.c
        found = (
            select(person, of.key, of.csrf, of.seen_at, of.ends_at, of.by_provider, account.c.must_change)
            .join(web_session, of.name == person.c.name)
            .outerjoin(account, account.c.name == person.c.name)
            .where(of.key == key)
        )
        with storage_errors(self._reader), self._reader.connect() as connection:
            row = connection.execute(found).one_or_none()
        if row is None or now >= row.ends_at or now - row.seen_at >= idle:
            return None
        if by_hand and now - row.seen_at >= _SEEN_EVERY:
            with storage_errors(self._writer), self._writer.begin() as connection:
                connection.execute(update(web_session).where(of.key == key).values(seen_at=now))
        session = WebSession(row.key, row.name, row.csrf, row.ends_at, row.by_provider)
        return session, person_of(row), bool(row.must_change) and not row.by_provider

    def end(self, key: str) -> None:
        """Ends a session, as its person asked; nothing happens when there is none."""
        ended = delete(web_session).where(web_session.c.key == key).returning(web_session.c.name)
        with storage_errors(self._writer), self._writer.begin() as connection:
            for name in connection.scalars(ended).all():
                append_audit(connection, name, "logout", name, {})

    def sweep(self, idle: timedelta, now: datetime) -> None:
        """Forgets the sessions that are over."""
        over = or_(web_session.c.ends_at <= now, web_session.c.seen_at <= now - idle)
        with storage_errors(self._writer), self._writer.begin() as connection:
            connection.execute(delete(web_session).where(over))


def put_session(connection: Connection, session: WebSession, now: datetime) -> None:
    """Opens a session in the transaction of ``connection``."""
    connection.execute(insert(web_session).values(**asdict(session), created_at=now, seen_at=now))
