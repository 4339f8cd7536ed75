"""Calls that grow: cut at any time, with parties that become known late, judged step by step and in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from inspector.model import Call, Facts, Hearing, Inspection, Outcome, Party
from inspector.rules.growing import heard_by
from inspector.rules.incremental import Certain, LiveJudge
from inspector.rules.judge import judge
from inspector.rules.plan import Plan


@dataclass(frozen=True)
class Blind:
    """Until ``known_s`` nobody knows who spoke in [from_s, to_s)."""

    from_s: float
    to_s: float
    known_s: float

    def seen(self, hearing: Hearing, at_s: float) -> Hearing:
        """The hearing as it was at that time."""
        if at_s >= self.known_s:
            return hearing
        columns = {name: tuple(map(self._hidden, getattr(hearing, name))) for name in _OF_A_PARTY}
        return replace(hearing, **columns)

    def _hidden(self, one: Any) -> Any:
        return replace(one, party=Party.UNKNOWN) if self.from_s <= one.start_s < self.to_s else one


_OF_A_PARTY = ("turns", "speech", "unheard", "emotions")
SEEING = Blind(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Followed:
    """What was told of a call on the way, what it answered when it was decided, and what the whole call answers."""

    told: tuple[Certain, ...]
    decided: dict[str, Outcome]
    whole: Inspection


def follow(plan: Plan, hearing: Hearing, cuts_s: Sequence[float], late: Facts, blind: Blind = SEEING) -> Followed:
    """Judges the call at every cut and in the end, each time against :func:`judge` of the same.

    ``late``: what the business knows of it in the end; on the way nothing that comes late.
    """
    on_the_way = Call("test", "1", replace(late, hangup_by=None, ticket_no=None, transfer_to=None, hold_spans=None))
    live = LiveJudge(on_the_way, plan, "test")
    told: list[Certain] = []
    decided: dict[str, Outcome] = {}
    for at_s in cuts_s:
        cut, complete_s = heard_by(blind.seen(hearing, at_s), at_s)
        step = live.hear(cut, complete_s)
        assert step.inspection == judge(on_the_way, cut, plan, "test"), f"at {at_s} s"
        told += step.certain
        assert decided.keys() <= step.decided
        decided |= {rule: step.inspection.by_rule[rule] for rule in step.decided - decided.keys()}
    return Followed(tuple(told), decided, judge(Call("test", "1", late), hearing, plan, "test"))


def assert_nothing_is_taken_back(followed: Followed) -> None:
    """What was told as certain is found in the whole call, with the same places; what was decided stays."""
    fired = {finding.id: finding for finding in followed.whole.findings if finding.outcome is Outcome.FIRES}
    for one in followed.told:
        assert one.finding.id in fired, one
        assert {*one.finding.evidence} <= {*fired[one.finding.id].evidence}, one
    changed = {rule: answer for rule, answer in followed.decided.items() if followed.whole.by_rule[rule] is not answer}
    assert changed == {}


def seeded(seed: int) -> Random:
    """The same calls in every run."""
    return Random(seed)  # noqa: S311 - no secret


def random_blind(random: Random, end_s: float) -> Blind:
    """Mostly everybody is known; else a part of the call, or all of it, is nobody's for a while."""
    if random.random() < 0.6:
        return SEEING
    if random.random() < 0.5:
        return Blind(0.0, end_s, random.uniform(0.0, end_s))
    from_s = random.uniform(0.0, end_s)
    return Blind(from_s, from_s + random.uniform(1.0, 20.0), random.uniform(from_s, end_s + 20.0))


def random_cuts(random: Random, hearing: Hearing, count: int) -> list[float]:
    """Times at which something has just ended, or any; the end of the call is the last of them."""
    end_s = max([hearing.recording.duration_s, *(turn.end_s for turn in hearing.turns)])
    ends_s = [span.end_s for span in hearing.speech]
    some = [random.choice(ends_s) if random.random() < 0.7 else random.uniform(0.1, end_s) for _ in range(count)]
    return [*sorted(some), end_s]
