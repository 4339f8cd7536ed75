"""The peers of ``inspector bench matching``, each at its best and without its preparation timed.

They find phrases in folded text and no more: no parties, no passages, no rules. Raises SetupError on import when they
are not installed: the product does not need them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import eq

import numpy as np
from numpy.typing import NDArray

from inspector.errors import SetupError

try:
    import ahocorasick_rs
    from rapidfuzz import fuzz, process
except ModuleNotFoundError as missing:
    raise SetupError(
        f"the peers of this bench are not installed: no {missing.name}", "pip install ahocorasick_rs rapidfuzz"
    ) from missing

__all__ = ["alternation", "automaton", "brute_force", "in_place"]

Places = list[tuple[int, int, int]]
_NOTHING = "\0"


def automaton(phrases: Sequence[str]) -> Callable[[str], Places]:
    """Bare Aho-Corasick (Rust): (phrase, start, end) of every place, overlapping ones too."""
    built = ahocorasick_rs.AhoCorasick(phrases, implementation=ahocorasick_rs.Implementation.DFA)
    return lambda text: built.find_matches_as_indexes(text, overlapping=True)


def alternation(phrases: Sequence[str]) -> Callable[[str], list[str]]:
    """Python's ``re``, longest phrase first: of places that overlap it finds one, which is less than is asked of us."""
    pattern = re.compile("|".join(map(re.escape, sorted(phrases, key=len, reverse=True))))
    return pattern.findall


def brute_force(phrases: Sequence[str], texts: Sequence[str], least: float) -> NDArray[np.float32]:
    """RapidFuzz's partial ratio of every phrase in every text, shape (phrases, texts), 0 … 1, below ``least`` 0.

    A phrase that the end of the text cuts off scores as the share of it that stands there: RapidFuzz alone would
    compare what is left with itself, so the texts are longer by characters that no phrase has.
    """
    found: NDArray[np.float32]
    margin = _NOTHING * max(map(len, phrases), default=0)
    padded = [margin + text + margin for text in texts]
    found = process.cdist(phrases, padded, scorer=fuzz.partial_ratio, score_cutoff=100 * least, dtype=np.float32)
    found /= 100
    return found


def in_place(phrase: str, text: str, least: float) -> bool:
    """Does the share of ``least`` of the phrase's codes stand in the text, each in its place?"""
    starts = range(len(text) - len(phrase) + 1)
    return any(sum(map(eq, phrase, text[start:])) >= least * len(phrase) for start in starts)
