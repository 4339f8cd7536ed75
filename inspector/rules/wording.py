"""Judges what must not be said (forbidden) and what calls for attention (signal)."""

from __future__ import annotations

from inspector.model import Because, Outcome, Span
from inspector.rules.compose import enough
from inspector.rules.conditions import judge_conditions
from inspector.rules.grade import Graded
from inspector.rules.lanes import is_uninspectable
from inspector.rules.matchers import Match
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import NOT_APPLICABLE, SILENT, Verdict, evidence_of, said
from inspector.rules.view import CallView
from inspector.rules.windows import windows_of

__all__ = ["judge_wording", "nothing_found"]


def judge_wording(compiled: CompiledRule, view: CallView) -> Verdict:
    """Fires at every sure hit in the window; undetermined when all hits are doubtful; else silent."""
    applies, perhaps = view.prerequisites(compiled.rule)
    windows = windows_of(view, compiled.rule.where, compiled.party) if applies or perhaps else ()
    if not windows:
        return NOT_APPLICABLE
    if compiled.logic is not None:
        verdict = judge_conditions(compiled, compiled.logic, view, perhaps)
        return nothing_found(compiled, view, view.whole) if verdict is SILENT else verdict
    spans = [window.span for window in windows]
    graded = view.graded(compiled)
    places = [place for place in graded if any(s.start_s <= place.hit.start_s < s.end_s for s in spans)]
    match = compiled.rule.match
    if not enough((place.hit for place in places), match.distinct, match.times):
        return nothing_found(compiled, view, Span(spans[0].start_s, max(span.end_s for span in spans)))
    doubt = perhaps or _doubt(places, match)
    if doubt is None:
        return Verdict(Outcome.FIRES, None, said(places))
    near = Span(max(0.0, places[0].hit.start_s - 5), places[-1].hit.end_s)
    evidence = tuple(evidence_of(place.hit) for place in places)
    return Verdict(Outcome.UNDETERMINED, doubt, evidence, view.cover(near, compiled.party))


def _doubt(places: list[Graded], match: Match) -> Because | None:
    """None when enough of the places are sure."""
    if enough((place.hit for place in places if place.because is None), match.distinct, match.times):
        return None
    return next(place.because for place in places if place.because is not None)


def nothing_found(compiled: CompiledRule, view: CallView, span: Span) -> Verdict:
    """Silent, unless nobody was there whom the rule judges, or hardly anything of them was heard."""
    asked = ("nothing found", compiled.parties, span)
    if asked not in view.known:
        view.known[asked] = _nothing_found(compiled, view, span)
    verdict: Verdict = view.known[asked]
    return verdict


def _nothing_found(compiled: CompiledRule, view: CallView, span: Span) -> Verdict:
    if not any(spoken.party in compiled.listeners for spoken in view.hearing.speech):
        return NOT_APPLICABLE
    for party in compiled.parties:
        coverage = view.cover(span, party)
        if is_uninspectable(coverage):
            return Verdict(Outcome.UNDETERMINED, Because.NOT_HEARD, (), coverage)
    return SILENT
