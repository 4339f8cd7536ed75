"""Masked text as an index knows it: pairs of neighbouring characters, spelled and by sound, each as a number.

::

    这款，保本＊＊    →  这款 款保 保本        spelled: signs are passed over, ＊ and ends of lines part
                         zhekuan kuanbao …    by sound: without tones, confusable sounds as one

Of what has all pairs of a word, :func:`places_of` tells whether and where the word really is.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby, pairwise

from inspector.rules.sound import folded_syllable, readings_of
from inspector.text import fold, is_content

__all__ = ["facet_term", "places_of", "terms_of", "words_of"]

_PARTS = frozenset("\n＊*")


def words_of(query: str) -> tuple[str, ...]:
    """What of a query is looked for, each for itself: parted by spaces, without signs."""
    parted = "".join("\n" if char.isspace() else char for char in query)
    runs = ("".join(char for char, _ in run) for run in _runs(parted))
    return tuple(dict.fromkeys(runs))


def terms_of(text: str, *, sound: bool) -> set[int]:
    """The numbers (32 bits, with sign) of all pairs in it. Two pairs may share one: see :func:`places_of`."""
    kind = "s" if sound else "c"
    pairs = {pair for run in _runs(text) for pair in pairwise(_units([char for char, _ in run], sound))}
    return {_number(kind, one, two) for one, two in pairs}


def facet_term(name: str, value: str) -> int:
    """The number of what is known of a call beside its text."""
    return _number("f", name, value)


def places_of(text: str, word: str, *, sound: bool) -> list[tuple[int, int]]:
    """Where ``word`` (one of :func:`words_of`) is in the text: from character to character, not overlapping."""
    wanted = _units(list(word), sound)
    found: list[tuple[int, int]] = []
    for run in _runs(text):
        units = _units([char for char, _ in run], sound)
        at = 0
        while at <= len(units) - len(wanted):
            if units[at : at + len(wanted)] == wanted:
                found.append((run[at][1], run[at + len(wanted) - 1][1] + 1))
                at += len(wanted)
            else:
                at += 1
    return found


def _runs(text: str) -> Iterator[list[tuple[str, int]]]:
    """The characters with content between two places that part, each with its place."""
    for parts, run in groupby(enumerate(text), key=lambda one: one[1] in _PARTS):
        kept = [] if parts else [(char, place) for place, char in run if is_content(char)]
        if kept:
            yield kept


def _units(chars: Sequence[str], sound: bool) -> list[str]:
    return [(_syllable if sound else _plain)(char) for char in chars]


@lru_cache(maxsize=65536)
def _plain(char: str) -> str:
    return fold(char)


@lru_cache(maxsize=65536)
def _syllable(char: str) -> str:
    """The commonest reading. What has none stands for itself."""
    plain = _plain(char)
    reading = readings_of(plain)[0]
    return plain if reading == plain else folded_syllable(reading)


@lru_cache(maxsize=1 << 18)
def _number(kind: str, one: str, two: str) -> int:
    return zlib.crc32(f"{kind}\0{one}\0{two}".encode("utf-8", "surrogatepass")) - (1 << 31)
