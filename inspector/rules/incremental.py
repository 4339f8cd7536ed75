"""Judges a call while it goes on, with the rules and the answers of :func:`judge`.

After every step the inspection is the one that :func:`judge` makes of what was heard so far. Besides, a finding is told
as certain once nothing that may still be heard can take it back::

    agent     |这款产品稳赚不赔|                         fires, but 是不可能的 may follow
    customer                    |真的吗我不太相信|        the passage is closed: certain
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

from inspector.model import TURN_PAUSE_S, Call, Finding, Hearing, Inspection, Kind, Outcome, Party
from inspector.rules.compose import joins_passages
from inspector.rules.facts import fields_of, holds, in_force
from inspector.rules.grade import Graded
from inspector.rules.growing import GrowingPassages
from inspector.rules.judge import answer, finding_of, judge_view
from inspector.rules.live_class import LATE_FACTS, LiveClass, counts_turns, live_of, stands_alone
from inspector.rules.logic import sides
from inspector.rules.match import Wording
from inspector.rules.passages import Passage
from inspector.rules.plan import CompiledLogic, CompiledRule, Plan
from inspector.rules.schema import Rule, Where
from inspector.rules.verdict import Verdict
from inspector.rules.view import CallView
from inspector.rules.windows import Window, windows_of

__all__ = ["Certain", "LiveJudge", "Step"]


@dataclass(frozen=True, slots=True)
class Certain:
    """A finding that stands whatever is still heard, and the time of the call at which that was so."""

    finding: Finding
    at_s: float


@dataclass(frozen=True, slots=True)
class Step:
    """``certain``: what became so at this step. ``decided``: rules whose answers cannot change any more, all so far."""

    inspection: Inspection
    certain: tuple[Certain, ...]
    decided: frozenset[str]


class LiveJudge:
    """One call that goes on. ``call``: with all business data but :data:`LATE_FACTS`; ``code``: as for ``judge``."""

    def __init__(self, call: Call, plan: Plan, code: str) -> None:
        self.call = call
        self.plan = plan
        self.growing = GrowingPassages()
        self._code = code
        self._settled_until_s = 0.0
        rules = {rule_id: compiled.rule for rule_id, compiled in plan.rules.items()}
        self._decided = {c.rule.id for c in plan.judged if _is_excluded(call, c.rule)}
        waiting = [
            compiled
            for compiled in plan.judged
            if compiled.rule.id not in self._decided
            and live_of(compiled.rule, rules).live_class is not LiveClass.AFTER_CALL
        ]
        self._alone = [compiled for compiled in waiting if stands_alone(compiled.rule)]
        self._hanging = [compiled for compiled in waiting if not stands_alone(compiled.rule)]

    def hear(self, hearing: Hearing, complete_s: float) -> Step:
        """Judges all that was heard so far, ``recording.duration_s`` being the time of the call.

        ``hearing`` holds what it held before, its turns by start, and more; whatever it does not hold yet begins at
        ``complete_s`` or later. A party that is not sure is told as unknown: it may become known, no other may change.
        """
        self.growing.hear(hearing, complete_s)
        view = _RememberingView(self, hearing, self.growing.passages)
        inspection = judge_view(view, self._code)
        told = self._fired(hearing, inspection)
        if self.growing.settled_until_s > self._settled_until_s:
            self._settled_until_s = self.growing.settled_until_s
            told += self._closed(_before(hearing, self._settled_until_s))
        return Step(inspection, tuple(Certain(finding, view.end_s) for finding in told), frozenset(self._decided))

    def _fired(self, hearing: Hearing, inspection: Inspection) -> list[Finding]:
        """Rules that fire by their own words alone, in passages that stay as they are."""
        view = _RememberingView(self, hearing, self.growing.settled)
        firing = [compiled for compiled in self._alone if inspection.by_rule[compiled.rule.id] is Outcome.FIRES]
        return self._decide([(c, verdict) for c in firing if (verdict := answer(c, view)).outcome is Outcome.FIRES])

    def _closed(self, hearing: Hearing) -> list[Finding]:
        """Rules that hang on more than their own words, over the part of the call in which all is settled."""
        view = _RememberingView(self, hearing, self.growing.before)
        verdicts = [(compiled, answer(compiled, view)) for compiled in self._hanging]
        return self._decide([(compiled, verdict) for compiled, verdict in verdicts if _stays(compiled, verdict, view)])

    def _decide(self, verdicts: list[tuple[CompiledRule, Verdict]]) -> list[Finding]:
        self._decided.update(compiled.rule.id for compiled, _ in verdicts)
        self._alone = [compiled for compiled in self._alone if compiled.rule.id not in self._decided]
        self._hanging = [compiled for compiled in self._hanging if compiled.rule.id not in self._decided]
        fired = [(compiled, verdict) for compiled, verdict in verdicts if verdict.outcome is Outcome.FIRES]
        return [finding_of(self.call, compiled, verdict) for compiled, verdict in fired]


class _RememberingView(CallView):
    """Remembers in each passage what was found there: most of them are the same as in the step before."""

    def __init__(self, judge: LiveJudge, hearing: Hearing, passages: tuple[Passage, ...]) -> None:
        super().__init__(judge.call, hearing, judge.plan, passages)
        self._settled_until_s = judge.growing.settled_until_s

    def said(
        self, compiled: CompiledRule, wording: Wording, least: float, parties: tuple[Party, ...]
    ) -> tuple[Graded, ...]:
        if joins_passages(wording):
            return super().said(compiled, wording, least, parties)
        places: list[Graded] = []
        for passage in self.heard_from(*parties):
            known = passage.found.get((wording, least))
            places += known if known is not None else self._said_in(passage, compiled, wording, least)
        places.sort(key=_by_place)
        if any(_by_place(one) == _by_place(other) for one, other in pairwise(places)):
            return super().said(compiled, wording, least, parties)  # two parties at once: only that knows their order
        return tuple(places)

    def _said_in(self, passage: Passage, compiled: CompiledRule, wording: Wording, least: float) -> tuple[Graded, ...]:
        """As for the passage alone; remembered unless what is said or lost before it may still be told."""
        hits = wording.all([passage], least)
        places = self.places(compiled, hits) if hits else ()
        looks_back = compiled.about is not None or compiled.negatable
        if not (hits and looks_back) or passage.turns[0].start_s < self._settled_until_s:
            passage.found[wording, least] = places
        return places


def _by_place(place: Graded) -> tuple[float, int]:
    return place.hit.start_s, place.hit.start


def _before(hearing: Hearing, until_s: float) -> Hearing:
    """The part before a time that nothing reaches over. Speech not heard stays: it may lie close behind a word."""
    return replace(
        hearing,
        recording=replace(hearing.recording, duration_s=until_s),
        turns=tuple(turn for turn in hearing.turns if turn.start_s < until_s),
        speech=tuple(span for span in hearing.speech if span.start_s < until_s),
    )


def _is_excluded(call: Call, rule: Rule) -> bool:
    """Do business data that do not change any more leave the rule nothing to judge?"""
    data = rule.facts
    if not in_force(call.facts, rule.effective):
        return True
    if holds(call.facts, (one for one in data.not_applicable if not _is_late(one))):
        return True
    return bool(data.only) and not any(map(_is_late, data.only)) and not holds(call.facts, data.only)


def _is_late(condition: str) -> bool:
    return not LATE_FACTS.isdisjoint(fields_of(condition))


def _stays(compiled: CompiledRule, verdict: Verdict, view: CallView) -> bool:
    """Is this the answer of every call that begins like this settled part?

    What was said stays said, and a window only ever grows; "not said" needs that it is closed.
    """
    if verdict.outcome not in (Outcome.FIRES, Outcome.SILENT):
        return False
    if compiled.logic is not None:
        return _stays_joined(compiled, compiled.logic, verdict, view)
    required, where = compiled.rule.kind is Kind.REQUIRED, compiled.rule.where
    if verdict.outcome is (Outcome.SILENT if required else Outcome.FIRES) and compiled.verbatim is None:
        return _is_placed(where, view) and (not required or where.which in _ONE_PLACE)
    return (required or where.which in _ONE_PLACE) and _is_closed(compiled, view)


def _stays_joined(compiled: CompiledRule, logic: CompiledLogic, verdict: Verdict, view: CallView) -> bool:
    """As :func:`_stays`: all windows are closed, but those in which it is enough that something was said."""
    required, fires = compiled.rule.kind is Kind.REQUIRED, verdict.outcome is Outcome.FIRES
    if not (required or fires):
        return False
    for name, wanted in sides(logic.expression, not required):
        condition = logic.conditions[name]
        where = condition.rule.where
        if fires and wanted and not counts_turns(where):
            stays = _is_placed(where, view)
        else:
            stays = (fires or where.which in _ONE_PLACE) and _is_closed(condition, view)
        if not stays:
            return False
    return True


_ONE_PLACE = ("first", "nth")


def _is_placed(where: Where, view: CallView) -> bool:
    """Can no event that is still to come move the window?"""
    return where.since is None or not where.reaches or bool(view.sure(where.since))


def _is_closed(compiled: CompiledRule, view: CallView) -> bool:
    """Do the windows of the rule end before the part of the call that is still to come, wherever that goes on?"""
    where, windows = compiled.rule.where, windows_of(view, compiled.rule.where, compiled.party)
    # The turn of the event itself goes on over pauses shorter than that between turns.
    pause_s = TURN_PAUSE_S if where.within_turns is not None and (where.around or not where.within_turns) else 0.0
    if not windows or any(window.span.end_s + pause_s >= view.end_s for window in windows):
        return False
    if where.since is not None and not view.sure(where.since):
        return False
    if where.first is not None:
        wanted = where.first.turns
    else:
        wanted = where.within_turns if where.after or where.around else None
    return wanted is None or all(_turns_from(window, compiled, view) >= wanted for window in windows)


def _turns_from(window: Window, compiled: CompiledRule, view: CallView) -> int:
    """How many turns the party had from the beginning of the window on, or after what opens it."""
    after_s = window.anchor.hit.start_s if window.anchor is not None else -math.inf
    return sum(turn.party in compiled.parties and turn.start_s > after_s for turn in view.hearing.turns)
