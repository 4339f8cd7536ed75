"""Which heard character stands for which that was said: edit distance, free or bound in time. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.bench.hearing.characters import Characters
from inspector.model import Party

__all__ = ["COLLAR_S", "Edits", "Matches", "align", "count_edits"]

COLLAR_S = 2.0  # a heard character may lie this far outside of the turn that it is taken for
_EDIT = 10**7
_MOST_TIE = 10**3  # of pairs that cost the same, those nearer in time; all ties of a call weigh less than one edit
_TIES_PER_S = 100
_NEVER = 10**14
_DIAGONAL, _UP, _LEFT = 0, 1, 2

Int64 = NDArray[np.int64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Edits:
    """Of one recording: what lies between the text that was said and the text that was heard."""

    substitutions: int
    deletions: int
    insertions: int

    @property
    def total(self) -> int:
        """Levenshtein distance."""
        return self.substitutions + self.deletions + self.insertions


@dataclass(frozen=True, slots=True)
class Matches:
    """``heard``: for each character that was said the place of the heard one, or -1; ``right``: and they are equal."""

    heard: Int64
    right: NDArray[np.bool_]


def count_edits(said: str, heard: str) -> Edits:
    """A shortest way from one text to the other; of several, one with a substitution before a deletion."""
    wanted, found = (np.array([ord(char) for char in text], np.int64) for text in (said, heard))
    pairs = _path(len(wanted), len(found), lambda place: np.where(found == wanted[place], 0, _EDIT))
    wrong = sum(int(wanted[a] != found[b]) for a, b in pairs)
    return Edits(wrong, len(wanted) - len(pairs), len(found) - len(pairs))


def align(said: Characters, heard: Characters, by_party: bool) -> Matches:
    """Each character at most once, over the whole call; see :data:`COLLAR_S`.

    ``by_party``: of stereo calls each party by itself, so that the order of two who speak at once does not matter. What
    then is left over may still be taken for an equal character that is left over, of any party and in another order:
    it was heard, only not where it belongs.
    """
    place = np.full(len(said), -1, np.int64)
    parties = sorted({*Party}) if by_party else [None]
    for party in parties:
        mine = _of(said, party)
        theirs = _of(heard, party)
        _match(said, heard, (mine, theirs), place, equal_only=False)
    left = np.flatnonzero(place < 0)
    unused = np.setdiff1d(np.arange(len(heard)), place)
    _match(said, heard, (left, unused), place, equal_only=True)
    right = np.zeros(len(said), np.bool_)
    found = place >= 0
    right[found] = said.codes[found] == heard.codes[place[found]]
    return Matches(place, right)


def _of(characters: Characters, party: Party | None) -> Indices:
    everyone = np.arange(len(characters))
    return everyone if party is None else everyone[characters.party == str(party)]


def _match(
    said: Characters, heard: Characters, rows: tuple[Indices, Indices], place: Int64, *, equal_only: bool
) -> None:
    """Writes the pairs of these rows into ``place``."""
    mine, theirs = rows
    at_s, codes = heard.middle_s[theirs], heard.codes[theirs]
    wrong = _NEVER if equal_only else _EDIT

    def cost(row: int) -> Int64:
        one = mine[row]
        tie = np.minimum(np.abs(at_s - said.middle_s[one]) * _TIES_PER_S, _MOST_TIE).astype(np.int64)
        near = (at_s >= said.first_s[one] - COLLAR_S) & (at_s <= said.last_s[one] + COLLAR_S)
        return np.where(near, np.where(codes == said.codes[one], 0, wrong) + tie, _NEVER)

    for a, b in _path(len(mine), len(theirs), cost):
        place[mine[a]] = theirs[b]


def _path(rows: int, columns: int, cost: Callable[[int], Int64]) -> list[tuple[int, int]]:
    """The pairs on a cheapest way through the table; ``cost(row)``: of pairing the row with each column."""
    columns_cost = np.arange(columns + 1, dtype=np.int64) * _EDIT
    before = columns_cost.copy()
    moves = np.empty((rows, columns), np.uint8)
    for row in range(rows):
        diagonal = before[:-1] + cost(row)
        up = before[1:] + _EDIT
        best = np.concatenate(([(row + 1) * _EDIT], np.minimum(diagonal, up)))
        # insertions run along the row: the least of all starts, each further column one edit more
        now = np.minimum.accumulate(best - columns_cost) + columns_cost
        moves[row] = np.where(now[1:] == diagonal, _DIAGONAL, np.where(now[1:] == up, _UP, _LEFT))
        before = now
    pairs: list[tuple[int, int]] = []
    while rows and columns:
        move = moves[rows - 1, columns - 1]
        if move == _DIAGONAL:
            pairs.append((rows - 1, columns - 1))
        rows -= move != _LEFT
        columns -= move != _UP
    return pairs[::-1]
