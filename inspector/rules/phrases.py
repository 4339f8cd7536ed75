"""A phrase of a rule: how it may sound, and how well it fits what stands at a place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from operator import contains
from typing import NamedTuple

from inspector.rules.alignment import NEGATIONS, aligned, fewest_errors
from inspector.rules.matchers import SoundAlike
from inspector.rules.passages import Passage
from inspector.rules.seeds import seeds_of, with_gap
from inspector.rules.sound import alike, codes_in, codes_of
from inspector.text import fold, is_content

__all__ = ["LEAST_SCORE", "MAX_SLIP_SYLLABLES", "MIN_SOUND_SYLLABLES", "Hit", "Phrase", "matchable"]

MIN_SOUND_SYLLABLES = 3  # shorter wording is matched literally: 媒体 sounds like 没提
MIN_SLIP_SYLLABLES = 6  # shorter wording means something else with a syllable less: 产品(有)风险几乎为零
MAX_SLIP_SYLLABLES = 40  # the time grows with the square; longer texts are clauses to be read word for word
LEAST_SCORE = 0.75  # no rule asks for less


class Hit(NamedTuple):
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

    @property
    def sound_check(self) -> float | None:
        """How surely the sound says this and no denial of it, 0 … 1; None where nobody listened again."""
        checks = self.passage.sound_checks
        scores = (one.score for one in checks if one.start_s < self.end_s and self.start_s < one.end_s)
        return min(scores, default=None)

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
    """One phrase of a rule as it is spelled or as it sounds. By sound, at most a quarter of it may be wrong."""

    def __init__(self, phrase: str, by: SoundAlike) -> None:
        self.wanted = phrase
        self.text = matchable(phrase)
        self.by: SoundAlike = by if len(self.text) >= MIN_SOUND_SYLLABLES else "literal"
        self._may_be_wrong = int(len(self.text) * (1 - LEAST_SCORE) + 1e-9)
        self._may_slip = MIN_SLIP_SYLLABLES <= len(self.text) <= MAX_SLIP_SYLLABLES
        self._codes = [frozenset(codes_in(char)) for char in self.text] if self.by != "literal" else []
        self._places: dict[str, int] = {}
        for place, codes in enumerate(self._codes):
            for code in codes:
                self._places[code] = self._places.get(code, 0) | 1 << place
        self._least_codes = len(set(codes_of(self.text))) - self._may_be_wrong

    def seeds(self) -> Iterator[tuple[str, int]]:
        """Its seeds (see ``seeds.py``) in every reading, and where in the phrase they begin; none of a literal one."""
        if self.by == "literal":
            return
        for places, gap, offset in seeds_of(len(self.text), self._may_be_wrong, self._may_slip):
            for codes in product(*(sorted(self._codes[place]) for place in places)):
                yield with_gap("".join(codes), gap), offset

    def at(self, passage: Passage, start: int) -> Hit | None:
        """The phrase where it would begin at a place, give or take a few characters; None where it does not stand.

        A score of :data:`LEAST_SCORE` or more: the mean over its characters. Syllables too many or too few count as
        wrong ones, in phrases of :data:`MIN_SLIP_SYLLABLES` to :data:`MAX_SLIP_SYLLABLES`.
        """
        if not self._may_slip:
            return self._in_place(passage, start)
        # What stands one place on looks like a slip from here.
        for place in (start, start - 1, start + 1):
            if hit := self._in_place(passage, place):
                return hit
        return self._slipped(passage, start)

    def _in_place(self, passage: Passage, start: int) -> Hit | None:
        """The phrase with every syllable in its place."""
        end = start + len(self.text)
        right = sum(map(contains, self._codes, passage.codes[start:end])) if start >= 0 else 0
        if right < len(self.text) - self._may_be_wrong:
            return None
        heard = passage.text[start:end]
        if heard == self.text:
            return Hit(passage, start, end, self.wanted, "exact", 1.0)
        score = self._straight(heard)
        return Hit(passage, start, end, self.wanted, "pinyin", score) if score >= LEAST_SCORE else None

    def _straight(self, heard: str) -> float:
        """How alike character by character; 0 when it cannot reach :data:`LEAST_SCORE`."""
        if len(heard) < len(self.text):
            return 0.0
        wrong, total = 0, 0.0
        for one, other in zip(self.text, heard, strict=True):
            score = alike(one, other, self.by)
            total += score
            wrong += not score
            if wrong > self._may_be_wrong or (not score and other in NEGATIONS):
                return 0.0
        return round(total / len(self.text), 4)

    def _slipped(self, passage: Passage, start: int) -> Hit | None:
        """The phrase with syllables put in or left out."""
        slack = self._may_be_wrong
        first = start - slack if start > slack else 0
        last = start + len(self.text) + slack
        heard = passage.codes[first:last]
        if len(self._places.keys() & set(heard)) < self._least_codes:
            return None
        if fewest_errors(self._places, len(self.text), heard) > slack:
            return None
        found = aligned(self.text, passage.text[first:last], self.by, self._may_be_wrong)
        if found is None:
            return None
        cost, begin, end = found
        score = round(1 - cost / len(self.text), 4)
        how = "exact" if score == 1 else "pinyin"
        return Hit(passage, first + begin, first + end, self.wanted, how, score) if score >= LEAST_SCORE else None
