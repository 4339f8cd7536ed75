"""Judges a clause that must be read word for word, with a recogniser between the agent and us.

At a character error rate of 9 % a clause of forty characters comes through whole in two of a hundred readings, so the
clause counts as said from a share of its syllables on, when every key term is there.
"""

from __future__ import annotations

from inspector.model import Because, Coverage, Evidence, Outcome, Party
from inspector.rules.clause import Alignment
from inspector.rules.coverage import doubt
from inspector.rules.passages import join_turns
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import Verdict, absence_of
from inspector.rules.view import CallView
from inspector.rules.windows import Window, context_of

__all__ = ["judge_verbatim"]

NEAR_S = 1.0  # an unheard stretch this near to the reading may hold the key term that lacks


def judge_verbatim(compiled: CompiledRule, view: CallView, window: Window, perhaps: Because | None) -> Verdict:
    """Silent when the clause was read; fires when it, or a key term of it, surely was not."""
    best = _best(compiled, view, window, (*compiled.parties, Party.SYSTEM))
    if best is not None and _was_read(best, compiled) and not (best.missing or best.perhaps):
        return Verdict(Outcome.SILENT, None, (_evidence(compiled, best, window),))
    evidence = (*context_of(compiled, view, window), _evidence(compiled, best, window))
    coverage = view.cover(window.span, compiled.party)
    because = perhaps or (Because.CUT_OFF if window.cut else doubt(view.hearing, coverage, compiled.party))
    because = because or _doubt(best, coverage, compiled) or _by_unknown(best, compiled, view, window)
    if because is not None:
        return Verdict(Outcome.UNDETERMINED, because, evidence, coverage)
    note = f"缺少关键词：{'、'.join(best.missing)}" if best is not None and _was_read(best, compiled) else ""
    return Verdict(Outcome.FIRES, None, evidence, coverage, note)


def _was_read(found: Alignment, compiled: CompiledRule) -> bool:
    return found.score >= compiled.clause.similar.said


def _doubt(best: Alignment | None, coverage: Coverage, compiled: CompiledRule) -> Because | None:
    """Nearly read; or a key term of it may be among what was not heard, or was written wrong by the recogniser."""
    if best is None or best.score < compiled.clause.similar.doubtful:
        return None
    if not _was_read(best, compiled) or not best.missing:
        return Because.BETWEEN_THRESHOLDS
    from_s, to_s = best.span.start_s - NEAR_S, best.span.end_s + NEAR_S
    return Because.NOT_HEARD if any(start < to_s and end > from_s for start, end in coverage.gaps) else None


def _by_unknown(best: Alignment | None, compiled: CompiledRule, view: CallView, window: Window) -> Because | None:
    """Would it have been read, or nearly, if those who are unknown were the party?"""
    if not any(turn.party is Party.UNKNOWN for turn in view.hearing.turns):
        return None
    other = _best(compiled, view, window, (*compiled.parties, Party.SYSTEM, Party.UNKNOWN))
    doubtful = compiled.clause.similar.doubtful
    if other is None or other.score < doubtful:
        return None
    better = best is None or best.score < doubtful or len(other.missing) < len(best.missing)
    return Because.PARTY_UNKNOWN if better else None


def _best(compiled: CompiledRule, view: CallView, window: Window, parties: tuple[Party, ...]) -> Alignment | None:
    """Within turns that reach into the window: the clause may begin in mid-turn, behind what made it due."""
    turns = []
    for turn in view.hearing.turns:
        from_s = window.span.start_s if turn.party in compiled.parties else window.others_from_s
        if turn.party in parties and turn.end_s > from_s and turn.start_s < window.span.end_s:
            turns.append(turn)
    return compiled.clause.align(join_turns(turns)) if turns else None


def _evidence(compiled: CompiledRule, best: Alignment | None, window: Window) -> Evidence:
    """What was read beside what should have been; the whole window when nothing like it was said."""
    wanted = compiled.clause.similar.text
    if best is None or best.score < compiled.clause.similar.doubtful:
        return absence_of(wanted, window.span, compiled.party or Party.UNKNOWN)
    start_s, end_s = round(best.span.start_s, 3), round(best.span.end_s, 3)
    quote = best.passage.quote(best.start, best.end)
    return Evidence(start_s, end_s, best.party, quote, wanted, "similar", round(best.score, 4))
