"""Conditions on business data, as rules write them.

``field`` holds when it is known and not false, empty or none; ``field=value`` and ``field!=value`` compare text, case
aside; ``field>other``, ``>=``, ``<`` and ``<=`` compare the first numbers in both (R4 > C2), ``other`` being a field or
a number. A field of the bank's own is ``custom.name``. A comparison with something unknown never holds, and neither
does ``!=``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from operator import ge, gt, le, lt

from inspector.model import Facts
from inspector.rules.schema import Effective

__all__ = ["FACT_NAMES", "fields_of", "holds", "in_force", "unknown_fields", "value_of"]

FACT_NAMES = frozenset(field.name for field in fields(Facts)) - {"custom"}
_OWN = "custom."
_CONDITION = re.compile(r"([a-z_]+|custom\.\w+)\s*(?:(!=|>=|<=|=|>|<)\s*(.+))?")
_SIGNS = {">": gt, "<": lt, ">=": ge, "<=": le}
_NUMBER = re.compile(r"(?:(?<!\w)-)?\d+(?:\.\d+)?")
_NONE = frozenset({"", "无", "none", "no", "false", "-"})


def fields_of(condition: str) -> tuple[str, ...]:
    """The fields a condition names; the whole condition when it cannot be read."""
    found = _CONDITION.fullmatch(condition.strip())
    if found is None:
        return (condition,)
    field, sign, other = found.groups()
    return (field, other) if sign in _SIGNS and not _NUMBER.fullmatch(other) else (field,)


def unknown_fields(condition: str) -> tuple[str, ...]:
    """What of it no manifest has."""
    return tuple(name for name in fields_of(condition) if not _is_field(name))


def _is_field(name: str) -> bool:
    return name in FACT_NAMES or (name.startswith(_OWN) and name != _OWN)


def value_of(facts: Facts, name: str) -> object:
    """What is known of a field, one of the bank's own being ``custom.name``; None when nothing is."""
    return facts.custom.get(name.removeprefix(_OWN)) if name.startswith(_OWN) else getattr(facts, name)


def holds(facts: Facts, conditions: Iterable[str]) -> bool:
    """Does any of the conditions hold?"""
    return any(_holds(facts, condition) for condition in conditions)


def in_force(facts: Facts, effective: Effective) -> bool:
    """Does the call fall into these dates, by the date in its own zone? A call of unknown date does."""
    if facts.start is None:
        return True
    day = datetime.fromisoformat(facts.start).date()
    return not ((effective.from_ and day < effective.from_) or (effective.to and day > effective.to))


def _holds(facts: Facts, condition: str) -> bool:
    found = _CONDITION.fullmatch(condition.strip())
    if found is None:
        raise ValueError(f"no condition: {condition}")
    field, sign, other = found.groups()
    value = value_of(facts, field)
    if value is None:
        return False
    if sign is None:
        return value != () and str(value).strip().lower() not in _NONE
    if sign in ("=", "!="):
        return (str(value).strip().lower() == other.strip().lower()) is (sign == "=")
    return _compares(value, sign, value_of(facts, other) if _is_field(other) else other)


def _compares(value: object, sign: str, other: object) -> bool:
    numbers = [_NUMBER.search(str(side)) for side in (value, other)]
    if other is None or None in numbers:
        return False
    left, right = (float(number.group()) for number in numbers if number)
    return bool(_SIGNS[sign](left, right))
