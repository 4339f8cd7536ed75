"""The console as tests ask it: a real server on a port of its own, and who is signed in by name."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import httpx2
import uvicorn
from starlette.requests import HTTPConnection

from inspector.config import Settings
from inspector.roles import Actor
from inspector.storage import Store
from inspector.web.app import create_app
from inspector.web.console import Caller, Console, Sessions, open_console

CSRF = "csrf-of-tests"


class NamedSessions:
    """Whoever the cookie ``as`` names, as the list of people knows him; a fake of ``Sessions``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def caller(self, request: HTTPConnection) -> Caller | None:
        name = request.cookies.get("as")
        actor: Actor | None = next((one.actor for one in self._store.people.all() if one.name == name), None)
        return None if actor is None else Caller(actor, f"session of {name}", CSRF)


@dataclass(frozen=True, slots=True)
class Site:
    """A console that runs."""

    url: str
    console: Console

    @contextmanager
    def client(self, name: str | None = None) -> Iterator[httpx2.Client]:
        """Asks as ``name`` (None: nobody), with the token of the session in every change."""
        cookies = {} if name is None else {"as": name}
        headers = {"x-csrf-token": CSRF, "accept": "text/html"}
        with httpx2.Client(base_url=self.url, cookies=cookies, headers=headers) as client:
            yield client


@contextmanager
def running(
    settings: Settings,
    store: Store,
    sessions: Sessions | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    port: int = 0,
) -> Iterator[Site]:
    """A server in a thread of its own until the end. ``port``: 0 = any that is free."""
    console = replace(open_console(settings, store, sessions or NamedSessions(store)), clock=clock)
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", port))
    config = uvicorn.Config(create_app(console), log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield Site(f"http://127.0.0.1:{listener.getsockname()[1]}", console)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
