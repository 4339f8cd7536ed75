"""The rules as a reviewer may name them when he heard what no rule found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inspector.enums import Kind, Party, Severity, Status
from inspector.errors import UsageError
from inspector.rules.plan import Plan
from inspector.rules.schema import Rule

__all__ = ["RuleEntry", "Rulebook", "rulebook_of"]


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule as it is now. ``parties``: whom it judges."""

    rule_id: str
    version: int
    kind: Kind
    status: Status
    severity: Severity
    title: str
    parties: tuple[Party, ...]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules that may be marked, by id."""

    rules: Mapping[str, RuleEntry]

    def entry(self, rule_id: str) -> RuleEntry:
        """Raises UsageError for a rule that is not among them."""
        if rule_id not in self.rules:
            raise UsageError(f"no rule that may be marked: {rule_id}", "look it up: inspector rules catalogue")
        return self.rules[rule_id]


def rulebook_of(plan: Plan) -> Rulebook:
    """All that is judged but what is only tried out (``experimental``)."""
    rules = (compiled for compiled in plan.judged if compiled.rule.status is not Status.EXPERIMENTAL)
    return Rulebook({one.rule.id: _entry(one.rule, one.parties) for one in rules})


def _entry(rule: Rule, parties: tuple[Party, ...]) -> RuleEntry:
    return RuleEntry(rule.id, rule.version, rule.kind, rule.status, rule.severity, rule.title, parties)
