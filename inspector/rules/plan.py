"""Rules compiled for judging: made once, shared by every call, never changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from inspector.model import Kind, Party, Severity, Status
from inspector.rules.clause import Verbatim
from inspector.rules.compose import wording_of
from inspector.rules.guards import CompiledGuard
from inspector.rules.logic import Expression, parse, sides
from inspector.rules.match import Index, Wording
from inspector.rules.matchers import Leaf, Match
from inspector.rules.schema import About, Effective, FactsClause, Guard, Rule, Where

__all__ = ["CompiledAbout", "CompiledLogic", "CompiledRule", "Plan", "compile_plan"]

ACCEPT = {Kind.REQUIRED: 0.80, Kind.EVENT: 0.85, Kind.SIGNAL: 0.85, Kind.FORBIDDEN: 0.92, Kind.METRIC: 0.85}
DOUBT = {**ACCEPT, Kind.FORBIDDEN: 0.80}
PREFER_SHIFT = 0.05


class CompiledAbout:
    """The product words of a rule. ``meaning``: does a word count, is it exempt, does it only point at a product."""

    def __init__(self, about: About, guards: dict[str, CompiledGuard], index: Index) -> None:
        self.guards = tuple(guards[name] for name in about.unless)
        self.meaning: dict[str, str] = {
            **dict.fromkeys(about.pointing, "pointing"),
            **dict.fromkeys(about.counts, "counts"),
            **dict.fromkeys(about.exempt, "exempt"),
        }
        self.facts = about.facts
        self.wording = Wording(Leaf(phrases=tuple(self.meaning), by="literal"), index)


@dataclass(frozen=True)
class CompiledLogic:
    """How the conditions of a rule hang together; ``conditions`` by name, each like a rule of its own."""

    expression: Expression
    conditions: dict[str, CompiledRule]


@dataclass(frozen=True)
class CompiledRule:
    """One rule with its wordings.

    ``parts``: name and wording of each element; one nameless part without elements, none where no wording is looked
    for. ``beside``: the words that a measure needs: those of an offer, those beside a figure.
    """

    rule: Rule
    parts: tuple[tuple[str, Wording], ...]
    verbatim: Verbatim | None
    beside: Wording | None
    guards: tuple[CompiledGuard, ...]
    exceptions: Wording | None
    about: CompiledAbout | None
    logic: CompiledLogic | None

    @cached_property
    def accept(self) -> float:
        """Scores from here on count as said."""
        return ACCEPT[self.rule.kind] + self._shift

    @cached_property
    def least(self) -> float:
        """Scores from here on are looked at; below :attr:`accept` they are undetermined."""
        return DOUBT[self.rule.kind] + self._shift

    @property
    def _shift(self) -> float:
        return {"precision": PREFER_SHIFT, "recall": -PREFER_SHIFT, None: 0.0}[self.rule.prefer]

    @property
    def clause(self) -> Verbatim:
        """The clause to be read word for word. Raises ValueError where the rule has none."""
        if self.verbatim is None:
            raise ValueError(f"{self.rule.id} has no clause")
        return self.verbatim

    @cached_property
    def party(self) -> Party | None:
        """The one party the rule judges; None = agent and customer alike."""
        return None if self.rule.who == "any" else Party(self.rule.who)

    @cached_property
    def parties(self) -> tuple[Party, ...]:
        """The parties the rule judges. ``system`` is never judged."""
        return (Party.AGENT, Party.CUSTOMER) if self.party is None else (self.party,)

    @cached_property
    def listeners(self) -> tuple[Party, ...]:
        """The parties whose words may be a hit: those judged, and whoever is unknown."""
        return (*self.parties, Party.UNKNOWN)

    @cached_property
    def negatable(self) -> bool:
        """Would its negation be lawful, so that a lost 不 accuses the innocent?"""
        rule = self.rule
        return rule.kind is Kind.FORBIDDEN and rule.severity is Severity.CRITICAL and "negation" in rule.unless


@dataclass(frozen=True)
class Plan:
    """All rules in force. ``digest``: sha256 over sorted (id, version, digest) of rules, (name, digest) of guards.

    ``index``: the wording of all of them. ``only``: the rules that answer, the others being there for what these refer
    to; None: all.
    """

    rules: dict[str, CompiledRule]
    digest: str
    index: Index
    only: frozenset[str] | None = None

    def answering(self, rule_ids: frozenset[str] | None) -> Plan:
        """The plan of which only these rules answer; None: all."""
        return replace(self, only=rule_ids)

    def without_standing(self, demoted: frozenset[tuple[str, int]]) -> Plan:
        """The plan in which these (rule, version), if they are ``stable`` here, are on trial: ``test``.

        Its digest tells: what other statuses brought about is another inspection. Nothing changed: the same plan.
        """
        gone = {
            rule_id: replace(one, rule=one.rule.model_copy(update={"status": Status.TEST}))
            for rule_id, one in self.rules.items()
            if one.rule.status is Status.STABLE and (rule_id, one.rule.version) in demoted
        }
        if not gone:
            return self
        told = "\n".join((self.digest, *(f"{rule_id} {Status.TEST}" for rule_id in sorted(gone))))
        return replace(self, rules=self.rules | gone, digest=hashlib.sha256(told.encode()).hexdigest())

    @cached_property
    def anchors(self) -> dict[str, CompiledRule]:
        """All that a window may hang on: the rules and their conditions, these by the id of their own."""
        logics = [compiled.logic for compiled in self.rules.values() if compiled.logic is not None]
        return self.rules | {one.rule.id: one for logic in logics for one in logic.conditions.values()}

    @cached_property
    def judged(self) -> tuple[CompiledRule, ...]:
        """The rules that answer for a call: no events, nothing deprecated; by id."""
        return tuple(
            compiled
            for _, compiled in sorted(self.rules.items())
            if compiled.rule.kind is not Kind.EVENT
            and compiled.rule.status is not Status.DEPRECATED
            and (self.only is None or compiled.rule.id in self.only)
        )


def compile_plan(rules: tuple[Rule, ...], guards: tuple[Guard, ...]) -> Plan:
    """Compiles checked rules; ``load.py`` has made sure that every name they use exists."""
    by_name = {guard.name: _guard(guard) for guard in guards}
    index = Index()
    compiled = {rule.id: _compile(rule, by_name, index) for rule in rules}
    parts = sorted(f"{rule.id} {rule.version} {rule.digest}" for rule in rules)
    parts += sorted(f"{guard.name} {guard.digest}" for guard in guards)
    return Plan(compiled, hashlib.sha256("\n".join(parts).encode()).hexdigest(), index)


@lru_cache(maxsize=64)
def _guard(guard: Guard) -> CompiledGuard:
    """Kept from plan to plan: whoever tries many versions of a rule has the same guards."""
    return CompiledGuard(guard)


def _compile(rule: Rule, guards: dict[str, CompiledGuard], index: Index) -> CompiledRule:
    parts = tuple((element.name, wording_of(element, index)) for element in rule.match.elements)
    if not rule.match.is_empty:
        parts = (("", wording_of(rule.match, index)),)
    return CompiledRule(
        rule,
        parts,
        Verbatim(rule.match.similar) if rule.match.similar else None,
        _beside(rule, index),
        tuple(guards[name] for name in rule.unless),
        wording_of(rule.exceptions, index) if rule.exceptions else None,
        CompiledAbout(rule.about, guards, index) if rule.about else None,
        _logic(rule, guards, index) if rule.logic else None,
    )


def _logic(rule: Rule, guards: dict[str, CompiledGuard], index: Index) -> CompiledLogic:
    expression = parse(rule.logic)
    wanted = {name: {side for one, side in sides(expression) if one == name} for name in rule.conditions}
    blames = rule.kind is not Kind.REQUIRED
    conditions = {
        name: _compile(_as_rule(rule, name, _kind(rule.kind, {side is blames for side in wanted[name]})), guards, index)
        for name in rule.conditions
    }
    return CompiledLogic(expression, conditions)


def _kind(kind: Kind, blames: set[bool]) -> Kind:
    """The thresholds of a condition: those of what is forbidden where its being said blames, else the generous ones."""
    if kind not in (Kind.REQUIRED, Kind.FORBIDDEN) or not blames:
        return Kind.EVENT
    return Kind.FORBIDDEN if True in blames else Kind.REQUIRED


def _as_rule(rule: Rule, name: str, kind: Kind) -> Rule:
    """A condition as a rule of its own, without what only concerns the whole."""
    condition = rule.conditions[name]
    wording = {field: getattr(condition, field) for field in Leaf.model_fields}
    ids = {one: f"{rule.id}/{one}" for one in rule.conditions}
    return rule.model_copy(
        update={
            "id": ids[name],
            "kind": kind,
            "who": condition.who or rule.who,
            "where": _named(condition.where, ids),
            "match": Match.model_construct(**wording, times=condition.times),
            "about": condition.about,
            "unless": condition.unless,
            "exceptions": condition.exceptions,
            **dict.fromkeys(("needs", "needs_any", "not_when"), ()),
            "facts": FactsClause(),
            "effective": Effective(),
            "conditions": {},
            "logic": "",
        }
    )


def _named(where: Where, ids: dict[str, str]) -> Where:
    """The window with the conditions that it names by their own ids."""
    changed: dict[str, str | tuple[str, ...]] = {at: ids[name] for at, name in where.anchors() if name in ids}
    if "before" in changed:
        changed["before"] = tuple(ids.get(name, name) for name in where.befores)
    return where.model_copy(update=changed) if changed else where


def _beside(rule: Rule, index: Index) -> Wording | None:
    match = rule.match
    words = match.value.words if match.value else match.response.offer if match.response else ()
    words = match.repeat.except_ if match.repeat else words
    return Wording(Leaf(phrases=words), index) if words else None
