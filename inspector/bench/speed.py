"""Characters a second of our matching and of its peers, in turn on the same calls.

Seconds are those of the processor: all sides run on one thread, and other work on the machine takes none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from inspector.bench.finders import BySound, Literal
from inspector.bench.interval import Ratio, pooled
from inspector.bench.lexicon import CallText, LogicRule
from inspector.bench.peers import alternation, automaton, brute_force, in_place
from inspector.rules.passages import Passage
from inspector.rules.sound import codes_of

__all__ = ["BARE", "BARE_PASSAGES", "BRUTE", "OURS", "RE", "Exact", "Sound", "measure_exact", "measure_sound"]

OURS, BARE, BARE_PASSAGES, RE, BRUTE = "inspector", "bare, whole calls", "bare, passages", "re", "rapidfuzz"
BUDGET_S = 1.0  # of work a run; who is faster goes through more calls, from the first again after the last
CHECKED_CALLS = 50
BRUTE_CALLS = 2

Work = Callable[[CallText], float]
"""Works through one call; the processor seconds it took, preparation not counted."""


@dataclass(frozen=True, slots=True)
class Exact:
    """``chars_per_s``: by side, one value a run. ``present``: share of the phrases that stand in a call;
    ``places``: of phrases, in 1,000 characters; ``holding``: share of the rules that hold in a call; ``alike``: share
    of our answers that are those of the automaton's hits.
    """

    phrases: int
    rules: int
    present: float
    places: float
    holding: float
    alike: float
    chars_per_s: dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Sound:
    """``found``: share of the hits of brute force, a hit being a phrase in a passage, that are ours at an equal
    threshold; ``in_place``: of those hits in which no syllable was inserted, lost or cut off."""

    phrases: int
    least: float
    hits: int
    found: Ratio | None
    in_place: Ratio | None
    chars_per_s: dict[str, list[float]]

    @property
    def times_brute_force(self) -> float:
        """How many times as fast as brute force we are, by medians."""
        return median(self.chars_per_s[OURS]) / median(self.chars_per_s[BRUTE])


def measure_exact(phrases: Sequence[str], rules: Sequence[LogicRule], calls: Sequence[CallText], runs: int) -> Exact:
    """Literal phrases with logic, beside the same phrases without."""
    ours, bare, expression = Literal(rules), automaton(phrases), alternation(phrases)
    sides: dict[str, Work] = {
        OURS: lambda call: _timed(ours.answers, [_fresh(call)]),
        BARE: lambda call: _timed(bare, [call.text]),
        BARE_PASSAGES: lambda call: _timed(bare, [passage.text for passage in call.passages]),
        RE: lambda call: _timed(expression, [call.text]),
    }
    checked = calls[:CHECKED_CALLS]
    places = [[phrases[phrase] for phrase, _, _ in bare(call.text)] for call in checked]
    wanted = [[rule.holds({*found}) for rule in rules] for found in places]
    answers = [ours.answers(_fresh(call)) for call in checked]
    return Exact(
        phrases=len(phrases),
        rules=len(rules),
        present=float(np.mean([len({*found}) for found in places])) / len(phrases),
        places=1000 * sum(map(len, places)) / sum(call.chars for call in checked),
        holding=float(np.mean(wanted)),
        alike=float(np.mean(np.array(answers) == np.array(wanted))),
        chars_per_s=_in_turn(sides, calls, runs),
    )


def measure_sound(phrases: Sequence[str], calls: Sequence[CallText], least: float, runs: int) -> Sound:
    """Phrases by sound, beside a comparison of every phrase with every passage; that only on the first few calls."""
    ours = BySound(phrases)
    passages = [passage for call in calls[:BRUTE_CALLS] for passage in _fresh(call)]
    wanted, heard = [*map(codes_of, phrases)], [passage.codes for passage in passages]
    chars = sum(map(len, heard))
    brute = [chars / _timed(lambda texts: brute_force(wanted, texts, least), [heard]) for _ in range(runs)]
    sides: dict[str, Work] = {OURS: lambda call: _timed(lambda fresh: ours.best(fresh, least), [_fresh(call)])}
    speed = _in_turn(sides, calls, runs)
    hits = brute_force(wanted, heard, least) > 0
    place_of = {phrase: place for place, phrase in enumerate(phrases)}
    found = np.zeros_like(hits)
    for at, best in enumerate(ours.best(passages, least)):
        found[[place_of[phrase] for phrase in best], at] = True
    whole = np.zeros_like(hits)
    for phrase, at in zip(*hits.nonzero(), strict=True):
        whole[phrase, at] = in_place(wanted[phrase], heard[at], least)
    return Sound(
        phrases=len(phrases),
        least=least,
        hits=int(hits.sum()),
        found=pooled((found & hits).sum(0), hits.sum(0)),
        in_place=pooled((found & whole).sum(0), whole.sum(0)),
        chars_per_s=speed | {BRUTE: brute},
    )


def _fresh(call: CallText) -> list[Passage]:
    """The call's passages as if nobody had looked in them: they remember what was found."""
    return [replace(passage) for passage in call.passages]


def _timed(work: Callable[[Any], object], parts: Iterable[Any]) -> float:
    start = process_time()
    for part in parts:
        work(part)
    return process_time() - start


def _in_turn(sides: dict[str, Work], calls: Sequence[CallText], runs: int) -> dict[str, list[float]]:
    """Characters a second of each side and run. What a first call makes ready for the later ones is not timed."""
    for work in sides.values():
        work(calls[0])
    speeds: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(runs):
        for side, work in sides.items():
            speeds[side].append(_speed(work, calls))
    return speeds


def _speed(work: Work, calls: Sequence[CallText]) -> float:
    spent_s, chars = 0.0, 0
    for call in cycle(calls):
        spent_s += work(call)
        chars += call.chars
        if spent_s >= BUDGET_S:
            return chars / spent_s
    raise ValueError("no calls to measure on")
