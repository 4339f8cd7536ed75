"""Judges emotion: the voice must show it and the words must fit. A voice alone, or words alone, are nothing."""

from __future__ import annotations

from inspector.model import Because, EmotionSpan, Evidence, Outcome, Span
from inspector.rules.grade import Graded
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import NOT_APPLICABLE, SILENT, Verdict, evidence_of
from inspector.rules.view import CallView
from inspector.rules.wording import nothing_found

__all__ = ["judge_emotion"]

NEAR_S = 10.0  # how far from the words the voice may show it


def judge_emotion(compiled: CompiledRule, view: CallView) -> Verdict:
    """Fires when enough turns of the party sound so, with the rule's wording in or near them.

    Undetermined (``no_sound``) when there is wording but no sound to hear the voice in.
    """
    wanted = compiled.rule.match.emotion
    if wanted is None or not view.hearing.speech:
        return NOT_APPLICABLE
    words = [place for place in view.graded(compiled) if place.because is None]
    if not words:
        return nothing_found(compiled, view, view.whole)
    if not view.hearing.has_sound and not view.hearing.emotions:
        span = Span(max(0.0, words[0].hit.start_s - 5), words[-1].hit.end_s)
        evidence = tuple(evidence_of(place.hit) for place in words)
        return Verdict(Outcome.UNDETERMINED, Because.NO_SOUND, evidence, view.cover(span, compiled.party))
    shown = [
        span
        for span in view.hearing.emotions
        if span.party in compiled.parties and span.label in wanted.labels and span.score >= wanted.score
    ]
    shown = [span for span in shown if any(_near(place, span) for place in words)]
    turns = {(span.start_s, span.end_s) for span in shown}  # a turn may show several labels
    if len(turns) < wanted.turns and sum(end_s - start_s for start_s, end_s in turns) < wanted.seconds:
        return SILENT
    said = tuple(evidence_of(place.hit) for place in words if any(_near(place, span) for span in shown))
    return Verdict(Outcome.FIRES, None, (*map(_evidence, shown), *said))


def _near(place: Graded, span: EmotionSpan) -> bool:
    own = place.hit.passage.party is span.party
    return own and span.start_s - NEAR_S <= place.hit.start_s <= span.end_s + NEAR_S


def _evidence(span: EmotionSpan) -> Evidence:
    why = "、".join(span.why)
    return Evidence(round(span.start_s, 3), round(span.end_s, 3), span.party, "", why, "emotion", span.score)
