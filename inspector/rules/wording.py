"""Judges what must not be said (forbidden) and what calls for attention (signal)."""

from __future__ import annotations

from inspector.model import Because, Coverage, Outcome, Party, Span
from inspector.rules.coverage import cover
from inspector.rules.grade import Graded
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import NOT_APPLICABLE, SILENT, Verdict, said
from inspector.rules.view import CallView

__all__ = ["judge_wording"]

UNINSPECTABLE_SHARE = 0.5
UNINSPECTABLE_LEAST_S = 5.0


def judge_wording(compiled: CompiledRule, view: CallView) -> Verdict:
    """Fires at every sure hit in the window; undetermined when all hits are doubtful; else silent."""
    rule = compiled.rule
    occurred, perhaps = view.doubt_about(rule.needs)
    window = view.window(rule.where, compiled.party)
    if view.has_fact(rule.facts.not_applicable) or (not occurred and perhaps is None) or window is None:
        return NOT_APPLICABLE
    span = window.span
    places = [place for place in view.graded(compiled) if span.start_s <= place.hit.start_s < span.end_s]
    if not places:
        return _nothing_found(compiled, view, span)
    doubt = perhaps or _doubt(places)
    if doubt is None:
        return Verdict(Outcome.FIRES, None, said(places))
    near = Span(max(0.0, places[0].hit.start_s - 5), places[-1].hit.end_s)
    return Verdict(Outcome.UNDETERMINED, doubt, said(places), cover(view.hearing, near, compiled.party))


def _doubt(places: list[Graded]) -> Because | None:
    doubts = [place.because for place in places]
    return None if None in doubts else doubts[0]


def _nothing_found(compiled: CompiledRule, view: CallView, span: Span) -> Verdict:
    if not any(spoken.party in (*compiled.parties, Party.UNKNOWN) for spoken in view.hearing.speech):
        return NOT_APPLICABLE
    for party in compiled.parties:
        coverage = cover(view.hearing, span, party)
        if _uninspectable(coverage):
            return Verdict(Outcome.UNDETERMINED, Because.NOT_HEARD, (), coverage)
    return SILENT


def _uninspectable(coverage: Coverage) -> bool:
    share = coverage.heard_s / coverage.speech_s if coverage.speech_s else 1.0
    return coverage.speech_s >= UNINSPECTABLE_LEAST_S and share < UNINSPECTABLE_SHARE
