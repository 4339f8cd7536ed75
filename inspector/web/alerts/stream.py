"""News of alerts for browsers (server-sent events): one reader of the events a process, a queue a listener.

News tells that something happened, never what of whom: a browser then asks for what its person may see.
Source: HTML Living Standard, server-sent events.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from inspector.errors import StorageError
from inspector.storage import Store
from inspector.storage.ledger import Event, EventKind

__all__ = ["LISTENERS", "News", "news_of"]

LISTENERS = 8
"""A person's tabs and screens that may listen at once."""

_LOOK_S = 0.5
_HELD = 200
_KINDS = frozenset(kind.value for kind in EventKind if kind.startswith(("alert.", "incident.", "duty.")))
_LOG = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Listener:
    """``queue``: news not yet sent, None = told to go; who lets it run full is let go."""

    name: str
    queue: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(_HELD))


class News:
    """Follows the events while anybody listens. All of it runs in the event loop of the server."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: set[Listener] = set()
        self._reader: asyncio.Task[None] | None = None

    def is_full(self, name: str) -> bool:
        """Whether that person listens as often as anybody may."""
        return sum(one.name == name for one in self._listeners) >= LISTENERS

    async def listen(self, name: str, after_seq: int | None, wait_s: float) -> AsyncIterator[str]:
        """Messages as they are sent; an empty one when nothing came for ``wait_s``.

        ``after_seq``: the last that the browser has seen, None = only what is new. Ends for a browser that is too slow:
        it asks again, from where it was.
        """
        listener = Listener(name)
        self._listeners.add(listener)
        try:
            last = await run_in_threadpool(self._store.ledger.last_seq)  # after this one it hears by its queue
            if self._reader is None or self._reader.done():
                self._reader = asyncio.create_task(self._follow(last))
            yield await run_in_threadpool(self._missed, last if after_seq is None else after_seq, last)
            while True:
                try:
                    message = await asyncio.wait_for(listener.queue.get(), wait_s)
                except TimeoutError:
                    yield ""
                    continue
                if message is None:
                    return
                yield message
        finally:
            self._listeners.discard(listener)

    def _missed(self, seen: int, last: int) -> str:
        """What was missed, as one message: the browser asks for the state, not for the way there."""
        found = self._store.ledger.events(max(seen, last - _HELD), _HELD) if seen < last else ()
        if seen < last - _HELD or any(event.kind in _KINDS for event in found):
            return f"id: {last}\nevent: news\ndata: missed\n\n"
        return f"id: {last}\nevent: ready\ndata: ready\n\n"

    async def _follow(self, seq: int) -> None:
        while self._listeners:
            try:
                events = await run_in_threadpool(self._store.ledger.events, seq, _HELD)
            except StorageError as error:
                _LOG.warning("no news of alerts: %s", error.message)
                events = ()
            for event in events:
                seq = event.seq
                self._tell(event)
            await asyncio.sleep(_LOOK_S)

    def _tell(self, event: Event) -> None:
        if event.kind not in _KINDS:
            return
        message = f"id: {event.seq}\nevent: news\ndata: {event.kind}\n\n"
        for listener in tuple(self._listeners):
            if listener.queue.full():
                listener.queue.get_nowait()
                listener.queue.put_nowait(None)
                self._listeners.discard(listener)
            else:
                listener.queue.put_nowait(message)


def news_of(request: Request) -> News:
    """The one of this application."""
    return cast(News, request.app.state.alert_news)
