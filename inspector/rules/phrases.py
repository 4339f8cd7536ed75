"""Finds all phrases of all rules in one pass over a passage.

By sound, at most a quarter of a phrase may be wrong. Cut into one piece more than syllables may be wrong, it has a
piece that is right: the first two or three syllables of each piece are the keys under which a phrase is kept::

    保 本 保 息 稳 赚 不 赔      8 syllables, 2 may be wrong: 3 pieces
    |#####|########|########|   keys: 保本  保息稳  赚不赔

The same character is right whatever its reading (还 huan or hai), so a phrase is kept under every reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from operator import and_, ne

from inspector.rules.matchers import SoundAlike
from inspector.rules.passages import Passage
from inspector.rules.sound import alike, folded_readings, folded_syllable, syllables_of
from inspector.text import fold, is_content

__all__ = ["LEAST_SCORE", "MIN_SOUND_SYLLABLES", "Hit", "Phrase", "PhraseIndex", "matchable"]

MIN_SOUND_SYLLABLES = 3  # shorter wording is matched literally: 媒体 sounds like 没提
LEAST_SCORE = 0.75  # no rule asks for less
KEY_SYLLABLES = 3


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


class Phrase:
    """One phrase of a rule as it sounds."""

    def __init__(self, phrase: str, by: SoundAlike) -> None:
        self.wanted = phrase
        self.text = matchable(phrase)
        self.by: SoundAlike = by if len(self.text) >= MIN_SOUND_SYLLABLES else "literal"
        self._pairs = tuple(zip(self.text, syllables_of(self.text), strict=True)) if self.by != "literal" else ()
        self._folded = tuple(folded_syllable(syllable) for _, syllable in self._pairs)
        self._may_be_wrong = int(len(self.text) * (1 - LEAST_SCORE) + 1e-9)

    def score(self, passage: Passage, start: int) -> tuple[float, str]:
        """How well the phrase sounds like what stands at a place: mean over its characters, and whether exactly.

        0 when it cannot reach :data:`LEAST_SCORE`.
        """
        end = start + len(self.text)
        other = map(ne, self.text, passage.text[start:end])
        if sum(map(and_, other, map(ne, self._folded, passage.folded[start:end]))) > self._may_be_wrong:
            return 0.0, "pinyin"
        heard = zip(passage.text[start:end], passage.syllables[start:end], strict=True)
        scores = [alike(one, other, self.by) for one, other in zip(self._pairs, heard, strict=True)]
        return round(sum(scores) / len(scores), 4), "exact" if min(scores) == 1 else "pinyin"

    def pieces(self) -> Iterator[tuple[tuple[str, ...], int]]:
        """The keys of each piece, in every reading, and where in the phrase they stand."""
        count = self._may_be_wrong + 1
        borders = [piece * len(self.text) // count for piece in range(count + 1)]
        for at, until in pairwise(borders):
            key = range(at, min(until, at + KEY_SYLLABLES))
            yield from ((one, at) for one in product(*({*folded_readings(self.text[n]), self._folded[n]} for n in key)))


class PhraseIndex:
    """The phrases of a plan. Phrases are added while it is made; afterwards it never changes."""

    def __init__(self) -> None:
        self._phrases: dict[tuple[str, SoundAlike], Phrase] = {}
        self._by_sound: dict[tuple[str, ...], list[tuple[Phrase, int]]] = {}
        self._by_first: dict[str, list[Phrase]] = {}

    def add(self, text: str, by: SoundAlike) -> Phrase:
        """The phrase of that text, kept once however many rules use it."""
        known = self._phrases.get((text, by))
        if known is not None:
            return known
        phrase = self._phrases[text, by] = Phrase(text, by)
        if phrase.by == "literal":
            self._by_first.setdefault(phrase.text[:1], []).append(phrase)
        else:
            for key, offset in phrase.pieces():
                self._by_sound.setdefault(key, []).append((phrase, offset))
        return phrase

    def hits(self, passage: Passage) -> dict[Phrase, list[Hit]]:
        """Where each phrase stands in the passage with a score of :data:`LEAST_SCORE` or more; looked for once."""
        if self not in passage.found:
            passage.found[self] = self._find(passage)
        found: dict[Phrase, list[Hit]] = passage.found[self]
        return found

    def _find(self, passage: Passage) -> dict[Phrase, list[Hit]]:
        found: dict[Phrase, list[Hit]] = {}
        for phrase, start in sorted(self._candidates(passage), key=lambda found: (found[1], found[0].wanted)):
            score, how = phrase.score(passage, start)
            if score >= LEAST_SCORE:
                hit = Hit(passage, start, start + len(phrase.text), phrase.wanted, how, score)
                found.setdefault(phrase, []).append(hit)
        for start, char in enumerate(passage.text):
            for phrase in self._by_first.get(char, ()):
                if passage.text.startswith(phrase.text, start):
                    hit = Hit(passage, start, start + len(phrase.text), phrase.wanted, "exact", 1.0)
                    found.setdefault(phrase, []).append(hit)
        return found

    def _candidates(self, passage: Passage) -> set[tuple[Phrase, int]]:
        found: set[tuple[Phrase, int]] = set()
        folded, length = passage.folded, len(passage.text)
        for at in range(length - 1):
            for key in (folded[at : at + 2], folded[at : at + KEY_SYLLABLES]):
                for phrase, offset in self._by_sound.get(key, ()):
                    if offset <= at <= length - len(phrase.text) + offset:
                        found.add((phrase, at - offset))
        return found
