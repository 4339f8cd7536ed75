"""How many of the phrases that were said are found when they were heard wrong, and how many that nobody said.

The sets lie in ``tests/matching/`` (made by ``scripts/matching/``). Each is halved by phrase: thresholds and classes
of sounds are chosen on the half ``tune``, figures are those of the half ``held out``. A sentence belongs to the half of
the phrase it was said for, ordinary dialogue to either by its own words.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from inspector.bench.interval import Ratio, pooled
from inspector.errors import UsageError
from inspector.rules.notation import parse_call
from inspector.rules.passages import Passage, passages_of
from inspector.rules.phrases import matchable
from inspector.rules.sound import readings_of

__all__ = [
    "HALVES",
    "Half",
    "NoiseSet",
    "Pair",
    "Sentence",
    "exact_pairs",
    "half_of",
    "load_noise",
    "misses",
    "pairs_of",
    "precision",
    "recall",
    "substitutions",
]

Half = Literal["tune", "held out"]
HALVES: tuple[Half, Half] = ("tune", "held out")

Best = Callable[[Passage], dict[str, float]]
"""Best score of each phrase that is found in a passage."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as said and as heard; ``phrase``: what it was said for, "" in ordinary dialogue."""

    phrase: str
    said: str
    snr_db: int | None
    heard: str


@dataclass(frozen=True, slots=True)
class NoiseSet:
    """``mates``: the phrases of the same rule; where one was said, finding the other is neither right nor wrong."""

    name: str
    mates: dict[str, frozenset[str]]
    sentences: tuple[Sentence, ...]

    def half(self, half: Half) -> NoiseSet:
        """The phrases of one half and the sentences that belong to it."""
        mates = {phrase: others for phrase, others in self.mates.items() if half_of(phrase) == half}
        own = (one for one in self.sentences if half_of(one.phrase or one.said) == half)
        return NoiseSet(self.name, mates, tuple(own))


@dataclass(frozen=True, slots=True)
class Pair:
    """A phrase and a sentence in which it was said, or was found although it was not; ``score`` 0: not found."""

    phrase: str
    snr_db: int | None
    said: bool
    score: float


def half_of(text: str) -> Half:
    """By digest, so that it is nobody's choice and never changes."""
    return HALVES[hashlib.sha256(f"half {text}".encode()).digest()[0] % 2]


def load_noise(directory: Path) -> tuple[NoiseSet, ...]:
    """Every ``*.json`` of the directory, by name. Raises UsageError when there is none or one is not such a set."""
    paths = sorted(directory.glob("*.json"))
    if not paths:
        raise UsageError(f"{directory} holds no set of sentences (*.json)", "name the directory tests/matching")
    return tuple(map(_load, paths))


def _load(path: Path) -> NoiseSet:
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
        mates = {phrase: frozenset(made["rules"][rule]) - {phrase} for phrase, rule in made["rule_of"].items()}
        sentences = (Sentence(**dict(zip(made["columns"], row, strict=True))) for row in made["rows"])
        return NoiseSet(path.stem, mates, tuple(sentences))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is no set of sentences: {error!r}", "make it anew with scripts/matching") from error


def pairs_of(noise: NoiseSet, best: Best) -> tuple[Pair, ...]:
    """Every phrase with the sentences it was said for or the dialogue that held it, and with what else it is found in.

    A frame (a sentence without its phrase) counts once: few are spoken, each with many phrases under every noise, and
    what is found in its words is one mistake, not a hundred. Phrases that a frame holds by chance do not count.
    """
    return tuple(_pairs(noise, lambda heard: _best_of(heard, best)))


def exact_pairs(noise: NoiseSet) -> tuple[Pair, ...]:
    """The same by plain search: score 1 where the phrase stands letter for letter."""
    return tuple(_pairs(noise, lambda heard: {phrase: 1.0 for phrase in noise.mates if phrase in matchable(heard)}))


def _best_of(heard: str, best: Best) -> dict[str, float]:
    """Over all passages of what was heard; none when nothing was."""
    found: dict[str, float] = {}
    if matchable(heard):
        for passage in passages_of(parse_call(f"0:01 A {heard}", "a sentence")[1]):
            for phrase, score in best(passage).items():
                found[phrase] = max(score, found.get(phrase, 0.0))
    return found


def _pairs(noise: NoiseSet, found_in: Callable[[str], dict[str, float]]) -> Iterator[Pair]:
    wrong: dict[tuple[str, str], Pair] = {}
    for sentence in noise.sentences:
        said, found = matchable(sentence.said), found_in(sentence.heard)
        frame = sentence.said.replace(sentence.phrase, "") if sentence.phrase else sentence.said
        for phrase, mates in noise.mates.items():
            pair = Pair(phrase, sentence.snr_db, phrase in said, found.get(phrase, 0.0))
            if pair.said and sentence.phrase in (phrase, ""):
                yield pair
            elif pair.score and not pair.said and not any(matchable(mate) in said for mate in mates):
                wrong[phrase, frame] = max(pair, wrong.get((phrase, frame), pair), key=lambda pair: pair.score)
    yield from wrong.values()


def recall(pairs: Iterable[Pair], least: float) -> Ratio | None:
    """Of what was said, how much scores ``least`` or more; the interval is over phrases."""
    return _over_phrases((pair.phrase, pair.score >= least, True) for pair in pairs if pair.said)


def precision(pairs: Iterable[Pair], least: float) -> Ratio | None:
    """Of what scores ``least`` or more, how much was said; the interval is over phrases. None when nothing does."""
    return _over_phrases((pair.phrase, pair.said, True) for pair in pairs if pair.score >= least)


def misses(pairs: Sequence[Pair], least: float, exact: Sequence[Pair]) -> Ratio | None:
    """What was said and is missed, by what exact search misses; the interval is over phrases."""
    both = zip((pair for pair in pairs if pair.said), (pair for pair in exact if pair.said), strict=True)
    return _over_phrases((ours.phrase, ours.score < least, plain.score < 1) for ours, plain in both)


def _over_phrases(counted: Iterable[tuple[str, bool, bool]]) -> Ratio | None:
    parts: Counter[str] = Counter()
    wholes: Counter[str] = Counter()
    for phrase, part, whole in counted:
        parts[phrase] += part
        wholes[phrase] += whole
    return pooled([parts[phrase] for phrase in wholes], [*wholes.values()]) if wholes else None


def substitutions(noise: NoiseSet, least: int) -> list[tuple[str, str, int]]:
    """Wanted and heard syllable of what was misheard in the phrases ``least`` times or more, commonest first.

    Sentences of which less than half was heard are left out: what stands there was not misheard but invented.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for sentence in noise.sentences:
        said, heard = matchable(sentence.said), matchable(sentence.heard)
        start = said.find(sentence.phrase) if sentence.phrase else -1
        links = list(_aligned(_syllables(said), _syllables(heard))) if start >= 0 else []
        if 2 * sum(wanted == found for _, wanted, found in links) >= len(said):
            inside = range(start, start + len(sentence.phrase))
            counts.update((wanted, found) for place, wanted, found in links if place in inside and wanted != found)
    commonest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(*pair, count) for pair, count in commonest if count >= least]


def _syllables(text: str) -> list[str]:
    return [readings_of(char)[0] for char in text]


def _aligned(said: Sequence[str], heard: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Place, said and heard syllable of all that stand against each other (Levenshtein), last ones first."""
    rows = [list(range(len(heard) + 1))]
    for place, wanted in enumerate(said):
        above = rows[-1]
        rows.append([place + 1])
        for at, found in enumerate(heard):
            rows[-1].append(min(above[at] + (wanted != found), above[at + 1] + 1, rows[-1][at] + 1))
    place, at = len(said), len(heard)
    while place and at:
        if rows[place][at] == rows[place - 1][at - 1] + (said[place - 1] != heard[at - 1]):
            place, at = place - 1, at - 1
            yield place, said[place], heard[at]
        elif rows[place][at] == rows[place - 1][at] + 1:
            place -= 1
        else:
            at -= 1
