"""The console over a demonstration: everybody has one password, and calls come in while somebody looks."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from inspector.config import Settings
from inspector.demo.cast import BOSS, people
from inspector.demo.fill import Demonstration, Tell, demo_settings, fill
from inspector.errors import InspectorError
from inspector.review.rulebook import rulebook_of
from inspector.storage import Store
from inspector.storage.accounts import WebSession
from inspector.web.accounts.passwords import hash_of
from inspector.web.accounts.sessions import StoredSessions, digest_of
from inspector.web.console import Console

__all__ = ["demonstration"]

_LOG = logging.getLogger(__name__)
_LOOK_S = 2.0


@contextmanager
def demonstration(settings: Settings, password: str, tell: Tell) -> Iterator[Console]:
    """Makes it anew below home and lets it go on until the end. ``password``: everybody's."""
    ours = demo_settings(settings)
    made = fill(ours, settings.models_dir, tell)
    with closing(made.store), made.ears.reader:
        _let_everybody_in(made.store, password)
        ended = Event()
        going_on = [Thread(target=work, args=(made, ended)) for work in (_hear_more, _keep_house)]
        for thread in going_on:
            thread.start()
        try:
            sessions = StoredSessions(made.store, ours, lambda: datetime.now(UTC))
            yield Console(ours, made.store, sessions, made.plan, rulebook_of(made.plan))
        finally:
            ended.set()
            for thread in going_on:
                thread.join()


def _hear_more(made: Demonstration, ended: Event) -> None:
    try:
        made.more(ended.is_set)
    except InspectorError as error:
        _LOG.error("no further calls of the demonstration: %s", error.message)


def _keep_house(made: Demonstration, ended: Event) -> None:
    """What the courier does where calls are really worked off: what is late goes up, what is over is final."""
    store = made.store
    while not ended.wait(_LOOK_S):
        now = datetime.now(UTC)
        for look in (store.alerts.escalate, store.incidents.look, store.violations.look, store.tasks.look):
            try:
                look(now)
            except InspectorError as error:
                _LOG.error("the demonstration's clocks: %s", error.message)


def _let_everybody_in(store: Store, password: str) -> None:
    """As if everybody had changed the password that he was given; nobody is signed in."""
    kept, now = hash_of(password), datetime.now(UTC)
    for person in people():
        store.accounts.reset(BOSS, person.name, kept, now)
        session = WebSession(digest_of(secrets.token_urlsafe(32)), person.name, secrets.token_urlsafe(16), now)
        store.accounts.change_password(kept, session, now - timedelta(seconds=1))
