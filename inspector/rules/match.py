"""Finds wording in passages: phrases (literal or by sound), patterns, words near each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from itertools import chain, permutations, product

from inspector.model import Party
from inspector.rules.matchers import Leaf, Near, SoundAlike
from inspector.rules.passages import Passage
from inspector.rules.patterns import pattern_hits
from inspector.rules.phrases import LEAST_SCORE, Hit, Phrase
from inspector.rules.scan import Index

__all__ = ["Heard", "Index", "Wording"]


class Heard:
    """The passages of some parties in a call, and which of them hold something of a wording.

    Where wording stands in the call is put together once, for all wording of a plan and for whichever parties.
    """

    def __init__(self, passages: Iterable[Passage], index: Index) -> None:
        self.passages = tuple(passages)
        self._parties = frozenset(passage.party for passage in self.passages)
        self._where: dict[Wording, list[Passage]] = {}
        index.scan(self.passages)
        for passage in self.passages:
            for wording in index.found_in(passage).parts:
                self._where.setdefault(wording, []).append(passage)

    def __iter__(self) -> Iterator[Passage]:
        return (passage for passage in self.passages if passage.party in self._parties)

    def only(self, parties: tuple[Party, ...]) -> Heard:
        """What these parties say."""
        other = copy(self)
        other._parties = frozenset(parties)
        return other

    def holding(self, wording: Wording) -> list[Passage]:
        """The passages that hold something of the wording, in order of time."""
        return [passage for passage in self._where.get(wording, ()) if passage.party in self._parties]


class _Pair:
    """Words near each other: the hit reaches from the first to the last of them."""

    def __init__(self, near: Near, by: SoundAlike, index: Index) -> None:
        self.near = near
        self._groups_of: dict[Phrase, list[int]] = {}
        for number, words in enumerate(near.of):
            for phrase in dict.fromkeys(index.phrase(word, by) for word in words):
                self._groups_of.setdefault(phrase, []).append(number)

    def phrases(self) -> Iterable[Phrase]:
        """All its words."""
        return self._groups_of.keys()

    def find(self, hits: dict[Phrase, list[Hit]]) -> Iterator[Hit]:
        """Where one word of each group stands near one of the next."""
        found: list[list[Hit]] = [[] for _ in self.near.of]
        for phrase in hits:
            for number in self._groups_of.get(phrase, ()):
                found[number] += hits[phrase]
        if not all(found):
            return
        for group in found:
            group.sort(key=_by_place)
        for order in [found] if self.near.ordered else permutations(found):
            for words in self._chains(order):
                wanted = "…".join(hit.wanted for hit in words)
                score = min(hit.score for hit in words)
                inner = tuple(hit.start for hit in words[1:])
                how = "exact" if score == 1 else "pinyin"
                yield Hit(words[0].passage, words[0].start, words[-1].end, wanted, how, score, inner)

    def _chains(self, order: Sequence[list[Hit]]) -> list[tuple[Hit, ...]]:
        chains: list[tuple[Hit, ...]] = [(hit,) for hit in order[0]]
        for group in order[1:]:
            # Of the ways from one word to another the first is enough: they multiply where words stand often
            ways: dict[tuple[Hit, Hit], tuple[Hit, ...]] = {}
            for before, hit in product(chains, group):
                if 0 <= hit.start - before[-1].end <= self.near.chars:
                    ways.setdefault((before[0], hit), (*before, hit))
            chains = list(ways.values())
        return chains


def _by_place(hit: Hit) -> int:
    return hit.start


class Wording:
    """A leaf of a rule, compiled once and used on every call. ``index``: shared with all other wording of a plan."""

    def __init__(self, leaf: Leaf, index: Index | None = None) -> None:
        self.index = index = index or Index()
        self._phrases = frozenset(index.phrase(phrase, leaf.by) for phrase in leaf.phrases)
        self._pairs = [_Pair(near, leaf.by, index) for near in leaf.near]
        self._paired = frozenset(chain.from_iterable(pair.phrases() for pair in self._pairs))
        parts: list[Phrase | str] = [*self._phrases, *self._paired]
        parts += map(index.pattern, leaf.regex)
        for part in dict.fromkeys(parts):
            index.use(part, self)
        wanted = [*leaf.phrases, *leaf.regex, *("…".join(w[0] for w in n.of) for n in leaf.near)]
        self.first_wanted = next(iter(wanted), "")

    def all(self, passages: Heard | Iterable[Passage], least: float) -> list[Hit]:
        """Every hit scoring ``least`` or more, overlapping ones too.

        Raises ValueError for a ``least`` below :data:`LEAST_SCORE`: nothing is looked for there.
        """
        if least < LEAST_SCORE:
            raise ValueError(f"wording is only looked for from {LEAST_SCORE} on")
        heard = passages.holding(self) if isinstance(passages, Heard) else passages
        return [hit for passage in heard for hit in self.hits(passage) if hit.score >= least]

    def hits(self, passage: Passage) -> list[Hit]:
        """Every hit in one passage: of phrases, of words near each other, of patterns; looked for once."""
        if self not in passage.found:
            passage.found[self] = self._look(passage)
        hits: list[Hit] = passage.found[self]
        return hits

    def _look(self, passage: Passage) -> list[Hit]:
        there = self.index.found_in(passage)
        hits: list[Hit] = []
        patterns: list[Hit] = []
        words: dict[Phrase, list[Hit]] = {}
        for part in there.parts.get(self, ()):
            if isinstance(part, str):
                if part not in there.matches:
                    there.matches[part] = list(pattern_hits(passage, part))
                patterns += there.matches[part]
            else:
                words[part] = there.phrases[part]
                hits += words[part] if part in self._phrases else ()
        if len(self._paired.intersection(words)) > 1:
            hits += [hit for pair in self._pairs for hit in pair.find(words)]
        return hits + patterns

    def find(self, passages: Heard | Iterable[Passage], least: float) -> list[Hit]:
        """Hits scoring ``least`` or more, in time order; of hits that overlap only the best (then longest) stays."""
        kept: list[Hit] = []
        for hit in sorted(self.all(passages, least), key=lambda hit: (-hit.score, hit.start - hit.end, hit.start)):
            if not any(hit.overlaps(other) for other in kept):
                kept.append(hit)
        return sorted(kept, key=lambda hit: (hit.start_s, hit.start))
