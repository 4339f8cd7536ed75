"""Calibration sessions (校准会): several people judge the same calls blind, then agree on what is right.

What a person says of a rule in a call: that it was violated, that it was not (also by not naming it), or that nobody
can tell. Only rules that somebody named are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from statistics import median

from inspector.review.records import Answer
from inspector.review.statistics.agreement import Agreement, agreement_of

__all__ = [
    "FATAL_TARGET",
    "FEWEST_PEOPLE",
    "MOST_CALLS",
    "POINTS_TARGET",
    "Difference",
    "Pair",
    "Place",
    "Said",
    "Standing",
    "differences",
    "medians",
    "pairs",
    "said_of",
    "standings",
]

MOST_CALLS, FEWEST_PEOPLE = 10, 3
FATAL_TARGET = 0.9
"""Of the fatal items, the share that a person should judge as was agreed."""
POINTS_TARGET = 5.0
"""A person's total for a call should not be further from the agreed one."""

Place = tuple[str, str]
"""A call and a rule."""


class Said(StrEnum):
    """What somebody says of one rule in one call."""

    VIOLATED = "violated"
    NOT_VIOLATED = "not_violated"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule in a call of which people do not say the same: who said what."""

    call_id: str
    rule_id: str
    said: Mapping[str, Said]


@dataclass(frozen=True, slots=True)
class Pair:
    """How far two people agree; None with fewer than two rules to compare."""

    one: str
    other: str
    agreement: Agreement | None


@dataclass(frozen=True, slots=True)
class Standing:
    """One person beside what was agreed. None: nothing to compare with.

    ``fatal_share``: of the fatal items judged as agreed; ``points_off``: the largest distance of his totals.
    """

    person: str
    fatal_items: int
    fatal_share: float | None
    points_off: float | None

    @property
    def outside(self) -> bool:
        """Whether he is further off than the targets allow."""
        fatal = self.fatal_share is not None and self.fatal_share < FATAL_TARGET
        return fatal or (self.points_off is not None and self.points_off > POINTS_TARGET)


def said_of(answers: Iterable[Answer]) -> Said:
    """Of all that one person answered about one rule in one call; a mark is a confirmation."""
    given = set(answers)
    if Answer.CONFIRMED in given:
        return Said.VIOLATED
    return Said.CANNOT_TELL if Answer.CANNOT_TELL in given else Said.NOT_VIOLATED


def differences(judged: Mapping[Place, Mapping[str, Said]]) -> tuple[Difference, ...]:
    """What people do not say alike. ``judged``: by call and rule what each of them says."""
    return tuple(
        Difference(call_id, rule_id, said)
        for (call_id, rule_id), said in sorted(judged.items())
        if len(set(said.values())) > 1
    )


def pairs(judged: Mapping[Place, Mapping[str, Said]], people: Sequence[str]) -> tuple[Pair, ...]:
    """How far each two agree over what both have judged."""
    return tuple(
        Pair(
            one,
            other,
            agreement_of([(said[one], said[other]) for said in judged.values() if one in said and other in said]),
        )
        for one, other in combinations(sorted(people), 2)
    )


def standings(
    judged: Mapping[Place, Mapping[str, Said]],
    agreed: Mapping[Place, Said],
    fatal: Iterable[str],
    totals: Mapping[tuple[str, str], float],
    agreed_totals: Mapping[str, float],
) -> tuple[Standing, ...]:
    """Everybody beside what was agreed, but for whom there is nothing to compare with.

    ``fatal``: ids of rules of which one violation is too many (一票否决). ``totals``: points by call and person,
    ``agreed_totals``: by call.
    """
    fatal_rules = frozenset(fatal)
    people = sorted({person for said in judged.values() for person in said} | {person for _, person in totals})
    found = []
    for person in people:
        items = [
            judged[place][person] is right
            for place, right in agreed.items()
            if place[1] in fatal_rules and person in judged.get(place, {})
        ]
        off = [
            abs(points - agreed_totals[call_id])
            for (call_id, who), points in totals.items()
            if who == person and call_id in agreed_totals
        ]
        if items or off:
            share = sum(items) / len(items) if items else None
            found.append(Standing(person, len(items), share, max(off, default=None)))
    return tuple(found)


def medians(totals: Mapping[tuple[str, str], float]) -> dict[str, float]:
    """By call, the middle of the totals: what one person's is compared with. Of fewer than three there is no middle."""
    by_call: dict[str, list[float]] = {}
    for (call_id, _), points in totals.items():
        by_call.setdefault(call_id, []).append(points)
    return {call_id: median(points) for call_id, points in by_call.items() if len(points) >= FEWEST_PEOPLE}
