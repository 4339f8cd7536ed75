"""Plans of what is to be reviewed: made of what was seen or is given, kept once somebody has seen them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from inspector.config import Settings
from inspector.errors import UsageError
from inspector.roles import Actor, Deed, require
from inspector.sampling.capacity import Sheet, Volume, sheet_of
from inspector.storage import Store

__all__ = ["keep_plan", "make_plan", "seen_before"]

_SEEN = timedelta(days=28)


def seen_before(store: Store, first: date) -> Volume | None:
    """The mean day of the four weeks before a date, of those that have calls on record. None without any."""
    return store.sample_plans.volume(first - _SEEN, first - timedelta(days=1))


def make_plan(
    settings: Settings, days: tuple[date, date], volume: Volume, rostered_min: float, directed: int, actor: Actor
) -> Sheet:
    """The capacity sheet to be shown. Raises PolicyError when the actor may not plan, ValueError for no period."""
    require(actor, Deed.PLAN_SAMPLE)
    return sheet_of(days, volume, rostered_min, directed, settings.sampling)


def keep_plan(store: Store, sheet: Sheet, shown_id: str, actor: Actor, now: datetime) -> None:
    """Keeps a plan with its figures, once. ``shown_id``: the id of the sheet that was shown.

    Raises PolicyError when the actor may not, and UsageError when the sheet is not the one that was shown.
    """
    require(actor, Deed.PLAN_SAMPLE)
    if shown_id != sheet.id:
        raise UsageError(
            "these are not the figures that were shown: settings or calls have changed since",
            f"look at the sheet again and save it by its id: {sheet.id}",
        )
    store.sample_plans.add(sheet, actor.name, now)
