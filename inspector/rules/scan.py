"""All wording of a plan, looked for in one pass over the text and one over its sounds.

::

    passages    您好这里是…  ⏎  这款稳转不赔…      joined, so that one pass serves them all
    spelling    Aho-Corasick: literal phrases, and the texts that matches of patterns must hold
    sounds      one code for each folded syllable; the seeds of phrases, three to six of them, are looked up
    hits        phrases are scored where a seed stands; patterns run where all their texts do

(Aho and Corasick 1975, efficient string matching.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from ahocorasick_rs import AhoCorasick, Implementation

from inspector.rules.atoms import atoms_of
from inspector.rules.matchers import SoundAlike
from inspector.rules.passages import Passage
from inspector.rules.patterns import compile_pattern
from inspector.rules.phrases import Hit, Phrase
from inspector.rules.screen import Screen
from inspector.rules.seeds import Shapes, seeds_in, shapes_of

__all__ = ["Found", "Index", "Spelling"]

SMALL = 20_000  # texts
_BETWEEN = "\n"  # stands in no passage


@dataclass(slots=True)
class Found:
    """What stands in one passage: hits of phrases, and the patterns that may match.

    ``parts``: the same by the wordings that hang on it. ``matches``: of the patterns that were run.
    """

    phrases: dict[Phrase, list[Hit]] = field(default_factory=dict)
    patterns: Sequence[str] = ()
    parts: dict[Any, list[Phrase | str]] = field(default_factory=dict)
    matches: dict[str, list[Hit]] = field(default_factory=dict)


class Spelling:
    """Texts, looked for all at once."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = sorted(texts)
        small = len(self.texts) <= SMALL
        kind = Implementation.DFA if small else Implementation.ContiguousNFA  # as fast as memory allows
        self._automaton = AhoCorasick(self.texts, implementation=kind)

    def places(self, text: str) -> list[tuple[int, int, int]]:
        """Number, start and end of every text that stands there, overlapping ones too, in the order of their ends."""
        return self._automaton.find_matches_as_indexes(text, overlapping=True)

    def standing(self, text: str) -> set[str]:
        """The texts that stand there."""
        return {self.texts[number] for number, _, _ in self.places(text)}


@dataclass(frozen=True, slots=True)
class _Automata:
    """What is looked for, compiled; what each text and each key stands for, by its place in the automaton."""

    spelling: Spelling
    phrases: list[tuple[Phrase, ...]]
    screen: Screen
    seeds: dict[str, list[tuple[Phrase, int]]]
    shapes: Shapes


class Index:
    """The phrases and patterns of a plan. They are added while it is made; afterwards it never changes."""

    def __init__(self) -> None:
        self._phrases: dict[tuple[str, SoundAlike], Phrase] = {}
        self._patterns: dict[str, None] = {}
        self._automata: _Automata | None = None
        self._users: dict[Phrase | str, list[Any]] = {}

    def phrase(self, text: str, by: SoundAlike) -> Phrase:
        """The phrase of that text, kept once however many rules use it."""
        if (text, by) not in self._phrases:
            self._phrases[text, by] = Phrase(text, by)
            self._automata = None
        return self._phrases[text, by]

    def pattern(self, source: str) -> str:
        """Takes in a pattern, once however many rules use it. Raises ``re2.error`` for a wrong one."""
        if source not in self._patterns:
            compile_pattern(source)
            self._patterns[source] = None
            self._automata = None
        return source

    def use(self, part: Phrase | str, user: Any) -> None:
        """Notes that a wording hangs on a phrase or pattern of the index."""
        self._users.setdefault(part, []).append(user)

    def scan(self, passages: Iterable[Passage]) -> None:
        """Looks for everything in those passages that were not looked through yet."""
        new = [passage for passage in passages if self not in passage.found]
        if not new:
            return
        automata = self._compiled()
        found = [Found() for _ in new]
        joined = _Joined(new)
        _by_spelling(automata, joined, found)
        _by_sound(automata, joined, found)
        for passage, one in zip(new, found, strict=True):
            passage.found[self] = one
            stands: list[Phrase | str] = [*one.phrases, *one.patterns]
            for part in stands:
                for user in self._users.get(part, ()):
                    one.parts.setdefault(user, []).append(part)

    def _compiled(self) -> _Automata:
        if self._automata is None:
            self._automata = _compiled(self._phrases.values(), self._patterns)
        return self._automata

    def found_in(self, passage: Passage) -> Found:
        """What stands in a passage."""
        if self not in passage.found:
            self.scan((passage,))
        found: Found = passage.found[self]
        return found


def _compiled(phrases: Iterable[Phrase], patterns: Iterable[str]) -> _Automata:
    spelled: dict[str, list[Phrase]] = {}
    seeds: dict[str, list[tuple[Phrase, int]]] = {}
    for phrase in phrases:
        if phrase.by == "literal":
            spelled.setdefault(phrase.text, []).append(phrase)
        for key, offset in phrase.seeds():
            seeds.setdefault(key, []).append((phrase, offset))
    screen = Screen({pattern: atoms_of(pattern) for pattern in patterns})
    spelling = Spelling({*spelled, *screen.texts} - {""})
    return _Automata(
        spelling,
        [tuple(spelled.get(text, ())) for text in spelling.texts],
        screen,
        seeds,
        shapes_of(seeds),
    )


def _by_spelling(automata: _Automata, joined: _Joined, found: list[Found]) -> None:
    """Literal phrases, and patterns whose texts stand there."""
    there: list[set[int]] = [set() for _ in found]
    number, border = 0, joined.ends[0]
    for index, start, end in automata.spelling.places(joined.text):
        while end > border:  # matches come in the order of their ends
            number += 1
            border = joined.ends[number]
        there[number].add(index)
        for phrase in automata.phrases[index]:
            place = start - joined.starts[number]
            hit = Hit(joined.passages[number], place, place + end - start, phrase.wanted, "exact", 1.0)
            found[number].phrases.setdefault(phrase, []).append(hit)
    for one, indexes in zip(found, there, strict=True):
        one.patterns = automata.screen.likely(automata.spelling.texts[index] for index in indexes)


def _by_sound(automata: _Automata, joined: _Joined, found: list[Found]) -> None:
    """Phrases scored wherever one of their seeds stands."""
    number, border, begin = 0, joined.ends[0], 0
    tried: set[tuple[Phrase, int]] = set()
    for at, key in seeds_in(joined.codes, automata.shapes):
        for phrase, offset in automata.seeds.get(key, ()):
            if (phrase, at - offset) in tried:
                continue
            tried.add((phrase, at - offset))
            while at > border:
                number += 1
                border, begin = joined.ends[number], joined.starts[number]
            hit = phrase.at(joined.passages[number], at - offset - begin)
            if hit is not None:
                tried.update((phrase, begin + hit.start + aside) for aside in (-1, 0, 1))
                hits = found[number].phrases.setdefault(phrase, [])
                if hit not in hits:
                    hits.append(hit)


class _Joined:
    """Passages as one text. ``starts``, ``ends``: where each of them stands in it."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = passages
        self.text = _BETWEEN.join(passage.text for passage in passages)
        self.codes = _BETWEEN.join(passage.codes for passage in passages)
        self.starts = list(accumulate((len(passage.text) + 1 for passage in passages), initial=0))
        self.ends = [after - 1 for after in self.starts[1:]]
