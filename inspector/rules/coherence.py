"""Faults of packs whose every field is well-formed: names that nothing has, halves that contradict each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import re2

from inspector.errors import PackIssue
from inspector.model import Kind
from inspector.rules.coherence_logic import Fault, conditions, tangles
from inspector.rules.coherence_match import match_faults
from inspector.rules.facts import FACT_NAMES, unknown_fields
from inspector.rules.patterns import compile_pattern
from inspector.rules.phrases import matchable
from inspector.rules.schema import Between, Guard, PackFile, Rule, Where

__all__ = ["incoherent"]

_WORDLESS = ("只有标点，没有字", "写上文字，或删除这一项")
_OWN_FACT = re.compile(r"custom\.\w+")
_ANCHORS = (Kind.EVENT, Kind.SIGNAL, Kind.FORBIDDEN)
_MEASURED = (Kind.METRIC, Kind.SIGNAL)
_ASKED = (*_MEASURED, Kind.REQUIRED, Kind.FORBIDDEN)  # by a question in natural language
_WORDS_OF_MEASURES = ("emotion",)  # measures that look at the rule's own wording too
_NOT_FOR_METRICS = {"about", "late_message", "prefer", "where"}


def incoherent(files: list[tuple[str, PackFile]]) -> list[PackIssue]:
    """Every such fault of the packs, which are named by their files, seen together."""
    rules = {rule.id: rule for _, pack in files for rule in pack.rules}
    ids = Counter(rule.id for _, pack in files for rule in pack.rules)
    guards = Counter(guard.name for _, pack in files for guard in pack.guards)
    tangled: dict[str, list[Fault]] = {}
    for rule_id, fault in tangles(rules):
        tangled.setdefault(rule_id, []).append(fault)
    issues = [PackIssue("-", "", f"guards.{name}", "守卫名重复", "改名或合并") for name, n in guards.items() if n > 1]
    for name, pack in files:
        issues += [PackIssue(name, "", field, *_WORDLESS) for guard in pack.guards for field in _mute_sides(guard)]
        for rule in pack.rules:
            found = [*_references(rule, rules), *_named(rule, set(guards)), *_content(rule), *_measure(rule)]
            found += [*_wordless(rule), *_windows(rule), *_routing(rule), *_data(rule), *conditions(rule)]
            found += [*match_faults(rule), *tangled.pop(rule.id, [])]
            if ids[rule.id] > 1:
                found.append(("id", f"编号出现 {ids[rule.id]} 次", "编号不能重复，改成新编号"))
            issues += [PackIssue(name, rule.id, *fault) for fault in found]
    return issues


def _references(rule: Rule, rules: dict[str, Rule]) -> Iterator[Fault]:
    """What a rule hangs on must be there, and be something that is said."""
    for field, event in rule.references():
        target = rules.get(event)
        if target is None:
            yield field, f"没有名为 {event} 的事件或规则", "改正名字，或先写出这个事件（kind: event）"
        elif target.kind not in _ANCHORS or target.match.measures:
            yield field, f"{event} 不是靠说话判断的事件、信号或禁止语，不能引用", "改引用一个事件"


def _named(rule: Rule, guards: set[str]) -> Iterator[Fault]:
    asked = [(f"{prefix}unless", guard) for prefix, asker in rule.askers() for guard in asker.unless]
    abouts = [(prefix, asker.about) for prefix, asker in rule.askers() if asker.about]
    asked += [(f"{prefix}about.unless", guard) for prefix, about in abouts for guard in about.unless]
    for field, guard in asked:
        if guard not in guards:
            yield field, f"没有名为 {guard} 的守卫", "改正名字（见 guards.yaml）"
    conditions = [(f"facts.{at}", name) for at in type(rule.facts).model_fields for name in getattr(rule.facts, at)]
    conditions += [("alert_unless", name) for name in rule.alert_unless]
    for field, condition in conditions:
        for name in unknown_fields(condition):
            yield field, f"没有名为 {name} 的业务字段", "改正名字（见 rules/README.md 的业务字段）"
    if (value := rule.match.value) and not (value.fact in FACT_NAMES or _OWN_FACT.fullmatch(value.fact)):
        yield "match.value.fact", f"没有名为 {value.fact} 的业务字段", "改正名字（见 rules/README.md 的业务字段）"


def _content(rule: Rule) -> Iterator[Fault]:
    match = rule.match
    by_data = rule.kind is Kind.REQUIRED and bool(rule.facts.violated)
    for field, leaf in rule.leaves():
        for name, pattern in [*(("regex", one) for one in leaf.regex), *(("not_regex", one) for one in leaf.not_regex)]:
            if problem := _regex_problem(pattern):
                yield f"{field}.{name}", problem, "改正正则（RE2 语法，没有环视和反向引用）"
        other = leaf is match and (match.elements or match.similar or match.measures or by_data or rule.conditions)
        if leaf.is_empty and not other:
            yield field, "没有写要找什么", "写 phrases、regex、near、entity、sequence、elements、similar 或一种度量"
    if match.elements and (rule.kind is not Kind.REQUIRED or not match.is_empty or match.similar):
        yield "match.elements", "elements 只用于 required 类规则，且不与别的写法并用", "改成 phrases、regex 或 near"
    if match.similar and (rule.kind is not Kind.REQUIRED or not match.is_empty):
        yield "match.similar", "similar 只用于 required 类规则，且不与别的写法并用", "分成两条规则"
    if match.similar and match.similar.doubtful >= match.similar.said:
        yield "match.similar.doubtful", "应小于 said", "改小 doubtful"
    if match.need is not None and match.need > len(match.elements):
        yield "match.need", f"需要 {match.need} 项，只有 {len(match.elements)} 项", "改小 need"
    if match.times > 1 and (rule.kind in (Kind.REQUIRED, Kind.EVENT) or match.is_empty):
        yield "match.times", "times 只用于找说法的 forbidden、signal", "删除 times"


def _measure(rule: Rule) -> Iterator[Fault]:
    names = rule.match.measures
    if len(names) > 1:
        yield "match", f"一条规则只能有一种度量，写了 {'、'.join(names)}", "分成几条规则"
    if rule.kind is Kind.METRIC and not names:
        yield "match", "metric 类规则必须写一种度量", "改 kind 或改 match"
    if names and rule.kind not in (_ASKED if names == ("nl",) else _MEASURED):
        yield "match", "度量只用于 metric 和 signal 类规则", "改 kind 或改 match"
    if not names:
        return
    if not rule.match.is_empty and names[0] not in _WORDS_OF_MEASURES:
        yield "match", f"{names[0]} 不看词句，写了不起作用", "删除 phrases、regex、near"
    if rule.match.is_empty and names[0] in _WORDS_OF_MEASURES:
        yield "match", "情绪要声音和词句都有，没有写词句", "写 phrases、regex 或 near"
    ignored = set(_NOT_FOR_METRICS if not rule.match.is_empty else _NOT_FOR_METRICS | {"unless", "exceptions"})
    if names[0] == "value":  # its words are wording like any other
        ignored -= {"about", "exceptions", "unless"}
    for field in sorted(ignored & rule.model_fields_set):
        yield field, "度量类规则不看这个字段，写了不起作用", "删除它"


def _data(rule: Rule) -> Iterator[Fault]:
    """Business data that nothing would look at."""
    if rule.facts.violated and rule.kind is not Kind.REQUIRED:
        yield "facts.violated", "violated 只用于 required 类规则", "改 kind，或删除 violated"
    if rule.facts.satisfied and rule.kind not in (Kind.REQUIRED, Kind.EVENT) and not rule.match.measures:
        yield "facts.satisfied", "satisfied 只用于 required、event 和度量", "改用 not_applicable"
    if rule.kind is Kind.EVENT and rule.facts.model_fields_set - {"satisfied"}:
        yield "facts", "事件只看 satisfied", "把条件写进使用它的规则"


def _routing(rule: Rule) -> Iterator[Fault]:
    if rule.id.startswith("hearing."):
        yield "id", "hearing. 开头的编号留给程序自己用", "换一个编号"
    if rule.score is not None and (rule.kind is Kind.SIGNAL or rule.match.emotion or rule.id.startswith("emotion.")):
        yield "score", "signal 和情绪类规则不计分", "删除 score"
    if rule.alert and rule.id.startswith(("service.", "emotion.")):
        yield "alert", "服务和情绪类规则从不告警", "删除 alert"
    if rule.alert_unless and not rule.alert:
        yield "alert_unless", "没有 alert，alert_unless 不起作用", "补上 alert 或删除 alert_unless"
    if rule.effective.from_ and rule.effective.to and rule.effective.from_ > rule.effective.to:
        yield "effective", "from 晚于 to，什么时候都不生效", "改正日期"


def _wordless(rule: Rule) -> Iterator[Fault]:
    """Wording of punctuation only: nothing is left of it to look for."""
    for field, leaf in rule.leaves():
        if not all(map(matchable, leaf.phrases)):
            yield f"{field}.phrases", *_WORDLESS
        if not all(matchable(word) for near in leaf.near for words in near.of for word in words):
            yield f"{field}.near", *_WORDLESS
    if (similar := rule.match.similar) and not all(map(matchable, (similar.text, *similar.key_terms))):
        yield "match.similar", *_WORDLESS
    if (value := rule.match.value) and not all(map(matchable, value.words)):
        yield "match.value.words", *_WORDLESS
    if (response := rule.match.response) and not all(map(matchable, response.offer)):
        yield "match.response.offer", *_WORDLESS
    for prefix, asker in rule.askers():
        words = (*asker.about.counts, *asker.about.exempt, *asker.about.pointing) if asker.about else ()
        if asker.about and (not words or not all(map(matchable, words))):
            yield f"{prefix}about", "没有写产品名称，或名称只有标点", "写 counts、exempt 或 pointing"


def _mute_sides(guard: Guard) -> Iterator[str]:
    for at, sides in (("before", guard.before), ("after", guard.after)):
        for side in sides:
            if not all(map(matchable, (*side.words, *side.filler, *side.unless_words))):
                yield f"guards.{guard.name}.{at}"
    if not all(map(matchable, guard.turn_words)):
        yield f"guards.{guard.name}.turn_words"


def _windows(rule: Rule) -> Iterator[Fault]:
    for prefix, asker in rule.askers():
        yield from ((f"{prefix}{field}", what, remedy) for field, what, remedy in _where(asker.where))


def _where(where: Where) -> Iterator[Fault]:
    """Windows that mean nothing, or of which one half would be ignored."""
    for at in ("first", "last"):
        anchor = getattr(where, at)
        if anchor is not None and anchor.turns is None and anchor.seconds is None and anchor.percent is None:
            yield f"where.{at}", "没有写多长", "写 turns、seconds、percent 中的一样或几样"
    if where.first is not None and where.first.spoke_last:
        yield "where.first.spoke_last", "spoke_last 只与 last 一起用", "删除它"
    if sum(map(bool, (where.first, where.last, where.between, where.befores or where.after, where.around))) > 1:
        yield "where", "first、last、between、before/after、around 只能用一种", "留下一种"
    if where.between is not None:
        yield from _between(where.between)
    if where.around is not None and not where.reaches:
        yield "where.within_s", "around 要写前后各多少秒或几句", "补上 within_s 或 within_turns"
    reach = ("after", "around", "before")
    for field, hosts in (("since", ("before",)), ("within_s", reach), ("within_turns", reach), ("until", ("after",))):
        if getattr(where, field) is not None and not any(getattr(where, host) for host in hosts):
            yield f"where.{field}", f"{field} 只与 {'、'.join(hosts)} 一起用", f"补上 {hosts[0]} 或删除 {field}"
    if where.which != "first" and not where.opens:
        yield "where.which", "which 只与 after、around 或带 within_s、within_turns 的 before 一起用", "删除 which"
    if (where.which == "nth") is (where.nth is None):
        yield "where.nth", "which: nth 要写 nth，别的 which 不看 nth", "补上 nth，或删除 nth"


def _between(between: Between) -> Iterator[Fault]:
    pairs = ((between.from_s, between.to_s), (between.from_percent, between.to_percent))
    written = [pair for pair in pairs if pair != (None, None)]
    start, end = written[0] if len(written) == 1 else (None, None)
    if start is None or end is None:
        yield "where.between", "要写 from_s 和 to_s，或 from_percent 和 to_percent", "写全一对，只写一对"
    elif start >= end:
        yield "where.between", "起点不早于终点", "改正起点或终点"


def _regex_problem(pattern: str) -> str:
    if any(edge in pattern for edge in (r"\A", r"\z")):  # one way to write a border is enough
        return "不能用 \\A 和 \\z，请用 ^ 和 $"
    if r"\C" in pattern:  # half a character
        return "不能用 \\C，请用 ."
    try:
        if compile_pattern(pattern).search("") is not None:
            return "正则会匹配空文字"
    except re2.error as error:
        return f"正则写错了：{error.args[0].decode(errors='replace')}"
    return ""
