"""Puts invented personal data in the place of real ones, where a text must stay a text: examples for rules.

Runs of digits (as in ``mask.py``) keep their script, their length and what lies between the digits; names after 我叫,
我姓 and before 先生, 女士 keep their length. The same number or name becomes the same one wherever a key is used.
A name that stands elsewhere is not known for one and stays.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence

from inspector.redaction.mask import A_DIGIT, RUN

__all__ = ["has_personal_data", "replace_turns"]

_SCRIPTS = ("0123456789", "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "０１２３４５６７８９")
_VALUES = {char: (script, value) for script in reversed(_SCRIPTS) for value, char in enumerate(script)} | {
    char: (_SCRIPTS[1], value) for char, value in zip("〇幺洞拐勾两兩貳參陸", map(int, "0107922236"), strict=True)
}
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊"
    "秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_GIVEN = "明华伟芳娜敏静丽强磊军洋勇艳杰娟涛超霞平刚英文玲桂辉鑫波斌宇浩凯秀兰飞玉萍红"
_NAME = re.compile(
    rf"(?<=我叫)[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}|(?<=姓名是)[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}"
    rf"|(?<=我姓)[{_SURNAMES}]|(?<=免贵姓)[{_SURNAMES}]|[{_SURNAMES}](?=先生|女士|小姐|太太)"
)


def has_personal_data(text: str) -> bool:
    """Whether there is a run of digits or a name in it."""
    return bool(RUN.search(text) or _NAME.search(text))


def replace_turns(texts: Sequence[str], key: bytes) -> list[str]:
    """Each of ``texts``, what one party says one after the other, with invented numbers and names; lengths stay.

    A number may go on in the next text. Every digit and every character of a name becomes another one.
    """
    whole = " ".join(texts)
    whole = RUN.sub(lambda run: _number(run.group(), key), whole)
    whole = _NAME.sub(lambda name: _name(name.group(), key), whole)
    parts, start = [], 0
    for text in texts:
        parts.append(whole[start : start + len(text)])
        start += len(text) + 1
    return parts


def _number(run: str, key: bytes) -> str:
    digits = A_DIGIT.findall(run)
    chance = iter(_stream("".join(str(_VALUES[one][1]) if one in _VALUES else one for one in digits), key, len(digits)))
    return A_DIGIT.sub(lambda digit: _digit(digit.group(), next(chance)), run)


def _digit(char: str, chance: int) -> str:
    script, value = _VALUES.get(char, (_SCRIPTS[0], int(char) if char.isdecimal() else 0))
    return script[(value + 1 + chance % 9) % 10]


def _name(name: str, key: bytes) -> str:
    chance = _stream(name, key, len(name))
    return "".join(
        _other(char, _GIVEN if place else _SURNAMES, chance[place]) for place, char in enumerate(name)
    )


def _other(char: str, choice: str, chance: int) -> str:
    left = choice.replace(char, "")
    return left[chance % len(left)]


def _stream(what: str, key: bytes, length: int) -> bytes:
    """As many bytes as are asked for, that nobody can tell without the key."""
    blocks = range(-(-length // 32))
    return b"".join(hmac.digest(key, f"{block} {what}".encode(), hashlib.sha256) for block in blocks)
