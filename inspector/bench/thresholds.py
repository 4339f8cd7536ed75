"""The threshold of matching by sound that one half of a set chooses, and what it gives on the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspector.bench.finders import BySound
from inspector.bench.interval import Ratio
from inspector.bench.noise import (
    HALVES,
    Half,
    NoiseSet,
    Pair,
    exact_pairs,
    misses,
    pairs_of,
    precision,
    recall,
    substitutions,
)
from inspector.rules.phrases import LEAST_SCORE

__all__ = ["Noise", "Point", "measure_noise"]

PRECISION = 0.97
STEPS = 100  # thresholds are tried by hundredths
TOLD_FROM = 2  # times a substitution must have happened to be told


@dataclass(frozen=True, slots=True)
class Point:
    """One half of a set at one threshold, beside exact search; ``by_snr``: dB → recall under it, ours and exact."""

    least: float
    recall: Ratio | None
    precision: Ratio | None
    exact_recall: Ratio | None
    exact_precision: Ratio | None
    misses_by_exact: Ratio | None
    by_snr: dict[int, tuple[Ratio | None, Ratio | None]]


@dataclass(frozen=True, slots=True)
class Noise:
    """One set: the threshold that its half ``tune`` chose, what it gives on either half, all thresholds on ``tune``."""

    name: str
    phrases: dict[Half, int]
    sentences: dict[Half, int]
    halves: dict[Half, Point]
    curve: tuple[Point, ...]
    substitutions: list[tuple[str, str, int]]


def measure_noise(noise: NoiseSet) -> Noise:
    """Chooses the threshold on one half, measures both."""
    halves = {half: noise.half(half) for half in HALVES}
    pairs = {half: _both(own) for half, own in halves.items()}
    grid = [step / STEPS for step in range(round(LEAST_SCORE * STEPS), STEPS + 1)]
    curve = tuple(_point(least, *pairs["tune"]) for least in grid)
    least = max(curve, key=_worth).least
    return Noise(
        name=noise.name,
        phrases={half: len(own.mates) for half, own in halves.items()},
        sentences={half: len(own.sentences) for half, own in halves.items()},
        halves={half: _point(least, *both) for half, both in pairs.items()},
        curve=curve,
        substitutions=substitutions(halves["tune"], TOLD_FROM),
    )


def _both(noise: NoiseSet) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    ours = BySound([*noise.mates])
    return pairs_of(noise, lambda passage: ours.best([passage], LEAST_SCORE)[0]), exact_pairs(noise)


def _worth(point: Point) -> tuple[float, float]:
    """Precise enough first, then recall; where nothing is precise enough, the most precise."""
    precise = 0.0 if point.precision is None else min(point.precision.value, PRECISION)
    return precise, 0.0 if point.recall is None else point.recall.value


def _point(least: float, ours: Sequence[Pair], exact: Sequence[Pair]) -> Point:
    def under(pairs: Sequence[Pair], snr_db: int) -> list[Pair]:
        return [pair for pair in pairs if pair.snr_db == snr_db]

    snrs_db = sorted({pair.snr_db for pair in exact if pair.snr_db is not None}, reverse=True)
    return Point(
        least=least,
        recall=recall(ours, least),
        precision=precision(ours, least),
        exact_recall=recall(exact, 1.0),
        exact_precision=precision(exact, 1.0),
        misses_by_exact=misses(ours, least, exact),
        by_snr={one: (recall(under(ours, one), least), recall(under(exact, one), 1.0)) for one in snrs_db},
    )
