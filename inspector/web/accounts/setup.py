"""The first set-up: who runs the server names the first administrator, once."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.errors import PolicyError, UsageError
from inspector.roles import Person, Role
from inspector.web.accounts.passwords import hash_of, weakness
from inspector.web.accounts.router import router
from inspector.web.accounts.sessions import digest_of, new_session, remember
from inspector.web.console import Console, console_of
from inspector.web.pages import page

__all__: list[str] = []


@router.get("/setup")
def setup_page(request: Request, token: str = "") -> Response:
    """Asks for a name, or which administrator of the list it is, and for a password."""
    _check(console_of(request), token)
    return _page(request, 200, token)


@router.post("/setup")
def set_up(
    request: Request,
    token: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Makes the first account and signs its owner in. What was typed wrong does not use the token up."""
    console, name = console_of(request), name.strip()
    _check(console, token)
    fault = _fault(name, password, again)
    if fault is not None:
        return _page(request, 400, token, name, fault)
    now = console.clock()
    held, session = new_session(name, console.settings.web, now)
    console.store.accounts.set_up(digest_of(token), hash_of(password), session, now)
    answer = RedirectResponse("/people", 303)
    remember(answer, held, request)
    return answer


def _check(console: Console, token: str) -> None:
    accounts = console.store.accounts
    if accounts.exist():
        raise UsageError("the console is set up already", "sign in: /login")
    if not accounts.setup_open(digest_of(token), console.clock()):
        raise PolicyError("this address is no longer good", "start inspector serve again: it tells a new one")


def _fault(name: str, password: str, again: str) -> str | None:
    try:
        Person(name, frozenset({Role.ADMIN}))
    except ValueError:
        return "accounts_bad_name"
    weak = weakness(password, name)
    if weak is not None:
        return f"accounts_password_{weak}"
    return None if password == again else "accounts_not_again"


def _page(request: Request, status: int, token: str, name: str = "", fault: str | None = None) -> Response:
    people = console_of(request).store.people.all()
    admins = [person.name for person in people if Role.ADMIN in person.actor.roles]
    return page(request, "accounts/setup.html.j2", status, token=token, name=name, fault=fault, admins=admins)
