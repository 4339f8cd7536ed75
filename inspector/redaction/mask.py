"""Hides numbers that could name or open something: cards, phones, identity papers, codes.

A run is four or more digits, written (any script) or spoken (零 … 九, 幺洞拐勾两, 壹 … 玖), whatever spaces, hyphens,
points, commas and ends of sentences lie between them. Amounts such as 一百二十三万 are no runs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

__all__ = ["A_DIGIT", "RUN", "Purpose", "mask", "mask_call_id", "mask_staff", "mask_turns"]

_DIGIT = r"[\d零〇一二三四五六七八九幺洞拐勾两兩壹贰叁肆伍陆柒捌玖貳參陸]"
_BETWEEN = r"[\s\-‐‑‒–—―－.．。·,，、?？!！杠点點]"
RUN = re.compile(f"{_DIGIT}(?:{_BETWEEN}*{_DIGIT}){{3,}}")
A_DIGIT = re.compile(_DIGIT)
_DIGEST = re.compile("[0-9a-f]{64}")
_MASK = "＊"
STAFF_NUMBER_CHARS = 8


class Purpose(StrEnum):
    """What the text is for. All purposes hide the same today; callers say it so that one of them can hide more."""

    SCREEN = "screen"
    EXPORT = "export"
    LOG = "log"


def mask(text: str, purpose: Purpose) -> str:
    """``text`` with every digit of a run as ``＊``; its length and all other characters stay."""
    return RUN.sub(lambda run: A_DIGIT.sub(_MASK, run.group()), text)


def mask_call_id(source_call_id: str, purpose: Purpose) -> str:
    """A call's id at its source: it may hold a phone number, but not when it is the digest of a recording."""
    return source_call_id if _DIGEST.fullmatch(source_call_id) else mask(source_call_id, purpose)


def mask_staff(number: str, purpose: Purpose) -> str:
    """An agent's number as it is: QA works with it. What is longer than such numbers are may be a phone: masked."""
    return number if len(number) <= STAFF_NUMBER_CHARS else mask(number, purpose)


def mask_turns(texts: Sequence[str], purpose: Purpose) -> list[str]:
    """Each of ``texts`` masked, runs being found across their borders.

    ``texts`` are what one party says one after the other: a number is often read out over several turns.
    """
    # One character between them keeps the borders apart and, being a space, breaks no run.
    masked = mask(" ".join(texts), purpose)
    parts, start = [], 0
    for text in texts:
        parts.append(masked[start : start + len(text)])
        start += len(text) + 1
    return parts
