"""What any match of a pattern must hold: sets of short texts, of each of which one stands in every match.

::

    (推荐|建议您?买).{0,14}[理立]财        推荐, 建议买 or 建议您买; and 理财 or 立财
    保本|(绝对|肯定)不.*亏                 two branches: 保本; or 绝对不 or 肯定不, and 亏

Only the forms that need it are read; where nothing can be told (``[^不]``, ``\\d``) nothing is asked. What is told
holds for certain, so a pattern is never skipped wrongly (the idea is Cox 2012, regular expression matching with a
trigram index).
"""

from __future__ import annotations

import math
import re
from itertools import product

__all__ = ["Texts", "atoms_of"]

MOST_TEXTS = 64  # of what follows each other
MOST_TOGETHER = 256  # of branches
MOST_SETS = 5
MOST_CHARS = 24  # of a class: more say nothing
_QUANTIFIER = re.compile(r"[*+?]\??|\{(\d+)(?:(,)(\d*))?\}\??")
_GROUP = re.compile(r"\((?:\?(?:P?<\w+>|[imsU]*:))?")
_SPECIAL = "^$.|()[]{}*+?\\"
_ESCAPES = "dDsSwWbBAz"
_EMPTY = frozenset({""})

Texts = frozenset[str]
_Chain = list[Texts | None]  # None: anything may stand there


def atoms_of(pattern: str) -> tuple[tuple[Texts, ...], ...]:
    """For each branch of the pattern the sets of texts, :data:`MOST_SETS` at most. Empty where nothing can be told."""
    try:
        branches, end = _branches(pattern, 0)
    except IndexError:
        return ()  # a form that is not read here, and cut short by it
    chains = [_telling(_gathered(branch)) for branch in branches]
    return tuple(chains) if end == len(pattern) and all(chains) else ()


def _telling(chain: _Chain) -> tuple[Texts, ...]:
    """The sets that tell most."""
    texts = [one for one in chain if one]
    return tuple(sorted(texts, key=_worth, reverse=True)[:MOST_SETS])


def _gathered(chain: _Chain) -> _Chain:
    """Texts that follow each other as one set, as many as do not give too many; what may be empty tells nothing."""
    found: _Chain = []
    for one in chain:
        last = found[-1] if found else None
        if one is not None and last is not None and len(last) * len(one) <= MOST_TEXTS:
            found[-1] = _joined(last, one)
        else:
            found.append(one)
    return [None if one is None or "" in one else one for one in found]


def _joined(before: Texts, after: Texts) -> Texts:
    return frozenset(map("".join, product(before, after)))


def _branches(pattern: str, at: int) -> tuple[list[_Chain], int]:
    """The branches from ``at`` to the end of the group or pattern, and where that is."""
    branches: list[_Chain] = []
    while True:
        chain: _Chain = []
        while at < len(pattern) and pattern[at] not in "|)":
            part, at = _part(pattern, at)
            if quantifier := _QUANTIFIER.match(pattern, at):
                at = quantifier.end()
                part = _repeated(part, *_times(quantifier))
            chain += part
        branches.append(chain)
        if at >= len(pattern) or pattern[at] != "|":
            return branches, at
        at += 1


def _times(quantifier: re.Match[str]) -> tuple[int, float]:
    sign = quantifier[0][0]
    if sign != "{":
        return int(sign == "+"), 1 if sign == "?" else math.inf
    least = int(quantifier[1])
    if quantifier[2] is None:
        return least, least
    return least, int(quantifier[3]) if quantifier[3] else math.inf


def _repeated(part: _Chain, least: int, most: float) -> _Chain:
    if least >= 1:
        return [*part, None] if most > 1 else part
    if most == 1 and len(part) == 1 and part[0] is not None:
        return [part[0] | _EMPTY]
    return [None]


def _part(pattern: str, at: int) -> tuple[_Chain, int]:
    """One part without its quantifier, and where it ends. Raises IndexError for a form that is not read here."""
    char = pattern[at]
    if char == "(":
        opening = _GROUP.match(pattern, at)
        branches, end = _branches(pattern, opening.end() if opening else at + 1)
        if pattern[end] != ")":
            raise IndexError
        return _one_of([_whole(branch) for branch in branches]), end + 1
    if char == "[":
        return _class(pattern, at)
    if char == "\\":
        if pattern[at + 1] not in _SPECIAL + _ESCAPES:
            raise IndexError
        return [frozenset(pattern[at + 1]) if pattern[at + 1] in _SPECIAL else None], at + 2
    return [None if char in "^$." else frozenset(char)], at + 1


def _class(pattern: str, at: int) -> tuple[_Chain, int]:
    end = pattern.find("]", at + 2)
    inside = pattern[at + 1 : end]
    if end < 0 or "\\" in inside or "[:" in inside:
        raise IndexError
    told = inside[0] != "^" and "-" not in inside and len(inside) <= MOST_CHARS
    return [frozenset(inside) if told else None], end + 1


def _whole(branch: _Chain) -> _Chain:
    """A branch as one set of texts if that can be: even an empty one may be filled by what stands beside the group."""
    texts = _EMPTY
    for one in branch:
        if one is None or len(texts) * len(one) > MOST_TEXTS:
            return _gathered(branch)
        texts = _joined(texts, one)
    return [texts]


def _one_of(branches: list[_Chain]) -> _Chain:
    """A group: the texts of all its branches; else those of each that tell most."""
    if len(branches) == 1:
        return branches[0]
    best = [max((one or _EMPTY for one in branch), key=_worth) for branch in branches]
    together: Texts = frozenset().union(*best)
    told = together if len(together) <= MOST_TOGETHER else None
    return [told] if all(len(branch) == 1 for branch in branches) else [None, told, None]


def _worth(texts: Texts) -> tuple[int, int]:
    """The longer at its shortest, then the fewer."""
    return min(map(len, texts)), -len(texts)
