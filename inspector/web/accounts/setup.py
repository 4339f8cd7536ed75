"""The first set-up: who runs the server names the first administrator, once."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.roles import Person, Role
from inspector.web.accounts.passwords import hash_of, weakness
from inspector.web.accounts.router import router
from inspector.web.accounts.sessions import digest_of, new_session, remember
from inspector.web.console import console_of
from inspector.web.pages import page

__all__: list[str] = []


@router.get("/setup")
def setup_page(request: Request, token: str = "") -> Response:
    """Asks for a name, or which administrator of the list it is, and for a password."""
    return _closed(request, token) or _page(request, 200, token)


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
    if (closed := _closed(request, token)) is not None:
        return closed
    fault = _fault(name, password, again)
    if fault is not None:
        return _page(request, 400, token, name, fault)
    now = console.clock()
    held, session = new_session(name, console.settings.web, now)
    console.store.accounts.set_up(digest_of(token), hash_of(password), session, now)
    answer = RedirectResponse("/people", 303)
    remember(answer, held, request)
    return answer


def _closed(request: Request, token: str) -> Response | None:
    """Why there is nothing to set up here; None: there is."""
    console = console_of(request)
    if console.store.accounts.exist():
        return page(request, "accounts/closed.html.j2", 404, why="accounts_setup_done")
    if not console.store.accounts.setup_open(digest_of(token), console.clock()):
        return page(request, "accounts/closed.html.j2", 403, why="accounts_setup_over")
    return None


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
