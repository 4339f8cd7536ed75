"""What may match, from the texts that stand in a passage.

A pattern needs one text of each of its sets (see :mod:`atoms`). Each branch of each pattern is one bit; a text is, for
the first, second … set of a branch, the bits of the branches that it serves there. The texts of a passage together give
for each set the branches that are served, and the branches served in all of theirs are the likely ones::

    branch            0  推荐 … 理财    1  保本    2  建议 … 买
    first sets        .  1  .           保本 stands there
    second sets       1  1  .           理财 stands there; branch 1 has no second set
    likely            .  1  .
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import and_

from inspector.rules.atoms import Texts

__all__ = ["Screen"]


class Screen:
    """``needs``: for each name its branches, each a few sets of texts; a name without any is always likely."""

    def __init__(self, needs: Mapping[str, Sequence[Sequence[Texts]]]) -> None:
        self._names: list[str] = []
        self._always = [name for name, branches in needs.items() if not branches]
        self._unasked = [0] * max((len(sets) for branches in needs.values() for sets in branches), default=1)
        self._served: dict[str, list[tuple[int, int]]] = {}
        self._bits: dict[str, tuple[tuple[int, int], ...]] = {}
        for name, sets in ((name, sets) for name, branches in needs.items() for sets in branches):
            self._add(name, sets)

    def _add(self, name: str, sets: Sequence[Texts]) -> None:
        branch = len(self._names)
        self._names.append(name)
        for place, text in ((place, text) for place, texts in enumerate(sets) for text in texts):
            self._served.setdefault(text, []).append((place, branch))
        for place in range(len(sets), len(self._unasked)):
            self._unasked[place] |= 1 << branch

    @property
    def texts(self) -> Iterable[str]:
        """All texts that serve a branch."""
        return self._served.keys()

    def likely(self, texts: Iterable[str]) -> list[str]:
        """The names of which a branch has all its sets served by these texts, in the order in which they were given."""
        served = list(self._unasked)
        for text in texts:
            bits_of = self._bits.get(text)
            for place, branches in self._of(text) if bits_of is None else bits_of:
                served[place] |= branches
        bits = f"{reduce(and_, served):b}"[::-1]
        found = list(self._always)
        at = bits.find("1")
        while at >= 0:
            found.append(self._names[at])
            at = bits.find("1", at + 1)
        return list(dict.fromkeys(found))

    def _of(self, text: str) -> tuple[tuple[int, int], ...]:
        """For each set the branches that a text serves there, as bits; kept."""
        bits: dict[int, int] = {}
        for place, branch in self._served.get(text, ()):
            bits[place] = bits.get(place, 0) | 1 << branch
        self._bits[text] = tuple(bits.items())
        return self._bits[text]
