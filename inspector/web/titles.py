"""What rules are called on pages and in what is exported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from inspector.rules.lanes import LANE_RULE

__all__ = ["title_of"]


class _Titled(Protocol):
    @property
    def title(self) -> str: ...


def title_of(rule_id: str, rules: Mapping[str, _Titled], say: Callable[[str], str]) -> str:
    """A rule's title; its id when no pack has it any more. What stands for a party who was not heard has a word."""
    if rule_id == LANE_RULE:
        return say("rule_uninspectable")
    return rules[rule_id].title if rule_id in rules else rule_id
