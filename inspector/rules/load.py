"""YAML packs to a plan. The only place that reads YAML; every fault is located and all are told at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import re2
import yaml
from pydantic import ValidationError

from inspector.errors import PackError, PackIssue
from inspector.model import Facts, Kind
from inspector.rules.match import matchable
from inspector.rules.plan import Plan, compile_plan
from inspector.rules.schema import Guard, PackFile, Rule

__all__ = ["Packs", "load_packs", "load_plan"]

MAX_FILE_BYTES = 2_000_000
MAX_DEPTH = 30
_FACT_NAMES = {field.name for field in fields(Facts)} - {"custom"}
_NOT_FOR_METRICS = {"about", "exceptions", "facts", "late_message", "needs", "prefer", "unless", "where"}
_WORDLESS = ("只有标点，没有字", "写上文字，或删除这一项")

_ZH = {
    "missing": ("缺少必填字段", "补上这个字段"),
    "extra_forbidden": ("没有这个字段", "删除它，或改正拼写（见 rules/README.md）"),
    "string_type": ("应为文字", "数字和 yes/no 要加引号写成文字"),
    "enum": ("取值不在允许范围内", "改用 rules/README.md 列出的取值"),
    "literal_error": ("取值不在允许范围内", "改用 rules/README.md 列出的取值"),
    "string_pattern_mismatch": ("写法不对", "编号用小写英文和点，例如 missing.closing"),
    "tuple_type": ("应为列表", "写成 [甲, 乙] 或每行一个“- ”"),
    "int_parsing": ("应为整数", "写成整数，不加引号"),
    "int_type": ("应为整数", "写成整数，不加引号"),
    "int_from_float": ("应为整数", "写成整数，不带小数点"),
    "float_parsing": ("应为数字", "写成数字，不加引号"),
    "float_type": ("应为数字", "写成数字，不加引号"),
    "bool_type": ("应为 true 或 false", "写成 true 或 false，不加引号"),
    "bool_parsing": ("应为 true 或 false", "写成 true 或 false，不加引号"),
    "greater_than": ("数太小", "改成允许范围内的数（见 rules/README.md）"),
    "greater_than_equal": ("数太小", "改成允许范围内的数（见 rules/README.md）"),
    "less_than_equal": ("数太大", "改成允许范围内的数（见 rules/README.md）"),
    "string_too_short": ("不能为空", "写上文字，或删除这一项"),
    "string_too_long": ("文字太长", "缩短"),
    "too_short": ("列表项太少", "补上缺少的项，或删除这个字段"),
    "too_long": ("列表项太多", "减少"),
    "model_type": ("应为“字段: 值”的一组", "改正缩进，写成“字段: 值”"),
    "model_attributes_type": ("应为“字段: 值”的一组", "改正缩进，写成“字段: 值”"),
    "dict_type": ("应为“名称: 值”的一组", "改正缩进，写成“名称: 值”"),
}


class Packs:
    """The rules and guards of a directory, with the file each came from."""

    def __init__(self, files: list[tuple[str, PackFile]]) -> None:
        self.rules: tuple[Rule, ...] = tuple(rule for _, pack in files for rule in pack.rules)
        self.guards: tuple[Guard, ...] = tuple(guard for _, pack in files for guard in pack.guards)
        self.file_of = {rule.id: name for name, pack in files for rule in pack.rules}

    def plan(self) -> Plan:
        return compile_plan(self.rules, self.guards)


def load_plan(directory: Path) -> Plan:
    """Packs ready to judge by. Raises PackError with every located fault."""
    return load_packs(directory).plan()


def load_packs(directory: Path) -> Packs:
    """Reads every ``*.yaml`` below the directory. Raises PackError with every located fault."""
    if not directory.is_dir():
        raise PackError((PackIssue(str(directory), "", "", "规则目录不存在", "用 --packs 指定规则目录"),))
    paths = sorted(path for path in directory.rglob("*.yaml") if path.name != "TEMPLATE.yaml")
    issues: list[PackIssue] = []
    files: list[tuple[str, PackFile]] = []
    for path in paths:
        name = str(path.relative_to(directory))
        pack, faults = _read(path, name)
        issues += faults
        files += [(name, pack)] if pack is not None else []
    if not paths:
        issues.append(PackIssue(str(directory), "", "", "目录里没有规则包（*.yaml）", "放入规则包或改正 --packs"))
    issues += _across(files)
    if issues:
        raise PackError(tuple(issues))
    return Packs(files)


class _Loader(yaml.SafeLoader):
    """Safe YAML without aliases (they can explode), repeated keys (the first would vanish) or bottomless nesting."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        begins: Any = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="不允许使用别名（*）", problem_mark=begins)
        if getattr(event, "tag", None) is not None:
            raise yaml.MarkedYAMLError(problem="不允许使用标签（!）", problem_mark=begins)
        if self._depth >= MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem="嵌套太深", problem_mark=begins)
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        repeated = [key for key, count in keys.items() if count > 1]
        if repeated:
            raise yaml.MarkedYAMLError(problem=f"字段 {repeated[0]} 写了两次", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep=deep)


def _read(path: Path, name: str) -> tuple[PackFile | None, list[PackIssue]]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return None, [PackIssue(name, "", "", "文件超过 2 MB", "拆成几个规则包")]
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except (OSError, UnicodeDecodeError) as error:
        return None, [PackIssue(name, "", "", f"读不出来（{type(error).__name__}）", "检查权限，存成 UTF-8")]
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行" if mark else ""
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        return None, [PackIssue(name, "", where, f"不是合法的 YAML：{what}", "检查缩进、冒号和引号")]
    try:
        return PackFile.model_validate(data), []
    except ValidationError as error:
        return None, [_issue(name, data, fault["loc"], fault["type"], fault["msg"]) for fault in error.errors()]


def _issue(name: str, data: Any, loc: tuple[int | str, ...], kind: str, message: str) -> PackIssue:
    rule, field = "", ".".join(map(str, loc))
    if len(loc) >= 2 and loc[0] == "rules" and isinstance(loc[1], int):
        row = data["rules"][loc[1]]
        rule = str(row.get("id", f"第 {loc[1] + 1} 条")) if isinstance(row, dict) else f"第 {loc[1] + 1} 条"
        field = ".".join(map(str, loc[2:]))
    what, remedy = _ZH.get(kind, (f"不合要求（{message}）", "按 rules/README.md 改正"))
    return PackIssue(name, rule, field, what, remedy)


def _across(files: list[tuple[str, PackFile]]) -> list[PackIssue]:
    """Faults that only show when all packs are seen together."""
    ids = Counter(rule.id for _, pack in files for rule in pack.rules)
    events = {rule.id for _, pack in files for rule in pack.rules if rule.kind is Kind.EVENT}
    guards = Counter(guard.name for _, pack in files for guard in pack.guards)
    issues = [PackIssue("-", "", f"guards.{name}", "守卫名重复", "改名或合并") for name, n in guards.items() if n > 1]
    for name, pack in files:
        issues += [PackIssue(name, "", field, *_WORDLESS) for guard in pack.guards for field in _mute_sides(guard)]
        for rule in pack.rules:
            found = [*_references(rule, events, set(guards)), *_content(rule), *_wordless(rule), *_where(rule)]
            if ids[rule.id] > 1:
                found.append(("id", f"编号出现 {ids[rule.id]} 次", "编号不能重复，改成新编号"))
            issues += [PackIssue(name, rule.id, *fault) for fault in found]
    return issues


def _references(rule: Rule, events: set[str], guards: set[str]) -> Iterator[tuple[str, str, str]]:
    for field, event in rule.events():
        if event not in events:
            yield field, f"没有名为 {event} 的事件", "改正名字，或先写出这个事件（kind: event）"
        elif rule.kind is Kind.EVENT:
            yield field, "事件不能依赖别的事件", "把条件写进使用它的规则"
    asked = [("unless", guard) for guard in rule.unless]
    asked += [("about.unless", guard) for guard in (rule.about.unless if rule.about else ())]
    for field, guard in asked:
        if guard not in guards:
            yield field, f"没有名为 {guard} 的守卫", "改正名字（见 guards.yaml）"
    for at in ("satisfied", "not_applicable"):
        for name in getattr(rule.facts, at):
            if name.partition("=")[0] not in _FACT_NAMES:
                yield f"facts.{at}", f"没有名为 {name} 的业务字段", "改正名字（见 rules/README.md 的业务字段）"


def _content(rule: Rule) -> Iterator[tuple[str, str, str]]:
    match = rule.match
    for field, leaf in rule.leaves():
        for pattern in leaf.regex:
            if problem := _regex_problem(pattern):
                yield f"{field}.regex", problem, "改正正则（RE2 语法，没有环视和反向引用）"
        if not (leaf.phrases or leaf.regex or leaf.near or (leaf is match and (match.elements or match.silence))):
            yield field, "没有写要找什么", "写 phrases、regex、near、elements 或 silence"
    if (match.silence is not None) != (rule.kind is Kind.METRIC):
        yield "match", "静音只用于 metric 类规则，metric 类规则必须写静音", "改 kind 或改 match"
    if rule.kind is Kind.METRIC:
        for field in sorted(_NOT_FOR_METRICS & rule.model_fields_set):
            yield field, "metric 类规则还不看这个字段，写了不起作用", "删除它"
    if match.elements and (rule.kind is not Kind.REQUIRED or match.phrases or match.regex or match.near):
        yield "match.elements", "elements 只用于 required 类规则，且不与别的写法并用", "改成 phrases、regex 或 near"
    if match.need is not None and match.need > len(match.elements):
        yield "match.need", f"需要 {match.need} 项，只有 {len(match.elements)} 项", "改小 need"
    if rule.score is not None and rule.kind is Kind.SIGNAL:
        yield "score", "signal 类规则不计分", "删除 score"


def _wordless(rule: Rule) -> Iterator[tuple[str, str, str]]:
    """Wording of punctuation only: nothing is left of it to look for."""
    for field, leaf in rule.leaves():
        if not all(map(matchable, leaf.phrases)):
            yield f"{field}.phrases", *_WORDLESS
        if not all(matchable(word) for near in leaf.near for words in near.of for word in words):
            yield f"{field}.near", *_WORDLESS
    if about := rule.about:
        words = (*about.counts, *about.exempt, *about.pointing)
        if not words or not all(map(matchable, words)):
            yield "about", "没有写产品名称，或名称只有标点", "写 counts、exempt 或 pointing"


def _mute_sides(guard: Guard) -> Iterator[str]:
    for at, sides in (("before", guard.before), ("after", guard.after)):
        for side in sides:
            if not all(map(matchable, (*side.words, *side.filler, *side.unless_words))):
                yield f"guards.{guard.name}.{at}"
    if not all(map(matchable, guard.turn_words)):
        yield f"guards.{guard.name}.turn_words"


def _where(rule: Rule) -> Iterator[tuple[str, str, str]]:
    """Windows that mean nothing, or of which one half would be ignored."""
    where = rule.where
    for at in ("first", "last"):
        anchor = getattr(where, at)
        if anchor is not None and anchor.turns is None and anchor.seconds is None:
            yield f"where.{at}", "没有写多长", "写 turns、seconds 或两样都写"
    around = (where.before or where.after) is not None
    if (where.first is not None) + (where.last is not None) + around > 1:
        yield "where", "first、last、before/after 只能用一种", "留下一种"
    if where.since is not None and where.before is None:
        yield "where.since", "since 只与 before 一起用", "补上 before 或删除 since"
    if where.within_s is not None and where.after is None:
        yield "where.within_s", "within_s 只与 after 一起用", "补上 after 或删除 within_s"


def _regex_problem(pattern: str) -> str:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        if re2.compile(pattern, options).search("") is not None:
            return "正则会匹配空文字"
    except re2.error as error:
        return f"正则写错了：{error}"
    return ""
