"""When a file that others write may be taken: when it has not moved for a while. Pure: looks and times come in.

::

    look      –   10 B   20 B   20 B   20 B   –      20 B
    file          new    grew   …      │      gone   new
    due                         settled┘             (settles again; the ledger knows it)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Look", "Settling"]

Look = tuple[int, int]
"""How a file looks: its size in bytes and the time of its last change in nanoseconds."""


@dataclass(slots=True)
class _File:
    look: Look
    due_s: float
    is_told: bool = False


class Settling:
    """The files of a directory by name. Times in seconds of one clock that never goes back."""

    def __init__(self, settle_s: float) -> None:
        """``settle_s``: how long a file must look the same."""
        if settle_s < 0:
            raise ValueError("files cannot settle before they are seen")
        self._settle_s = settle_s
        self._files: dict[str, _File] = {}

    def look(self, found: Mapping[str, Look], now_s: float) -> list[str]:
        """Takes note of all files that are there. Returns those that are due, the one that waits longest first."""
        for name in self._files.keys() - found.keys():
            del self._files[name]
        for name, look in found.items():
            file = self._files.get(name)
            if file is None or file.look != look:
                self._files[name] = _File(look, now_s + self._settle_s)
        due = [(file.due_s, name) for name, file in self._files.items() if file.due_s <= now_s]
        return [name for _, name in sorted(due)]

    def taken(self, name: str) -> None:
        """Not due again as long as it looks the same."""
        self._files[name].due_s = math.inf

    def put_off(self, name: str, until_s: float) -> bool:
        """Due again at ``until_s`` if it looks the same then. True when that is told for the first time."""
        file = self._files[name]
        file.due_s = until_s
        was_told, file.is_told = file.is_told, True
        return not was_told
