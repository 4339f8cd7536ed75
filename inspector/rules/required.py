"""Judges what must be said. "Not said" is claimed only for a window that was really heard."""

from __future__ import annotations

from dataclasses import dataclass, replace

from inspector.model import Because, Evidence, Outcome, Party, Span
from inspector.rules.compose import enough
from inspector.rules.conditions import judge_conditions
from inspector.rules.coverage import doubt
from inspector.rules.facts import fields_of, holds, value_of
from inspector.rules.grade import Graded
from inspector.rules.match import Wording
from inspector.rules.matchers import Clearly
from inspector.rules.measure import MIN_RATE_CHARS
from inspector.rules.plan import CompiledRule
from inspector.rules.verbatim import judge_verbatim
from inspector.rules.verdict import NOT_APPLICABLE, SILENT, Verdict, absence_of, evidence_of, worst
from inspector.rules.view import CallView
from inspector.rules.windows import Window, context_of, is_cut, windows_of

__all__ = ["judge_required"]


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of the wording: said in the window, perhaps said, or said only after it.

    Perhaps: by a party unknown, or so that the customer may not have understood it.
    """

    name: str
    wanted: str
    said: bool
    perhaps: tuple[Graded, ...]
    late: tuple[Graded, ...]


def judge_required(compiled: CompiledRule, view: CallView) -> Verdict:
    """Silent when enough parts were said; fires when not, and the window was heard; else undetermined."""
    rule = compiled.rule
    applies, perhaps = view.prerequisites(rule)
    if not applies and perhaps is None:
        return NOT_APPLICABLE
    if holds(view.call.facts, rule.facts.violated):
        return _by_data(compiled, view, perhaps)
    if holds(view.call.facts, rule.facts.satisfied) or not (compiled.parts or compiled.verbatim or compiled.logic):
        return SILENT
    if compiled.logic is not None and view.hearing.speech:
        return judge_conditions(compiled, compiled.logic, view, perhaps)
    windows = windows_of(view, rule.where, compiled.party) if view.hearing.speech else ()
    if not windows:
        return _no_window(compiled, view, compiled.party)
    judge_window = judge_verbatim if compiled.verbatim else _judge_window
    verdicts = [judge_window(compiled, view, window, perhaps) for window in windows]
    return SILENT if rule.where.which == "any" and SILENT in verdicts else worst(verdicts)


def _judge_window(compiled: CompiledRule, view: CallView, window: Window, perhaps: Because | None) -> Verdict:
    rule, party = compiled.rule, compiled.party
    parts = [_part(name, wording, compiled, view, window) for name, wording in compiled.parts]
    need = rule.match.need or len(parts)
    if sum(part.said for part in parts) >= need:
        return SILENT
    missing = [part for part in parts if not part.said]
    context = context_of(compiled, view, window)
    evidence = (*context, *_absence(missing, window.span, party or Party.UNKNOWN))
    because = perhaps or _doubt(parts, need, view, window, party)
    coverage = view.cover(window.span, party)
    if because is not None:
        return Verdict(Outcome.UNDETERMINED, because, evidence, coverage)
    late = all(part.late for part in missing)
    return Verdict(Outcome.FIRES, None, evidence, coverage, rule.late_message if late else "")


def _by_data(compiled: CompiledRule, view: CallView, perhaps: Because | None) -> Verdict:
    """Business data alone show the fault; what was said that made the rule apply is its place in the call."""
    said = tuple(evidence_of(place.hit) for name in compiled.rule.needs for place in view.event(name)[:1])
    conditions = (one for one in compiled.rule.facts.violated if holds(view.call.facts, (one,)))
    names = dict.fromkeys(name for one in conditions for name in fields_of(one))
    data = "、".join(f"{name}={value_of(view.call.facts, name)}" for name in names)
    span = (said[0].start_s, said[0].end_s) if said else (view.whole.start_s, view.whole.end_s)
    evidence = (*said, Evidence(*span, compiled.party or Party.UNKNOWN, "", data, "entity", 1.0))
    if perhaps is not None:
        return Verdict(Outcome.UNDETERMINED, perhaps, evidence, view.cover(view.whole, compiled.party))
    return Verdict(Outcome.FIRES, None, evidence, None)


def _part(name: str, wording: Wording, compiled: CompiledRule, view: CallView, window: Window) -> _Part:
    judged = compiled.parties
    # A doubtful guard does not unsay a disclosure: what must be said is heard generously.
    places = view.said(compiled, wording, compiled.accept, (*judged, Party.SYSTEM, Party.UNKNOWN))
    inside = [place for place in places if window.holds(place.hit, judged)]
    late = tuple(
        place
        for place in places
        if place.hit.start_s >= window.span.end_s and place.hit.passage.party is not Party.UNKNOWN
    )
    leaf = next((element for element in compiled.rule.match.elements if element.name == name), compiled.rule.match)
    surely = [place for place in inside if _because(place, leaf.clearly) is None]
    said = enough((place.hit for place in surely), leaf.distinct)
    if said or not enough((place.hit for place in inside), leaf.distinct):
        return _Part(name, wording.first_wanted, said, (), late)
    doubtful = (replace(place, because=_because(place, leaf.clearly)) for place in inside if place not in surely)
    return _Part(name, wording.first_wanted, False, tuple(doubtful), late)


def _because(place: Graded, clearly: Clearly | None) -> Because | None:
    """Why the place may not count as said. A doubtful guard is no reason, see above."""
    hit = place.hit
    if hit.passage.party is Party.UNKNOWN:
        return Because.PARTY_UNKNOWN
    if clearly is None:
        return None
    chars, spoken_s = hit.end - hit.start, hit.end_s - hit.start_s
    too_fast = clearly.limit_cpm and chars >= MIN_RATE_CHARS and chars / spoken_s * 60 > clearly.limit_cpm
    return Because.UNCLEAR if too_fast or hit.confidence < (clearly.confidence or 0) else None


def _doubt(parts: list[_Part], need: int, view: CallView, window: Window, party: Party | None) -> Because | None:
    perhaps = [part.perhaps[0].because for part in parts if part.perhaps]
    if sum(part.said for part in parts) + len(perhaps) >= need:
        return perhaps[0]
    if window.cut:
        return Because.CUT_OFF
    return doubt(view.hearing, view.cover(window.span, party), party)


def _no_window(compiled: CompiledRule, view: CallView, party: Party | None) -> Verdict:
    """The party never spoke: nothing to judge in an empty call, but a lost lane when the others talked.

    Or what should open the window (``after``) did not occur, or only perhaps.
    """
    where = compiled.rule.where
    occurred, perhaps = view.doubt_about(view.one_of(where.opens)) if where.opens else (False, Because.NOT_HEARD)
    if where.between is not None and where.between.to_s is not None:  # the call is not that long
        perhaps = Because.CUT_OFF if is_cut(view, 0.0, view.end_s) else None
    if occurred or perhaps is None or not view.hearing.speech:
        return NOT_APPLICABLE
    return Verdict(Outcome.UNDETERMINED, perhaps, (), view.cover(view.whole, party))


def _absence(missing: list[_Part], span: Span, party: Party) -> tuple[Evidence, ...]:
    """What was not heard, and where somebody, perhaps that party, did say it."""
    perhaps = [evidence_of(place.hit) for part in missing for place in part.perhaps[:1]]
    absent = [part.name or part.wanted for part in missing if not part.perhaps]
    return (*perhaps, *(absence_of(wanted, span, party) for wanted in absent))
