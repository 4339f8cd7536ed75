"""Aligns a phrase with a few characters heard: syllables may be wrong, put in or left out.

::

    wanted   投 资 有   风 险 请 谨 慎
    heard    投 资 有 的 风 险   谨 慎      的 put in, 请 left out: cost 2

A recogniser puts in and leaves out syllables, but a negation put in (投资没有风险) turns the meaning: there the
wording does not stand.
"""

from __future__ import annotations

from inspector.rules.matchers import SoundAlike
from inspector.rules.sound import alike

__all__ = ["NEGATIONS", "aligned", "fewest_errors"]

NEGATIONS = frozenset("不没非未别无勿莫")

_Cell = tuple[float, int]
"""Cost so far, and the place in the heard text where it began, negative: of equal cost the later one is the less."""


def aligned(wanted: str, heard: str, by: SoundAlike, most_wrong: int) -> tuple[float, int, int] | None:
    """The cheapest place of the phrase in the heard text: cost and ``[start, end)``; the shortest, then first of such.

    A wrong, lacking or added character costs 1, one that sounds alike what it lacks in :func:`alike`. None when it
    costs more than ``most_wrong`` (Sellers 1980, approximate matching).
    """
    row: list[_Cell] = [(0.0, -at) for at in range(len(heard) + 1)]  # it may begin anywhere, the later the shorter
    forbidden = 2.0 * len(wanted)
    for place, one in enumerate(wanted, 1):
        before, row = row, [(float(place), 0)]
        for at, other in enumerate(heard):
            likeness = alike(one, other, by)
            turned = forbidden if other in NEGATIONS else 1.0
            replaced = _more(before[at], 1 - likeness if likeness else turned)
            row.append(min(replaced, _more(before[at + 1], 1.0), _more(row[at], turned)))
    cost, length, begin = min((cost, at + begun, -begun) for at, (cost, begun) in enumerate(row))
    return (cost, begin, begin + length) if cost <= most_wrong else None


def fewest_errors(places: dict[str, int], length: int, heard: str) -> int:
    """How many characters at least are wrong, added or lacking where the phrase fits the heard text best.

    ``places``: for each character the places of the phrase where it is right, as bits. One step for each character
    heard (Myers 1999, a fast bit-vector algorithm for approximate string matching).
    """
    whole, last = (1 << length) - 1, 1 << (length - 1)
    more, less = whole, 0  # where the number of errors is one more, one less than at the place before
    errors = fewest = length
    for char in heard:
        right = places.get(char, 0)
        level = ((((right & more) + more) ^ more) | right | less) & whole
        up, down = (less | ~(level | more)) & whole, more & level
        errors += bool(up & last) - bool(down & last)
        fewest = min(fewest, errors)
        up, down = up << 1, down << 1
        more, less = (down | ~(level | up)) & whole, up & level & whole
    return fewest


def _more(cell: _Cell, cost: float) -> _Cell:
    return cell[0] + cost, cell[1]
