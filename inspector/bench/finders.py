"""Our side of ``inspector bench matching``: what the engine offers to rules, one index, asked rule by rule."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.bench.lexicon import LogicRule
from inspector.rules.match import Heard, Index, Wording
from inspector.rules.matchers import Leaf
from inspector.rules.passages import Passage

__all__ = ["BySound", "Literal"]


class Literal:
    """Rules of literal phrases, answered call by call."""

    def __init__(self, rules: Sequence[LogicRule]) -> None:
        index = Index()

        def wording(phrases: tuple[str, ...]) -> Wording | None:
            return Wording(Leaf(phrases=phrases, by="literal"), index) if phrases else None

        self._rules = [(rule, wording(rule.phrases), wording(rule.unless)) for rule in rules]

    def answers(self, passages: Sequence[Passage]) -> list[bool]:
        """One answer a rule. The passages must be fresh: each remembers what was found in it."""
        heard = Heard(passages)
        return [
            rule.holds({hit.wanted for part in (wanted, unless) if part for hit in part.all(heard, 1.0)})
            for rule, wanted, unless in self._rules
        ]


class BySound:
    """Phrases by sound, sounds that many do not tell apart included."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self._wording = Wording(Leaf(phrases=tuple(phrases), by="pinyin_confusable"), Index())

    def best(self, passage: Passage, least: float) -> dict[str, float]:
        """Best score of each phrase that scores ``least`` or more in a fresh passage."""
        found: dict[str, float] = {}
        for hit in self._wording.all((passage,), least):
            found[hit.wanted] = max(hit.score, found.get(hit.wanted, 0.0))
        return found
