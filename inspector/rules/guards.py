"""Guards: why wording may not mean what it says. A guard cancels the hit it touches, not the sentence.

"虽然不保本但是稳赚不赔": 不 touches 保本 and cancels it; 但是 is a turn word, so 稳赚不赔 stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

import re2

from inspector.rules.passages import Passage
from inspector.rules.phrases import Hit, matchable
from inspector.rules.schema import Guard, GuardSide
from inspector.rules.sound import HOMOPHONE_SCORE, alike, codes_in

__all__ = ["CompiledGuard", "Touch"]

_LOOK_CHARS = 40
_BLANK = "□"


class Touch(IntEnum):
    """How a guard bears on a hit."""

    NONE = 0
    DOUBTFUL = 1
    CANCELS = 2


def _alternatives(words: tuple[str, ...]) -> str:
    return "|".join(re2.escape(word) for word in sorted(map(matchable, words), key=len, reverse=True))


class CompiledGuard:
    """A guard ready to be asked about hits."""

    def __init__(self, guard: Guard) -> None:
        self._before = [_Side(side) for side in guard.before]
        self._after = [_Side(side) for side in guard.after]
        self._doubtful_chars = guard.doubtful_chars
        self._twice_doubtful = guard.twice_doubtful
        self._strongest = Touch.CANCELS if guard.cancels else Touch.DOUBTFUL
        self._turn_words = re2.compile(_alternatives(guard.turn_words)) if guard.turn_words else None

    def touch(self, hit: Hit) -> Touch:
        """The strongest bearing of any of the guard's sides on the hit or on one of its inner words.

        Rules share guards and find the same words: what bears on a place is found once.
        """
        known: dict[tuple[bool, int], Touch] = hit.passage.found.setdefault(self, {})
        strongest = Touch.NONE
        for start in (hit.start, *hit.inner):
            if (False, start) not in known:
                sides = (self._touch_before(hit.passage, start, side) for side in self._before)
                known[False, start] = max(sides, default=Touch.NONE)
            strongest = max(strongest, known[False, start])
        if (True, hit.end) not in known:
            known[True, hit.end] = max((self._touch_after(hit, side) for side in self._after), default=Touch.NONE)
        return min(max(strongest, known[True, hit.end]), self._strongest)

    def _touch_before(self, passage: Passage, start: int, side: _Side) -> Touch:
        first = max(0, start - _LOOK_CHARS)
        if turns := list(self._turns(passage.text[first:start])):
            first += turns[-1][1]
        words = side.words(passage, first, start)
        for place, (word_start, word_end) in enumerate(words):
            if not side.fits(passage.text[word_end:start]):
                continue
            denied = any(_denied(passage, side, before, word_start) for _, before in words[:place])
            doubted = (self._twice_doubtful and denied) or _broken(passage, word_end, start)
            return Touch.DOUBTFUL if doubted else Touch.CANCELS
        if any(start - end <= self._doubtful_chars and not _broken(passage, end, start) for _, end in words):
            return Touch.DOUBTFUL
        return Touch.CANCELS if side.touches_alike(passage.text, first, start) else Touch.NONE

    def _touch_after(self, hit: Hit, side: _Side) -> Touch:
        passage = hit.passage
        last = min(len(passage.text), hit.end + _LOOK_CHARS)
        for word_start, _ in side.words(passage, hit.end, last):
            gap = passage.text[hit.end : word_start]
            # 保本其实做不到 takes it back, 保本但是做不到提前支取 does not: a person must tell.
            straight = self._turn_words.sub("", gap) if self._turn_words else gap
            if side.fits(straight):
                turned = straight != gap or _broken(passage, hit.end, word_start)
                return Touch.DOUBTFUL if turned else Touch.CANCELS
        return Touch.NONE

    def _turns(self, text: str) -> Iterator[tuple[int, int]]:
        if self._turn_words is not None:
            for found in self._turn_words.finditer(text):
                yield found.span()


def _denied(passage: Passage, side: _Side, before: int, word: int) -> bool:
    """Does a guard word that ends at ``before`` deny the one at ``word``? 不是说不保本, but not 没有，不保本."""
    return side.fits(passage.text[before:word]) and not _broken(passage, before, word)


def _broken(passage: Passage, start: int, stop: int) -> bool:
    return any(start <= at <= stop for at in passage.breaks)


class _Side:
    """The guard words of one side, found as written or by sound."""

    def __init__(self, side: GuardSide) -> None:
        self._side = side
        self._exact = re2.compile(_alternatives(side.words))
        self._firsts = {matchable(word)[0] for word in side.words}
        self._lookalike = re2.compile(_alternatives(side.unless_words)) if side.unless_words else None
        self._filler = re2.compile(f"(?:{_alternatives(side.filler)})*" if side.filler else "")
        longer = {matchable(word) for word in side.words if len(matchable(word)) > 1}
        # In an order of their own: a set's would change from run to run, and with it what overlaps.
        self._spoken: dict[str, list[str]] = {}
        for word in sorted(longer, key=lambda word: (-len(word), word)):
            for code in codes_in(word[0]):
                self._spoken.setdefault(code, []).append(word)

    def words(self, passage: Passage, start: int, stop: int) -> list[tuple[int, int]]:
        """Where guard words stand in ``[start, stop)``, without those that only look like one."""
        text = passage.text[start:stop]
        spoken = [span for span in self._by_sound(passage) if start <= span[0] and span[1] <= stop]
        if not spoken and self._firsts.isdisjoint(text):
            return []
        if self._lookalike is not None:
            text = self._lookalike.sub(lambda found: _BLANK * len(found.group()), text)
        found = {(start + at.start(), start + at.end()) for at in self._exact.finditer(text)}
        for span in spoken:
            if _BLANK not in text[span[0] - start : span[1] - start]:
                found = _with_longer(span, found)
        return sorted(found)

    def _by_sound(self, passage: Passage) -> list[tuple[int, int]]:
        """Where guard words of two syllables or more stand in the passage by their sound; looked for once."""
        if self not in passage.found:
            passage.found[self] = [
                (at, at + len(word))
                for at, code in enumerate(passage.codes)
                for word in self._spoken.get(code, ())
                if _sounds(word, passage.text[at : at + len(word)])
            ]
        found: list[tuple[int, int]] = passage.found[self]
        return found

    def fits(self, gap: str) -> bool:
        """May this stand between guard word and hit?"""
        if self._side.loose:
            return len(gap) <= self._side.reach_chars
        return self._filler.fullmatch(gap) is not None

    def touches_alike(self, text: str, start: int, stop: int) -> bool:
        """Does a character that the recogniser writes for a guard word touch the hit, not being part of a real word?"""
        if stop <= start or text[stop - 1] not in self._side.alike:
            return False
        before = text[start:stop]
        if self._lookalike is None:
            return True
        return not any(found.end() == len(before) for found in self._lookalike.finditer(before))


def _sounds(word: str, heard: str) -> bool:
    """Do all characters sound like those of the word?"""
    return len(heard) == len(word) and all(
        alike(one, other, "pinyin") >= HOMOPHONE_SCORE for one, other in zip(word, heard, strict=True)
    )


def _with_longer(span: tuple[int, int], others: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """The words with this one too, unless one of them is longer: 无发 (无法 by its sound) takes the place of 无."""
    over = {(start, end) for start, end in others if span[0] < end and start < span[1]}
    within = all(span[0] <= start and end <= span[1] for start, end in over)
    return others - over | {span} if within else others
