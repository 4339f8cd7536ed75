"""What any match of a pattern must hold: sets of short texts, of each of which one stands in every match.

::

    (推荐|建议您?买).{0,14}[理立]财        推荐 or 建议, and 理财 or 立财

Only the forms that need it are read; where nothing can be told (``.``, ``[^不]``) nothing is asked. What is told holds
for certain, so a pattern is never skipped wrongly (the idea is Cox 2012, regular expression matching with a trigram
index).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

__all__ = ["atoms_of"]

MOST_CHARS = 12  # of a class: more say nothing
MOST_ATOMS = 64
MOST_SETS = 4
_QUANTIFIER = re.compile(r"[*+?]\??|\{(\d+)(,\d*)?\}\??")
_GROUP = re.compile(r"\((?:\?(?:P?<\w+>|[imsU]*:))?")
_SPECIAL = frozenset("^$.|()[]{}*+?\\")

Atoms = frozenset[str]


def atoms_of(pattern: str) -> tuple[Atoms, ...]:
    """Sets of texts: any match holds one of each. None where nothing can be told."""
    try:
        atoms, end = _alternatives(pattern, 0)
    except IndexError:
        return ()  # a form that is not read here, and cut short by it
    best = sorted(atoms, key=_worth, reverse=True)[:MOST_SETS]
    telling = [one for one in best if _worth(one)[0] > 1] or best  # single characters stand nearly everywhere
    return tuple(telling) if end == len(pattern) else ()


def _worth(atoms: Atoms) -> tuple[int, int]:
    """The longer at its shortest, then the fewer."""
    return min(map(len, atoms)), -len(atoms)


def _alternatives(pattern: str, at: int) -> tuple[list[Atoms], int]:
    """From ``at`` to the end of the group. Of several branches each must have atoms, then the best of each together."""
    branches: list[list[Atoms]] = []
    while True:
        atoms, at = _branch(pattern, at)
        branches.append(atoms)
        if at >= len(pattern) or pattern[at] != "|":
            break
        at += 1
    if len(branches) == 1:
        return branches[0], at
    if not all(branches):
        return [], at
    together = frozenset().union(*(max(atoms, key=_worth) for atoms in branches))
    return ([together] if len(together) <= MOST_ATOMS else []), at


def _branch(pattern: str, at: int) -> tuple[list[Atoms], int]:
    """One branch: the atoms of all its parts that must be there."""
    found: list[Atoms] = []
    run: list[Sequence[str]] = []  # characters that follow each other, each one of a few
    while at < len(pattern) and pattern[at] not in "|)":
        chars, inner, at = _part(pattern, at)
        quantifier = _QUANTIFIER.match(pattern, at)
        at = quantifier.end() if quantifier else at
        optional = quantifier is not None and (quantifier[0][0] in "*?" or quantifier[1] == "0")
        if chars is not None and quantifier is None:
            run.append(chars)
            continue
        found += [_of_run(run)] if run else []
        run = []
        if not optional:
            found += [_of_run([chars])] if chars is not None else inner
    return found + ([_of_run(run)] if run else []), at


def _part(pattern: str, at: int) -> tuple[Sequence[str] | None, list[Atoms], int]:
    """One part: the characters it may be, or the atoms of a group, and where it ends."""
    char = pattern[at]
    if char == "(":
        opening = _GROUP.match(pattern, at)
        atoms, end = _alternatives(pattern, opening.end() if opening else at + 1)
        if pattern[end] != ")":
            raise IndexError
        return None, atoms, end + 1
    if char == "[":
        return _class(pattern, at)
    if char == "\\":
        return (pattern[at + 1] if pattern[at + 1] in _SPECIAL else None), [], at + 2
    return (None if char in "^$." else char), [], at + 1


def _class(pattern: str, at: int) -> tuple[Sequence[str] | None, list[Atoms], int]:
    end = pattern.find("]", at + 2)
    if end < 0:
        raise IndexError
    inside = pattern[at + 1 : end]
    told = not (inside[0] == "^" or "-" in inside or "\\" in inside or "[:" in inside)
    return (inside if told and len(inside) <= MOST_CHARS else None), [], end + 1


def _of_run(run: Sequence[Sequence[str]]) -> Atoms:
    """The texts of the last characters of a run, as many as do not give too many texts."""
    taken: list[Sequence[str]] = []
    count = 1
    for chars in reversed(run):
        count *= len(chars)
        if taken and count > MOST_ATOMS:
            break
        taken.insert(0, chars)
    return frozenset(map("".join, product(*taken)))
