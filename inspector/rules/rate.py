"""Judges how fast a party speaks: characters by the time of the utterances, over a minute of speech."""

from __future__ import annotations

from inspector.model import Outcome, Party, Span
from inspector.rules.measure import speech_rates
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import NOT_APPLICABLE, Verdict, measured
from inspector.rules.view import CallView

__all__ = ["judge_rate"]


def judge_rate(compiled: CompiledRule, view: CallView) -> Verdict:
    """Fires where a run of turns with ``over_s`` of speech is faster or slower than the limits; else silent.

    Not applicable when the party speaks for less. Speech that was not heard has no characters and counts for nothing.
    """
    limits = compiled.rule.match.rate
    party = compiled.party or Party.AGENT
    runs = speech_rates(view.hearing, party, limits.over_s) if limits is not None else ()
    if limits is None or not runs:
        return NOT_APPLICABLE
    fastest, slowest = max(runs, key=_cpm), min(runs, key=_cpm)
    too_fast = limits.limit_cpm is not None and fastest[1] > limits.limit_cpm
    too_slow = limits.least_cpm is not None and slowest[1] < limits.least_cpm
    span, cpm = slowest if too_slow or limits.limit_cpm is None else fastest
    wanted = f"语速{cpm:.0f}字/分"
    evidence = (measured(wanted, span, party),)
    if too_fast or too_slow:
        return Verdict(Outcome.FIRES, None, evidence, None, wanted)
    return Verdict(Outcome.SILENT, None, evidence)


def _cpm(run: tuple[Span, float]) -> float:
    return run[1]
