"""Finds all patterns of all rules in a passage. Only those are run of whose :mod:`atoms` enough stand there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2

from inspector.rules.atoms import atoms_of
from inspector.rules.passages import Passage
from inspector.rules.phrases import Hit

__all__ = ["PatternIndex", "compile_pattern"]

_OPTIONS = re2.Options()
_OPTIONS.never_capture = True  # only the whole match is asked for
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 1 << 20


@lru_cache(maxsize=16384)
def compile_pattern(source: str) -> Any:
    """A pattern of RE2 for UTF-8, within 1 MB. Raises ``re2.error`` for one that is wrong or too big."""
    return re2.compile(source, _OPTIONS)


class PatternIndex:
    """The patterns of a plan. Patterns are added while it is made; afterwards it never changes."""

    def __init__(self) -> None:
        self._compiled: dict[str, Any] = {}
        self._always: list[str] = []
        self._by_atom: dict[str, list[tuple[str, int]]] = {}
        self._by_start: dict[str, list[str]] = {}
        self._whole: dict[str, int] = {}

    def add(self, source: str) -> str:
        """Takes in a pattern, once however many rules use it."""
        if source not in self._compiled:
            self._compiled[source] = compile_pattern(source)
            sets = atoms_of(source)
            self._whole[source] = (1 << len(sets)) - 1
            if not sets:
                self._always.append(source)
            for place, atom in ((place, atom) for place, atoms in enumerate(sets) for atom in sorted(atoms)):
                if atom not in self._by_atom:
                    self._by_start.setdefault(atom[:2], []).append(atom)
                self._by_atom.setdefault(atom, []).append((source, 1 << place))
        return source

    def hits(self, passage: Passage, source: str) -> list[Hit]:
        """Where a pattern matches in the passage, from left to right; looked for once."""
        key = (self, source)
        if key not in passage.found:
            passage.found[key] = list(self._find(passage, source))
        found: list[Hit] = passage.found[key]
        return found

    def _find(self, passage: Passage, source: str) -> Iterator[Hit]:
        pattern, data, at = self._compiled[source], passage.data, 0
        while match := pattern.search(data, at):
            if match.end() > match.start():
                start, end = (len(data[:place].decode()) for place in match.span())
                yield Hit(passage, start, end, source, "regex", 1.0)
            at = max(match.end(), match.start() + 1)

    def likely(self, passage: Passage) -> dict[str, None]:
        """The patterns that may match in a passage, each once, in an order that hangs on its text alone; kept."""
        if self not in passage.found:
            passage.found[self] = dict.fromkeys(self.likely_in(passage.text))
        found: dict[str, None] = passage.found[self]
        return found

    def likely_in(self, text: str) -> list[str]:
        """The patterns of whose atoms enough stand in a text."""
        atoms: dict[str, None] = {}
        for at in range(len(text)):
            for start in (text[at], text[at : at + 2]):
                for atom in self._by_start.get(start, ()):
                    if atom not in atoms and text.startswith(atom, at):
                        atoms[atom] = None
        there: dict[str, int] = {}
        for atom in atoms:
            for source, place in self._by_atom[atom]:
                there[source] = there.get(source, 0) | place
        return [*self._always, *(source for source, places in there.items() if places == self._whole[source])]
