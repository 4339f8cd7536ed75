"""Numerals as people say them and recognisers write them: 一万二, 12万5, 三点五, 两百零五."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import product

__all__ = ["DIGIT", "NUMERAL", "in_words", "numeral_value", "sounding_alike"]

_WRITTEN = ("零〇0", "一壹1", "二贰两2", "三叁3", "四肆4", "五伍5", "六陆6", "七柒7", "八捌8", "九玖9")
_DIGITS = {char: str(value) for value, chars in enumerate(_WRITTEN) for char in chars}
_UNITS = (("亿", 10**8), ("万", 10**4), ("千", 1000), ("百", 100), ("十", 10))
_FORMAL_UNITS = str.maketrans("拾佰仟", "十百千")
_WORDS = "零一二三四五六七八九"

DIGIT = "[零〇一壹二贰两三叁四肆五伍六陆七柒八捌九玖0-9]"
_UNIT = "[十百千万亿拾佰仟]"
_LARGE = "[百千万亿佰仟]"
NUMERAL = (
    rf"(?<!{DIGIT})(?<!{_UNIT})(?<!{DIGIT}[点.])"
    rf"(?:[0-9]{{1,3}}+(?:,[0-9]{{3}})++(?![0-9]){_LARGE}*+|(?:{DIGIT}|[十拾几])(?:{DIGIT}|{_UNIT}|几)*+)"
    rf"(?:[多来余]{_LARGE}*+)?+(?:[点.]{DIGIT}++(?![十拾]){_LARGE}*+)?+"
)
"""A whole numeral, which :func:`numeral_value` may still refuse (三四百, 十几万, 三百多)."""

_ALIKE = {"四": "十", "十": "四", "一": "七", "七": "一", "1": "7", "7": "1"}
_MOST_DOUBTS = 8  # figures with more of them are heard as so many others that nobody can compare them
_LONGEST = 32
_INTEGER = re.compile(r"(?<![0-9点.])[0-9]{1,12}(?![0-9])")


def numeral_value(numeral: str) -> Decimal | None:
    """None where it says no one number: 三四 (three to four), 十几, 三百多, 四十五十; or more than anybody counts."""
    if len(numeral) > _LONGEST:
        return None
    text = numeral.translate(_FORMAL_UNITS).replace(".", "点").replace(",", "")
    for unit, size in _UNITS:
        if unit in text:
            high_text, low_text = text.rsplit(unit, 1) if unit == "亿" else text.split(unit, 1)
            high = Decimal(1) if unit == "十" and not high_text else numeral_value(high_text)
            low = _below(low_text, size)
            if high is None or low is None or (size < 10**4 and high >= 10):
                return None
            return high * size + low
    whole, point, part = text.partition("点")
    if not whole or (point and not part) or not all(char in _DIGITS for char in whole + part):
        return None
    if len(whole) > 1 and not whole.isascii():
        return None
    return Decimal(_digits(whole) + ("." + _digits(part) if part else ""))


def _below(text: str, size: int) -> Decimal | None:
    """What follows a unit of that size: nothing, 零五, 五百, or one digit of the next unit (一万二)."""
    if not text:
        return Decimal(0)
    if len(text) == 1 and text in _DIGITS:
        return Decimal(_DIGITS[text]) * (size // 10)
    if size > 10 and text.find("点") == 1:
        return None  # 一万二点五: nobody can tell
    low = numeral_value(f"零{text}" if text.startswith("点") else text.removeprefix("零"))
    return low if low is not None and low < size else None


def _digits(spoken: str) -> str:
    return "".join(_DIGITS[char] for char in spoken)


def in_words(number: int) -> str:
    """How a whole number is said: 14 is 十四, 205 is 二百零五, 1050 is 一千零五十."""
    for unit, size in _UNITS:
        high, low = divmod(number, size)
        if high:
            head = "" if unit == "十" and high == 1 else in_words(high)
            gap = "零" if low and low < size // 10 else ""
            tail = in_words(low) if low else ""
            # 一十 only stands behind a larger unit: 一百一十
            return f"{head}{unit}{gap}{'一' if tail.startswith('十') else ''}{tail}"
    return _WORDS[number]


def sounding_alike(text: str) -> Iterator[str] | None:
    """Every text that sounds so when 四 cannot be told from 十 nor 一 from 七; None when there are too many.

    Whole numbers in digits are put into words before: the 14 of a recogniser may have been 四十.
    """
    words = _INTEGER.sub(lambda found: in_words(int(found.group())), text)
    if sum(char in _ALIKE for char in words) > _MOST_DOUBTS:
        return None
    choices = [(char, _ALIKE[char]) if char in _ALIKE else (char,) for char in words]
    return ("".join(chars) for chars in product(*choices))
