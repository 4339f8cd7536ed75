"""YAML packs to a plan. The only place that reads YAML; every fault is located and all are told at once."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from inspector.errors import PackError, PackIssue
from inspector.model import Kind
from inspector.rules.checkpoints import FILE_NAME, Checkpoint, CheckpointFile, unmapped
from inspector.rules.coherence import incoherent
from inspector.rules.families import written_out
from inspector.rules.live_class import Live, live_of
from inspector.rules.plan import Plan, compile_plan
from inspector.rules.schema import Guard, PackFile, Rule
from inspector.rules.scored import ScoredCall, ScoredFile
from inspector.rules.sizes import oversized
from inspector.rules.survivors import FILE_NAME as SURVIVORS
from inspector.rules.survivors import Survivor, SurvivorFile

__all__ = ["Packs", "load_packs", "load_plan", "load_scored", "load_survivors"]

FileT = TypeVar("FileT", PackFile, CheckpointFile, ScoredFile, SurvivorFile)

NO_PACKS = ("TEMPLATE.yaml", FILE_NAME, SURVIVORS)
MAX_FILE_BYTES = 2_000_000
MAX_BYTES = 20_000_000  # of all files
MAX_FILES = 1_000
MAX_DEPTH = 30
MAX_ISSUES = 200  # of one file: more help nobody
MAX_NAME = 80  # of a name that a fault repeats

_SCHEMA = re.compile(r"inspector\.[a-z]+/([1-9][0-9]{0,5})")

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
    "date_type": ("应为日期", "写成 2026-01-31"),
    "date_from_datetime_parsing": ("应为日期", "写成 2026-01-31"),
    "date_from_datetime_inexact": ("应为日期，不带钟点", "写成 2026-01-31"),
    "date_from_datetime_type": ("应为日期", "写成 2026-01-31"),
    "int_parsing_size": ("数太大", "改成允许范围内的数（见 rules/README.md）"),
    "invalid_key": ("字段名应为文字", "给字段名加引号，或改正写法"),
    "dict_type": ("应为“名称: 值”的一组", "改正缩进，写成“名称: 值”"),
}


class Packs:
    """The rules, guards and check points of a directory, with the file each rule came from."""

    def __init__(self, files: list[tuple[str, PackFile]], points: CheckpointFile | None = None) -> None:
        self.checkpoints: tuple[Checkpoint, ...] = points.checkpoints if points else ()
        self.demands: dict[str, str] = points.demands if points else {}
        self.rules: tuple[Rule, ...] = tuple(rule for _, pack in files for rule in pack.rules)
        self.guards: tuple[Guard, ...] = tuple(guard for _, pack in files for guard in pack.guards)
        self.file_of = {rule.id: name for name, pack in files for rule in pack.rules}

    def plan(self) -> Plan:
        return compile_plan(self.rules, self.guards)

    def lives(self) -> dict[str, Live]:
        """When in a running call each rule can tell, by id; events are no judgement."""
        rules = {rule.id: rule for rule in self.rules}
        return {rule.id: live_of(rule, rules) for rule in self.rules if rule.kind is not Kind.EVENT}


def load_plan(directory: Path) -> Plan:
    """Packs ready to judge by. Raises PackError with every located fault."""
    return load_packs(directory).plan()


def load_packs(directory: Path) -> Packs:
    """Reads every ``*.yaml`` below the directory. Raises PackError with every located fault."""
    if not directory.is_dir():
        raise PackError((PackIssue(str(directory), "", "", "规则目录不存在", "用 --packs 指定规则目录"),))
    files, issues = _read_packs(directory)
    files, faults = written_out(files)
    issues += [*faults, *(oversized(files) or incoherent(files))]
    points = None
    if (listed := directory / FILE_NAME).exists():
        points, faults = _read(listed, FILE_NAME, CheckpointFile)
        issues += faults
    if points is not None:
        ids = {rule.id for _, pack in files for rule in pack.rules}
        issues += [PackIssue(FILE_NAME, "", *fault) for fault in unmapped(points, ids)]
    if issues:
        raise PackError(tuple(issues))
    return Packs(files, points)


def _read_packs(directory: Path) -> tuple[list[tuple[str, PackFile]], list[PackIssue]]:
    """Every pack by the path of its file; folders are entered, links to folders are not."""
    issues: list[PackIssue] = []
    files: list[tuple[str, PackFile]] = []

    def locked(error: OSError) -> None:
        issues.append(PackIssue(str(error.filename), "", "", f"目录打不开（{type(error).__name__}）", "检查权限"))

    found = (Path(place, name) for place, _, names in os.walk(directory, onerror=locked) for name in names)
    paths = sorted(path for path in found if path.name.endswith(".yaml") and path.name not in NO_PACKS)
    if not paths:
        issues.append(PackIssue(str(directory), "", "", "目录里没有规则包（*.yaml）", "放入规则包或改正 --packs"))
    size = sum(path.stat().st_size for path in paths if path.is_file())
    if len(paths) > MAX_FILES or size > MAX_BYTES:
        what = f"有 {len(paths)} 个规则包，共 {size / 1e6:.0f} MB，太多了"
        remedy = f"最多 {MAX_FILES} 个、{MAX_BYTES // 10**6} MB；改正 --packs，或分成几个目录"
        return [], [*issues, PackIssue(str(directory), "", "", what, remedy)]
    for path in paths:
        name = str(path.relative_to(directory))
        pack, faults = _read(path, name, PackFile)
        issues += faults
        files += [(name, pack)] if pack is not None else []
    return files, issues


def load_scored(directory: Path) -> tuple[ScoredCall, ...]:
    """The scored calls of every ``*.yaml`` in the directory. Raises PackError with every located fault."""
    calls: list[ScoredCall] = []
    issues: list[PackIssue] = []
    for path in sorted(directory.glob("*.yaml")):
        file, faults = _read(path, path.name, ScoredFile)
        issues += faults
        calls += file.root if file is not None else ()
    if not calls and not issues:
        issues.append(PackIssue(str(directory), "", "", "目录里没有评分通话（*.yaml）", "改正目录"))
    if issues:
        raise PackError(tuple(issues))
    return tuple(calls)


def load_survivors(directory: Path) -> tuple[Survivor, ...]:
    """The mutants that need no example, none without the file. Raises PackError with every located fault."""
    path = directory / SURVIVORS
    if not path.exists():
        return ()
    file, issues = _read(path, SURVIVORS, SurvivorFile)
    if file is None:
        raise PackError(tuple(issues))
    return file.root


class _Loader(yaml.CSafeLoader):
    """Safe YAML without repeated keys: the first would vanish. Every fault has its line."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:  # 2026-02-30, a number of ten thousand digits
            raise yaml.MarkedYAMLError(problem="不是数字，也不是日期", problem_mark=node.start_mark) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        repeated = [key for key, count in keys.items() if count > 1]
        if repeated:
            raise yaml.MarkedYAMLError(problem=f"字段 {repeated[0]} 写了两次", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep=deep)


def _data(text: str) -> Any:
    """What a YAML text says. Aliases (they can explode), tags and bottomless nesting are refused before it is built."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise _forbidden("不允许使用别名（*）", event)
        if getattr(event, "tag", None) is not None:
            raise _forbidden("不允许使用标签（!）", event)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _forbidden("嵌套太深", event)
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader


def _forbidden(what: str, event: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=what, problem_mark=event.start_mark)


def _read(path: Path, name: str, kind: type[FileT]) -> tuple[FileT | None, list[PackIssue]]:
    try:
        if not path.is_file():
            return None, [PackIssue(name, "", "", "不是普通文件，或链接指向的文件不存在", "换成普通文件，或删除它")]
        if path.stat().st_size > MAX_FILE_BYTES:
            return None, [PackIssue(name, "", "", "文件超过 2 MB", "拆成几个规则包")]
        data = _data(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        return None, [PackIssue(name, "", "", f"读不出来（{type(error).__name__}）", "检查权限，存成 UTF-8")]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行" if mark else ""
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        return None, [PackIssue(name, "", where, f"不是合法的 YAML：{what}", "检查缩进、冒号和引号")]
    if newer := _newer(data):
        return None, [PackIssue(name, "", "schema", f"{newer} 是新的写法，这个程序不认识", "升级程序，或按旧的写法写")]
    try:
        return kind.model_validate(data), []
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        issues = [_issue(name, data, one["loc"], one["type"], one["msg"]) for one in faults[:MAX_ISSUES]]
        if len(faults) > MAX_ISSUES:
            issues.append(PackIssue(name, "", "", f"还有 {len(faults) - MAX_ISSUES} 处", "先改正以上各处"))
        return None, issues


def _newer(data: Any) -> str:
    """The schema of a file that was written for a later version of the program, which may say what we misread."""
    schema = data.get("schema") if isinstance(data, dict) else None
    found = _SCHEMA.fullmatch(schema) if isinstance(schema, str) else None
    return found[0] if found and found[1] != "1" else ""


def _issue(name: str, data: Any, loc: tuple[int | str, ...], kind: str, message: str) -> PackIssue:
    rule, field = "", ".".join(_short(part) for part in loc)
    if len(loc) >= 2 and loc[0] == "rules" and isinstance(loc[1], int) and isinstance(data, dict):
        row = data["rules"][loc[1]]
        written = row.get("id") if isinstance(row, dict) else None
        rule = _short(written) if isinstance(written, str | int) else f"第 {loc[1] + 1} 条"
        field = ".".join(_short(part) for part in loc[2:])
    what, remedy = _ZH.get(kind, (f"不合要求（{message}）", "按 rules/README.md 改正"))
    return PackIssue(name, rule, field, what, remedy)


def _short(written: str | int) -> str:
    """What somebody wrote where a name should stand, cut where it is no name."""
    text = hex(written) if isinstance(written, int) and written.bit_length() > 64 else str(written)
    return text if len(text) <= MAX_NAME else f"{text[:MAX_NAME]}…"
