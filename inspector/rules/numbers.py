"""Figures in speech and their places: 百分之三点五, 五万块, 三十六期, 12月31号, a card number read out in digits.

::

    年 化 百 分 之 三 点 五 ， 最 低 五 万 块
          |----percent---|         |amount|
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from inspector.rules.number_forms import BARE_FORMS, DIGIT_SAID, FORMS, IDIOMS, Form, as_digits
from inspector.rules.numerals import sounding_alike
from inspector.rules.passages import Passage
from inspector.text import fold

__all__ = ["Number", "numbers_in", "numbers_of"]

_IN_DIGITS = re.compile(
    rf"(?<!{DIGIT_SAID})(?<!{DIGIT_SAID}[.点]){DIGIT_SAID}(?:[\s\-,.、。]{{0,2}}{DIGIT_SAID}){{9,}}[x叉]?"
)
_MAY_HOLD = re.compile(rf"{DIGIT_SAID}|[十拾百半几]")
_BREAKS = re.compile(r"[\s\-,.、。]")
_IDENTITY = re.compile(r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dx]")
_PHONE = re.compile(r"1[3-9]\d{9}|0[1-9]\d{8,10}|[48]00\d{7}")
LEAST_CARD_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Number:
    """A figure at ``[start, end)`` of the text.

    ``kind``: percent, amount, term, date, multiple, ordinal, number, card, identity or phone. ``value``: None where it
    is no one quantity (十几万, 三四成) or none at all (a card). ``unit``: ``%``, ``yuan``, ``month``, ``day`` or
    ``workday``, else empty; the value of a date is yyyymmdd with zeros for what was not said. ``sound_alikes``: which
    other values it may have been; None when there are too many to tell.
    """

    start: int
    end: int
    kind: str
    value: float | None
    unit: str = ""
    sound_alikes: tuple[float, ...] | None = ()


def numbers_in(text: str) -> tuple[Number, ...]:
    """Every figure in folded text, punctuation and all, from left to right; none overlap.

    Where they would, numbers read out in digits come first, then the figure with a unit that begins first; a bare
    number is only what is left.
    """
    if not _MAY_HOLD.search(text):
        return ()
    kept: list[Number] = []
    taken = bytearray(len(text))
    united = sorted((one for form in FORMS for one in _found(form, text)), key=lambda one: one.start)
    bare = (one for form in BARE_FORMS for one in _found(form, text))
    for one in (*_read_out(text), *united, *bare):
        if not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"1" * (one.end - one.start)
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.start))


def _found(form: Form, text: str) -> Iterator[Number]:
    for found in form.pattern.finditer(text):
        said = found.group()
        value = form.read(found)
        if said in IDIOMS or (form in BARE_FORMS and not _is_number(said, value is not None)):
            continue
        if value is None:
            if form.kind != "date":  # 15月 is none
                yield Number(found.start(), found.end(), form.kind, None, form.unit)
            continue
        others = _others(form, said, float(value))
        yield Number(found.start(), found.end(), form.kind, float(value), form.unit, others)


def _is_number(said: str, is_known: bool) -> bool:
    """Without a unit 一 is in 一定 and 三四 in 不三不四: a number has digits, or several characters that say a size."""
    if any(char.isascii() for char in said):
        return True
    return len(said) > 1 and (is_known or any(char in "十百千万亿" for char in said))


def _others(form: Form, said: str, value: float) -> tuple[float, ...] | None:
    texts = sounding_alike(said)
    if texts is None:
        return None
    others = {form.read(match) for match in map(form.pattern.fullmatch, texts) if match}
    return tuple(sorted({float(other) for other in others if other is not None} - {value}))


def _read_out(text: str) -> Iterator[Number]:
    """Numbers that name something: cards, phones and identity papers, whatever stands between their digits."""
    for found in _IN_DIGITS.finditer(text):
        if kind := _name(as_digits(_BREAKS.sub("", found.group()))):
            yield Number(found.start(), found.end(), kind, None)


def _name(digits: str) -> str | None:
    if _IDENTITY.fullmatch(digits):
        return "identity"
    digits = digits.removesuffix("x")
    if _PHONE.fullmatch(digits):
        return "phone"
    return "card" if len(digits) >= LEAST_CARD_DIGITS else None


def numbers_of(passage: Passage) -> tuple[Number, ...]:
    """The figures of a passage, placed in its text; looked for once.

    They are read with their points and signs, and over the turns that a recogniser cut them into.
    """
    if numbers_of not in passage.found:
        firsts = list(accumulate((len(turn.text) for turn in passage.turns[:-1]), initial=0))
        origin = [firsts[turn] + at for turn, at in passage.origin]
        passage.found[numbers_of] = tuple(
            replace(one, start=bisect_left(origin, one.start), end=bisect_left(origin, one.end))
            for one in numbers_in(fold("".join(turn.text for turn in passage.turns)))
        )
    found: tuple[Number, ...] = passage.found[numbers_of]
    return found
