"""Faults of ``conditions`` and ``logic``, and of rules, events and conditions that hang on each other in a circle."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.model import Kind
from inspector.rules.logic import OPERATORS, LogicError, parse, sides, value
from inspector.rules.matchers import Match
from inspector.rules.schema import Rule

__all__ = ["Fault", "conditions", "tangles"]

Fault = tuple[str, str, str]
"""Field, what is wrong, what to do."""

DEEPEST = 20
_IN_CONDITIONS = ("about", "exceptions", "unless", "where")


def conditions(rule: Rule) -> Iterator[Fault]:
    """What is wrong with the conditions of one rule and with how they are joined."""
    if not rule.conditions and not rule.logic:
        return
    if not rule.logic:
        yield "logic", "写了 conditions，没有写 logic", "写上 logic，例如“甲 and not 乙”"
        return
    if rule.match != Match():
        yield "match", "有 logic 的规则不看 match，写了不起作用", "删除 match，或改成一个条件"
    for field in (*_IN_CONDITIONS, "late_message"):
        if field in rule.model_fields_set:
            remedy = "写进条件里" if field in _IN_CONDITIONS else "删除它"
            yield field, "有 logic 的规则不看这个字段，写了不起作用", remedy
    for name in rule.conditions:
        if name.lower() in OPERATORS or any(sign in name for sign in "且或非"):
            yield f"conditions.{name}", "条件名不能是 and、or、not，也不能含且、或、非", "换一个名字"
    yield from _logic(rule)


def _logic(rule: Rule) -> Iterator[Fault]:
    try:
        expression = parse(rule.logic)
    except LogicError as error:
        yield "logic", str(error), "用 and、or、not（且、或、非）和括号连接条件名"
        return
    named = dict.fromkeys(name for name, _ in sides(expression))
    for name in named:
        if name not in rule.conditions:
            yield "logic", f"没有名为 {name} 的条件", "改正名字，或在 conditions 里写出这个条件"
    anchors = {name for condition in rule.conditions.values() for _, name in condition.where.anchors()}
    for name in rule.conditions:
        if name not in named and name not in anchors:
            yield f"conditions.{name}", "logic 和别的条件都没有用到它", "写进 logic，或删除它"
    if rule.kind is Kind.EVENT and value(expression, lambda name, wanted: False):
        yield "logic", "什么都没说到也会成立，事件就没有发生的地方", "用 and 加上一个说到的条件"


def tangles(rules: dict[str, Rule]) -> Iterator[tuple[str, Fault]]:
    """Every circle, by the rule that closes it, and every chain that is too long to follow."""
    graph = _Graph(rules)
    for node in graph.edges:
        graph.visit(node, ())
    yield from graph.faults


class _Graph:
    """What hangs on what: rules by their ids, conditions by ``id/name``."""

    def __init__(self, rules: dict[str, Rule]) -> None:
        self.edges: dict[str, list[tuple[str, str]]] = {}
        self.faults: list[tuple[str, Fault]] = []
        self._depth: dict[str, int] = {}
        for rule in rules.values():
            own = [(at, target) for at, target in rule.references() if not at.startswith("conditions.")]
            self.edges[rule.id] = own + [("logic", f"{rule.id}/{name}") for name in rule.conditions]
            for name, condition in rule.conditions.items():
                self.edges[f"{rule.id}/{name}"] = [
                    (f"conditions.{name}.where.{at}", f"{rule.id}/{target}" if target in rule.conditions else target)
                    for at, target in condition.where.anchors()
                ]

    def visit(self, node: str, path: tuple[str, ...]) -> int:
        """How many links hang below the node; notes the circles and the long chains met on the way."""
        if node not in self._depth:
            path, depth = (*path, node), 0
            for field, target in self.edges.get(node, ()):
                if target in path:
                    circle = " → ".join([*path[path.index(target) :], target])
                    self._note(node, field, f"互相依赖，成了一个圈：{circle}", "去掉圈里的一处引用")
                elif len(path) >= DEEPEST or (below := self.visit(target, path)) >= DEEPEST:
                    self._note(node, field, f"一层依赖一层，超过 {DEEPEST} 层", "减少层数")
                else:
                    depth = max(depth, below + 1)
            self._depth[node] = depth
        return self._depth[node]

    def _note(self, node: str, field: str, what: str, remedy: str) -> None:
        self.faults.append((node.partition("/")[0], (field, what, remedy)))
