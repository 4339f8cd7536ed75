"""Rules with one thing changed or left out. An example must tell each from its rule, or nobody would notice the fault.

The walk goes over whatever fields a rule has: a new one is changed without a word about it here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel, ValidationError

from inspector.rules.logic import All, AnyOf, Expression, Not, parse, sides, written
from inspector.rules.matchers import Leaf
from inspector.rules.phrases import MIN_SOUND_SYLLABLES, matchable
from inspector.rules.schema import Rule

__all__ = ["Mutant", "kind_of", "mutants_of"]

UNJUDGED = frozenset(
    {"version", "title", "class", "severity", "status", "message", "late_message", "remedy", "asks", "sources"}
    | {"examples", "alert", "alert_unless", "score"}  # where a finding goes: examples show what is found
)
SYNONYMS = frozenset(
    {"phrases", "regex", "near", "of", "counts", "exempt", "pointing", "words", "offer", "facts"}
    | {"not_inside", "not_regex"}
)
"""Lists and tables of which any entry will do: one of many synonyms is wording, the whole list is logic."""
OTHERWISE = {"by": "literal", "who": "any"}
OTHER_PLACES = {"every": "any", "any": "every"}
SMALL = 10  # counts up to here are changed by one, larger limits by a quarter


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one change. ``id``: place and change; it stays the same while the rule says the same."""

    id: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class _Place:
    """A value in a rule: the way to it, that way for people, and whether it is one of several synonyms."""

    path: tuple[str | int, ...] = ()
    text: str = ""
    synonym: bool = False

    @property
    def name(self) -> str:
        return next(str(step) for step in reversed(self.path) if isinstance(step, str))

    def field(self, name: str) -> _Place:
        return _Place((*self.path, name), f"{self.text}.{name}".lstrip("."))

    def entry(self, key: str | int, label: str) -> _Place:
        return _Place((*self.path, key), f"{self.text}[{label}]", self.name in SYNONYMS)

    def left_out(self) -> _Edit:
        return _Edit(f"{self.text} drop", self.path, None, self.synonym)

    def instead(self, value: Any, how: str) -> _Edit:
        return _Edit(f"{self.text} {how}", self.path, value)


@dataclass(frozen=True, slots=True)
class _Edit:
    """Another value at a place, or nothing there (None)."""

    id: str
    path: tuple[str | int, ...]
    value: Any
    synonym: bool = False


def kind_of(mutant_id: str) -> str:
    """Place and change without the names: what survivors are counted by."""
    return re.sub(r"\[.*\]", "[]", mutant_id)


def mutants_of(rule: Rule, *, words: bool = False) -> Iterator[Mutant]:
    """Every mutant of the logic of a rule or, ``words``, of its synonyms.

    Left out are those that the schema refuses, that judge like the rule, or like a mutant before.
    """
    edits = [edit for edit in _of_model(rule, _Place()) if edit.synonym is words]
    if rule.match.elements and rule.match.need is None and not words:
        need = _Place().field("match").field("need")
        edits.append(need.instead(len(rule.match.elements) - 1, "-1"))
    data = rule.model_dump(mode="json", by_alias=True, exclude_unset=True)
    seen, ids = {rule.digest}, Counter[str]()
    for edit in edits:
        ids[edit.id] += 1
        changed = _changed(data, edit)
        if changed is not None and changed.digest not in seen:
            seen.add(changed.digest)
            yield Mutant(edit.id if ids[edit.id] == 1 else f"{edit.id} #{ids[edit.id]}", changed)


def _changed(data: dict[str, Any], edit: _Edit) -> Rule | None:
    changed = deepcopy(data)
    at: Any = changed
    for step in edit.path[:-1]:
        at = at.setdefault(step, {}) if isinstance(at, dict) else at[step]
    last = edit.path[-1]
    if edit.value is not None:
        at[last] = edit.value
    elif isinstance(at, dict):
        del at[last]
    else:
        at.pop(last)
    try:
        rule = Rule.model_validate(changed)
    except ValidationError:
        return None
    return _without_idle(rule) if edit.path == ("logic",) else rule


def _of_model(model: BaseModel, place: _Place) -> Iterator[_Edit]:
    for name, field in type(model).model_fields.items():
        key, value = field.alias or name, getattr(model, name)
        given = name in model.model_fields_set
        if value is None or _is_unjudged(place, key) or (isinstance(value, tuple | dict) and not given):
            continue
        here = place.field(key)
        if isinstance(value, str) and name in OTHERWISE and (name != "by" or _sounds(model)):
            yield here.instead(OTHERWISE[name], f"={OTHERWISE[name]}")
        if name == "which" and value in OTHER_PLACES:
            yield here.instead(OTHER_PLACES[value], f"={OTHER_PLACES[value]}")
        if name == "logic" and value:
            yield from (
                _Edit(f"logic[{part}] {how}", here.path, _text(changed))
                for part, how, changed in _otherwise(parse(value))
            )
            continue
        yield from _inside(value, here)
        if given and (field.default is None or not isinstance(value, int | float)):
            yield here.left_out()


def _is_unjudged(place: _Place, key: str) -> bool:
    """Fields that change no verdict: texts, routing and (``worse``, in measures) severity."""
    return key == "worse" or (not place.path and key in UNJUDGED)


def _otherwise(expression: Expression) -> Iterator[tuple[str, str, Expression]]:
    """A ``not`` less, an operand less, ``and`` for ``or``: the part that is changed, how, and the whole then."""
    match expression:
        case Not(of):
            yield _text(expression), "without not", of
            yield from ((part, how, Not(inner)) for part, how, inner in _otherwise(of))
        case All(of) | AnyOf(of):
            other, sign = (AnyOf, "=or") if isinstance(expression, All) else (All, "=and")
            yield _text(expression), sign, other(of)
            for at, one in enumerate(of):
                left = (*of[:at], *of[at + 1 :])
                yield _text(one), "drop", left[0] if len(left) == 1 else type(expression)(left)
                for part, how, inner in _otherwise(one):
                    yield part, how, type(expression)((*of[:at], inner, *of[at + 1 :]))


def _text(expression: Expression) -> str:
    return written(expression, lambda name, _: name)


def _without_idle(rule: Rule) -> Rule:
    """The rule without the conditions that neither its logic nor another condition names any more."""
    used: dict[str, None] = {}
    waiting = [name for name, _ in sides(parse(rule.logic))]
    while waiting:
        name = waiting.pop()
        if name in rule.conditions and name not in used:
            used[name] = None
            waiting += [other for _, other in rule.conditions[name].where.anchors()]
    return rule.model_copy(update={"conditions": {name: one for name, one in rule.conditions.items() if name in used}})


def _inside(value: Any, place: _Place) -> Iterator[_Edit]:
    if isinstance(value, date):
        yield from (place.instead(value + timedelta(days=days), f"{days:+}d") for days in (-1, 1))
    elif isinstance(value, bool):
        yield place.instead(not value, f"={str(not value).lower()}")
    elif isinstance(value, int | float):
        yield from (place.instead(number, how) for how, number in _numbers(value, place))
    elif isinstance(value, BaseModel):
        yield from _of_model(value, place)
    elif isinstance(value, tuple | dict):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            entry = place.entry(key, str(key) if isinstance(value, dict) else _first_text(one) or f"#{key + 1}")
            yield entry.left_out()
            yield from _inside(one, entry)


def _numbers(value: float, place: _Place) -> Iterator[tuple[str, float]]:
    """Other numbers near enough to be mistaken for this one: how they differ, and what they are."""
    if place.name == "tolerance":
        yield "×10", value * 10
    elif place.name == "nth":
        yield from (("-1", value - 1), ("+1", value + 1))
    elif "where" in place.path or place.name.endswith("chars"):
        yield from (("×0.5", type(value)(value / 2)), ("×2", value * 2))
    elif 0 < value < 1:
        yield from (("-0.1", round(value - 0.1, 6)), ("+0.1", round(value + 0.1, 6)))
    elif isinstance(value, int) and value <= SMALL:
        yield from (("-1", value - 1), ("+1", value + 1))
    else:
        yield from (("×0.75", type(value)(value * 0.75)), ("×1.25", type(value)(value * 1.25)))


def _first_text(value: Any) -> str:
    """What people know an entry by: its name, else the first text in it."""
    if isinstance(value, str):
        return value
    if isinstance(value, BaseModel):
        name = getattr(value, "name", "")
        return name or _first_text(tuple(getattr(value, field) for field in type(value).model_fields))
    inside: Iterable[Any] = value if isinstance(value, tuple) else ()
    return next((text for one in inside if (text := _first_text(one))), "")


def _sounds(model: BaseModel) -> bool:
    """Is there wording long enough to be found by its sound?"""
    if not isinstance(model, Leaf):
        return False
    words = (*model.phrases, *(word for near in model.near for group in near.of for word in group))
    return any(len(matchable(word)) >= MIN_SOUND_SYLLABLES for word in words)
