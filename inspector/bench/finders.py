"""Our side of ``inspector bench matching``: what the engine looks for wording with."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.bench.lexicon import LogicRule
from inspector.rules.match import Heard, Index, Wording
from inspector.rules.matchers import Leaf
from inspector.rules.passages import Passage
from inspector.rules.scan import Spelling
from inspector.rules.screen import Screen

__all__ = ["BySound", "Literal"]


class Literal:
    """Rules of literal phrases, answered call by call: one pass for all phrases, then logic over what stands there."""

    def __init__(self, rules: Sequence[LogicRule]) -> None:
        self._spelling = Spelling({phrase for rule in rules for phrase in (*rule.phrases, *rule.unless)})
        needs = {f"{number}": _branches(rule) for number, rule in enumerate(rules)}
        refuted = {f"not {number}": [[frozenset(rule.unless)]] for number, rule in enumerate(rules) if rule.unless}
        self._screen = Screen(needs | refuted)
        self._silent = [False] * len(rules)
        self._says = {f"{number}": (number, True) for number in range(len(rules))}
        self._says |= {f"not {number}": (number, False) for number in range(len(rules))}

    def answers(self, passages: Sequence[Passage]) -> list[bool]:
        """One answer a rule."""
        standing = self._spelling.standing("\n".join([passage.text for passage in passages]))
        answers = self._silent.copy()
        for name in self._screen.likely(standing):  # those of ``unless`` come last
            number, holds = self._says[name]
            answers[number] = holds
        return answers


def _branches(rule: LogicRule) -> list[list[frozenset[str]]]:
    return [[frozenset({phrase}) for phrase in rule.phrases] if rule.needs == "all" else [frozenset(rule.phrases)]]


class BySound:
    """Phrases by sound, sounds that many do not tell apart included."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self._index = Index()
        self._wording = Wording(Leaf(phrases=tuple(phrases), by="pinyin_confusable"), self._index)

    def best(self, passages: Sequence[Passage], least: float) -> list[dict[str, float]]:
        """For each passage the best score of each phrase that scores ``least`` or more. They must be fresh."""
        found: list[dict[str, float]] = [{} for _ in passages]
        Heard(passages, self._index)
        for passage, best in zip(passages, found, strict=True):
            for hit in self._wording.all((passage,), least):
                best[hit.wanted] = max(hit.score, best.get(hit.wanted, 0.0))
        return found
