"""What every request of one console shares, and who sends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol, cast
from zoneinfo import ZoneInfo

from starlette.requests import HTTPConnection

from inspector.config import Settings
from inspector.review.rulebook import Rulebook, rulebook_of
from inspector.roles import Actor, Deed, may
from inspector.rules.load import load_packs
from inspector.rules.plan import Plan
from inspector.storage import Store

__all__ = ["Caller", "Console", "Lang", "Sessions", "console_of", "open_console"]

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is signed in. ``key``: of his session or token; ``csrf``: what a form must bring back, empty for a
    token. A token narrows what the actor may do, here and in every service (``Actor.scopes``)."""

    actor: Actor
    key: str
    csrf: str

    def may(self, deed: Deed, teams: frozenset[str] | None = None) -> bool:
        """Whether he may do it to something of ``teams``; None: it concerns no team in particular."""
        return may(self.actor, deed, teams)

    def may_somewhere(self, deed: Deed) -> bool:
        """Whether he may do it to anything: everywhere, or to what concerns his teams."""
        return self.may(deed) or self.may(deed, self.actor.teams)


class Sessions(Protocol):
    """Tells who sends a request."""

    def caller(self, request: HTTPConnection) -> Caller | None:
        """None: nobody is signed in. Raises StorageError when the database fails."""


@dataclass(frozen=True, slots=True)
class Console:
    """``plan`` and ``rules``: the packs in force when it started. ``clock``: what time it is, in UTC."""

    settings: Settings
    store: Store
    sessions: Sessions
    plan: Plan
    rules: Rulebook
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def zone(self) -> ZoneInfo:
        """The bank's clock, by which people are shown times."""
        return ZoneInfo(self.settings.business_tz)


def open_console(settings: Settings, store: Store, sessions: Sessions) -> Console:
    """Raises PackError when the packs are wrong."""
    plan = load_packs(settings.packs_dir).plan()
    return Console(settings, store, sessions, plan, rulebook_of(plan))


def console_of(request: HTTPConnection) -> Console:
    """The console that a request came to."""
    return cast(Console, request.app.state.console)
