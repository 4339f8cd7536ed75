"""Finds wording in passages: phrases (literal or by sound), patterns, words near each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

from inspector.rules.matchers import Leaf, Near, SoundAlike
from inspector.rules.passages import Passage
from inspector.rules.patterns import PatternIndex
from inspector.rules.phrases import LEAST_SCORE, Hit, Phrase, PhraseIndex

__all__ = ["Heard", "Index", "Wording"]


class Heard(tuple[Passage, ...]):
    """Passages to look in. What stands in them is put together once for all wording of a plan."""

    def phrases(self, index: PhraseIndex) -> dict[Phrase, list[Hit]]:
        """All hits by phrase, those of a passage from left to right."""
        if len(self) == 1:
            return index.hits(self[0])
        known: dict[Any, dict[Phrase, list[Hit]]] = self.__dict__
        if index not in known:
            together = known[index] = {}
            for passage in self:
                for phrase, hits in index.hits(passage).items():
                    together.setdefault(phrase, []).extend(hits)
        return known[index]

    def places(self, index: PatternIndex, sources: Iterable[str]) -> Iterator[tuple[Passage, str]]:
        """Where any of these patterns may match."""
        if len(self) == 1:
            likely = index.likely(self[0])
            return ((self[0], source) for source in sources if source in likely)
        known: dict[Any, dict[str, list[Passage]]] = self.__dict__
        if index not in known:
            together = known[index] = {}
            for passage in self:
                for source in index.likely(passage):
                    together.setdefault(source, []).append(passage)
        return ((passage, source) for source in sources for passage in known[index].get(source, ()))


@dataclass(frozen=True, slots=True)
class Index:
    """All wording of a plan, so that every text is gone through once for all rules."""

    phrases: PhraseIndex = field(default_factory=PhraseIndex)
    patterns: PatternIndex = field(default_factory=PatternIndex)


class _Pair:
    """Words near each other: the hit reaches from the first to the last of them."""

    def __init__(self, near: Near, by: SoundAlike, index: PhraseIndex) -> None:
        self.near = near
        self._index = index
        self._groups = [[index.add(word, by) for word in words] for words in near.of]

    def find(self, passage: Passage, least: float) -> Iterator[Hit]:
        hits = self._index.hits(passage)
        words = [[hit for word in group for hit in hits.get(word, ())] for group in self._groups]
        found = [sorted((hit for hit in group if hit.score >= least), key=_by_place) for group in words]
        if not all(found):
            return
        for order in [found] if self.near.ordered else permutations(found):
            for chain in self._chains(order):
                wanted = "…".join(hit.wanted for hit in chain)
                score = min(hit.score for hit in chain)
                inner = tuple(hit.start for hit in chain[1:])
                how = "exact" if score == 1 else "pinyin"
                yield Hit(passage, chain[0].start, chain[-1].end, wanted, how, score, inner)

    def _chains(self, order: Sequence[list[Hit]]) -> list[tuple[Hit, ...]]:
        chains: list[tuple[Hit, ...]] = [(hit,) for hit in order[0]]
        for group in order[1:]:
            chains = [
                (*chain, hit) for chain in chains for hit in group if 0 <= hit.start - chain[-1].end <= self.near.chars
            ]
        return chains


def _by_place(hit: Hit) -> int:
    return hit.start


class Wording:
    """A leaf of a rule, compiled once and used on every call. ``index``: shared with all other wording of a plan."""

    def __init__(self, leaf: Leaf, index: Index | None = None) -> None:
        self._index = index = index or Index()
        self._phrases = tuple(dict.fromkeys(index.phrases.add(phrase, leaf.by) for phrase in leaf.phrases))
        self._pairs = [_Pair(near, leaf.by, index.phrases) for near in leaf.near]
        self._patterns = [index.patterns.add(pattern) for pattern in leaf.regex]
        wanted = [*leaf.phrases, *leaf.regex, *("…".join(w[0] for w in n.of) for n in leaf.near)]
        self.first_wanted = next(iter(wanted), "")

    def all(self, passages: Iterable[Passage], least: float) -> list[Hit]:
        """Every hit scoring ``least`` or more, overlapping ones too.

        Raises ValueError for a ``least`` below :data:`LEAST_SCORE`: nothing is looked for there.
        """
        if least < LEAST_SCORE:
            raise ValueError(f"wording is only looked for from {LEAST_SCORE} on")
        heard = passages if isinstance(passages, Heard) else Heard(passages)
        by_phrase = heard.phrases(self._index.phrases) if self._phrases else {}
        hits = [hit for phrase in self._phrases for hit in by_phrase.get(phrase, ()) if hit.score >= least]
        hits += [hit for passage in heard for pair in self._pairs for hit in pair.find(passage, least)]
        places = heard.places(self._index.patterns, self._patterns) if self._patterns else ()
        return hits + [hit for place in places for hit in self._index.patterns.hits(*place)]

    def find(self, passages: Iterable[Passage], least: float) -> list[Hit]:
        """Hits scoring ``least`` or more, in time order; of hits that overlap only the best (then longest) stays."""
        hits = self.all(passages, least)
        kept: list[Hit] = []
        for hit in sorted(hits, key=lambda hit: (-hit.score, hit.start - hit.end, hit.start)):
            if not any(hit.overlaps(other) for other in kept):
                kept.append(hit)
        return sorted(kept, key=lambda hit: (hit.start_s, hit.start))
