"""What a reviewer can take, and what he must not have (回避). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from inspector.facts import Facts
from inspector.roles import Actor
from inspector.sampling.strata import is_field

__all__ = ["Involved", "Reviewer", "Skip", "is_recused"]

MOST_MINUTES = 24 * 60


class Skip(StrEnum):
    """Why somebody gives an item back."""

    INVOLVED = "involved"
    LACKS_SKILL = "lacks_skill"
    NO_SOUND = "no_sound"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A quota and skills. ``skills``: by field of the business data the values that he can review; whatever he has no
    entry for, and calls of which the field is not known, he can. ``away_until``: what is assigned to him is anybody's
    until then."""

    name: str
    minutes_per_day: int
    skills: Mapping[str, frozenset[str]] = field(default_factory=dict)
    away_until: datetime | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.minutes_per_day <= MOST_MINUTES:
            raise ValueError(f"minutes_per_day lies in 0 … {MOST_MINUTES}, got {self.minutes_per_day}")
        wrong = [name for name, values in self.skills.items() if not is_field(name) or not values]
        if wrong:
            raise ValueError(f"no fields of a manifest, or without values: {', '.join(wrong)}")

    def is_away(self, now: datetime) -> bool:
        """Until its end, which is open."""
        return self.away_until is not None and now < self.away_until

    def can_review(self, facts: Facts) -> bool:
        """Whether his skills cover a call."""
        known = {**facts.known(), **{f"custom.{name}": value for name, value in facts.custom.items()}}
        return all(name not in known or str(known[name]) in values for name, values in self.skills.items())


@dataclass(frozen=True, slots=True)
class Involved:
    """Who had to do with a call: its agents, their team, and whoever is excluded by name."""

    agents: frozenset[str]
    team: str | None
    excluded: frozenset[str]


def is_recused(actor: Actor, involved: Involved) -> bool:
    """Nobody judges his own calls, those of his team, or what he has judged before."""
    return (
        actor.name in involved.excluded
        or (actor.agent is not None and actor.agent in involved.agents)
        or (involved.team is not None and involved.team in actor.teams)
    )
