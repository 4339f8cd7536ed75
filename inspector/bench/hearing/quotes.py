"""How far the times of quoted words are off: first and last characters of clauses that were heard right. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inspector.bench.hearing.alignment import Matches
from inspector.bench.hearing.characters import Characters
from inspector.bench.hearing.truth import SaidTurn

__all__ = ["PLAYABLE_S", "Quotes", "quotes"]

PLAYABLE_S = 0.3


@dataclass(frozen=True, slots=True)
class Quotes:
    """Heard less true, seconds: where the first character begins, and where the last one ends; one value a clause
    of which just that character was heard right."""

    start_errors_s: tuple[float, ...]
    end_errors_s: tuple[float, ...]

    @property
    def errors_s(self) -> tuple[float, ...]:
        return (*self.start_errors_s, *self.end_errors_s)

    @property
    def playable(self) -> int:
        """How many are right within :data:`PLAYABLE_S`."""
        return sum(abs(error_s) <= PLAYABLE_S for error_s in self.errors_s)


def quotes(turns: Sequence[SaidTurn], said: Characters, heard: Characters, matches: Matches) -> Quotes:
    """A turn whose clauses have no times of their own is one clause.

    ::

        said     ├─保本吗─┤ ├─不保本─┤
        heard      保本      不宝本 ↑ end error
                   ↑ start error
    """
    start_errors_s: list[float] = []
    end_errors_s: list[float] = []
    for number, turn in enumerate(turns):
        for clause in turn.clauses:
            inside = (said.turn == number) & (said.start_s >= clause.start_s) & (said.end_s <= clause.end_s)
            own = np.flatnonzero(inside)
            if not len(own):
                continue
            first, last = own[0], own[-1]
            if matches.right[first]:
                start_errors_s.append(float(heard.start_s[matches.heard[first]]) - clause.start_s)
            if matches.right[last]:
                end_errors_s.append(float(heard.end_s[matches.heard[last]]) - clause.end_s)
    return Quotes(tuple(start_errors_s), tuple(end_errors_s))
