"""Aligns a clause that must be read word for word with what was said, syllable by syllable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inspector.model import Party, Span
from inspector.rules.matchers import Similar
from inspector.rules.passages import Passage
from inspector.rules.phrases import matchable
from inspector.rules.sound import alike, codes_of

__all__ = ["Alignment", "Verbatim"]

_LEAST_SHARED = 0.4  # of the clause's syllables, in any order: less cannot align well
_TERM_HEARD = 0.8
_TERM_PERHAPS = 0.5  # one of two syllables: a recogniser's slip would do that to a term that was read
_BETWEEN_COST = 0.15  # of each syllable said in between

_Link = tuple[int, int, float, Any]
"""Place in the clause, place in the passage, weight, the link before."""

_Cell = tuple[float, _Link | None]


def _by_score(cell: _Cell) -> float:
    return cell[0]


@dataclass(frozen=True, slots=True)
class Alignment:
    """``score``: share of the clause that was said in order, 0 … 1; ``[start, end)`` of the passage joined.

    ``missing``: key terms that were not said; ``perhaps``: those of which only a part was heard.
    """

    passage: Passage
    start: int
    end: int
    score: float
    missing: tuple[str, ...]
    perhaps: tuple[str, ...]

    @property
    def span(self) -> Span:
        """When it was said; turns that overlap may not come in order."""
        start_s = min(self.passage.starts_s[self.start : self.end])
        return Span(start_s, max(*self.passage.ends_s[self.start : self.end], start_s + 0.05))

    @property
    def party(self) -> Party:
        """Who began it."""
        return self.passage.turns[self.passage.origin[self.start][0]].party


class Verbatim:
    """A clause ready to be looked for."""

    def __init__(self, similar: Similar) -> None:
        self.similar = similar
        self.text = matchable(similar.text)
        self._codes = frozenset(codes_of(self.text))

    def align(self, passage: Passage) -> Alignment | None:
        """Where the most of the clause was said; None where next to nothing of it was."""
        return self._align(passage) if self._worth(passage) else None

    def _worth(self, passage: Passage) -> bool:
        return len(self._codes.intersection(passage.codes)) >= _LEAST_SHARED * len(self._codes)

    def _align(self, passage: Passage) -> Alignment:
        """Local alignment (Smith and Waterman 1981): syllables of the clause may lack, others in between cost a little.

        Without that cost a long talk would hold most of any clause somewhere, in order.
        """
        above: list[_Cell] = [(0.0, None)] * (len(passage.text) + 1)
        best: _Cell = (0.0, None)
        for place, wanted in enumerate(self.text):
            row: list[_Cell] = [(0.0, None)]
            for at, heard in enumerate(passage.text):
                cell = max(above[at + 1], (row[at][0] - _BETWEEN_COST, row[at][1]), key=_by_score)
                if weight := alike(wanted, heard, "pinyin_confusable"):
                    before, link = above[at]
                    cell = max(cell, (before + weight, (place, at, weight, link)), key=_by_score)
                row.append(cell if cell[0] > 0 else (0.0, None))
                best = max(best, row[-1], key=_by_score)
            above = row
        return self._alignment(passage, best[1])

    def _alignment(self, passage: Passage, link: _Link | None) -> Alignment:
        scores = [0.0] * len(self.text)
        places = []
        while link is not None:
            place, at, scores[place], link = link[0], link[1], link[2], link[3]
            places.append(at)
        shares = {term: self._share(matchable(term), scores) for term in self.similar.key_terms}
        missing = tuple(term for term, share in shares.items() if share < _TERM_PERHAPS)
        perhaps = tuple(term for term, share in shares.items() if _TERM_PERHAPS <= share < _TERM_HEARD)
        start, end = (min(places), max(places) + 1) if places else (0, 1)
        return Alignment(passage, start, end, sum(scores) / len(scores), missing, perhaps)

    def _share(self, term: str, scores: list[float]) -> float:
        """How much of a key term was said; 0 of one that the clause does not hold."""
        place = self.text.find(term)
        return sum(scores[place : place + len(term)]) / len(term) if place >= 0 else 0.0
