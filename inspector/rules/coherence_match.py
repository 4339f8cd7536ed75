"""Faults of what a rule looks for: parts of a leaf that nothing would use, limits that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.model import Kind
from inspector.rules.coherence_logic import Fault
from inspector.rules.compose import glob_pattern
from inspector.rules.matchers import Exceptions, Leaf, Match
from inspector.rules.phrases import matchable
from inspector.rules.schema import Condition, Rule

__all__ = ["match_faults"]


def match_faults(rule: Rule) -> Iterator[Fault]:
    """Every such fault of the rule."""
    for field, leaf in rule.leaves():
        yield from _gaps(field, leaf)
        yield from _sequence(field, leaf)
        yield from _filters(field, leaf)
        yield from _counts(field, leaf, rule)
        if isinstance(leaf, Exceptions) and leaf.chars is not None and leaf.reach in ("overlap", "inside"):
            yield f"{field}.chars", f"reach: {leaf.reach} 不看 chars", "删除 chars，或改用 reach: before、after"
    yield from _limits(rule.match)
    if rule.match.talk_share and rule.who == "any":
        yield "who", "两方合起来总占全部说话", "写明 who: agent 或 customer"
    if rule.match.nl and rule.facts.violated:
        yield "facts.violated", "nl 不看 violated，写了不起作用", "把它写进另一条规则"
    if (repeat := rule.match.repeat) and not all(map(matchable, repeat.except_)):
        yield "match.repeat.not", "只有标点，没有字", "写上文字，或删除这一项"


def _gaps(field: str, leaf: Leaf) -> Iterator[Fault]:
    for phrase in leaf.phrases:
        if glob_pattern(phrase) and (phrase[0] in "*?" or phrase[-1] in "*?"):
            yield f"{field}.phrases", f"“{phrase}”的 * 或 ? 在开头或结尾", "只写在字与字之间；问号不用写"


def _sequence(field: str, leaf: Leaf) -> Iterator[Fault]:
    if leaf.sequence is None:
        return
    if leaf.phrases or leaf.regex or leaf.near or leaf.entity or leaf.not_inside or leaf.distinct:
        yield f"{field}.sequence", "sequence 只能单独用", "把别的写法写进另一条规则"
    if isinstance(leaf, Exceptions):
        yield f"{field}.sequence", "例外只看命中处附近，不能用 sequence", "改用 near"
    if not all(matchable(word) for words in leaf.sequence.of for word in words):
        yield f"{field}.sequence", "只有标点，没有字", "写上文字，或删除这一项"


def _filters(field: str, leaf: Leaf) -> Iterator[Fault]:
    if leaf.not_regex and not leaf.regex:
        yield f"{field}.not_regex", "not_regex 只去掉 regex 的命中，没有写 regex", "写 regex，或改用 not_inside"
    if not all(map(matchable, leaf.not_inside)):
        yield f"{field}.not_inside", "只有标点，没有字", "写上文字，或删除这一项"
    if leaf.not_inside and leaf.is_empty:
        yield f"{field}.not_inside", "没有写要找什么", "写 phrases、regex、near 或 entity"


def _counts(field: str, leaf: Leaf, rule: Rule) -> Iterator[Fault]:
    """Counting and clearness where nobody would look at them."""
    ways = len({*leaf.phrases, *leaf.regex, *leaf.entity}) + len(leaf.near)
    if leaf.distinct and (isinstance(leaf, Exceptions) or rule.match.measures):
        yield f"{field}.distinct", "例外和度量不看 distinct", "删除它"
    elif leaf.distinct and leaf.sequence is None and leaf.distinct > ways:
        yield f"{field}.distinct", f"要 {leaf.distinct} 种不同的说法，只写了 {ways} 种", "改小 distinct 或补上说法"
    if leaf.clearly is None:
        return
    if rule.kind is not Kind.REQUIRED or isinstance(leaf, Exceptions | Condition) or leaf.is_empty:
        yield f"{field}.clearly", "clearly 只用于 required 类规则要找的词句", "删除它"
    if leaf.clearly.limit_cpm is None and leaf.clearly.confidence is None:
        yield f"{field}.clearly", "没有写怎样才算清楚", "写 limit_cpm、confidence 或两样都写"


def _limits(match: Match) -> Iterator[Fault]:
    """Measures with an upper and a lower limit need one of them, and room between both."""
    for name, upper, lower in (
        ("rate", "limit_cpm", "least_cpm"),
        ("duration", "longer_s", "shorter_s"),
        ("turns", "more", "fewer"),
        ("talk_share", "more", "less"),
    ):
        if (limits := getattr(match, name)) is None:
            continue
        above, below = getattr(limits, upper), getattr(limits, lower)
        if above is None and below is None:
            yield f"match.{name}", "没有写限度", f"写 {upper}、{lower} 或两样都写"
        elif above is not None and below is not None and below > above:
            yield f"match.{name}", f"{lower} 比 {upper} 还大，总会命中", f"改小 {lower} 或改大 {upper}"
