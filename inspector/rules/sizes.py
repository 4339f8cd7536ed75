"""How many rules, and patterns how complex, the packs of a directory may hold. ``families.py`` counts their wording."""

from __future__ import annotations

import re2

from inspector.errors import PackIssue
from inspector.rules.patterns import compile_pattern
from inspector.rules.schema import PackFile

__all__ = ["oversized"]

MOST_RULES = 20_000
MOST_STEPS = 6_000  # of one pattern as compiled: 保.{0,200} has 1,600
MOST_STEPS_IN_ALL = 5_000_000

_REMEDY = "删去重复的，或把规则分到几个目录"


def oversized(files: list[tuple[str, PackFile]]) -> list[PackIssue]:
    """Too many rules; patterns too complex, alone or together: once it is too much nothing more is compiled."""
    issues: list[PackIssue] = []
    rules = steps = 0
    for name, pack in files:
        rules += len(pack.rules)
        if rules > MOST_RULES:
            return [*issues, PackIssue(name, "", "rules", f"规则太多，到这个文件为止有 {rules:,} 条", _REMEDY)]
        for rule in pack.rules:
            for field, pattern in ((f"{field}.regex", one) for field, leaf in rule.leaves() for one in leaf.regex):
                size = _steps(pattern)
                steps += size
                if size > MOST_STEPS:
                    issues.append(PackIssue(name, rule.id, field, "正则太复杂", "改小 {…} 里的次数，或拆成几条"))
                if steps > MOST_STEPS_IN_ALL:
                    return [*issues, PackIssue(name, rule.id, field, "全部正则加起来太复杂", _REMEDY)]
    return issues


def _steps(pattern: str) -> int:
    """Instructions of a pattern as compiled; 0 of a wrong one, which ``coherence.py`` tells about."""
    try:
        size: int = compile_pattern(pattern).programsize
    except re2.error:
        return 0
    return size
