"""Who is who: people with their roles and teams. Whoever changes them leaves an audit row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from inspector.errors import PolicyError, UsageError
from inspector.roles import Actor, Deed, Person, Role, require
from inspector.storage.account_tables import api_token, web_session
from inspector.storage.engine import storage_errors, take_turn
from inspector.storage.people_tables import person as table
from inspector.storage.rows import append_audit, unreadable

__all__ = ["People", "add_person", "end_access", "people_in_turn", "person_of"]


class People:
    """The list of people. As long as it is empty, the installation is its owner's alone: see ``docs/roles.md``.

    Whatever is done, somebody active stays who may manage people. Every method raises StorageError when the database
    fails; what ``actor`` may not do raises PolicyError and changes nothing.
    """

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def all(self) -> tuple[Person, ...]:
        """Everybody who was ever named, by name."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return tuple(_of(connection).values())

    def add(self, actor: Actor, person: Person, now: datetime) -> None:
        """Puts somebody new on the list. Raises UsageError for a name that is on it."""
        require(actor, Deed.MANAGE_PEOPLE)
        with storage_errors(self._writer), self._writer.begin() as connection:
            add_person(connection, actor.name, person, now)

    def change(self, actor: Actor, person: Person, now: datetime) -> None:
        """Puts ``person`` in the place of who is on the list by that name. Raises UsageError when nobody is.

        Who is not active any more is signed out, and his tokens are revoked.
        """
        require(actor, Deed.MANAGE_PEOPLE)
        with storage_errors(self._writer), self._writer.begin() as connection:
            known = people_in_turn(connection)
            if person.name not in known:
                raise UsageError(f"{person.name} is not on the list", "look at it: inspector people list")
            _check({**known, person.name: person})
            _check_agents({**known, person.name: person})
            connection.execute(update(table).where(table.c.name == person.name).values(_values(person, now)))
            if not person.active:
                end_access(connection, person.name, now)
            append_audit(connection, actor.name, "people_change", person.name, _told(person))


def add_person(connection: Connection, by: str, person: Person, now: datetime) -> None:
    """Puts somebody new on the list in the transaction of ``connection``. Raises UsageError for a name that is on it,
    PolicyError when nobody could manage people."""
    known = people_in_turn(connection)
    if person.name in known:
        raise UsageError(f"{person.name} is on the list", "change that entry: inspector people change")
    _check({**known, person.name: person})
    _check_agents({**known, person.name: person})
    row = {"name": person.name, "created_at": now, **_values(person, now)}
    connection.execute(insert(table).values(row))
    append_audit(connection, by, "people_add", person.name, _told(person))


def end_access(connection: Connection, name: str, now: datetime) -> tuple[int, int]:
    """Ends somebody's sessions and revokes his tokens, in the transaction of ``connection``; how many of each."""
    good = (api_token.c.name == name) & api_token.c.revoked_at.is_(None)
    ended = connection.execute(delete(web_session).where(web_session.c.name == name)).rowcount
    return ended, connection.execute(update(api_token).where(good).values(revoked_at=now)).rowcount


def people_in_turn(connection: Connection) -> dict[str, Person]:
    """The list, which nobody else changes until the transaction ends."""
    take_turn(connection, "people")
    return _of(connection)


def _check(people: Mapping[str, Person]) -> None:
    if not any(Role.ADMIN in person.actor.roles for person in people.values()):
        raise PolicyError(
            "nobody would be left who may manage people",
            f"first give somebody else the role {Role.ADMIN}",
        )


def _check_agents(people: Mapping[str, Person]) -> None:
    """What is told an agent must reach one person."""
    numbers = [person.agent for person in people.values() if person.active and person.agent is not None]
    if len(set(numbers)) < len(numbers):
        raise UsageError("another active person has this agent number", "look at it: inspector people list")


def _of(connection: Connection) -> dict[str, Person]:
    return {row.name: person_of(row) for row in connection.execute(select(table).order_by(table.c.name))}


def person_of(row: Row[Any]) -> Person:
    """The person of a row of the table. Raises StorageError when another version wrote it."""
    try:
        return Person(row.name, frozenset(map(Role, row.roles)), frozenset(row.teams), row.active, row.agent)
    except ValueError:
        raise unreadable(Person) from None


def _told(person: Person) -> dict[str, object]:
    roles, teams = sorted(person.roles), sorted(person.teams)
    return {"roles": roles, "teams": teams, "active": person.active, "agent": person.agent}


def _values(person: Person, now: datetime) -> dict[str, object]:
    return {**_told(person), "changed_at": now}
