"""Judges how much of a call there is: its length, how often a party takes the floor, its share of the talk."""

from __future__ import annotations

from inspector.model import Because, Evidence, Outcome, Party
from inspector.rules.measure import talk_s
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import NOT_APPLICABLE, Verdict, measured
from inspector.rules.view import CallView

__all__ = ["judge_duration", "judge_talk_share", "judge_turns"]


def judge_duration(compiled: CompiledRule, view: CallView) -> Verdict:
    """Fires when the call is too long or too short; a recording that lacks a part of it only shows that it is long."""
    limits = compiled.rule.match.duration
    if limits is None:
        return NOT_APPLICABLE
    wanted = f"通话{view.end_s:.0f}秒"
    if limits.longer_s is not None and view.end_s > limits.longer_s:
        return _verdict(wanted, None, compiled, view)
    if limits.shorter_s is not None and view.end_s < limits.shorter_s:
        return _verdict(wanted, Because.CUT_OFF if _is_cut(view) else None, compiled, view)
    return _silent(wanted, compiled, view)


def judge_turns(compiled: CompiledRule, view: CallView) -> Verdict:
    """Fires when the party takes the floor too often or too seldom.

    What somebody unknown says and what was not heard may be further turns, or parts of those that were.
    """
    limits = compiled.rule.match.turns
    if limits is None:
        return NOT_APPLICABLE
    least = sum(1 for _ in view.heard_from(*compiled.parties))
    unknown = sum(1 for _ in view.heard_from(Party.UNKNOWN))
    most = least + unknown + sum(lost.party in (*compiled.parties, Party.UNKNOWN) for lost in view.hearing.unheard)
    wanted = f"说话{least}次"
    if (limits.more is not None and least > limits.more) or (
        limits.fewer is not None and most < limits.fewer and not _is_cut(view)
    ):
        return _verdict(wanted, None, compiled, view)
    if (limits.more is None or most <= limits.more) and (limits.fewer is None or least >= limits.fewer):
        return _silent(wanted, compiled, view)
    if limits.fewer is not None and most < limits.fewer:
        return _verdict(wanted, Because.CUT_OFF, compiled, view)
    return _verdict(wanted, Because.PARTY_UNKNOWN if unknown else Because.NOT_HEARD, compiled, view)


def judge_talk_share(compiled: CompiledRule, view: CallView) -> Verdict:
    """Fires when the party surely has too much or too little of all speech of people; machines do not count.

    Speech of somebody unknown may all be the party's or none of it.
    """
    limits = compiled.rule.match.talk_share
    own_s, unknown_s, all_s = (
        sum(talk_s(view.hearing, party) for party in parties)
        for parties in (
            compiled.parties,
            (Party.UNKNOWN,),
            (Party.AGENT, Party.CUSTOMER, Party.UNKNOWN),
        )
    )
    if limits is None or all_s < limits.over_s:
        return NOT_APPLICABLE
    low, high = own_s / all_s, (own_s + unknown_s) / all_s
    more, less = limits.more or 1.0, limits.less or 0.0
    wanted = f"说话占{low:.0%}"
    if high <= more and low >= less:
        return _silent(wanted, compiled, view)
    because = None if low > more or high < less else Because.PARTY_UNKNOWN
    return _verdict(wanted, Because.CUT_OFF if _is_cut(view) else because, compiled, view)


def _is_cut(view: CallView) -> bool:
    """Does the recording lack a part of the call?"""
    recording = view.hearing.recording
    return recording.ends_early or view.hearing.starts_cut or bool(recording.holes_s)


def _verdict(wanted: str, because: Because | None, compiled: CompiledRule, view: CallView) -> Verdict:
    evidence = _evidence(wanted, compiled, view)
    if because is None:
        return Verdict(Outcome.FIRES, None, evidence, None, wanted)
    return Verdict(Outcome.UNDETERMINED, because, evidence, view.cover(view.whole, compiled.party))


def _silent(wanted: str, compiled: CompiledRule, view: CallView) -> Verdict:
    return Verdict(Outcome.SILENT, None, _evidence(wanted, compiled, view))


def _evidence(wanted: str, compiled: CompiledRule, view: CallView) -> tuple[Evidence, ...]:
    return (measured(wanted, view.whole, compiled.party or Party.UNKNOWN),)
