"""A draw from the calls of a business day, from the base to the rows on record: for commands and the night run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from inspector import __version__
from inspector.config import RecheckBase, Settings
from inspector.roles import Actor, Deed, require
from inspector.sampling.choice import (
    Choice,
    Condition,
    by_condition,
    coverage,
    every_call,
    month_to,
    mystery,
    recheck,
    self_check,
    unsaid,
)
from inspector.sampling.draw import DrawKind, Order, draw
from inspector.sampling.draw_file import DrawFile
from inspector.sampling.month_secret import committed_secret
from inspector.sampling.strata import Listed, strata_of
from inspector.storage import Store

__all__ = ["DayDraw", "Drawn", "days_of", "draw_day"]


@dataclass(frozen=True, slots=True)
class DayDraw:
    """What is to be drawn for a business date.

    ``rate``: of a random draw, None: as set. ``base``: of a re-check, None: as set. ``condition``: of a directed draw.
    """

    business_date: date
    kind: DrawKind = DrawKind.RANDOM
    rate: Decimal | None = None
    base: RecheckBase | None = None
    condition: Condition | None = None

    def __post_init__(self) -> None:
        if (self.condition is not None) is not (self.kind is DrawKind.DIRECTED):
            raise ValueError("a directed draw has a condition, and no other has")
        if (self.rate and self.kind is not DrawKind.RANDOM) or (self.base and self.kind is not DrawKind.RECHECK):
            raise ValueError("a rate is of a random draw, a base of a re-check")


@dataclass(frozen=True, slots=True)
class Drawn:
    """The draws of that kind, base and date to be shown: the new one, or those that stand because no call is new.

    None at all: there was nothing to draw from. ``unsaid``: fields of strata that no call says anything of.
    ``without_agent``: calls that a minimum per agent cannot count.
    """

    files: tuple[DrawFile, ...]
    is_new: bool
    unsaid: tuple[str, ...] = ()
    without_agent: int = 0


def days_of(kind: DrawKind, day: date) -> tuple[date, date]:
    """The business dates whose calls such a draw is from: a minimum per agent is of the month so far."""
    return month_to(day) if kind is DrawKind.COVERAGE else (day, day)


def draw_day(
    store: Store, settings: Settings, asked: DayDraw, calls: Iterable[Listed], actor: Actor, now: datetime
) -> Drawn:
    """Draws from what no earlier draw of that kind, base and date listed, and keeps the draw.

    ``calls``: every listed call of ``days_of`` the draw, heard or not. Drawing the same again changes nothing. Raises
    PolicyError when the actor may not or the month's secret is not the one committed to, ConfigError when its file
    cannot be used, and StorageError.
    """
    require(actor, Deed.DRAW_SAMPLE)
    listed = tuple(calls)
    choice = _choice(store, settings, asked, listed)
    earlier = store.draws.of(asked.business_date, asked.kind)
    taken = {call_id for file in earlier for call_id in _taken(file, choice)}
    new = choice.among(lambda call: call.id not in taken)
    without_agent = sum(not call.facts.agent for call in listed) if asked.kind is DrawKind.COVERAGE else 0
    if not new.calls:
        same = tuple(file for file in earlier if file.draw.terms.base == choice.terms.base)
        return Drawn(same, False, without_agent=without_agent)
    order = Order(asked.business_date, len(earlier) + 1, new.rate, new.terms)
    _draw_and_keep(order, new.calls, store, settings.home, actor, now)
    files = store.draws.of(asked.business_date, asked.kind)[-1:]
    return Drawn(files, True, unsaid(new.calls, new.terms.by), without_agent)


def _choice(store: Store, settings: Settings, asked: DayDraw, calls: tuple[Listed, ...]) -> Choice:
    day, rules = asked.business_date, settings.sampling
    if asked.condition is not None:
        rule_id = asked.condition.rule_id
        fired = None if rule_id is None else store.draw_bases.with_findings(day, rule_id)
        return by_condition(calls, asked.condition, fired)
    if asked.kind is DrawKind.COVERAGE:
        drawn = store.draws.drawn(*month_to(day), (DrawKind.RANDOM, DrawKind.COVERAGE))
        return coverage(calls, drawn, rules, day)
    if asked.kind is DrawKind.SELF_CHECK:
        return self_check(calls, store.draw_bases.with_findings(day))
    if asked.kind is DrawKind.MYSTERY:
        return mystery(calls, rules)
    if asked.kind is DrawKind.RECHECK:
        named = asked.base or rules.recheck_base
        return recheck(calls, _base(store, named, day), named, rules)
    return every_call(calls, asked.rate or rules.rate, rules.strata)


def _base(store: Store, named: RecheckBase, day: date) -> frozenset[str] | None:
    if named == "with_findings":
        return store.draw_bases.with_findings(day)
    if named == "self_checked":
        return store.draw_bases.self_checked(day)
    return store.draw_bases.reviewed(day) if named == "reviewed" else None


def _taken(file: DrawFile, choice: Choice) -> Iterable[str]:
    """The calls that an earlier draw leaves nothing to decide about; of another base it only took what it drew."""
    same = file.draw.terms.base == choice.terms.base
    return file.draw.call_ids if same else (item.call_id for item in file.draw.items)


def _draw_and_keep(
    order: Order, calls: Iterable[Listed], store: Store, home: Path, actor: Actor, now: datetime
) -> None:
    secret = committed_secret(home, f"{order.business_date:%Y-%m}", store, actor.name)
    # The next month's secret is committed to before its first call.
    next_month = (order.business_date.replace(day=1) + timedelta(days=32)).replace(day=1)
    committed_secret(home, f"{next_month:%Y-%m}", store, actor.name)
    strata = strata_of(calls, order.terms.by)
    store.draws.add(draw(order, strata, secret, __version__), actor.name, now)
