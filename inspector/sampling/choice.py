"""Which calls a draw is from, and by which terms: one base for each kind. Pure.

============  ==========================================  =========================  ======================
kind          base                                        how many                   spread over
============  ==========================================  =========================  ======================
random        every call that is listed                   ``rate``                   ``strata``
self_check    calls in which a stable rule fires          all                        teams
recheck       one of four, named in the draw              ``recheck_rate``           ``strata``
mystery       calls marked as test calls in the manifest  ``mystery_rate``           –
coverage      calls of agents who are short of calls      what each of them lacks    agents
directed      calls that a condition holds for            a limit                    –
============  ==========================================  =========================  ======================
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from inspector.config import RecheckBase, SamplingSettings
from inspector.rules.facts import holds, unknown_fields
from inspector.sampling.draw import DrawKind, Limit, Terms
from inspector.sampling.strata import EVERY_CALL, Listed, stratum_of

__all__ = [
    "Choice",
    "Condition",
    "by_condition",
    "coverage",
    "every_call",
    "month_to",
    "mystery",
    "recheck",
    "self_check",
    "unsaid",
]

_ALL = Decimal(1)
_BY_AGENT = ("agent",)
_UNSAID = "[null]"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is drawn from, how much of it and by which terms."""

    calls: tuple[Listed, ...]
    rate: Decimal
    terms: Terms

    def among(self, is_new: Callable[[Listed], bool]) -> Choice:
        """Of these calls only. Limits stay."""
        return replace(self, calls=tuple(filter(is_new, self.calls)))


@dataclass(frozen=True, slots=True)
class Condition:
    """Which calls a directed draw is from: those for which all of ``when`` hold (conditions as rules write them), in
    which ``rule_id`` fires, and which ``call_ids`` names; at most ``limit`` of them. At least one must be given."""

    limit: int
    when: tuple[str, ...] = ()
    rule_id: str | None = None
    call_ids: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if self.limit < 1 or not (self.when or self.rule_id or self.call_ids is not None):
            raise ValueError("a directed draw has a limit and a condition")
        if wrong := [name for one in self.when for name in unknown_fields(one)]:
            raise ValueError(f"no manifest has a field {', '.join(wrong)}")

    @property
    def base(self) -> str:
        """The condition as the draw names it; of a list of calls how many it names."""
        listed = None if self.call_ids is None else len(self.call_ids)
        told = {"when": list(self.when), "rule": self.rule_id, "listed": listed}
        return json.dumps({key: value for key, value in told.items() if value}, ensure_ascii=False, sort_keys=True)


def every_call(calls: Iterable[Listed], rate: Decimal, by: tuple[str, ...]) -> Choice:
    """The random sample."""
    return Choice(tuple(calls), rate, Terms(by=by))


def self_check(calls: Iterable[Listed], with_findings: Collection[str]) -> Choice:
    """All calls in which a stable rule fires, for the teams they belong to."""
    terms = Terms(DrawKind.SELF_CHECK, "with_findings", ("team",))
    return Choice(tuple(call for call in calls if call.id in with_findings), _ALL, terms)


def recheck(
    calls: Iterable[Listed], base: Collection[str] | None, named: RecheckBase, settings: SamplingSettings
) -> Choice:
    """A share of what is in ``base`` (None: of all calls), which is ``named`` so."""
    within = tuple(call for call in calls if base is None or call.id in base)
    return Choice(within, settings.recheck_rate, Terms(DrawKind.RECHECK, named, settings.strata))


def mystery(calls: Iterable[Listed], settings: SamplingSettings) -> Choice:
    """The calls of test customers, as their list marks them."""
    marked = tuple(call for call in calls if call.facts.mystery)
    return Choice(marked, settings.mystery_rate, Terms(DrawKind.MYSTERY, "marked_mystery"))


def coverage(calls: Iterable[Listed], drawn: Collection[str], settings: SamplingSettings, last: date) -> Choice:
    """What agents lack of their minimum in the month of ``last`` so far. ``calls``: of that month, up to that day.

    ``drawn``: what the random sample and earlier draws like this one drew. A call without an agent counts for nobody,
    and neither does a drawn one that is not among ``calls``.
    """
    of_agent = [call for call in calls if call.facts.agent]
    had = Counter(stratum_of(call.facts, _BY_AGENT) for call in of_agent if call.id in drawn)
    left = [call for call in of_agent if call.id not in drawn]
    lacking = {name: settings.agent_minimum - had[name] for name in {stratum_of(one.facts, _BY_AGENT) for one in left}}
    limits = tuple(Limit(name, lacks) for name, lacks in sorted(lacking.items()) if lacks > 0)
    named = {limit.stratum for limit in limits}
    short = tuple(call for call in left if stratum_of(call.facts, _BY_AGENT) in named)
    base = f"agents below {settings.agent_minimum} in {month_to(last)[0]}..{last}"
    return Choice(short, _ALL, Terms(DrawKind.COVERAGE, base, _BY_AGENT, limits))


def by_condition(calls: Iterable[Listed], condition: Condition, fired: Collection[str] | None) -> Choice:
    """``fired``: the calls in which the rule of the condition fires; None without one."""
    found = tuple(
        call
        for call in calls
        if all(holds(call.facts, (one,)) for one in condition.when)
        and (fired is None or call.id in fired)
        and (condition.call_ids is None or call.id in condition.call_ids)
    )
    return Choice(found, _ALL, Terms(DrawKind.DIRECTED, condition.base, (), (Limit(EVERY_CALL, condition.limit),)))


def month_to(last: date) -> tuple[date, date]:
    """The days of its month up to this one."""
    return last.replace(day=1), last


def unsaid(calls: Iterable[Listed], by: Iterable[str]) -> tuple[str, ...]:
    """The fields of which no call says anything: they part nothing."""
    facts = [call.facts for call in calls]
    return tuple(name for name in by if all(stratum_of(one, (name,)) == _UNSAID for one in facts))
