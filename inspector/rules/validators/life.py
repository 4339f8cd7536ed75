"""Is a rule used, founded and understood?"""

from __future__ import annotations

from collections.abc import Iterable

from inspector.errors import PackIssue
from inspector.model import Kind, Status
from inspector.rules.load import Packs
from inspector.rules.schema import Rule
from inspector.rules.validators.base import warning

__all__ = ["SilentMessage", "StableWithoutSource", "UnusedEvent"]


class UnusedEvent:
    """An event that no rule hangs on is never seen by anybody."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """A warning for an event nobody uses."""
        if rule.kind is Kind.EVENT and rule.id not in _used_events(packs):
            yield warning(rule, packs, "id", "没有规则用到这个事件", "删除它，或在规则里使用")


def _used_events(packs: Packs) -> set[str]:
    return {event for rule in packs.rules for _, event in rule.references()}


class StableWithoutSource:
    """A signal in force alarms people: they may ask why."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """A warning for a stable signal that names no source."""
        if rule.kind is Kind.SIGNAL and rule.status is Status.STABLE and not rule.sources:
            yield warning(rule, packs, "sources", "已生效的信号没有写依据", "补上制度或法规名称")


class SilentMessage:
    """A finding must say what is wrong and what to do."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """A warning for each of message and remedy that is not written."""
        if rule.kind is Kind.EVENT:
            return
        if not rule.message:
            yield warning(rule, packs, "message", "没有写发现的问题是什么", "补上 message")
        if not rule.remedy:
            yield warning(rule, packs, "remedy", "没有写怎么办", "补上 remedy")
