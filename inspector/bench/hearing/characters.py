"""What was said and what was heard, character by character and with times, in the spelling that is scored. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.bench.hearing.truth import Clause, SaidTurn
from inspector.bench.score import normalised, places
from inspector.model import Turn

__all__ = ["Characters", "heard_characters", "said_characters"]

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Characters:
    """Columns of equal length, one row a character. ``codes``: code points; ``turn``: which turn it stands in;
    ``first_s``, ``last_s``: where that turn begins and ends; ``confidence``: 1 for what was said."""

    codes: NDArray[np.int64]
    start_s: Float64
    end_s: Float64
    turn: NDArray[np.int64]
    first_s: Float64
    last_s: Float64
    party: NDArray[np.str_]
    confidence: Float64

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def middle_s(self) -> Float64:
        return (self.start_s + self.end_s) / 2


def said_characters(turns: Sequence[SaidTurn]) -> Characters:
    """The characters of a clause share its time evenly: finer times are not known of them."""
    rows = [
        (ord(char), start_s, end_s, number, turn.start_s, turn.end_s, turn.party, 1.0)
        for number, turn in enumerate(turns)
        for clause in turn.clauses
        for char, start_s, end_s in _spread(clause)
    ]
    return _columns(rows)


def _spread(clause: Clause) -> Iterable[tuple[str, float, float]]:
    text = normalised(clause.text)
    edges = np.linspace(clause.start_s, clause.end_s, len(text) + 1).tolist()
    return zip(text, edges[:-1], edges[1:], strict=True)


def heard_characters(turns: Sequence[Turn]) -> Characters:
    """In the order of the turns."""
    rows = [
        (
            ord(char),
            turn.char_starts_s[place],
            turn.char_ends_s[place],
            number,
            turn.start_s,
            turn.end_s,
            turn.party,
            turn.char_confidence[place],
        )
        for number, turn in enumerate(turns)
        for char, place in zip(normalised(turn.text), places(turn.text), strict=True)
    ]
    return _columns(rows)


def _columns(rows: Sequence[tuple[int, float, float, int, float, float, str, float]]) -> Characters:
    codes, start_s, end_s, turn, first_s, last_s, party, confidence = zip(*rows, strict=True) if rows else ((),) * 8
    return Characters(
        np.array(codes, np.int64),
        np.array(start_s, np.float64),
        np.array(end_s, np.float64),
        np.array(turn, np.int64),
        np.array(first_s, np.float64),
        np.array(last_s, np.float64),
        np.array([str(one) for one in party], np.str_),
        np.array(confidence, np.float64),
    )
