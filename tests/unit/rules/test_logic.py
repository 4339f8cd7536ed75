"""The small language of ``logic``: what it writes, three values, faults that are told where they are."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.rules.logic import All, AnyOf, Expression, LogicError, Name, Not, deciding, parse, sides, value, written

A, B, C = map(Name, ("甲", "乙", "c"))
VALUES = (True, None, False)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("甲", A),
        ("甲 and not 乙", All((A, Not(B)))),
        ("甲且非乙", All((A, Not(B)))),
        ("甲&&!乙", All((A, Not(B)))),
        ("甲 AND NOT 乙", All((A, Not(B)))),
        ("甲 or 乙 and c", AnyOf((A, All((B, C))))),
        ("（甲或乙）且c", All((AnyOf((A, B)), C))),
        ("not 甲 or 乙", AnyOf((Not(A), B))),
        ("非(甲||乙)", Not(AnyOf((A, B)))),
        ("not not 甲", Not(Not(A))),
        ("甲 and (乙 and c)", All((A, All((B, C))))),
        ("notice and orders", All((Name("notice"), Name("orders")))),
    ],
)
def test_what_is_written(text: str, wanted: Expression) -> None:
    assert parse(text) == wanted


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "末尾缺少条件名"),
        ("甲 and", "末尾缺少条件名"),
        ("and 甲", "第 1 个字缺少条件名"),
        ("甲 and or 乙", "第 7 个字缺少条件名"),
        ("(甲 or 乙", "第 1 个字的左括号没有配对的右括号"),
        ("甲 or 乙)", "第 7 个字多了一个右括号"),
        ("甲 乙", "第 3 个字“乙”之前缺少 and 或 or"),
        ("甲 & 乙", "第 3 个字“&”之前缺少 and 或 or"),
        ("甲 and 2乙", "第 7 个字“2乙”看不懂"),
        ("甲 and ?", "第 7 个字“?”看不懂"),
        ("()", "第 2 个字缺少条件名"),
        ("(" * 30 + "甲" + ")" * 30, "套得太深，最多 20 层"),
        ("not " * 30 + "甲", "套得太深，最多 20 层"),
    ],
)
def test_a_fault_is_told_where_it_is(text: str, fault: str) -> None:
    with pytest.raises(LogicError, match="^" + fault.replace("?", r"\?").replace("(", r"\(") + "$"):
        parse(text)


@given(st.text(alphabet="甲乙c且或非andort()（）!&| 1?", max_size=40))
def test_any_text_is_an_expression_or_a_fault(text: str) -> None:
    try:
        assert list(sides(parse(text)))
    except LogicError as fault:
        assert str(fault)


def joined(parts: list[Expression]) -> st.SearchStrategy[Expression]:
    return st.sampled_from([All(tuple(parts)), AnyOf(tuple(parts))])


EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(
    st.sampled_from([A, B, C]),
    lambda inner: st.one_of(inner.map(Not), st.lists(inner, min_size=2, max_size=3).flatmap(joined)),
    max_leaves=8,
)
SPELLINGS = st.sampled_from([(" and ", " or ", "not "), ("且", "或", "非"), ("&&", "||", "!"), (" AND ", " 或 ", "！")])


def spelled(expression: Expression, words: tuple[str, str, str]) -> str:
    both, either, contrary = words
    match expression:
        case Name(name):
            return name
        case Not(of):
            return f"{contrary}({spelled(of, words)})"
        case All(of):
            return both.join(f"({spelled(part, words)})" for part in of)
        case AnyOf(of):
            return either.join(f"({spelled(part, words)})" for part in of)


@given(EXPRESSIONS, SPELLINGS)
def test_what_is_written_is_read_again(expression: Expression, words: tuple[str, str, str]) -> None:
    assert parse(spelled(expression, words)) == expression


def kleene(expression: Expression, of: dict[str, bool | None]) -> bool | None:
    """The same by the truth tables as numbers: true 1, unsure 1/2, false 0."""
    number = {True: 2, None: 1, False: 0}

    def degree(one: Expression) -> int:
        match one:
            case Name(name):
                return number[of[name]]
            case Not(inner):
                return 2 - degree(inner)
            case All(parts):
                return min(map(degree, parts))
            case AnyOf(parts):
                return max(map(degree, parts))

    return {2: True, 1: None, 0: False}[degree(expression)]


@given(EXPRESSIONS, st.sampled_from(list(itertools.product(VALUES, repeat=3))))
def test_three_values_by_the_tables(expression: Expression, values: tuple[bool | None, ...]) -> None:
    of = dict(zip(("甲", "乙", "c"), values, strict=True))
    assert value(expression, lambda name, wanted: of[name]) is kleene(expression, of)


@given(EXPRESSIONS, st.booleans(), st.sampled_from(list(itertools.product(VALUES, repeat=3))))
def test_what_decides_is_enough_to_decide(
    expression: Expression, blames: bool, values: tuple[bool | None, ...]
) -> None:
    """With all other conditions unsure the value is the same."""
    of = dict(zip(("甲", "乙", "c"), values, strict=True))
    found = value(expression, lambda name, wanted: of[name], blames)
    enough = dict(deciding(expression, lambda name, wanted: of[name], blames))
    if found is not None:
        assert value(expression, lambda name, wanted: of[name] if name in enough else None, blames) is found


@given(EXPRESSIONS)
def test_each_side_pulls_its_own_way(expression: Expression) -> None:
    """More truth on the side wanted true, less on the other: the whole never becomes less true."""
    order = [False, None, True]
    for weak, strong in itertools.pairwise(order):
        low = value(expression, lambda name, wanted, v=weak: v if wanted else _contrary(v))  # type: ignore[misc]
        high = value(expression, lambda name, wanted, v=strong: v if wanted else _contrary(v))  # type: ignore[misc]
        assert order.index(low) <= order.index(high)


def _contrary(one: bool | None) -> bool | None:
    return None if one is None else not one


def test_the_side_turns_with_every_not() -> None:
    assert list(sides(parse("甲 and not (乙 or not c)"))) == [("甲", True), ("乙", False), ("c", True)]
    assert list(sides(parse("甲 and not 乙"), False)) == [("甲", False), ("乙", True)]


@given(EXPRESSIONS)
def test_what_is_written_out_is_read_as_the_same(expression: Expression) -> None:
    assert parse(written(expression, lambda name, _: name)) == expression


def test_what_stands_for_a_condition_may_tell_its_side() -> None:
    text = written(parse("甲 and not (乙 or c)"), lambda name, wanted: f"{name}{'+' if wanted else '-'}")
    assert text == "甲+ and not (乙- or c-)"
