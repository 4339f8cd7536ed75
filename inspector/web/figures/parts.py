"""What pages of figures consist of: each part is asked of the store, kept, and shown, by itself."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from inspector.errors import UsageError
from inspector.roles import Actor, Deed, reach_of, require
from inspector.storage import Store
from inspector.web.figures.alerts import alert_tables, surge_tables
from inspector.web.figures.overview import measure_tables, rate_tables, volume_tables
from inspector.web.figures.people import agent_tables, reviewer_tables
from inspector.web.figures.period import Period
from inspector.web.figures.rules import (
    disagreement_tables,
    rule_figures,
    rule_tables,
    rule_weeks,
    week_tables,
)
from inspector.web.figures.tables import Table, View

__all__ = ["PARTS", "Part", "key_of", "part_of"]


@dataclass(frozen=True, slots=True)
class Part:
    """``of``: what of the period it depends on. ``everywhere``: for whom may see all teams alone."""

    of: Callable[[Period], Hashable]
    compute: Callable[[Store, Actor, Period], Any]
    tables: Callable[[View, Any], list[Table]]
    deed: Deed = Deed.SEE_FIGURES
    everywhere: bool = False


def _days(period: Period) -> Hashable:
    return period.days


def _last(period: Period) -> Hashable:
    return period.last


def _all(period: Period) -> Hashable:
    return period


PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "volumes": Part(_all, lambda store, actor, of: store.volumes.days(actor, of.days, of.team), volume_tables),
        "rates": Part(_days, lambda store, actor, of: store.verdicts.rates(actor, of.days), rate_tables),
        "measures": Part(
            _all, lambda store, actor, of: store.volumes.measures(actor, of.days, of.team), measure_tables
        ),
        "alerts": Part(
            _days,
            lambda store, actor, of: store.alerts.hygiene(actor, *of.days),
            alert_tables,
            Deed.SEE_ALERTS,
            everywhere=True,
        ),
        "surges": Part(
            _last,
            lambda store, actor, of: store.incidents.surges(actor, store.day_begins(of.last + timedelta(days=1))),
            surge_tables,
            Deed.SEE_ALERTS,
            everywhere=True,
        ),
        "rules": Part(_days, rule_figures, rule_tables),
        "weeks": Part(_last, rule_weeks, week_tables, everywhere=True),
        "disagreements": Part(
            _days,
            lambda store, actor, of: store.verdicts.disagreements(actor, of.days),
            disagreement_tables,
            Deed.EXPORT_REVIEWS,
            everywhere=True,
        ),
        "agents": Part(_all, lambda store, actor, of: store.volumes.agents(actor, of.days, of.team), agent_tables),
        "reviewers": Part(
            _days,
            lambda store, actor, of: store.verdicts.agreements(actor, of.days),
            reviewer_tables,
            everywhere=True,
        ),
    }
)


def part_of(name: str) -> Part:
    """Raises UsageError for a name that no part has."""
    if name not in PARTS:
        raise UsageError("there are no such figures", "start from the menu")
    return PARTS[name]


def key_of(name: str, actor: Actor, period: Period) -> Hashable:
    """Whoever has the same key may see the same figures. Raises PolicyError for who may not see these."""
    part = part_of(name)
    if part.everywhere:
        require(actor, part.deed)
    return name, part.of(period), reach_of(actor, part.deed)
