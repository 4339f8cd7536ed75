"""What differs between two sets of packs: field by field, and which calls are judged otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from inspector.model import Call, Hearing, Outcome, Status
from inspector.rules.judge import answer
from inspector.rules.load import Packs
from inspector.rules.matchers import Strict
from inspector.rules.schema import Rule
from inspector.rules.view import CallView

__all__ = ["Bearing", "Change", "GuardChange", "Moved", "PackDiff", "RuleChange", "diff_packs", "moved_outcomes"]


class Bearing(StrEnum):
    """What a change of a field can change."""

    VERDICT = "verdict"
    ROUTING = "routing"
    TEXT = "text"
    PROOF = "proof"


_BEARING = {
    **dict.fromkeys(("alert", "alert_unless", "score", "severity", "status"), Bearing.ROUTING),
    **dict.fromkeys(("class", "late_message", "message", "remedy", "title"), Bearing.TEXT),
    **dict.fromkeys(("asks", "examples", "sources"), Bearing.PROOF),
}
_IDENTITY = {"id", "version", "title"}  # what a rule may change and still be the same under a new name


@dataclass(frozen=True, slots=True)
class Change:
    """One field, by its path in the YAML. Of a list ``added`` and ``removed``, of all else ``old`` and ``new``.

    A ``where`` is one field: a window is understood as a whole.
    """

    field: str
    bearing: Bearing
    old: Any = None
    new: Any = None
    added: tuple[Any, ...] = ()
    removed: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule of both sets. ``unversioned``: its digest is another, its version the same. ``old_id``: when renamed."""

    rule: Rule
    old_id: str
    old_version: int
    unversioned: bool
    changes: tuple[Change, ...]

    @property
    def bearing(self) -> Bearing:
        """The gravest of what the changes can change."""
        return min((change.bearing for change in self.changes), key=list(Bearing).index, default=Bearing.TEXT)


@dataclass(frozen=True, slots=True)
class GuardChange:
    """A guard that came (no ``old``), went (no ``new``) or changed, and the rules that use it."""

    name: str
    changes: tuple[Change, ...]
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackDiff:
    """All that differs, rules by id."""

    added: tuple[Rule, ...]
    removed: tuple[Rule, ...]
    changed: tuple[RuleChange, ...]
    guards: tuple[GuardChange, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A call that a rule of both sets judges otherwise."""

    call: str
    rule_id: str
    old: Outcome
    new: Outcome


def diff_packs(old: Packs, new: Packs) -> PackDiff:
    """What was added, removed, renamed and changed; of a rename the old id is told, for ids never change."""
    before, after = ({rule.id: rule for rule in packs.rules} for packs in (old, new))
    gone = {_content(rule): rule for rule_id, rule in before.items() if rule_id not in after}
    renamed = {rule_id: gone[_content(rule)] for rule_id, rule in after.items()
               if rule_id not in before and _content(rule) in gone}  # fmt: skip
    pairs = [(before.get(rule_id) or renamed.get(rule_id), after[rule_id]) for rule_id in sorted(after)]
    taken = {rule.id for rule in renamed.values()}
    return PackDiff(
        added=tuple(rule for was, rule in pairs if was is None),
        removed=tuple(
            rule for rule_id, rule in sorted(before.items()) if rule_id not in after and rule_id not in taken
        ),
        changed=tuple(change for was, rule in pairs if was is not None for change in _changed(was, rule)),
        guards=tuple(_guards(old, new)),
    )


def _content(rule: Rule) -> str:
    return rule.model_dump_json(exclude=_IDENTITY, exclude_defaults=True)


def _changed(old: Rule, new: Rule) -> Iterator[RuleChange]:
    changes = tuple(_changes(old, new, {"id", "version"}))
    if changes or old.version != new.version or old.id != new.id:
        yield RuleChange(new, old.id, old.version, old.version == new.version and old.digest != new.digest, changes)


def _guards(old: Packs, new: Packs) -> Iterator[GuardChange]:
    before, after = ({guard.name: guard for guard in packs.guards} for packs in (old, new))
    for name in sorted(before.keys() | after.keys()):
        if changes := tuple(_changes(before.get(name), after.get(name), {"name"})):
            yield GuardChange(name, changes, tuple(sorted(rule.id for rule in new.rules if name in _asked(rule))))


def _asked(rule: Rule) -> tuple[str, ...]:
    return tuple(
        name for _, asker in rule.askers() for name in (*asker.unless, *(asker.about.unless if asker.about else ()))
    )


def _changes(old: Strict | None, new: Strict | None, without: set[str]) -> Iterator[Change]:
    before, after = (
        dict(_flat(model.model_dump(mode="json", by_alias=True, exclude=without, exclude_defaults=True), ()))
        if model else {}
        for model in (old, new)
    )  # fmt: skip
    for path in dict.fromkeys((*before, *after)):
        was, now = before.get(path), after.get(path)
        if was == now:
            continue
        named, bearing = ".".join(path), _BEARING.get(path[0], Bearing.VERDICT)
        if isinstance(was or now, list):
            was, now = was or [], now or []
            added, removed = (tuple(x for x in one if x not in other) for one, other in ((now, was), (was, now)))
            if added or removed:
                yield Change(named, bearing, added=added, removed=removed)
                continue
        yield Change(named, bearing, was, now)


def _flat(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The leaves with their paths. A list of parts that have names or wording of their own is gone into."""
    is_window = path == ("where",) or (path[:1] == ("conditions",) and path[2:] == ("where",))
    if isinstance(value, Mapping) and not is_window:
        for name, inner in value.items():
            yield from _flat(inner, (*path, name))
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for place, inner in enumerate(value, 1):
            name = inner.get("name", str(place))
            yield from _flat({key: part for key, part in inner.items() if key != "name"}, (*path, name))
    else:
        yield path, value


def moved_outcomes(calls: Iterable[tuple[str, Call, Hearing]], old: Packs, new: Packs) -> Iterator[Moved]:
    """Every call whose outcome another set of packs changes, for the rules (and events) of both that still judge."""
    plans = old.plan(), new.plan()
    both = sorted(plans[0].rules.keys() & plans[1].rules.keys())
    judging = [r for r in both if all(plan.rules[r].rule.status is not Status.DEPRECATED for plan in plans)]
    for name, call, hearing in calls:
        views = [CallView(call, hearing, plan) for plan in plans]
        for rule_id in judging:
            was, now = (answer(plan.rules[rule_id], view).outcome for plan, view in zip(plans, views, strict=True))
            if was is not now:
                yield Moved(name, rule_id, was, now)
