"""The peer of the rule engine: plain keyword spotting, what most contact centres run. Same phrases, turn by turn.

A word list has no windows, guards, sound-alikes, products or events: a forbidden phrase in a turn of the party is a
hit, and a required one that stands nowhere in the call is missing. What a rule measures, or asks of several conditions
joined by ``logic``, it cannot see.
"""

from __future__ import annotations

import re

from inspector.model import Hearing, Kind, Party
from inspector.rules.matchers import Leaf
from inspector.rules.phrases import matchable
from inspector.rules.schema import Rule

__all__ = ["Spotter", "turns_of"]


class Spotter:
    """Answers one rule by its literal wording alone."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._parts = [_Words(leaf) for leaf in (rule.match.elements or (rule.match,)) if not leaf.is_empty]

    def fires(self, turns: list[tuple[Party, str]]) -> bool:
        """``turns``: party and folded text without punctuation."""
        said = [text for party, text in turns if self.rule.who in ("any", party)]
        if not self._parts or self.rule.match.measures:
            return False
        found = [any(part.is_in(text) for text in said) for part in self._parts]
        return not all(found) if self.rule.kind is Kind.REQUIRED else any(found)


class _Words:
    def __init__(self, leaf: Leaf) -> None:
        self._phrases = [matchable(phrase) for phrase in leaf.phrases]
        self._patterns = [re.compile(pattern) for pattern in leaf.regex]

    def is_in(self, text: str) -> bool:
        return any(phrase in text for phrase in self._phrases) or any(p.search(text) for p in self._patterns)


def turns_of(hearing: Hearing) -> list[tuple[Party, str]]:
    """What the spotter reads."""
    return [(turn.party, matchable(turn.text)) for turn in hearing.turns]
