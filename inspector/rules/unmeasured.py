"""Answers for what a rule may ask and no hearing holds yet: nobody can tell, in any call."""

from __future__ import annotations

from inspector.model import Because, Outcome
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import Verdict
from inspector.rules.view import CallView

__all__ = ["judge_loudness", "judge_question"]


def judge_loudness(compiled: CompiledRule, view: CallView) -> Verdict:
    """A hearing keeps no loudness."""
    return _nobody_can_tell(Because.NO_SOUND, compiled, view)


def judge_question(compiled: CompiledRule, view: CallView) -> Verdict:
    """No language model answers questions offline."""
    return _nobody_can_tell(Because.NO_MODEL, compiled, view)


def _nobody_can_tell(because: Because, compiled: CompiledRule, view: CallView) -> Verdict:
    return Verdict(Outcome.UNDETERMINED, because, (), view.cover(view.whole, compiled.party))
