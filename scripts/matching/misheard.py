"""Make tests/matching/misheard.json: phrases of the packs with one or two characters misheard at random.

Usage: python -m scripts.matching.misheard

The tables are this module's own, so that the sounds which the product does not tell apart do not make its test: a third
of what is replaced sounds near in a way the product knows nothing of (b/p, j/q, ou/uo, u/ü ...), and one change in
twenty inserts or loses a character.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator

from pypinyin import lazy_pinyin

from inspector.bench.noise import Sentence
from inspector.rules.load import load_scored
from inspector.rules.notation import parse_call
from inspector.text import is_content
from scripts.matching.phrases import ROOT, chosen, phrases_of_packs, write

SEED = 20
PHRASES = 600
VARIANTS = 2
TWO_CHANGES = 0.4  # of the variants
KINDS = {"same": 0.40, "folded": 0.20, "near": 0.35, "inserted": 0.025, "lost": 0.025}
TURN_CHARS = range(6, 15)
COMMON = 12  # of a syllable, so many of its commonest characters are written
INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
FOLDED = {
    "initial": ("zh z", "ch c", "sh s", "n l", "f h"),
    "final": ("an ang", "en eng", "in ing", "ian iang", "uan uang"),
}
NEAR = {
    "initial": ("b p", "d t", "g k", "j q", "j x", "q x", "z c", "zh ch", "r l", "h k", "m n", "sh x", "zh j"),
    "final": ("u v", "ou uo", "ou u", "ian an", "ie ian", "ui ei", "e uo", "ao ou", "i ei", "un en", "ai ei", "ia a"),
}


def syllable_parts(syllable: str) -> tuple[str, str]:
    """Initial, perhaps empty, and final."""
    initial = next((one for one in INITIALS if syllable.startswith(one)), "")
    return initial, syllable[len(initial) :]


def neighbours(syllable: str, table: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Syllables, real or not, that differ by one pair of the table."""
    initial, final = syllable_parts(syllable)
    for pair in map(str.split, table["initial"]):
        if initial in pair:
            yield pair[1 - pair.index(initial)] + final
    for pair in map(str.split, table["final"]):
        if final in pair:
            yield initial + pair[1 - pair.index(final)]


def turns() -> list[str]:
    """What is said in the calls written as text."""
    calls = (one for folder in ("scored", "tuning") for one in load_scored(ROOT / "tests" / "packs" / folder))
    return [turn.text for one in calls for turn in parse_call(one.call, one.name)[1].turns]


def characters() -> dict[str, list[str]]:
    """Syllable → its characters in calls, commonest first."""
    counts = Counter(char for turn in turns() for char in turn if is_content(char) and char > "\u3400")
    of: dict[str, list[str]] = defaultdict(list)
    for char, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        of[lazy_pinyin(char)[0]].append(char)
    return of


class Mishearing:
    """Changes characters and counts the kinds of change."""

    def __init__(self) -> None:
        self._dice = random.Random(SEED)  # noqa: S311 - test data, no secret
        self._chars = characters()
        self._turns = [turn for turn in turns() if len(turn) in TURN_CHARS]
        self.changes: Counter[str] = Counter()

    def sentence(self, phrase: str) -> Sentence:
        """The phrase between turns of calls, as said and with the phrase misheard."""
        before, after = self._dice.sample(self._turns, 2)
        said, heard = (f"{before}，{words}，{after}" for words in (phrase, self.misheard(phrase)))
        return Sentence(phrase, said, None, heard)

    def misheard(self, phrase: str) -> str:
        """The phrase with one or two of its places changed."""
        places = self._dice.sample(range(len(phrase)), 2 if self._dice.random() < TWO_CHANGES else 1)
        heard = list(phrase)
        for place, syllable in enumerate(lazy_pinyin(phrase)):
            if place in places:
                heard[place] = self._changed(phrase[place], syllable)
        return "".join(heard)

    def _changed(self, char: str, syllable: str) -> str:
        kinds = [self._dice.choices([*KINDS], [*KINDS.values()])[0], "same", "near", "folded", "lost"]
        for kind in kinds:  # the one drawn, or the first that this syllable has
            if found := self._as(kind, char, syllable):
                self.changes[kind] += 1
                return "" if kind == "lost" else self._dice.choice(found)
        raise AssertionError("every character can be lost")

    def _as(self, kind: str, char: str, syllable: str) -> list[str]:
        if kind == "lost":
            return [char]
        if kind == "inserted":
            return [char + other for other in "啊呢的了嗯"]
        syllables = [syllable] if kind == "same" else neighbours(syllable, FOLDED if kind == "folded" else NEAR)
        return [other for one in syllables for other in self._chars.get(one, [])[:COMMON] if other != char]


def main() -> None:
    """Draw, change, write."""
    mishearing = Mishearing()
    rule_of = chosen(phrases_of_packs(), PHRASES)
    sentences = [mishearing.sentence(phrase) for phrase in rule_of for _ in range(VARIANTS)]
    write("misheard.json", {"changes": dict(mishearing.changes)}, rule_of, sentences)


if __name__ == "__main__":
    main()
