"""The sound of the calls that a reviewer is handed next, made while he is at the one before."""

from __future__ import annotations

from typing import cast

from starlette.requests import Request

from inspector.errors import StorageError, UsageError
from inspector.logs import log
from inspector.web.console import Caller, console_of
from inspector.web.sound.shelf import Shelf, order_of

__all__ = ["make_ahead"]

_CALLS = 8
"""The heads of many reviewers' queues are the same calls: so many others may be quicker."""


def make_ahead(request: Request, caller: Caller) -> None:
    """Has the sound made of the calls that the caller will probably be handed next. Faults are in the log: whoever is
    handed such a call is told."""
    console, shelf = console_of(request), cast(Shelf, request.app.state.shelf)
    listening = console.store.listening
    try:
        for call_id in console.store.reviews.ahead(caller.actor, _CALLS, console.clock()):
            try:
                shelf.prepare(order_of(console.store, listening.ahead(call_id), full=False))
            except UsageError as error:
                log().info("sound.none_to_make", call_id=call_id, error=error)
    except StorageError as error:
        log().warning("sound.not_made_ahead", error=error)
