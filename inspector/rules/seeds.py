"""By which few syllables phrases are looked for: some that are right wherever a syllable is wrong.

Of a phrase of four to seven syllables one may be wrong; it is tried at every place, and from six on also put in or left
out. Of what is left, three (four from five syllables on) next to each other are the seed, with a gap of one at most::

    稳赚不赔        ?赚不赔  稳?不赔  稳赚?赔  稳赚不?       赚不赔  稳.不赔  稳赚.赔  稳赚不
    资金绝对安全    资金?绝对安全 (one put in)            金.绝对安
                资金对安全 (one left out)             资金对安

Of a longer phrase more may be wrong; of as many threes as may be wrong, and one more, one is right::

    投资有 风险自 负请谨 慎           10 syllables, 2 wrong
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

__all__ = ["seeds_at", "seeds_of", "with_gap"]

Seed = tuple[tuple[int, ...], int, int]
"""Places of the phrase, after how many of them the gap is (0: none), and where the seed begins."""

_GAP = "\0"
_EIGHT: tuple[Seed, ...] = (((0, 1, 2), 0, 0), ((3, 4, 5), 0, 3), ((3, 5, 6), 1, 3), ((4, 6, 7), 1, 4))
"""Two of eight leave no room for three threes side by side: of these one is right wherever the two are."""


@lru_cache(maxsize=256)
def seeds_of(length: int, most_wrong: int, slips: bool) -> tuple[Seed, ...]:
    """The seeds of a phrase of so many syllables. ``slips``: one may also be put in or left out."""
    if most_wrong == 0:
        return (((0, 1, 2), 0, 0),)
    if length == 8:
        return _EIGHT
    if most_wrong > 1:
        return tuple(((at, at + 1, at + 2), 0, at) for at in range(0, 3 * most_wrong + 1, 3))
    size = 3 if length == 4 else 4
    variants = chain(_replaced(length), _slipped(length) if slips else ())
    return tuple(dict.fromkeys(_seed(variant, size) for variant in variants))


def _replaced(length: int) -> Iterator[tuple[int | None, ...]]:
    """The places of a phrase of which one is wrong (None), each in turn."""
    yield from (tuple(None if place == wrong else place for place in range(length)) for wrong in range(length))


def _slipped(length: int) -> Iterator[tuple[int | None, ...]]:
    """With one left out or put in, each in turn; at either end that is no more than one wrong."""
    whole = tuple(range(length))
    for at in range(1, length - 1):
        yield (*whole[:at], *whole[at + 1 :])
    for at in range(1, length):
        yield (*whole[:at], None, *whole[at:])


def _seed(variant: tuple[int | None, ...], size: int) -> Seed:
    """The first ``size`` next to each other that are right, else with a gap of one."""
    for width in (size, size + 1):
        for begin in range(len(variant) - width + 1):
            window = variant[begin : begin + width]
            places = tuple(place for place in window if place is not None)
            if len(places) == size and None not in (window[0], window[-1]):
                return places, window.index(None) if width > size else 0, begin
    raise ValueError(f"no {size} of {variant} stand near each other")


def with_gap(codes: str, gap: int) -> str:
    """The codes of a seed as they are looked up."""
    return codes[:gap] + _GAP + codes[gap:] if gap else codes


def seeds_at(codes: str, at: int) -> tuple[str, ...]:
    """Every seed that begins at a place of a text by sound, as it is looked up."""
    five = codes[at : at + 5]
    one, two, three, four = five[:1] + _GAP, five[:2] + _GAP, five[:3], five[:4]
    return three, four, two + five[3:4], one + five[2:4], one + five[2:], two + five[3:], three + _GAP + five[4:]
