"""How alike two wordings sound. The only place that knows pinyin.

Tones are dropped: telephone recognisers confuse them freely. Syllables that many speakers do not tell apart are folded
(zh/z ch/c sh/s, n/l, f/h, ang/an eng/en ing/in). Numerals are never folded: 四/十 and 一/七 differ by one sound and by
a lot of money.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain

from pypinyin import Style, lazy_pinyin, pinyin
from pypinyin.seg import mmseg

from inspector.rules.matchers import SoundAlike

__all__ = ["CONFUSABLE_SCORE", "HOMOPHONE_SCORE", "alike", "folded_readings", "folded_syllable", "syllables_of"]

HOMOPHONE_SCORE = 0.97
CONFUSABLE_SCORE = 0.85
_RUNS = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]+|[^\u3400-\u9fff\U00020000-\U0003ffff]+")
_NUMERALS = frozenset("零一二两三四五六七八九十百千万亿半0123456789")
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


def syllables_of(text: str) -> tuple[str, ...]:
    """Toneless pinyin, one entry per character; what is no ideograph stands for itself."""
    # Readings hang on words, and words come again and again: pypinyin is asked once for each.
    return tuple(chain.from_iterable(_of_word(word) for run in _RUNS.findall(text) for word in mmseg.seg.cut(run)))


@lru_cache(maxsize=65536)
def _of_word(word: str) -> tuple[str, ...]:
    # ``list``: one entry for each character that has no reading (documented; the stubs only know strings)
    syllables = tuple(lazy_pinyin(word, errors=list))  # type: ignore[arg-type]
    if len(syllables) != len(word):
        raise ValueError(f"{len(word)} characters gave {len(syllables)} syllables")
    return syllables


@lru_cache(maxsize=16384)
def folded_readings(char: str) -> frozenset[str]:
    """Every reading a character can have, folded: its company decides which one it has in a text."""
    # ``list``: as below
    readings = pinyin(char, style=Style.NORMAL, heteronym=True, errors=list)  # type: ignore[arg-type]
    return frozenset(map(folded_syllable, readings[0]))


@lru_cache(maxsize=4096)
def folded_syllable(syllable: str) -> str:
    """The syllable with confusable sounds folded to one of them."""
    for sound, folded in _INITIALS:
        if syllable.startswith(sound):
            syllable = folded + syllable[len(sound) :]
            break
    for sound, folded in _FINALS:
        if syllable.endswith(sound):
            return syllable[: -len(sound)] + folded
    return syllable


def alike(wanted: tuple[str, str], heard: tuple[str, str], by: SoundAlike) -> float:
    """Score 0 … 1 of two (character, syllable) pairs under a rule's sound-alike setting."""
    if wanted[0] == heard[0]:
        return 1.0
    if by == "literal" or wanted[0] in _NUMERALS or heard[0] in _NUMERALS:
        return 0.0
    if wanted[1] == heard[1]:
        return HOMOPHONE_SCORE
    if by == "pinyin_confusable" and folded_syllable(wanted[1]) == folded_syllable(heard[1]):
        return CONFUSABLE_SCORE
    return 0.0
