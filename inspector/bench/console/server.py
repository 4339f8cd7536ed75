"""A console of its own process over a filled database, and people who are signed in to it."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from inspector.bench.console.recording import recorded
from inspector.bench.ordinary import ordinary_calls
from inspector.errors import SetupError, UsageError
from inspector.pipeline import inspect_hearing
from inspector.roles import Actor, Person, Role
from inspector.rules.load import load_plan
from inspector.rules.scored import ScoredCall
from inspector.storage import Store, sqlite_url
from inspector.storage.accounts import WebSession
from inspector.storage.engine import open_engine
from inspector.storage.search.bulk import fill

__all__ = ["COOKIE", "LEAD", "Place", "fill_place", "served"]

COOKIE = "inspector_session"
LEAD = "lead"
_TEXTS = 400
_DIALOGUE = ScoredCall(
    name="bench",
    call="0:01 C 我想问一下这款理财保不保本\n0:05 A 这款产品不保本投资有风险\n0:09 C 那我再考虑一下谢谢",
)
_BOSS = Actor("boss", frozenset(Role))


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything is. ``tokens``: what the browsers of people hold, by name."""

    home: Path
    url: str
    tokens: dict[str, str]
    fill_s: float


def fill_place(home: Path, database: str | None, calls: int, reviewers: int, packs: Path) -> Place:
    """Fills an empty database with dialogues of three minutes, and signs people in.

    Raises UsageError when it holds calls, PackError when the packs are wrong.
    """
    url = sqlite_url(home / "inspector.db") if database is None else database
    now, begin_s = datetime.now(UTC), perf_counter()
    with closing(Store.open(url)) as store:
        engine = open_engine(url)
        try:
            heard = list(ordinary_calls([_DIALOGUE], _TEXTS))
            call, first = heard[0]
            one = inspect_hearing(call, recorded(first, home / "call.wav"), load_plan(packs))
            fill(engine, calls, one, [hearing for _, hearing in heard], now)
        except ValueError as error:
            raise UsageError(f"this is no database to measure on: {error}", "name an empty one") from error
        finally:
            engine.dispose()
        fill_s = perf_counter() - begin_s
        names = [LEAD, *(f"r{number:03}" for number in range(reviewers))]
        tokens = {name: _signed_in(store, name, now) for name in names}
    return Place(home, url, tokens, fill_s)


@contextmanager
def served(place: Place) -> Iterator[str]:
    """The address of ``inspector serve`` over it. Raises SetupError when it does not start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"INSPECTOR_HOME": str(place.home), "INSPECTOR_DATABASE_URL": place.url, "INSPECTOR_LANG": "zh"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INSPECTOR_")}
    command = [sys.executable, "-m", "inspector", "serve", "--port", str(port)]
    with subprocess.Popen(command, env={**kept, **settings}, stderr=subprocess.PIPE, text=True) as process:
        told: list[str] = []
        for line in process.stderr or ():
            told.append(line)
            if "Ctrl-C" in line:
                break
        try:
            if process.poll() is not None:
                raise SetupError(f"the console does not start: {''.join(told)}", "start inspector serve by hand")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.communicate()


def _signed_in(store: Store, name: str, now: datetime) -> str:
    """As if he had signed in; his password opens nothing, for its hash is none."""
    from inspector.web.accounts.sessions import digest_of

    roles = {Role.QA_LEAD, Role.ADMIN, Role.SUPERVISOR} if name == LEAD else {Role.REVIEWER}
    store.people.add(_BOSS, Person(name, frozenset(roles)), now)
    store.accounts.reset(_BOSS, name, "none", now)
    token = secrets.token_urlsafe(32)
    session = WebSession(digest_of(token), name, secrets.token_urlsafe(16), now + timedelta(hours=12))
    store.accounts.change_password("none", session, now)
    return token
