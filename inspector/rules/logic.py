"""What ``logic`` says: conditions joined by and, or, not and parentheses, over three values (Kleene 1938).

::

    推荐 and (not 开场 or 提示)        推荐 且 （非 开场 或 提示）        推荐 && (!开场 || 提示)

    and     | true    unsure  false      or      | true    unsure  false      not
    true    | true    unsure  false      true    | true    true    true       false
    unsure  | unsure  unsure  false      unsure  | true    unsure  unsure     unsure
    false   | false   false   false      false   | true    unsure  false      true

``not`` binds closest, then ``and``, then ``or``. Unsure is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = [
    "OPERATORS",
    "All",
    "AnyOf",
    "Expression",
    "LogicError",
    "Name",
    "Not",
    "deciding",
    "parse",
    "sides",
    "value",
    "written",
]

DEEPEST = 20
OPERATORS = {"and": "and", "且": "and", "&&": "and", "or": "or", "或": "or", "||": "or", "not": "not", "非": "not"}
"""Words that no condition may be called by. 且, 或 and 非 stand in no name either: 推荐且非提示 needs no spaces."""

_OF_SIGN = OPERATORS | {"!": "not", "(": "(", "（": "(", ")": ")", "）": ")", "！": "not"}
_TOKEN = re.compile(r"\s*(&&|\|\||[!！()（）且或非]|(?:(?![且或非])\w)+|\S)")


class LogicError(ValueError):
    """What is wrong with a ``logic``, in Chinese, for the author of the rule."""


@dataclass(frozen=True, slots=True)
class Name:
    """A condition."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    of: Expression


@dataclass(frozen=True, slots=True)
class All:
    """``and``: true when all are."""

    of: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """``or``: true when one is."""

    of: tuple[Expression, ...]


Expression = Name | Not | All | AnyOf
Ask = Callable[[str, bool], bool | None]
"""Is a condition true? The second argument is the value that takes the whole towards what is asked for."""


def value(expression: Expression, ask: Ask, wanted: bool = True) -> bool | None:
    """Is it true (None: unsure)? ``wanted``: the value that the caller is about to act on."""
    match expression:
        case Name(name):
            return ask(name, wanted)
        case Not(of):
            inner = value(of, ask, not wanted)
            return None if inner is None else not inner
    decisive = isinstance(expression, AnyOf)
    values = [value(part, ask, wanted) for part in expression.of]
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def deciding(expression: Expression, ask: Ask, wanted: bool = True) -> Iterator[tuple[str, bool]]:
    """The conditions that make the value what it is, with the value wanted of each; of an unsure one all that bear."""
    match expression:
        case Name(name):
            yield name, wanted
        case Not(of):
            yield from deciding(of, ask, not wanted)
        case All(of) | AnyOf(of):
            whole = value(expression, ask, wanted)
            for part in of:
                if whole is None or value(part, ask, wanted) is whole:
                    yield from deciding(part, ask, wanted)


def sides(expression: Expression, wanted: bool = True) -> Iterator[tuple[str, bool]]:
    """Every condition named, with the value wanted of it there."""
    match expression:
        case Name(name):
            yield name, wanted
        case Not(of):
            yield from sides(of, not wanted)
        case All(of) | AnyOf(of):
            for part in of:
                yield from sides(part, wanted)


def written(expression: Expression, show: Callable[[str, bool], str], wanted: bool = True) -> str:
    """The expression as authors write it. ``show``: what stands for a condition, by its name and the value wanted."""
    match expression:
        case Name(name):
            return show(name, wanted)
        case Not(of):
            return f"not {_enclosed(of, show, not wanted)}"
    joint = " and " if isinstance(expression, All) else " or "
    return joint.join(_enclosed(part, show, wanted) for part in expression.of)


def _enclosed(expression: Expression, show: Callable[[str, bool], str], wanted: bool) -> str:
    text = written(expression, show, wanted)
    return f"({text})" if isinstance(expression, All | AnyOf) else text


def parse(text: str) -> Expression:
    """The expression that a text writes. Raises LogicError."""
    tokens = _Tokens(text)
    expression = _either(tokens, 1)
    if tokens.kind == ")":
        raise LogicError(f"{tokens.place}多了一个右括号")
    if tokens.kind:
        raise LogicError(f"{tokens.place}“{tokens.text}”之前缺少 and 或 or")
    return expression


class _Tokens:
    """The tokens of a text; ``kind`` of the one at hand: and, or, not, a parenthesis, name, or empty at the end."""

    def __init__(self, text: str) -> None:
        self._found = list(_TOKEN.finditer(text.rstrip()))
        self._at = 0

    @property
    def text(self) -> str:
        return self._found[self._at][1] if self._at < len(self._found) else ""

    @property
    def kind(self) -> str:
        return _OF_SIGN.get(self.text.lower(), "name" if self.text else "")

    @property
    def place(self) -> str:
        """Where the token at hand stands, counted from 1."""
        return f"第 {self._found[self._at].start(1) + 1} 个字" if self.text else "末尾"

    def next(self) -> str:
        """Takes the token at hand."""
        text = self.text
        self._at += 1
        return text


def _either(tokens: _Tokens, depth: int) -> Expression:
    parts = [_both(tokens, depth)]
    while tokens.kind == "or":
        tokens.next()
        parts.append(_both(tokens, depth))
    return AnyOf(tuple(parts)) if len(parts) > 1 else parts[0]


def _both(tokens: _Tokens, depth: int) -> Expression:
    parts = [_one(tokens, depth)]
    while tokens.kind == "and":
        tokens.next()
        parts.append(_one(tokens, depth))
    return All(tuple(parts)) if len(parts) > 1 else parts[0]


def _one(tokens: _Tokens, depth: int) -> Expression:
    if depth > DEEPEST:
        raise LogicError(f"套得太深，最多 {DEEPEST} 层")
    if tokens.kind == "not":
        tokens.next()
        return Not(_one(tokens, depth + 1))
    if tokens.kind == "(":
        opened = tokens.place
        tokens.next()
        inner = _either(tokens, depth + 1)
        if tokens.kind != ")":
            raise LogicError(f"{opened}的左括号没有配对的右括号")
        tokens.next()
        return inner
    if tokens.kind != "name":
        raise LogicError(f"{tokens.place}缺少条件名")
    if not tokens.text[0].isalpha() and tokens.text[0] != "_":
        raise LogicError(f"{tokens.place}“{tokens.text}”看不懂")
    return Name(tokens.next())
