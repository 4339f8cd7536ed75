"""Character error rate as the field counts it. Pure."""

from __future__ import annotations

from inspector.text import fold, is_content

__all__ = ["edits", "normalised", "places"]

_DIGITS = str.maketrans("零〇一二三四五六七八九幺", "001234567891")


def normalised(text: str) -> str:
    """For scoring: simplified, lower case, digits as digits, no punctuation."""
    return "".join(filter(is_content, fold(text))).translate(_DIGITS)


def places(text: str) -> list[int]:
    """Where in the text each character of :func:`normalised` stands: folding keeps every place."""
    return [place for place, char in enumerate(fold(text)) if is_content(char)]


def edits(reference: str, heard: str) -> int:
    """Levenshtein distance: substitutions, deletions and insertions."""
    row = list(range(len(heard) + 1))
    for place, wanted in enumerate(reference, 1):
        before, row = row, [place]
        for at, char in enumerate(heard, 1):
            row.append(min(before[at] + 1, row[-1] + 1, before[at - 1] + (wanted != char)))
    return row[-1]
