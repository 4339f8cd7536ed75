"""Percentages in speech as a recogniser writes them: 百分之四点五, 4.5%, 四个点, 年化三点二."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

__all__ = ["Percent", "percents_in"]

_WRITTEN = ("零〇0", "一幺1", "二两2", "三3", "四4", "五5", "六6", "七7", "八8", "九9")
_DIGITS = {char: value for value, chars in enumerate(_WRITTEN) for char in chars}
_DIGIT = "[零〇一幺二两三四五六七八九0-9]"
_NUMBER = rf"(?:{_DIGIT}|十)++(?:[点.]{_DIGIT}++)?+"
_VAGUE = "(?![点百千万亿多几来半])"  # 百分之四点几, 百分之一百, 四个点五: no figure that could be compared
_PERCENT = re.compile(rf"百分之?({_NUMBER}){_VAGUE}|({_NUMBER})(?:个点(?!{_DIGIT}){_VAGUE}|%)")
_ALIKE = {"四": "十", "十": "四", "一": "七", "七": "一", "1": "7", "7": "1"}
_WORDS = "零一二三四五六七八九"
_LONGEST = 8  # nobody says a percentage of more characters
_IN_DIGITS = re.compile("[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Percent:
    """A figure at ``[start, end)`` of the text; ``sound_alikes``: what else it may have been."""

    start: int
    end: int
    value: float
    sound_alikes: tuple[float, ...]


def percents_in(text: str) -> Iterator[Percent]:
    """Every percentage in folded text, punctuation and all."""
    for found in _PERCENT.finditer(text):
        spoken = (found.group(1) or found.group(2)).replace(".", "点")
        value = _value(spoken) if len(spoken) <= _LONGEST else None
        if value is not None:
            others = {other for other in map(_value, _others(spoken)) if other is not None} - {value}
            yield Percent(found.start(), found.end(), value, tuple(sorted(others)))


def _others(spoken: str) -> Iterator[str]:
    whole, point, part = spoken.partition("点")
    choices = [(char, _ALIKE[char]) if char in _ALIKE else (char,) for char in _in_words(whole) + point + part]
    yield from ("".join(chars) for chars in product(*choices))


def _in_words(whole: str) -> str:
    """How 14 sounds: 十四, which may have been 四十."""
    if not _IN_DIGITS.fullmatch(whole):
        return whole
    tens, unit = divmod(int(whole), 10)
    ten = "" if tens == 0 else "十" if tens == 1 else f"{_WORDS[tens]}十"
    return f"{ten}{_WORDS[unit]}" if unit or not tens else ten


def _value(spoken: str) -> float | None:
    """None where the characters are no number (十十, 四十五十) or more than one (三四)."""
    whole, _, part = spoken.partition("点")
    before, ten, after = whole.partition("十")
    if "十" in after or (len(before) > 1 and ten) or (len(after) > 1 and ten) or "十" in part:
        return None
    if not ten and len(whole) > 1 and not whole.isascii():
        return None
    digits = f"{_digits(before) or '1'}{_digits(after) or '0'}" if ten else _digits(whole)
    return float(f"{digits}.{_digits(part) or '0'}") if digits else None


def _digits(spoken: str) -> str:
    return "".join(str(_DIGITS[char]) for char in spoken)
