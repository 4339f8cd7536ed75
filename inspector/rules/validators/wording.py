"""Is the wording written so that it can be found?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from inspector.errors import PackIssue
from inspector.rules.load import Packs
from inspector.rules.phrases import MIN_SOUND_SYLLABLES, matchable
from inspector.rules.schema import Rule
from inspector.rules.validators.base import issue, warning
from inspector.text import fold, is_content

__all__ = ["OpenEndedRegex", "RegexNotNormalised", "RepeatedPhrase", "ShortFuzzyPhrase"]

_NO_WORDS = re.compile(r"\\[pP](\{\^?\w+\}|\w)|\\x\{[0-9A-Fa-f]+\}|\\.|\(\?P?<\w+>|\(\?[a-zA-Z-]+[:)]|\{\d*,?\d*\}")
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
_OPEN_END = re.compile(r"^\^?\(*\.(\*|\+|\{\d+,\})|\.(\*|\+|\{\d+,\})\??\)*\$?$")
_SYNTAX = frozenset(r"|()[]{}.*+?^$\-: ")


class ShortFuzzyPhrase:
    """Whoever writes ``by: pinyin`` expects it to work; below three syllables it does not."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """A warning for each wording whose author asks for sound where only spelling is compared."""
        for field, leaf in rule.leaves():
            if leaf.by == "literal" or "by" not in leaf.model_fields_set:
                continue
            words = (*leaf.phrases, *(word for near in leaf.near for group in near.of for word in group))
            short = [word for word in words if len(matchable(word)) < MIN_SOUND_SYLLABLES]
            if short:
                what = f"不足三个音节的词只按原字查找：{'、'.join(short)}"
                yield warning(rule, packs, f"{field}.phrases", what, "写长一些，或另写一组 by: literal")


class RepeatedPhrase:
    """Twice the same when folded: the second is never reached, and whoever mends the first forgets it."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """A warning for each list that holds a phrase or pattern more than once."""
        for field, leaf in rule.leaves():
            for name, written in (("phrases", map(matchable, leaf.phrases)), ("regex", leaf.regex)):
                again = [one for one, count in Counter(written).items() if count > 1]
                if again:
                    yield warning(rule, packs, f"{field}.{name}", f"写了不止一次：{'、'.join(again)}", "留下一个")


class OpenEndedRegex:
    """``.*`` at an end finds nothing more: it only makes the quotation swallow the rest of what was said."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """A warning for each pattern that begins or ends with anything of any length."""
        for field, leaf in rule.leaves():
            for pattern in filter(_OPEN_END.search, leaf.regex):
                what = f"正则 {pattern} 以不限长度的任意字开头或结尾"
                yield warning(rule, packs, f"{field}.regex", what, "删去开头或结尾的这一段")


class RegexNotNormalised:
    """Calls are folded before patterns see them, patterns are not: such a pattern never finds anything."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """An issue for each pattern with characters that no folded call contains."""
        for field, leaf in rule.leaves():
            written = [("regex", pattern) for pattern in leaf.regex]
            written += [("not_regex", pattern) for pattern in leaf.not_regex]
            for name, pattern in written:
                if lost := _never_found(pattern):
                    what = f"正则 {pattern} 里的“{lost}”在通话文字里不会出现"
                    remedy = "写简体、半角、小写，不写标点；三个以上连着的数字写阿拉伯数字"
                    yield issue(rule, packs, f"{field}.{name}", what, remedy)


def _never_found(pattern: str) -> str:
    """Characters of the pattern that folding takes out of every call: traditional, full-width, capital, punctuation."""
    words = _NO_WORDS.sub("", pattern)
    lost = [char for char in words if char not in _SYNTAX and (fold(char) != char or not is_content(char))]
    if lost:
        return "".join(dict.fromkeys(lost))
    outside = _CLASS.sub(" ", words)
    return "" if fold(outside) == outside else outside.strip()
