"""Judges who ended the call, and how: hanging up on somebody who is speaking or has just asked."""

from __future__ import annotations

import re

from inspector.model import Because, Coverage, Evidence, Outcome, Party, Span
from inspector.rules.phrases import matchable
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import NOT_APPLICABLE, SILENT, Verdict
from inspector.rules.view import CallView

__all__ = ["judge_hangup"]

FAREWELL_REACH_S = 15.0
LOST_FAREWELL_S = 0.8  # an unheard stretch this long may have held 再见
_ASKS = re.compile(
    "(吗|呢|(?<!没)(什么|怎么|多少)|怎么办|几点|哪里|哪儿|什么时候|能不能|行不行|可不可以|是不是|好不好)[啊呀]?$"
    "|(什么时候|能不能|可不可以).{1,8}$"
)
_DONE = re.compile("(谢谢|多谢|没有了|没了|知道了|明白了|好的|好吧|就这样|不用了|再见|拜拜)(啊|哈|您|你)?$")


def judge_hangup(compiled: CompiledRule, view: CallView) -> Verdict:
    """Fires when business data say who hung up, the other side had the last word and nobody said farewell.

    Not applicable when it is not known who hung up. The other side counts as speaking when its speech reaches to within
    ``within_s`` of the end, unless its last words end a call, and as having asked when they are a question.
    """
    limits = compiled.rule.match.hangup
    if limits is None or view.call.facts.hangup_by != limits.by:
        return NOT_APPLICABLE
    other = Party.CUSTOMER if limits.by == "agent" else Party.AGENT
    last = max(view.hearing.speech, key=lambda span: span.end_s)
    said_farewell = any(
        place.hit.end_s >= view.end_s - FAREWELL_REACH_S for event in limits.not_after for place in view.event(event)
    )
    if last.party is not other or said_farewell:
        return SILENT
    words = "".join(turn.text for turn in view.hearing.turns if turn.party is other and turn.end_s > last.start_s)
    spoken = matchable(words)
    speaking = view.end_s - last.end_s <= limits.within_s and not _DONE.search(spoken)
    if not speaking and not _ASKS.search(spoken):
        return SILENT
    span = (round(last.start_s, 3), round(last.end_s, 3))
    evidence = (Evidence(*span, other, words, f"hangup_by={limits.by}", "entity", 1.0),)
    closing = Span(max(0.0, view.end_s - FAREWELL_REACH_S), view.end_s)
    coverage = view.cover(closing, None)
    because = _doubt(view, words, coverage)
    return Verdict(Outcome.FIRES if because is None else Outcome.UNDETERMINED, because, evidence, coverage)


def _doubt(view: CallView, words: str, coverage: Coverage) -> Because | None:
    """The recording may end before the call does; a farewell may have been lost, or be all that was said last."""
    recording = view.hearing.recording
    if recording.ends_early or any(hole_s >= coverage.start_s for hole_s in recording.holes_s):
        return Because.CUT_OFF
    lost = any(end_s - start_s >= LOST_FAREWELL_S for start_s, end_s in coverage.gaps)
    return Because.NOT_HEARD if lost or not words else None
