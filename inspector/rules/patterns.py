"""Finds all patterns of all rules in a passage. Only those are run of whose :mod:`atoms` enough stand there."""

from __future__ import annotations

from typing import Any

import re2

from inspector.rules.atoms import atoms_of
from inspector.rules.passages import Passage
from inspector.rules.phrases import Hit

__all__ = ["PatternIndex"]

_OPTIONS = re2.Options()
_OPTIONS.never_capture = True  # only the whole match is asked for


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
            self._compiled[source] = re2.compile(source, _OPTIONS)
            sets = atoms_of(source)
            self._whole[source] = (1 << len(sets)) - 1
            if not sets:
                self._always.append(source)
            for place, atom in ((place, atom) for place, atoms in enumerate(sets) for atom in sorted(atoms)):
                if atom not in self._by_atom:
                    self._by_start.setdefault(atom[:2], []).append(atom)
                self._by_atom.setdefault(atom, []).append((source, 1 << place))
        return source

    def hits(self, passage: Passage) -> dict[str, list[Hit]]:
        """Where each pattern matches in the passage, from left to right; looked for once."""
        if self not in passage.found:
            passage.found[self] = self._find(passage)
        found: dict[str, list[Hit]] = passage.found[self]
        return found

    def _find(self, passage: Passage) -> dict[str, list[Hit]]:
        found: dict[str, list[Hit]] = {}
        data = passage.text.encode()
        for source in self.likely(passage.text):
            pattern, at = self._compiled[source], 0
            while match := pattern.search(data, at):
                if match.end() > match.start():
                    start, end = (len(data[:place].decode()) for place in match.span())
                    found.setdefault(source, []).append(Hit(passage, start, end, source, "regex", 1.0))
                at = max(match.end(), match.start() + 1)
        return found

    def likely(self, text: str) -> list[str]:
        """The patterns that may match in a text, each once, in an order that hangs on the text alone."""
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
