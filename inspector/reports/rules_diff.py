"""What differs between two sets of packs, in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from inspector.reports.terminal import Say
from inspector.reports.window_words import window_words
from inspector.rules.diff import Change, Moved, PackDiff, RuleChange
from inspector.rules.schema import Rule

__all__ = ["diff_lines", "diff_object"]

_FIELDS = {
    "title", "kind", "class", "severity", "status", "effective", "who", "where", "needs", "needs_any", "not_when",
    "facts", "match", "conditions", "logic", "times", "about", "unless", "exceptions", "message", "late_message",
    "remedy", "alert", "alert_unless", "score", "prefer", "asks", "sources", "examples",
}  # fmt: skip
_SHOWN_ITEMS = 8  # of a list, on the screen; all of them are in the JSON


def diff_lines(diff: PackDiff, moved: list[Moved], titles: dict[str, str], say: Say) -> Iterator[str]:
    """Rules by id, then guards, then calls. ``titles``: of events, by id."""

    def title_of(rule_id: str) -> str:
        return titles.get(rule_id, rule_id)

    yield from (say("diff_added", rule=_named(rule, say)) for rule in diff.added)
    yield from (say("diff_removed", rule=_named(rule, say)) for rule in diff.removed)
    for change in diff.changed:
        yield _headed(change, say)
        yield from (f"  {line}" for one in change.changes for line in _words(one, say, title_of))
    for guard in diff.guards:
        yield say("diff_guard", name=guard.name, count=len(guard.used_by))
        yield from (f"  {line}" for one in guard.changes for line in _words(one, say, title_of))
    for one in moved:
        was, now = say(one.old), say(one.new)
        yield say("diff_moved", call=one.call, rule=f"{title_of(one.rule_id)}（{one.rule_id}）", was=was, now=now)


def _named(rule: Rule, say: Say) -> str:
    return f"{rule.title}（{rule.id}@{rule.version}，{say(f'kind_{rule.kind}')}，{say(f'status_{rule.status}')}）"


def _headed(change: RuleChange, say: Say) -> str:
    rule = change.rule
    name = f"{rule.title}（{rule.id}）"
    if change.old_id != rule.id:
        name = say("diff_renamed", was=change.old_id, now=name)
    version = say("diff_version", was=change.old_version, now=rule.version)
    warned = say("diff_unversioned") if change.unversioned else ""
    return say("diff_changed", rule=name, version=version, bearing=say(f"bearing_{change.bearing}")) + warned


def _words(change: Change, say: Say, title_of: Callable[[str], str]) -> Iterator[str]:
    top, *rest = change.field.split(".")
    field = say(f"field_{top}") if top in _FIELDS else top
    if top == "conditions":
        rest = [*rest[:1], *(say(f"field_{part}") if part in _FIELDS else part for part in rest[1:])]
    field += f"（{'.'.join(rest)}）" if rest else ""
    if change.added:
        yield say("diff_items_added", field=field, items=_items(change.added, say), count=len(change.added))
    if change.removed:
        yield say("diff_items_removed", field=field, items=_items(change.removed, say), count=len(change.removed))
    if change.added or change.removed:
        return
    if "where" in (change.field, ".".join(change.field.split(".")[2:])):
        was, now = (window_words(where or {}, say, title_of) for where in (change.old, change.new))
    else:
        was, now = (_value(value, say) for value in (change.old, change.new))
    yield say("diff_value", field=field, was=was, now=now) if was != now else say("diff_order", field=field)


def _items(items: tuple[Any, ...], say: Say) -> str:
    more = say("diff_more") if len(items) > _SHOWN_ITEMS else ""
    return say("list_join").join(_value(item, say) for item in items[:_SHOWN_ITEMS]) + more


def _value(value: Any, say: Say) -> str:
    if value is None:
        return say("diff_default")
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list) and not any(isinstance(item, (dict, list)) for item in value):
        return say("list_join").join(sorted(map(str, value)))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def diff_object(diff: PackDiff, moved: list[Moved]) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "schema": "inspector.rules_diff/1",
        "added": [_rule(rule) for rule in diff.added],
        "removed": [_rule(rule) for rule in diff.removed],
        "changed": [
            _rule(change.rule)
            | {"old_id": change.old_id, "old_version": change.old_version, "unversioned": change.unversioned}
            | {"bearing": change.bearing, "changes": [asdict(one) for one in change.changes]}
            for change in diff.changed
        ],
        "guards": [asdict(guard) for guard in diff.guards],
        "moved": [asdict(one) for one in moved],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {"id": rule.id, "version": rule.version, "title": rule.title, "kind": rule.kind, "status": rule.status}
