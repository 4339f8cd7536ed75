"""Validators of rule packs: one small class per concern."""

from __future__ import annotations

from inspector.rules.validators.base import Validator
from inspector.rules.validators.data import RealLookingData
from inspector.rules.validators.examples import (
    MissingExample,
    NoGuardExample,
    NoHomophoneExample,
    NoNegationPair,
    NoUnheardExample,
    NoWrongPartyExample,
    UnreadableExample,
)
from inspector.rules.validators.life import SilentMessage, StableWithoutSource, UnusedEvent
from inspector.rules.validators.limits import KeyTermNotInClause, OddLimit, Unanswerable
from inspector.rules.validators.wording import OpenEndedRegex, RegexNotNormalised, RepeatedPhrase, ShortFuzzyPhrase

__all__ = ["VALIDATORS", "Validator"]

VALIDATORS: tuple[Validator, ...] = (
    UnreadableExample(),
    MissingExample(),
    NoHomophoneExample(),
    NoNegationPair(),
    NoWrongPartyExample(),
    NoGuardExample(),
    NoUnheardExample(),
    ShortFuzzyPhrase(),
    RegexNotNormalised(),
    RepeatedPhrase(),
    OpenEndedRegex(),
    KeyTermNotInClause(),
    OddLimit(),
    Unanswerable(),
    RealLookingData(),
    UnusedEvent(),
    StableWithoutSource(),
    SilentMessage(),
)
