"""Phrase lists, rules made of them and calls to find them in, for measuring speed. The same seed, the same lists.

Phrases are those of real packs; where they are too few, cuts out of what is said in the calls, and two cuts of
different turns joined, which begin like talk and then are not said.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from inspector.rules.notation import parse_call
from inspector.rules.passages import Passage, passages_of
from inspector.rules.phrases import matchable
from inspector.rules.scored import ScoredCall

__all__ = ["CALL_CHARS", "CallText", "LogicRule", "calls_of", "lexicon", "rules_of"]

CALL_CHARS = 1200
"""Characters of both parties in five minutes."""

CUT_CHARS = (4, 7)
HALF_CHARS = (3, 4)
PHRASES_A_RULE = 5
UNLESS_PHRASES = 1
MOST_IN_VAIN = 1000  # draws in a row that were drawn before

Needs = Literal["any", "all", "unless"]


@dataclass(frozen=True, slots=True)
class LogicRule:
    """Holds for a call in which any of ``phrases`` stands, or all do, and none of ``unless``."""

    needs: Needs
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = ()

    def holds(self, present: Collection[str]) -> bool:
        """``present``: the phrases that stand anywhere in the call."""
        enough = all if self.needs == "all" else any
        return enough(phrase in present for phrase in self.phrases) and not any(one in present for one in self.unless)


@dataclass(frozen=True, slots=True)
class CallText:
    """One call: the passages that rules look in."""

    passages: tuple[Passage, ...]

    @property
    def text(self) -> str:
        """All of it in one piece, a passage a line."""
        return "\n".join(passage.text for passage in self.passages)

    @property
    def chars(self) -> int:
        """Characters of all passages."""
        return sum(len(passage.text) for passage in self.passages)


def calls_of(scored: Sequence[ScoredCall], count: int, seed: int) -> tuple[CallText, ...]:
    """``count`` calls of :data:`CALL_CHARS` characters or a little more: scored calls, drawn one after the other."""
    dice = random.Random(seed)  # noqa: S311 - a bench, no secret
    parts = [passages_of(parse_call(one.call, one.name)[1]) for one in scored]
    return tuple(_call(parts, dice) for _ in range(count))


def _call(parts: Sequence[tuple[Passage, ...]], dice: random.Random) -> CallText:
    passages: list[Passage] = []
    while sum(len(passage.text) for passage in passages) < CALL_CHARS:
        passages += dice.choice(parts)
    return CallText(tuple(passages))


def lexicon(real: Collection[str], scored: Sequence[ScoredCall], count: int, live: float, seed: int) -> tuple[str, ...]:
    """``count`` different phrases as passages are written, real ones first; of the rest the share ``live`` is said.

    Raises ValueError when none are left.
    """
    dice = random.Random(seed)  # noqa: S311
    known = sorted({matchable(phrase) for phrase in real})
    phrases: dict[str, None] = dict.fromkeys(dice.sample(known, min(count, len(known))))
    turns = (turn.text for one in scored for turn in parse_call(one.call, one.name)[1].turns)
    spoken = [text for turn in turns if len(text := matchable(turn)) >= CUT_CHARS[1]]
    in_vain = 0
    while len(phrases) < count:
        said = dice.random() < live
        cuts = [(dice.choice(spoken), CUT_CHARS)] if said else [(dice.choice(spoken), HALF_CHARS) for _ in "12"]
        phrase = "".join(_cut(text, sizes, dice) for text, sizes in cuts)
        in_vain = in_vain + 1 if phrase in phrases else 0
        phrases[phrase] = None
        if in_vain > MOST_IN_VAIN:
            raise ValueError(f"the calls hold no {count} different phrases")
    return tuple(phrases)


def _cut(text: str, sizes: tuple[int, int], dice: random.Random) -> str:
    size = dice.randint(*sizes)
    start = dice.randint(0, len(text) - size)
    return text[start : start + size]


def rules_of(phrases: Sequence[str], seed: int) -> tuple[LogicRule, ...]:
    """Every phrase in one rule; of the rules a third each wants any, all, or any but not another."""
    order = list(phrases)
    random.Random(seed).shuffle(order)  # noqa: S311
    groups = [tuple(order[at : at + PHRASES_A_RULE]) for at in range(0, len(order), PHRASES_A_RULE)]
    return tuple(
        LogicRule("unless", group[UNLESS_PHRASES:], group[:UNLESS_PHRASES])
        if number % 3 == 2 and len(group) > UNLESS_PHRASES
        else LogicRule("all" if number % 3 else "any", group)
        for number, group in enumerate(groups)
    )
