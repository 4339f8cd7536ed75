"""``inspector bench matching``: how much wording is found under noise, and how fast beside bare searches."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from inspector.bench.lexicon import calls_of, lexicon, rules_of
from inspector.bench.noise import load_noise
from inspector.bench.noise_report import show_noise
from inspector.bench.result import check_out, made, write
from inspector.bench.thresholds import measure_noise
from inspector.rules.load import load_packs, load_scored
from inspector.rules.phrases import MIN_SOUND_SYLLABLES, matchable

__all__ = ["MatchingJob", "run_bench_matching"]

LISTS = ((1_000, 0.0), (10_000, 0.0), (10_000, 0.3))
"""Phrases, and the share that is said of those which are not the packs'. The second has half as many places again as
the real packs (2,248 phrases, 56 places in 1,000 characters); of the third as large a share stands in a call (2 %)."""

SOUND_LIST = LISTS[1]
CALLS = 2_000
SEED = 1
SOUND_LEAST = 0.80


@dataclass(frozen=True, slots=True)
class MatchingJob:
    """Directories of packs, of scored calls (for text) and of misheard sentences; runs of each speed, 0 for none."""

    packs: Path
    calls: Path
    noise: Path
    runs: int
    out: Path | None


def run_bench_matching(job: MatchingJob) -> int:
    """Measures, prints and writes JSON when asked to. Raises SetupError when speed lacks its peers."""
    check_out(job.out)
    result: dict[str, Any] = made() | {"noise": []}
    for noise in map(measure_noise, load_noise(job.noise)):
        show_noise(noise)
        result["noise"].append(asdict(noise))
    if job.runs:
        result |= _speeds(job)
    write(job.out, result)
    return 0


def _speeds(job: MatchingJob) -> dict[str, Any]:
    """All lists on text of the scored calls."""
    # The peers are no part of the product.
    from inspector.bench.speed import measure_exact, measure_sound
    from inspector.bench.speed_report import show_speeds

    scored = load_scored(job.calls)
    rules = load_packs(job.packs).rules
    real = {phrase for rule in rules for leaf in (rule.match, *rule.match.elements) for phrase in leaf.phrases}
    calls = calls_of(scored, CALLS, SEED)
    lists = [lexicon(real, scored, *size, SEED) for size in LISTS]
    exact = [measure_exact(phrases, rules_of(phrases, SEED), calls, job.runs) for phrases in lists]
    long_enough = {phrase for phrase in real if len(matchable(phrase)) >= MIN_SOUND_SYLLABLES}
    by_sound = lexicon(long_enough, scored, *SOUND_LIST, SEED)
    sound = measure_sound(by_sound, calls, SOUND_LEAST, job.runs)
    show_speeds(exact, sound)
    return {"exact": [asdict(one) for one in exact], "by_sound": asdict(sound)}
