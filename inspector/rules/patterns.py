"""Patterns: compiled by RE2, so that none can run for ever, and run where they may match."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2

from inspector.rules.passages import Passage
from inspector.rules.phrases import Hit

__all__ = ["compile_pattern", "pattern_hits"]

_OPTIONS = re2.Options()
_OPTIONS.never_capture = True  # only the whole match is asked for
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 1 << 20
_ANYWHERE = re2._re2.RE2.Anchor.UNANCHORED


@lru_cache(maxsize=16384)
def compile_pattern(source: str) -> Any:
    """A pattern of RE2 for UTF-8, within 1 MB. Raises ``re2.error`` for one that is wrong or too big."""
    return re2.compile(source, _OPTIONS)


def pattern_hits(passage: Passage, source: str) -> Iterator[Hit]:
    """Where a pattern matches in the passage, from left to right."""
    # The public search makes a generator and a match object for each of the thousand runs of a call: twice the time
    match, data, at = compile_pattern(source)._regexp.Match, passage.data, 0
    while True:
        first, last = match(_ANYWHERE, data, at, len(data))[0]
        if first < 0:
            return
        if last > first:
            start, end = (len(data[:place].decode()) for place in (first, last))
            yield Hit(passage, start, end, source, "regex", 1.0)
        at = max(last, first + 1)
        if at > len(data):
            return
