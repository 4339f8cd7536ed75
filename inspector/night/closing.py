"""What is done once when nothing of a day is open: the draw, the budget of the undetermined, the closed part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from inspector.config import Settings
from inspector.night.lease import DriversLease
from inspector.night.numbers import balance_object
from inspector.night.summary import figures_of
from inspector.roles import Actor, Deed, require
from inspector.sampling.day import DayDraw, draw_day
from inspector.storage import Store
from inspector.storage.nights import lease_of

__all__ = ["SignedOff", "close_night", "sign_off"]


@dataclass(frozen=True, slots=True)
class SignedOff:
    """How many calls are not waited for. ``closed``: the run is; else the process that drives it will close it."""

    calls: int
    closed: bool


def close_night(day: date, *, settings: Settings, store: Store, actor: Actor) -> int | None:
    """Draws from what no draw has listed yet, opens reviews within the budget, closes the open part.

    Killed anywhere it can be done again: what is drawn stays drawn. Returns the part that was closed; None when none
    is open, or something of it is. Raises PolicyError and ConfigError about the secret, StorageError.
    """
    # Over all that is listed: what became of a call plays no part.
    listed = store.draws.known(store.nights.source_ids(day))
    draw_day(store, settings, DayDraw(day), listed, actor, datetime.now(UTC))
    store.admit_undetermined(settings.review.undetermined_share)
    rows, of_switch = store.nights.counts(day)
    figures = figures_of(store.nights.calls(day), rows, has_cdr=of_switch > 0)
    run = store.nights.of(day)
    still = [part.no for part in run.parts if part.closed_at is None] if run else []
    own = figures.by_part.get(still[0]) if still else None
    numbers = {"day": balance_object(figures.balance), "part": None if own is None else balance_object(own)}
    return store.nights.close(day, numbers, actor.name)


def sign_off(day: date, reason: str, *, settings: Settings, store: Store, actor: Actor) -> SignedOff | None:
    """Says why what is open is not waited for, and closes the run unless a process drives it. None: nothing is open to
    be signed off. Raises PolicyError, ConfigError about the secret, StorageError."""
    require(actor, Deed.SIGN_NIGHT_OFF)
    signed = store.nights.sign_off(day, actor.name, reason)
    if signed is None:
        return None
    with DriversLease(store.ledger, lease_of(day), settings.night.lease_s) as lease:
        ours = lease.held
        if ours:
            close_night(day, settings=settings, store=store, actor=actor)
        return SignedOff(signed, ours)
