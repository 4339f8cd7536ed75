"""Can a clause be read and a measure be kept at all?"""

from __future__ import annotations

from collections.abc import Iterable

from inspector.errors import PackIssue
from inspector.rules.load import Packs
from inspector.rules.phrases import matchable
from inspector.rules.schema import Rule
from inspector.rules.validators.base import issue, warning

__all__ = ["KeyTermNotInClause", "OddLimit", "Unanswerable"]

_USUAL_CPM = 240  # how fast people speak on the telephone
_LEAST_SPEECH_S = 20.0
_LARGEST_TOLERANCE = 0.5  # percentage points; rates differ by less


class KeyTermNotInClause:
    """A key term that the clause does not hold can never be read: the rule would accuse everybody."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """An issue that names every such term."""
        similar = rule.match.similar
        if similar is None:
            return
        strange = [term for term in similar.key_terms if matchable(term) not in matchable(similar.text)]
        if strange:
            what = f"原文里没有这些关键词：{'、'.join(strange)}"
            yield issue(rule, packs, "match.similar.key_terms", what, "改成原文里的词")


class OddLimit:
    """Limits that ordinary talk breaks, or that nothing breaks."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """A warning for each limit of rate or value that is no limit."""
        rate, value = rule.match.rate, rule.match.value
        if rate is not None and (rate.limit_cpm or _USUAL_CPM) < _USUAL_CPM:
            what = f"每分钟 {rate.limit_cpm} 个字是正常语速"
            yield warning(rule, packs, "match.rate.limit_cpm", what, f"写 {_USUAL_CPM} 以上，常用 300")
        if rate is not None and rate.over_s < _LEAST_SPEECH_S:
            yield warning(rule, packs, "match.rate.over_s", "这么短的话说不准语速", f"写 {_LEAST_SPEECH_S:.0f} 秒以上")
        if value is not None and value.kind == "percent" and value.tolerance > _LARGEST_TOLERANCE:
            what = f"相差 {value.tolerance:g} 个百分点也算一致"
            yield warning(rule, packs, "match.value.tolerance", what, f"写 {_LARGEST_TOLERANCE:g} 以下")


class Unanswerable:
    """What a rule may ask but nothing here can tell: whoever writes it should know that a person must listen."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """A warning for each such measure."""
        for name, lacks in (("nl", "没有离线可用的语言模型"), ("loudness", "听录音时没有留下响度")):
            if getattr(rule.match, name) is not None:
                what = f"{lacks}，凡适用的通话都无法判定"
                yield warning(rule, packs, f"match.{name}", what, "改用词句或别的度量，或留给人工检查")
