"""Finds wording in passages: phrases (literal or by sound), patterns, words near each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import re2

from inspector.rules.passages import Passage
from inspector.rules.schema import Leaf, Near, SoundAlike
from inspector.rules.sound import alike, folded_syllable, syllables_of
from inspector.text import fold, is_content

__all__ = ["MIN_SOUND_SYLLABLES", "Hit", "Wording", "matchable"]

MIN_SOUND_SYLLABLES = 3  # shorter wording is matched literally: 媒体 sounds like 没提


@dataclass(frozen=True, slots=True)
class Hit:
    """Wording found at ``[start, end)`` of a passage; ``how`` exact, pinyin or regex; ``score`` 0 … 1.

    ``inner``: where the further words begin when the hit has gaps (what stands before them may negate them).
    """

    passage: Passage
    start: int
    end: int
    wanted: str
    how: str
    score: float
    inner: tuple[int, ...] = ()

    @property
    def start_s(self) -> float:
        return self.passage.starts_s[self.start]

    @property
    def end_s(self) -> float:
        return max(self.passage.ends_s[self.end - 1], self.start_s + 0.05)

    @property
    def confidence(self) -> float:
        """Mean confidence of the characters of the hit."""
        values = self.passage.confidence[self.start : self.end]
        return sum(values) / len(values)

    def exceeds(self, other: Hit) -> bool:
        """Does the other hit lie within this one, which is longer?"""
        within = self.passage is other.passage and self.start <= other.start and other.end <= self.end
        return within and other.end - other.start < self.end - self.start

    def overlaps(self, other: Hit) -> bool:
        return self.passage is other.passage and self.start < other.end and other.start < self.end


def matchable(phrase: str) -> str:
    """A phrase as passages are written: folded, content characters only."""
    return "".join(filter(is_content, fold(phrase)))


class _Phrase:
    """One phrase, ready to be looked for."""

    def __init__(self, phrase: str, by: SoundAlike) -> None:
        self.wanted = phrase
        self.text = matchable(phrase)
        self.by: SoundAlike = by if len(self.text) >= MIN_SOUND_SYLLABLES else "literal"
        self.pairs = tuple(zip(self.text, syllables_of(self.text), strict=True))

    def find(self, passage: Passage, least: float) -> Iterator[Hit]:
        """Hits scoring ``least`` or more. To reach it, a window must fit in one of its first syllables."""
        if self.by == "literal":
            yield from self._literal(passage)
            return
        length = len(self.pairs)
        allowed_wrong = int(length * (1 - least) + 1e-9)
        for start in sorted(self._candidates(passage, allowed_wrong)):
            window = zip(
                passage.text[start : start + length], passage.syllables[start : start + length], strict=True
            )
            scores = [alike(wanted, heard, self.by) for wanted, heard in zip(self.pairs, window, strict=True)]
            score = sum(scores) / length
            if score >= least:
                how = "exact" if min(scores) == 1 else "pinyin"
                yield Hit(passage, start, start + length, self.wanted, how, round(score, 4))

    def _literal(self, passage: Passage) -> Iterator[Hit]:
        start = passage.text.find(self.text)
        while start >= 0:
            yield Hit(passage, start, start + len(self.text), self.wanted, "exact", 1.0)
            start = passage.text.find(self.text, start + 1)

    def _candidates(self, passage: Passage, allowed_wrong: int) -> set[int]:
        last = len(passage.text) - len(self.pairs)
        found: set[int] = set()
        for offset, (_, syllable) in enumerate(self.pairs[: allowed_wrong + 1]):
            places = passage.places.get(folded_syllable(syllable), ())
            found.update(place - offset for place in places if 0 <= place - offset <= last)
        return found


class _Pair:
    """Words near each other: the hit reaches from the first to the last of them."""

    def __init__(self, near: Near, by: SoundAlike) -> None:
        self.near = near
        self.groups = [[_Phrase(word, by) for word in words] for words in near.of]

    def find(self, passage: Passage, least: float) -> Iterator[Hit]:
        found = [[hit for phrase in group for hit in phrase.find(passage, least)] for group in self.groups]
        for order in [found] if self.near.ordered else permutations(found):
            for hits in self._chains(order):
                wanted = "…".join(hit.wanted for hit in hits)
                score = min(hit.score for hit in hits)
                inner = tuple(hit.start for hit in hits[1:])
                how = "exact" if score == 1 else "pinyin"
                yield Hit(passage, hits[0].start, hits[-1].end, wanted, how, score, inner)

    def _chains(self, order: Sequence[list[Hit]]) -> list[tuple[Hit, ...]]:
        chains: list[tuple[Hit, ...]] = [(hit,) for hit in order[0]]
        for group in order[1:]:
            chains = [
                (*chain, hit)
                for chain in chains
                for hit in group
                if 0 <= hit.start - chain[-1].end <= self.near.chars
            ]
        return chains


class Wording:
    """A leaf of a rule, compiled once and used on every call."""

    def __init__(self, leaf: Leaf) -> None:
        self._phrases = [_Phrase(phrase, leaf.by) for phrase in leaf.phrases]
        self._pairs = [_Pair(near, leaf.by) for near in leaf.near]
        self._patterns = [(pattern, re2.compile(pattern)) for pattern in leaf.regex]
        self.first_wanted = next(iter([*leaf.phrases, *leaf.regex, *("…".join(w[0] for w in n.of) for n in leaf.near)]))

    def all(self, passages: Iterable[Passage], least: float) -> list[Hit]:
        """Every hit scoring ``least`` or more, overlapping ones too."""
        return [hit for passage in passages for hit in self._find(passage, least)]

    def find(self, passages: Iterable[Passage], least: float) -> list[Hit]:
        """Hits scoring ``least`` or more, in time order; of hits that overlap only the best (then longest) stays."""
        hits = self.all(passages, least)
        kept: list[Hit] = []
        for hit in sorted(hits, key=lambda hit: (-hit.score, hit.start - hit.end, hit.start)):
            if not any(hit.overlaps(other) for other in kept):
                kept.append(hit)
        return sorted(kept, key=lambda hit: (hit.start_s, hit.start))

    def _find(self, passage: Passage, least: float) -> Iterator[Hit]:
        finders: tuple[_Phrase | _Pair, ...] = (*self._phrases, *self._pairs)
        for finder in finders:
            yield from finder.find(passage, least)
        for source, pattern in self._patterns:
            for found in pattern.finditer(passage.text):
                if found.end() > found.start():
                    yield Hit(passage, found.start(), found.end(), source, "regex", 1.0)
