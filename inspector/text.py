"""Pure text: one spelling for what can be written in several ways, same length out as in.

Because length never changes, a place in folded text is the same place in the text as heard, and its time is known.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import opencc

__all__ = ["content_length", "fold", "is_content", "simplify", "visible"]

_SPOKEN = str.maketrans("零〇洞一幺壹二贰三叁四肆五伍六陆七柒拐八捌九玖勾", "000111" + "22334455667778899" + "9")
_SPOKEN_RUN = re.compile(r"[零〇洞一幺壹二贰三叁四肆五伍六陆七柒拐八捌九玖勾0-9]{3,}")


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def simplify(text: str) -> str:
    """Traditional to Simplified Chinese, one character for one character."""
    converted: str = _converter().convert(text)
    if len(converted) == len(text):
        # 薴 becomes 苧, and 苧 becomes 苎: again, until nothing changes
        return text if converted == text else simplify(converted)
    # A phrase conversion changed the length: convert each character on its own, keep those that would still change it.
    singles = ((char, _converter().convert(char)) for char in text)
    return "".join(new if len(new) == 1 else char for char, new in singles)


@lru_cache(maxsize=65536)
def _narrow(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char).lower()
    return folded if len(folded) == 1 else char


def fold(text: str) -> str:
    """The spelling that rules are matched in: simplified, half-width, lower case, spoken digits as digits.

    Digits are only made of runs of three or more (幺二三七八 → 12378): 一定 is not 1定.
    """
    plain = simplify("".join(map(_narrow, text)))
    return _SPOKEN_RUN.sub(lambda run: run.group().translate(_SPOKEN), plain)


@lru_cache(maxsize=65536)
def is_content(char: str) -> bool:
    """True for letters, ideographs and digits; False for punctuation, spaces and signs."""
    return unicodedata.category(char)[0] in "LN"


def content_length(text: str) -> int:
    """How many characters of the text are content."""
    return sum(map(is_content, text))


# Control characters, and marks that would turn the direction of the text around them (Unicode TR 9).
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def visible(value: object) -> object:
    """For pages: what a person cannot see, or what would turn other text around, as a sign. Markup and what is no text
    stays as it is."""
    return _UNSEEN.sub("\ufffd", value) if isinstance(value, str) and not hasattr(value, "__html__") else value
