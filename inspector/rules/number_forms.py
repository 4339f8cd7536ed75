"""How people say figures, form by form: one pattern for each, with the value it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from inspector.rules.numerals import DIGIT, NUMERAL, numeral_value

__all__ = ["BARE_FORMS", "DIGIT_SAID", "FORMS", "IDIOMS", "Form", "as_digits"]

Read = Callable[["re.Match[str]"], Decimal | None]

DIGIT_SAID = "[零〇洞一幺壹二贰两三叁四肆五伍六陆七柒拐八捌九玖勾0-9]"
_DIGITS = str.maketrans("零〇洞一幺壹二贰两三叁四肆五伍六陆七柒拐八捌九玖勾叉", "0001112223344556677788999x")

IDIOMS = frozenset({"一块", "一角", "三角", "一成"})
"""What is hardly ever meant as a figure: 一块办理, 三角债."""

_MOST_PERCENT = 1000
_N = f"(?P<n>{NUMERAL})"
_MONTH, _DAY = f"(?P<month>{NUMERAL})月", f"(?P<day>{NUMERAL})[日号]"
_VAGUE = "(?P<vague>[多来几半余]|点[几多])?"
_PRICE_ENDS = r"(?=钱|的|左右|吗|吧|了|$|[^\w])"  # 三块五 is a price, 三块五个 is not
_SMALL = rf"(?:(?P<jiao>{DIGIT})(?:[毛角](?:(?P<fen>{DIGIT})分?)?|{_PRICE_ENDS}))?+"


@dataclass(frozen=True, slots=True)
class Form:
    """Figures of one kind said in one way. ``read``: the value of a match in ``unit``, None where it has no one."""

    kind: str
    unit: str
    pattern: re.Pattern[str]
    read: Read


def as_digits(said: str) -> str:
    """Digits said one by one, in digits: 幺洞拐 is 107. The last place of an identity card may be 叉, an x."""
    return said.translate(_DIGITS)


def _times(size: str, more: str = "0") -> Read:
    """Reads a numeral, and what the form says more (the half of 一年半), in units of that size."""

    def read(found: re.Match[str]) -> Decimal | None:
        value = numeral_value(found["n"])
        return None if value is None else (value + Decimal(more)) * Decimal(size)

    return read


def _share(size: str) -> Read:
    """Reads a percentage. None where more was said than the numeral: 百分之四点几, 四个多点, 四个点五."""
    in_units = _times(size)

    def read(found: re.Match[str]) -> Decimal | None:
        more = any(part for name, part in found.groupdict().items() if name != "n")
        value = None if more else in_units(found)
        return value if value is not None and value <= _MOST_PERCENT else None

    return read


def _is(value: str) -> Read:
    return lambda _: Decimal(value)


def _unknown(_: re.Match[str]) -> None:
    return None


def _sum(found: re.Match[str], sizes: dict[str, str]) -> Decimal | None:
    total = Decimal(0)
    for name, size in sizes.items():
        if numeral := found.groupdict().get(name):
            value = numeral_value(numeral)
            if value is None:
                return None
            total += value * Decimal(size)
    return total


def _money(found: re.Match[str]) -> Decimal | None:
    return _sum(found, {"n": "1", "jiao": "0.1", "fen": "0.01"})


def _tenths(found: re.Match[str]) -> Decimal | None:
    """三成五 is 35 %, and so is 三成半."""
    if found["half"]:
        return _times("10", "0.5")(found)
    return _sum(found, {"n": "10", "part": "1"})


def _date(found: re.Match[str]) -> Decimal | None:
    for name, most in (("month", 12), ("day", 31)):
        if numeral := found.groupdict().get(name):
            value = numeral_value(numeral)
            if value is None or not 1 <= value <= most:
                return None
    return _sum(found, {"year": "10000", "month": "100", "day": "1"})


def _form(kind: str, unit: str, pattern: str, read: Read) -> Form:
    return Form(kind, unit, re.compile(pattern), read)


FORMS = (
    _form("percent", "%", rf"百分之?{_N}{_VAGUE}", _share("1")),
    _form("percent", "%", "百分之?百", _is("100")),
    _form("percent", "%", rf"千分之?{_N}{_VAGUE}", _share("0.1")),
    _form("percent", "%", rf"万分之?{_N}{_VAGUE}", _share("0.01")),
    _form("percent", "%", rf"{_N}个(?P<few>多)?(?:百分)?点(?P<vague>{DIGIT}|[多来几半余])?", _share("1")),
    _form("percent", "%", rf"{_N}%", _share("1")),
    _form("percent", "%", rf"{_N}‰", _share("0.1")),
    _form("percent", "%", rf"{_N}成(?:(?P<part>{DIGIT})|(?P<half>半))?(?![不本功交立为员长年熟人果绩分都套])", _tenths),
    _form("date", "", rf"(?P<year>(?:19|20)[0-9]{{2}})年(?:{_MONTH}份?(?:{_DAY})?)?", _date),
    _form("date", "", rf"{_MONTH}{_DAY}", _date),
    _form("date", "", rf"{_MONTH}(?!期)份?", _date),
    _form("term", "day", rf"{_N}日(?=年化|内|之内|以内|后|之后|期)", _times("1")),
    _form("date", "", rf"{_DAY}(?![线楼窗柜坐])", _date),
    _form("term", "month", rf"{_N}年半", _times("12", "0.5")),
    _form("term", "month", rf"{_N}个半月", _times("1", "0.5")),
    _form("term", "month", rf"{_N}年(?![级代轻龄纪报])期?", _times("12")),
    _form("term", "month", "半年期?", _is("6")),
    _form("term", "month", "半个月", _is("0.5")),
    _form("term", "month", rf"{_N}个月期?", _times("1")),
    _form("term", "month", rf"{_N}个季度", _times("3")),
    _form("term", "month", rf"{_N}期(?![间望待货限权])", _times("1")),
    _form("term", "workday", rf"{_N}个?工作日", _times("1")),
    _form("term", "day", rf"{_N}天期?", _times("1")),
    _form("term", "day", rf"{_N}(?:个?(?:星期|礼拜)|周(?!年))", _times("7")),
    _form("amount", "yuan", rf"(?:人民币|¥)?{_N}(?:元|圆|块钱?){_SMALL}", _money),
    _form("amount", "yuan", rf"{_N}[毛角]钱?", _times("0.1")),
    _form("amount", "yuan", rf"{_N}分钱", _times("0.01")),
    _form("amount", "", rf"{_N}(?:美元|美金|欧元|港币|港元|英镑|日元)", _unknown),
    _form("amount", "yuan", rf"(?:人民币|¥){_N}", _times("1")),
    _form("multiple", "", rf"{_N}倍", _times("1")),
    _form("ordinal", "", rf"第{_N}(?![方者])", _times("1")),
)
"""Where two begin at the same place, the first of them is meant."""

BARE_FORMS = (
    _form(
        "number",
        "",
        rf"(?<!{DIGIT_SAID})(?={DIGIT_SAID}*[幺洞拐勾两]){DIGIT_SAID}{{3,}}(?![十百千万亿点.])",
        lambda found: Decimal(as_digits(found.group())),
    ),
    _form("number", "", rf"(?<![a-z]){_N}", _times("1")),
)
"""Numbers without a unit, which other figures hold."""
