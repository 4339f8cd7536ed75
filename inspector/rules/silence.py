"""Judges silence: nobody speaks, nothing sounds, nobody said why."""

from __future__ import annotations

from inspector.model import Because, Evidence, Outcome, Party, Severity, Span
from inspector.rules.matchers import Relaxed, Silence
from inspector.rules.measure import silences
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import NOT_APPLICABLE, Verdict, measured
from inspector.rules.view import CallView

__all__ = ["judge_silence"]

FAREWELL_REACH_S = 20.0
LOST_NOTICE_S = 0.8  # an unheard stretch this long may have held 请您稍等


def judge_silence(compiled: CompiledRule, view: CallView) -> Verdict:
    """Fires for each silence beyond its limit; undetermined when the notice may be in speech that was not heard."""
    limits = compiled.rule.match.silence
    if limits is None:
        return NOT_APPLICABLE
    quiet = silences(view.hearing)
    too_long = [span for span in quiet if span.duration_s >= _limit_s(span, limits, view)]
    too_long = [span for span in too_long if not _excused(span, limits, view)]
    sure = [span for span in too_long if not _notice_may_be_lost(span, limits, view)]
    if not too_long:
        return Verdict(Outcome.SILENT, None, _evidence(sorted(quiet, key=lambda span: -span.duration_s)[:1]))
    shown = sure or too_long
    evidence = _evidence(shown)
    longest_s = max(span.duration_s for span in shown)
    if sure:
        return Verdict(Outcome.FIRES, None, evidence, None, f"最长{longest_s:.1f}秒", _severity(longest_s, limits))
    before = Span(max(0.0, shown[0].start_s - _reach_s(limits)), shown[0].end_s)
    return Verdict(Outcome.UNDETERMINED, Because.NOT_HEARD, evidence, view.cover(before, None))


def _evidence(spans: list[Span]) -> tuple[Evidence, ...]:
    return tuple(measured(f"静音{span.duration_s:.1f}秒", span, Party.UNKNOWN) for span in spans)


def _limit_s(span: Span, limits: Silence, view: CallView) -> float:
    allowed = [relaxed.limit_s for relaxed in limits.relaxed if _announced(span, relaxed, view)]
    return max([limits.limit_s, *allowed])


def _announced(span: Span, relaxed: Relaxed, view: CallView) -> bool:
    return any(
        span.start_s - relaxed.within_s <= place.hit.end_s <= span.start_s + 0.5
        for event_id in relaxed.after
        for place in view.event(event_id)
    )


def _excused(span: Span, limits: Silence, view: CallView) -> bool:
    """After the farewell, or on hold as business data say."""
    farewells = [place.hit.end_s for event_id in limits.not_after for place in view.event(event_id)]
    if any(span.start_s - FAREWELL_REACH_S <= at <= span.start_s + 0.5 for at in farewells):
        return True
    holds = view.call.facts.hold_spans or ()
    on_hold_s = sum(max(0.0, min(end, span.end_s) - max(start, span.start_s)) for start, end in holds)
    return on_hold_s > span.duration_s / 2


def _reach_s(limits: Silence) -> float:
    return max((relaxed.within_s for relaxed in limits.relaxed), default=0.0)


def _notice_may_be_lost(span: Span, limits: Silence, view: CallView) -> bool:
    """Might it be allowed after all? Not when no notice allows as much and the call goes on (so it was no farewell)."""
    longest_s = max([limits.limit_s, *(relaxed.limit_s for relaxed in limits.relaxed)])
    if span.duration_s >= longest_s and any(speech.start_s >= span.end_s for speech in view.hearing.speech):
        return False
    from_s = span.start_s - _reach_s(limits)
    return any(
        lost.end_s - lost.start_s >= LOST_NOTICE_S and lost.start_s < span.start_s and lost.end_s > from_s
        for lost in view.hearing.unheard
    )


def _severity(longest_s: float, limits: Silence) -> Severity | None:
    reached = [worse for worse in limits.worse if longest_s >= worse.from_s]
    return max(reached, key=lambda worse: worse.from_s).severity if reached else None
