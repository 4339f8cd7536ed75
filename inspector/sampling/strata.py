"""Which stratum a call lies in, and what becomes of strata that are too small to be drawn from. Pure.

A stratum's name is the JSON array of the values of its fields, ``null`` where nothing is known: two calls are in one
stratum exactly when these values are equal, whatever somebody wrote into a field.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields

from inspector.facts import Facts

__all__ = ["EVERY_CALL", "REST", "Listed", "is_field", "label_of", "merged", "strata_of", "stratum_of"]

EVERY_CALL = "all"
"""The stratum of a draw that makes no difference between calls."""

REST = "rest"
"""Strata that are too small to be drawn from on their own, together."""

_OWN = "custom."
_FIELDS = frozenset(one.name for one in fields(Facts)) - {"custom", "hold_spans"}
_MOST_CHARS = 60
_UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Listed:
    """A call as a list names it: its id, the one at its source, and what the business knows of it."""

    id: str
    source_call_id: str
    facts: Facts = field(default_factory=Facts)


def is_field(name: str) -> bool:
    """Is it a field of a manifest that calls can be told apart by, or one of the bank's own (``custom.name``)?"""
    return name in _FIELDS or (name.startswith(_OWN) and name != _OWN)


def stratum_of(facts: Facts, by: Iterable[str]) -> str:
    """The name of a call's stratum; of no fields it is ``all``. Printable whatever the values are, and never long."""
    values = [_value(facts, name) for name in by]
    return _printable(json.dumps(values, ensure_ascii=False, separators=(",", ":"))) if values else EVERY_CALL


def strata_of(calls: Iterable[Listed], by: Collection[str]) -> dict[str, dict[str, str]]:
    """Calls by stratum: id → the id they have at their source."""
    found: dict[str, dict[str, str]] = {}
    for call in calls:
        found.setdefault(stratum_of(call.facts, by), {})[call.id] = call.source_call_id
    return found


def label_of(name: str) -> str:
    """A stratum as people read it: its values, a dash for what is not known. Any other name is its own label."""
    try:
        values = json.loads(name)
    except ValueError:
        return name
    if not isinstance(values, list):
        return name
    return _printable(" · ".join(_UNKNOWN if value is None else str(value) for value in values))


def merged(size: int, listed: Mapping[str, int]) -> dict[str, str]:
    """Under which name each stratum is drawn from, ``size`` calls being drawn of all that are ``listed``.

    A stratum whose share is below one call might never be drawn from, and no weight could make up for that: all of
    them are one, ``rest``, and where that is still below one call the next smallest join (of equals by name). So every
    stratum has a share of one call or more, and there are never more strata than calls to draw.
    """
    total = sum(listed.values())
    rest = {name for name, calls in listed.items() if size * calls < total}
    others = sorted((name for name in listed if name not in rest), key=lambda name: (listed[name], name))
    held = sum(listed[name] for name in rest)
    for name in others if rest else ():
        if size * held >= total:
            break
        rest.add(name)
        held += listed[name]
    return {name: REST if name in rest else name for name in listed}


def _value(facts: Facts, name: str) -> str | bool | float | None:
    value = facts.custom.get(name.removeprefix(_OWN)) if name.startswith(_OWN) else getattr(facts, name)
    if isinstance(value, str) and len(value) > _MOST_CHARS:
        digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        return f"{value[:_MOST_CHARS]}…{digest}"
    return value


def _printable(text: str) -> str:
    """Without what a terminal would obey and a database refuse; of JSON the result is JSON of the same value."""
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
