"""Validators of rule packs: one small class per concern."""

from __future__ import annotations

from inspector.rules.validators.base import Validator
from inspector.rules.validators.data import RealLookingData
from inspector.rules.validators.examples import MissingExample, NoHomophoneExample, NoNegationPair, UnreadableExample
from inspector.rules.validators.life import SilentMessage, StableWithoutSource, UnusedEvent
from inspector.rules.validators.limits import KeyTermNotInClause, OddLimit, Unanswerable
from inspector.rules.validators.wording import RegexNotNormalised, ShortFuzzyPhrase

__all__ = ["VALIDATORS", "Validator"]

VALIDATORS: tuple[Validator, ...] = (
    UnreadableExample(),
    MissingExample(),
    NoHomophoneExample(),
    NoNegationPair(),
    ShortFuzzyPhrase(),
    RegexNotNormalised(),
    KeyTermNotInClause(),
    OddLimit(),
    Unanswerable(),
    RealLookingData(),
    UnusedEvent(),
    StableWithoutSource(),
    SilentMessage(),
)
