"""Do examples hold what looks like a real person's data?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from inspector.errors import PackIssue
from inspector.rules.load import Packs
from inspector.rules.phrases import matchable
from inspector.rules.schema import Rule
from inspector.rules.validators.base import calls_of, cases_of, issue, words_of

__all__ = ["RealLookingData"]

_MOBILE = re.compile(r"(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)")
_CARD = re.compile(r"(?<!\d)\d{16,19}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dx](?![\dx])")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = "10x98765432"


class RealLookingData:
    """Packs are copied, printed and published: numbers in examples must be impossible ones."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """An issue for each example with a valid mobile, card or identity number, in digits or spoken."""
        texts = {field: [case.name, *_headers(case.call)] for field, case in cases_of(rule)}
        for field, hearing in calls_of(rule):
            texts[field].append(words_of(hearing))
        for field, parts in texts.items():
            for kind in dict.fromkeys(kind for part in parts for kind in _found(matchable(part))):
                yield issue(rule, packs, field, f"例子里有像真的{kind}", "换成不可能存在的号码，例如少写一位")


def _headers(call: str) -> Iterator[str]:
    return (line for line in call.splitlines() if line.lstrip().startswith("#"))


def _found(text: str) -> Iterator[str]:
    if _MOBILE.search(text):
        yield "手机号"
    if any(map(_is_card, _CARD.findall(text))):
        yield "卡号"
    if any(map(_is_identity, _IDENTITY.findall(text))):
        yield "身份证号"


def _is_card(digits: str) -> bool:
    """Luhn's check."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _is_identity(digits: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(_IDENTITY_WEIGHTS, digits, strict=False))
    return _IDENTITY_CHECKS[total % 11] == digits[-1]
