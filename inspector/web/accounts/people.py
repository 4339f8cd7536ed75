"""The list of people: who they are, what they may do, how they come in. Only for who manages people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.errors import PolicyError, UsageError
from inspector.roles import Deed, Person, Role
from inspector.web.accounts.passwords import hash_of, temporary_password
from inspector.web.accounts.router import router
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, Console, console_of
from inspector.web.pages import page

__all__: list[str] = []

Manager = Annotated[Caller, Depends(Allowed(Deed.MANAGE_PEOPLE))]
Name = Annotated[str, Form()]
Roles = Annotated[tuple[Role, ...], Form()]

_BETWEEN_TEAMS = re.compile(r"[、,，;；]")


@router.get("/people")
def people(request: Request, caller: Manager) -> Response:
    """Everybody, those who are gone last."""
    return _list(request, 200)


@router.post("/people/add")
def add(
    request: Request, caller: Manager, name: Name = "", roles: Roles = (), teams: Name = "", agent: Name = ""
) -> Response:
    """Puts somebody on the list and shows his temporary password, this once."""
    console = console_of(request)
    typed = {"name": name, "roles": roles, "teams": teams, "agent": agent}
    person = _person(name, roles, teams, agent)
    if person is None:
        return _list(request, 400, fault="accounts_bad_person", typed=typed)
    if any(one.name == person.name for one in console.store.people.all()):
        return _list(request, 400, fault="accounts_name_taken", typed=typed)
    try:
        console.store.people.add(caller.actor, person, console.clock())
    except UsageError:
        return _list(request, 400, fault="accounts_agent_taken", typed=typed)
    return _with_password(request, caller, person.name)


@router.get("/people/person")
def person_page(request: Request, caller: Manager, name: str = "") -> Response:
    """One of the list, to be changed."""
    return _one(request, 200, _known(console_of(request), name))


@router.post("/people/change")
def change(
    request: Request, caller: Manager, name: Name = "", roles: Roles = (), teams: Name = "", agent: Name = ""
) -> Response:
    """Gives somebody these roles and teams and no others; who was gone is back. It counts from his next request on."""
    console = console_of(request)
    kept = _known(console, name)
    person = _person(name, roles, teams, agent)
    if person is None:
        return _one(request, 400, kept, "accounts_bad_person")
    return _changed(request, caller, kept, person)


@router.post("/people/deactivate")
def deactivate(request: Request, caller: Manager, name: Name = "") -> Response:
    """Takes everything away from somebody, at once; the entry stays."""
    kept = _known(console_of(request), name)
    return _changed(request, caller, kept, replace(kept, active=False))


@router.post("/people/reset")
def reset(request: Request, caller: Manager, name: Name = "") -> Response:
    """Gives somebody an account or another password: a temporary one, shown this once."""
    kept = _known(console_of(request), name)
    if name == caller.actor.name:
        return _one(request, 400, kept, "accounts_not_own")
    return _with_password(request, caller, kept.name)


@router.post("/people/shut-out")
def shut_out(request: Request, caller: Manager, name: Name = "") -> Response:
    """Ends somebody's sessions and tokens."""
    console = console_of(request)
    kept = _known(console, name)
    console.store.accounts.shut_out(caller.actor, kept.name, console.clock())
    return _back_to(kept.name)


@router.post("/people/loosen")
def loosen(request: Request, caller: Manager, name: Name = "") -> Response:
    """Unties somebody from the identity by which he comes from the provider."""
    kept = _known(console_of(request), name)
    console_of(request).store.accounts.identities.loosen(caller.actor, kept.name)
    return _back_to(kept.name)


def _known(console: Console, name: str) -> Person:
    found = next((one for one in console.store.people.all() if one.name == name), None)
    if found is None:
        raise UsageError("nobody is on the list by that name", "choose somebody of the list: /people")
    return found


def _person(name: str, roles: tuple[Role, ...], teams: str, agent: str) -> Person | None:
    """As it was typed; None: that is nobody."""
    named = frozenset(team.strip() for team in _BETWEEN_TEAMS.split(teams) if team.strip())
    try:
        return Person(name.strip(), frozenset(roles), named, agent=agent.strip() or None)
    except ValueError:
        return None


def _changed(request: Request, caller: Caller, kept: Person, person: Person) -> Response:
    console = console_of(request)
    try:
        console.store.people.change(caller.actor, person, console.clock())
    except PolicyError:
        return _one(request, 400, kept, "accounts_last_admin")
    except UsageError:
        return _one(request, 400, kept, "accounts_agent_taken")
    return _back_to(person.name)


def _with_password(request: Request, caller: Caller, name: str) -> Response:
    console, password = console_of(request), temporary_password()
    console.store.accounts.reset(caller.actor, name, hash_of(password), console.clock())
    return page(request, "accounts/temporary.html.j2", name=name, password=password)


def _back_to(name: str) -> Response:
    return RedirectResponse(f"/people/person?name={quote(name, safe='')}", 303)


def _list(
    request: Request, status: int, fault: str | None = None, typed: Mapping[str, object] | None = None
) -> Response:
    console = console_of(request)
    return page(
        request,
        "accounts/people.html.j2",
        status,
        fault=fault,
        typed=typed or {"name": "", "roles": (), "teams": "", "agent": ""},
        people=sorted(console.store.people.all(), key=lambda one: (not one.active, one.name)),
        accounts=console.store.accounts.all(console.clock()),
        roles=tuple(Role),
    )


def _one(request: Request, status: int, person: Person, fault: str | None = None) -> Response:
    console = console_of(request)
    account = console.store.accounts.all(console.clock()).get(person.name)
    values = {"person": person, "account": account, "roles": tuple(Role), "tz": console.zone}
    return page(request, "accounts/person.html.j2", status, fault=fault, **values)
