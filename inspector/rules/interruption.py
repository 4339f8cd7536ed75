"""Judges interruptions. The consequence is retraining, so the bar is high: see ``docs/how-to/measures.md``."""

from __future__ import annotations

import re

from inspector.model import Because, Evidence, Layout, Outcome, Party, Span, SpeechSpan
from inspector.rules.measure import CutIn, cut_ins
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import NOT_APPLICABLE, Verdict, measured
from inspector.rules.view import CallView
from inspector.text import content_length

__all__ = ["judge_interruption"]

LEAST_CHARS = 4
LEAST_OVERLAP_S = 2.0
BREAKS_OFF_S = 1.0
LEAST_BREAK_S = 0.5  # less is how turns change between any two people
TALKS_ON_S = 3.0
MONOLOGUE_S = 60.0
LAST_WORDS_S = 1.0
_POLITE = re.compile("(不好意思|抱歉|对不起|麻烦)?.{0,4}打断")
_FINISHED = re.compile("(吗|呢|吧|啊|呀|嘛|谢谢|对吧|好不好|行不行|怎么办|可以吗)$")


def judge_interruption(compiled: CompiledRule, view: CallView) -> Verdict:
    """Fires from ``least`` interruptions on; undetermined when voices of one channel were told apart by their sound."""
    limits = compiled.rule.match.interruption
    human = {span.party for span in view.hearing.speech} - {Party.SYSTEM}
    if limits is None or human == {Party.UNKNOWN}:
        return NOT_APPLICABLE
    counted = [cut for cut in cut_ins(view.hearing) if _interrupts(cut, view)]
    evidence = tuple(_evidence(cut) for cut in counted)
    enough = len(counted) >= limits.least
    if not enough and len(counted) + _unknown_overlaps(view) < limits.least:
        return Verdict(Outcome.SILENT, None, evidence)
    if not enough or view.hearing.recording.layout is not Layout.STEREO:
        return Verdict(Outcome.UNDETERMINED, Because.PARTY_UNKNOWN, evidence, view.cover(view.whole, None))
    reached = [worse for worse in limits.worse if len(counted) >= worse.from_count]
    severity = max(reached, key=lambda worse: worse.from_count).severity if reached else None
    return Verdict(Outcome.FIRES, None, evidence, None, f"共{len(counted)}次", severity)


def _unknown_overlaps(view: CallView) -> int:
    """How often somebody unknown and another speak at the same time for so long that it may have been one."""
    human = sorted((s for s in view.hearing.speech if s.party is not Party.SYSTEM), key=lambda span: span.start_s)
    overlaps = 0
    speaking: list[SpeechSpan] = []  # what began before and goes on for long enough
    for span in human:
        speaking = [one for one in speaking if one.end_s - span.start_s >= LEAST_OVERLAP_S]
        others = (one for one in speaking if (one.party, one.speaker) != (span.party, span.speaker))
        if span.end_s - span.start_s >= LEAST_OVERLAP_S:
            overlaps += sum(one.start_s < span.start_s and Party.UNKNOWN in (one.party, span.party) for one in others)
        speaking.append(span)
    return overlaps


def _interrupts(cut: CutIn, view: CallView) -> bool:
    if len(cut.words) < LEAST_CHARS:
        return False
    if _POLITE.match(cut.words) and _monologue_s(cut, view) >= MONOLOGUE_S:
        return False
    if cut.overlap_s >= LEAST_OVERLAP_S:
        return True
    broke_off = LEAST_BREAK_S <= cut.overlap_s <= BREAKS_OFF_S and cut.floor.end_s < cut.agent.end_s
    return broke_off and cut.agent.end_s - cut.floor.end_s >= TALKS_ON_S and not _had_finished(cut, view)


def _monologue_s(cut: CutIn, view: CallView) -> float:
    """How long the customer has been talking, breath and all, since the agent said anything but 嗯."""
    before = (t for t in view.hearing.turns if t.party is Party.AGENT and t.start_s < cut.agent.start_s)
    agent_s = max((t.end_s for t in before if content_length(t.text) >= LEAST_CHARS), default=0.0)
    customer = (s.start_s for s in view.hearing.speech if s.party is Party.CUSTOMER and s.end_s > agent_s)
    return cut.agent.start_s - max(agent_s, min(customer, default=cut.floor.start_s))


def _had_finished(cut: CutIn, view: CallView) -> bool:
    """Do the customer's last words end a sentence, or were they not heard?"""
    from_s, to_s = cut.floor.end_s - LAST_WORDS_S, cut.floor.end_s
    if any(u.party is Party.CUSTOMER and u.start_s < to_s and u.end_s > from_s for u in view.hearing.unheard):
        return True
    last = [
        passage.text[: sum(at < cut.floor.end_s for at in passage.starts_s)]
        for passage in view.heard_from(Party.CUSTOMER)
        if passage.start_s < cut.floor.end_s and cut.floor.start_s <= passage.ends_s[-1]
    ]
    return not last or _FINISHED.search(last[-1]) is not None


def _evidence(cut: CutIn) -> Evidence:
    end_s = cut.agent.start_s + max(cut.overlap_s, 0.05)
    wanted = f"重叠{cut.overlap_s:.1f}秒"
    return measured(wanted, Span(cut.agent.start_s, end_s), Party.AGENT)
