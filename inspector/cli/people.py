"""``inspector people list | add | change | deactivate | password``: who may do what."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

from rich.console import Console

from inspector.cli.actor import actor_of
from inspector.cli.messages import say
from inspector.cli.streams import json_stdout, write_line
from inspector.config import Settings
from inspector.errors import UsageError
from inspector.reports.contract import to_line
from inspector.roles import Deed, Person, Role, require
from inspector.storage.configured import open_store
from inspector.web.accounts.passwords import hash_of, temporary_password

__all__ = ["run_add", "run_change", "run_deactivate", "run_list", "run_password"]


def run_list(settings: Settings, *, json: bool) -> int:
    """Lists everybody by name, those who are gone too."""
    with closing(open_store(settings)) as store:
        require(actor_of(settings, store), Deed.MANAGE_PEOPLE)
        people = store.people.all()
    for person in people:
        if json:
            write_line(json_stdout(), to_line(_object(person)))
        else:
            _print(_line(person, settings))
    if not people:
        Console(stderr=json).print(say(settings.lang, "people_none"), style="bold", highlight=False, soft_wrap=True)
    return 0


def run_add(name: str, roles: Sequence[Role], teams: Sequence[str], agent: str | None, settings: Settings) -> int:
    """Puts somebody on the list."""
    person = _named(name, roles, teams, agent)
    with closing(open_store(settings)) as store:
        store.people.add(actor_of(settings, store), person, datetime.now(UTC))
    _print(_line(person, settings))
    return 0


def run_change(name: str, roles: Sequence[Role], teams: Sequence[str], agent: str | None, settings: Settings) -> int:
    """Gives somebody on the list these roles and teams, and no others."""
    person = _named(name, roles, teams, agent)
    with closing(open_store(settings)) as store:
        store.people.change(actor_of(settings, store), person, datetime.now(UTC))
    _print(_line(person, settings))
    return 0


def run_deactivate(name: str, settings: Settings) -> int:
    """Takes somebody's permissions away. Raises UsageError for a name that is not on the list."""
    with closing(open_store(settings)) as store:
        actor = actor_of(settings, store)
        require(actor, Deed.MANAGE_PEOPLE)
        kept = next((person for person in store.people.all() if person.name == name), None)
        if kept is None:
            raise UsageError(say(settings.lang, "people_unknown", name=name), say(settings.lang, "people_look"))
        person = replace(kept, active=False)
        store.people.change(actor, person, datetime.now(UTC))
    _print(_line(person, settings))
    return 0


def run_password(name: str, settings: Settings) -> int:
    """Gives somebody an account of the console, or another password: a temporary one, told this once on stdout."""
    password = temporary_password()
    with closing(open_store(settings)) as store:
        store.accounts.reset(actor_of(settings, store), name, hash_of(password), datetime.now(UTC))
    _print(password)
    Console(stderr=True).print(say(settings.lang, "people_password"), highlight=False, soft_wrap=True)
    return 0


def _named(name: str, roles: Sequence[Role], teams: Sequence[str], agent: str | None) -> Person:
    try:
        return Person(name, frozenset(roles), frozenset(teams), agent=agent)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _line(person: Person, settings: Settings) -> str:
    roles = "、".join(say(settings.lang, f"role_{role}") for role in Role if role in person.roles)
    teams = "、".join(sorted(person.teams)) or "–"
    gone = "" if person.active else f"  {say(settings.lang, 'people_gone')}"
    return f"{person.name}  {roles}  {say(settings.lang, 'people_teams', teams=teams)}{gone}"


def _object(person: Person) -> dict[str, object]:
    return {
        "schema": "inspector.person/1",
        "name": person.name,
        "roles": sorted(person.roles),
        "teams": sorted(person.teams),
        "active": person.active,
        "agent": person.agent,
    }


def _print(line: str) -> None:
    Console().print(line, markup=False, highlight=False, soft_wrap=True)
