"""Judges how fast the agent speaks: characters by the time of the utterances, over a minute of speech."""

from __future__ import annotations

from inspector.model import Outcome, Party
from inspector.rules.measure import speech_rates
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import NOT_APPLICABLE, Verdict, measured
from inspector.rules.view import CallView

__all__ = ["judge_rate"]


def judge_rate(compiled: CompiledRule, view: CallView) -> Verdict:
    """Fires where a run of turns with ``over_s`` of speech is faster than the limit; else silent.

    Not applicable when the party speaks for less. Speech that was not heard has no characters and counts for nothing.
    """
    limits = compiled.rule.match.rate
    party = compiled.party or Party.AGENT
    runs = speech_rates(view.hearing, party, limits.over_s) if limits is not None else ()
    if limits is None or not runs:
        return NOT_APPLICABLE
    span, cpm = max(runs, key=lambda run: run[1])
    wanted = f"语速{cpm:.0f}字/分"
    evidence = (measured(wanted, span, party),)
    if cpm <= limits.limit_cpm:
        return Verdict(Outcome.SILENT, None, evidence)
    return Verdict(Outcome.FIRES, None, evidence, None, wanted)
