"""Judges what must be said. "Not said" is claimed only for a window that was really heard."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.model import Because, Evidence, Outcome, Party, Span
from inspector.rules.coverage import cover, doubt
from inspector.rules.grade import Graded
from inspector.rules.match import Wording
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import NOT_APPLICABLE, SILENT, Verdict, evidence_of
from inspector.rules.view import CallView, Window

__all__ = ["judge_required"]


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of the wording: said in the window, perhaps said (by a party unknown), or said only after it."""

    name: str
    wanted: str
    said: bool
    perhaps: tuple[Graded, ...]
    late: tuple[Graded, ...]


def judge_required(compiled: CompiledRule, view: CallView) -> Verdict:
    """Silent when enough parts were said; fires when not, and the window was heard; else undetermined."""
    rule = compiled.rule
    party = compiled.party
    occurred, perhaps = view.doubt_about(rule.needs)
    if view.has_fact(rule.facts.not_applicable) or (not occurred and perhaps is None):
        return NOT_APPLICABLE
    if view.has_fact(rule.facts.satisfied):
        return SILENT
    window = view.window(rule.where, party)
    if window is None:
        return _no_window(compiled, view, party)
    parts = [_part(name, wording, compiled, view, window) for name, wording in compiled.parts]
    need = rule.match.need or len(parts)
    if sum(part.said for part in parts) >= need:
        return SILENT
    missing = [part for part in parts if not part.said]
    evidence = (*_context(compiled, view), *_absence(missing, window.span, party or Party.UNKNOWN))
    because = perhaps or _doubt(parts, need, view, window, party)
    coverage = cover(view.hearing, window.span, party)
    if because is not None:
        return Verdict(Outcome.UNDETERMINED, because, evidence, coverage)
    late = all(part.late for part in missing)
    return Verdict(Outcome.FIRES, None, evidence, coverage, rule.late_message if late else "")


def _part(name: str, wording: Wording, compiled: CompiledRule, view: CallView, window: Window) -> _Part:
    judged = compiled.parties
    # A doubtful guard does not unsay a disclosure: what must be said is heard generously.
    places = view.places(compiled, wording.all(view.heard_from(*judged, Party.SYSTEM, Party.UNKNOWN), compiled.accept))
    inside = []
    for place in places:
        from_s = window.span.start_s - 0.01 if place.hit.passage.party in judged else window.others_from_s
        if from_s <= place.hit.start_s < window.span.end_s:
            inside.append(place)
    known = [place for place in inside if place.hit.passage.party is not Party.UNKNOWN]
    late = tuple(
        place
        for place in places
        if place.hit.start_s >= window.span.end_s and place.hit.passage.party is not Party.UNKNOWN
    )
    return _Part(name, wording.first_wanted, bool(known), () if known else tuple(inside), late)


def _doubt(
    parts: list[_Part], need: int, view: CallView, window: Window, party: Party | None
) -> Because | None:
    if sum(part.said or bool(part.perhaps) for part in parts) >= need:
        return Because.PARTY_UNKNOWN
    if window.cut:
        return Because.CUT_OFF
    return doubt(view.hearing, cover(view.hearing, window.span, party), party)


def _no_window(compiled: CompiledRule, view: CallView, party: Party | None) -> Verdict:
    """The party never spoke: nothing to judge in an empty call, but a lost lane when the others talked.

    Or what should open the window (``after``) did not occur, or only perhaps.
    """
    opens = compiled.rule.where.after
    occurred, perhaps = view.doubt_about((opens,)) if opens else (False, Because.NOT_HEARD)
    if occurred or perhaps is None or not view.hearing.speech:
        return NOT_APPLICABLE
    span = Span(0.0, max(view.end_s, 0.001))
    return Verdict(Outcome.UNDETERMINED, perhaps, (), cover(view.hearing, span, party))


def _context(compiled: CompiledRule, view: CallView) -> tuple[Evidence, ...]:
    """Where the events were that made the wording due, so that a reviewer can hear them."""
    where = compiled.rule.where
    names = [*compiled.rule.needs, *filter(None, (where.after, where.before))]
    places = (view.sure(name)[:1] for name in dict.fromkeys(names))
    return tuple(evidence_of(place.hit) for found in places for place in found)


def _absence(missing: list[_Part], span: Span, party: Party) -> tuple[Evidence, ...]:
    """What was not heard, and where somebody, perhaps that party, did say it."""
    start_s, end_s = round(span.start_s, 3), round(span.end_s + 0.001, 3)
    perhaps = [evidence_of(place.hit) for part in missing for place in part.perhaps[:1]]
    absent = [part.name or part.wanted for part in missing if not part.perhaps]
    return (*perhaps, *(Evidence(start_s, end_s, party, "", wanted, "absence", 1.0) for wanted in absent))
