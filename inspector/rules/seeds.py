"""By which few syllables phrases are looked for: some that are right wherever a syllable is wrong.

Of a phrase of four to seven syllables one may be wrong; it is tried at every place, and from six on also put in or left
out. What is left is the seed, with one gap at most::

    稳赚不赔        ?赚不赔  稳?不赔  稳赚?赔  稳赚不?       赚不赔  稳.不赔  稳赚.赔  稳赚不
    资金绝对安全    资金?绝对安全 (one put in)            资金.绝对安
                资金对安全 (one left out)             资金对安全

Of a longer phrase more may be wrong: of some fours, with one gap at most, one is right wherever they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import chain, combinations

__all__ = ["Shapes", "seeds_in", "seeds_of", "shapes_of", "with_gap"]

Seed = tuple[tuple[int, ...], int, int]
"""Places of the phrase, after how many of them the gap is (0: none), and where the seed begins."""

_GAP = "\0"
_FOURS = ((0, 1, 2, 3), (0, 1, 2, 4), (0, 1, 3, 4), (0, 2, 3, 4))
_THREES = ((0, 1, 2), (0, 1, 3), (0, 2, 3))


@lru_cache(maxsize=256)
def seeds_of(length: int, most_wrong: int, slips: bool) -> tuple[Seed, ...]:
    """The seeds of a phrase of so many syllables. ``slips``: one may also be put in or left out."""
    if most_wrong == 0:
        return (((0, 1, 2), 0, 0),)
    if most_wrong > 1:
        return _long(length)
    variants = chain(_replaced(length), _slipped(length) if slips else ())
    return tuple(dict.fromkeys(_seed(variant, length - 1) for variant in variants))


def _long(length: int) -> tuple[Seed, ...]:
    """Seeds for a quarter that is wrong, in a phrase of eight or more.

    Of its eights side by side one has two wrong at most, or else nothing is wrong at its end.
    """
    starts = range(0, length - 7, 8)
    places = [tuple(start + place for place in shape) for start in starts for shape in _covering_eight()]
    places.append(tuple(range(length - 4, length)))
    return tuple(dict.fromkeys((one, _gap_in(one), one[0]) for one in places))


@cache
def _covering_eight() -> list[tuple[int, ...]]:
    """Shapes of which one is right wherever two of eight are wrong, chosen one by one by how much each covers."""
    shapes = [tuple(at + place for place in shape) for shape in (*_FOURS, *_THREES) for at in range(8 - shape[-1])]
    open_ = [{*wrong} for wrong in combinations(range(8), 2)]
    chosen = []
    while open_:
        best = max(shapes, key=lambda shape: (len(shape), sum(wrong.isdisjoint(shape) for wrong in open_)))
        if not any(wrong.isdisjoint(best) for wrong in open_):
            shapes = [shape for shape in shapes if len(shape) < len(best)]  # fours are done: threes for the rest
            continue
        chosen.append(best)
        open_ = [wrong for wrong in open_ if not wrong.isdisjoint(best)]
    return chosen


def _gap_in(places: tuple[int, ...]) -> int:
    """After how many of the places one is left out; 0 when none is."""
    return next((number for number in range(1, len(places)) if places[number] - places[number - 1] > 1), 0)


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


Shapes = dict[str, tuple[tuple[int, int], ...]]
"""By the first three characters of seeds as they are looked up: how many characters long, and where their gap is."""


def shapes_of(seeds: Iterable[str]) -> Shapes:
    """The shapes of the seeds of some phrases: few of the threes that stand in a text begin any of them."""
    found: dict[str, dict[tuple[int, int], None]] = {}
    for one in seeds:
        found.setdefault(one[:3], {})[len(one), max(0, one.find(_GAP))] = None
    return {head: tuple(shapes) for head, shapes in found.items()}


def seeds_in(codes: str, shapes: Shapes) -> Iterator[tuple[int, str]]:
    """Place and seed, as it is looked up, of all seeds of these shapes in a text by sound."""
    for at, (one, two, three) in enumerate(zip(codes, codes[1:], codes[2:], strict=False)):
        for head in (one + two + three, one + two + _GAP, one + _GAP + three):
            for length, gap in shapes.get(head, ()):
                heard = codes[at : at + length]
                yield at, heard[:gap] + _GAP + heard[gap + 1 :] if gap else heard
