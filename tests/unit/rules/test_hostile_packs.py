"""Packs that nobody in his right mind writes: located faults, or a plan that judges; never another exception.

What would take all memory or for ever, if it were not refused, runs in a process of its own that may do neither.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.errors import PackError, PackIssue
from inspector.rules.judge import judge
from inspector.rules.load import MAX_FILES, load_packs
from inspector.rules.notation import parse_call
from tests.builders import ROOT

pytestmark = pytest.mark.slow

CALL = "0:01 A 您好，这款理财保本保息、稳赚不赔\n0:05 C 我要投诉\n0:09 ? 嗯\n0:12-0:14 ~ A\n0:20 S 请按一"
RULE: dict[str, Any] = {
    "id": "test.rule",
    "version": 1,
    "title": "测试",
    "kind": "forbidden",
    "class": "测试",
    "severity": "high",
    "status": "test",
    "match": {"phrases": ["稳赚不赔"]},
}
WORDLESS = RULE | {"match": {}}
EVENT = RULE | {"kind": "event"}
ODD_TEXTS = (
    "",
    "\0",
    "a\nb",
    "😀",
    "穩賺不賠",
    "ＡＰＰ　㈱",
    "稳\u200b赚\u200d不赔",
    "e\u0301\u0301",
    "\u202e稳赚",
    "{保证词}",
    "(a+)+$",
    "((a{1,99}){1,99}){1,99}",
    "[\\x{0}-\\x{10ffff}]{9}保",
    "\\C",
    "[",
    "../../etc/passwd",
    "event.one",
    "test.rule",
    "not 甲 and (",
    "稳" * 300,
    "2026-01-01",
)
ODD = st.sampled_from([*ODD_TEXTS, None, True, 0, -1, 1.5, 1e308, float("nan"), 10**30, [], {}, [[]], {"": {}}, ["稳"]])


def pack(*rules: Any, **more: Any) -> dict[str, Any]:
    return {"schema": "inspector.rules/1", "pack": "测试", "rules": list(rules), **more}


def outcome(directory: Path) -> list[PackIssue]:
    """The issues, each with a file and a remedy; none of packs that judge a call, the same again when loaded again."""
    call, hearing = parse_call(CALL, "call")
    try:
        plan = load_packs(directory).plan()
    except PackError as error:
        assert error.issues
        assert all(issue.file and issue.what and issue.remedy for issue in error.issues)
        assert len(str(error).splitlines()) == len(error.issues)
        return list(error.issues)
    assert judge(call, hearing, plan, "test") == judge(call, hearing, load_packs(directory).plan(), "test")
    return []


def issues_of(*files: Any) -> list[PackIssue]:
    with tempfile.TemporaryDirectory() as place:
        for number, content in enumerate(files):
            (Path(place) / f"{number}.yaml").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        return outcome(Path(place))


def shipped() -> list[dict[str, Any]]:
    """Rules of the default packs, each with all that it hangs on, without examples."""
    packs = load_packs(ROOT / "rules")
    rules = {rule.id: rule for rule in packs.rules}
    made = []
    for rule in packs.rules:
        wanted = [rule.id]
        for name in wanted:
            wanted += [event for _, event in rules[name].references() if event not in wanted]
        dumped = [rules[name].model_dump(mode="json", by_alias=True, exclude_unset=True) for name in wanted]
        for one in dumped:
            one.pop("examples", None)
        guards = [guard.model_dump(mode="json", exclude_unset=True) for guard in packs.guards]
        made.append(pack(*dumped, guards=guards))
    return made


SHIPPED = shipped()


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with each of its keys."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


@st.composite
def broken_packs(draw: st.DrawFn) -> dict[str, Any]:
    """A shipped rule of which a few fields are dropped, replaced, repeated or misspelled."""
    whole = copy.deepcopy(draw(st.sampled_from(SHIPPED)))
    for _ in range(draw(st.integers(1, 3))):
        rule = draw(st.sampled_from(whole["rules"])) if draw(st.booleans()) else whole
        found = list(places(rule))
        if not found:
            break
        container, key = draw(st.sampled_from(found))
        match draw(st.sampled_from(["drop", "replace", "repeat", "rename"])):
            case "drop":
                del container[key]
            case "repeat" if isinstance(container, list):
                container.append(copy.deepcopy(container[key]))
            case "rename" if isinstance(container, dict):
                container[draw(st.sampled_from(ODD_TEXTS))] = container.pop(key)
            case _:
                container[key] = copy.deepcopy(draw(ODD))
        if not (isinstance(whole.get("rules"), list) and whole["rules"]):
            break
    return whole


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(broken_packs())
def test_a_broken_pack_is_located_or_judges(whole: dict[str, Any]) -> None:
    issues_of(whole)


@given(st.text(max_size=300) | st.binary(max_size=300))
def test_any_file_is_located_or_judges(content: str | bytes) -> None:
    raw = content if isinstance(content, bytes) else content.encode("utf-8", errors="surrogatepass")
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "a.yaml").write_bytes(raw)
        assert outcome(Path(place))


@pytest.mark.parametrize("odd", ODD_TEXTS, ids=ascii)
@pytest.mark.parametrize("field", ["phrases", "regex"])
def test_odd_wording_is_located_or_judges(field: str, odd: str) -> None:
    issues = issues_of(pack(RULE | {"match": {field: [odd]}}))
    assert all((issue.file, issue.rule) == ("0.yaml", "test.rule") for issue in issues)


def test_traditional_full_width_and_invisible_characters_are_the_same_wording(tmp_path: Path) -> None:
    call, hearing = parse_call("0:01 A 這款穩賺不賠", "call")
    for phrase in ("穩賺不賠", "稳\u200b赚\u200d不赔", "稳赚、不赔！"):
        (tmp_path / "a.yaml").write_text(json.dumps(pack(RULE | {"match": {"phrases": [phrase]}})), "utf-8")
        inspection = judge(call, hearing, load_packs(tmp_path).plan(), "test")
        assert [finding.rule_id for finding in inspection.findings] == ["test.rule"]


def test_a_newer_schema_is_named_and_nothing_else_is_told() -> None:
    (issue,) = issues_of(pack(RULE | {"colour": 1}) | {"schema": "inspector.rules/2"})
    assert (issue.field, issue.what) == ("schema", "inspector.rules/2 是新的写法，这个程序不认识")
    assert "升级程序" in issue.remedy


def test_an_id_that_is_no_name_is_cut() -> None:
    found = issues_of(pack(RULE | {"id": 10**4000, "colour": 1}, RULE | {"id": "x\n" * 5000}))
    assert [issue.field for issue in found] == ["id", "colour", "id"]
    assert all(len(str(issue)) < 300 for issue in found)


def test_links_pipes_devices_and_odd_names(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(json.dumps(pack(RULE)), "utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert outcome(tmp_path) == []
    (tmp_path / "b.yaml").symlink_to(tmp_path / "b.yaml")
    (tmp_path / "c.yaml").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "d.yaml")
    (tmp_path / "e\n[red].yaml").write_text("[")
    (tmp_path / os.fsdecode(b"f\xff.yaml")).write_text("[")
    found = outcome(tmp_path)
    assert [str(issue).split(":-")[0] for issue in found] == [
        *("b.yaml", "c.yaml", "d.yaml"),
        r"e\n[red].yaml",
        r"f\udcff.yaml",
    ]
    str(found[-1]).encode()


def test_many_files_are_not_read(tmp_path: Path) -> None:
    for number in range(MAX_FILES + 1):
        (tmp_path / f"{number}.yaml").touch()
    (issue,) = outcome(tmp_path)
    assert issue.what == f"有 {MAX_FILES + 1} 个规则包，共 0 MB，太多了"


def lists(*rows: tuple[str, list[str]]) -> dict[str, Any]:
    return {"lists": [{"name": name, "words": words} for name, words in rows]}


MANY = [f"稳赚{at}" for at in range(44)]
BOMBS: dict[str, tuple[Any, str]] = {
    "lists that double": (
        pack(
            RULE, **lists(*((f"表{at}", [f"{{表{at + 1}}}{{表{at + 1}}}"]) for at in range(30)), ("表30", ["稳", "赚"]))
        ),
        "词表套了 20 层以上",
    ),
    "lists in a chain": (
        pack(RULE, **lists(*((f"表{at}", [f"{{表{at + 1}}}"]) for at in range(5000)), ("表5000", ["稳"]))),
        "词表套了 20 层以上",
    ),
    "lists in a circle": (
        pack(RULE, **lists(*((f"表{at}", [f"{{表{(at + 1) % 5000}}}"]) for at in range(5000)))),
        "词表套了 20 层以上",
    ),
    "a list of lists": (
        pack(RULE, **lists(("甲", MANY), ("乙", [f"{{甲}}{{甲}}{at}" for at in range(5000)]))),
        "词表 乙 展开后超过 2000 个词",
    ),
    "many lists of lists": (
        pack(RULE, **lists(("甲", MANY), *((f"乙{at}", ["{甲}{甲}"]) for at in range(5000)))),
        "到这里为止，全部规则包的词句或正则太多",
    ),
    "phrases of lists": (
        pack(RULE | {"match": {"phrases": [f"{{甲}}{{甲}}{at}" for at in range(9000)]}}, **lists(("甲", MANY))),
        "到这里为止，全部规则包的词句或正则太多",
    ),
    "patterns of lists": (
        pack(RULE | {"match": {"regex": [f"(?:{{甲}}{{甲}}){at}" for at in range(9000)]}}, **lists(("甲", MANY * 20))),
        "到这里为止，全部规则包的词句或正则太多",
    ),
    "long patterns": (
        pack(RULE | {"match": {"regex": ["{甲}" * 60 + str(at) for at in range(2000)]}}, **lists(("甲", ["稳" * 190]))),
        "全部规则包的词句或正则太多",
    ),
    "a pattern that counts far": (pack(RULE | {"match": {"regex": ["保[^不]{1,1000}险"]}}), "正则太复杂"),
    "patterns that count": (
        pack(RULE | {"match": {"regex": [f"保[^不]{{1,250}}险{at}" for at in range(9000)]}}),
        "全部正则加起来太复杂",
    ),
    "a phrase of a megabyte": (pack(RULE | {"match": {"phrases": ["稳" * 600_000]}}), "文字太长"),
    "a million faults": (pack(*[0] * 600_000), "还有 599800 处"),
    "one rule of many faults": (pack({"id": "长" * 300_000} | {f"k{at}": 0 for at in range(50_000)}), "还有"),
    "conditions without end": (
        pack(WORDLESS | {"conditions": {f"甲{at}": {"phrases": ["稳赚"]} for at in range(9000)}, "logic": "甲0"}),
        "列表项太多",
    ),
    "events in a circle": (
        pack(*(EVENT | {"id": f"event.e{at}", "needs": [f"event.e{(at + 1) % 5000}"]} for at in range(5000))),
        "一层依赖一层，超过 20 层",
    ),
    "events in a chain": (
        pack(*(EVENT | {"id": f"event.e{at}", "needs": [f"event.e{at + 1}"] * (at < 5000)} for at in range(5001))),
        "一层依赖一层，超过 20 层",
    ),
    "logic nested deep": (
        pack(WORDLESS | {"conditions": {"甲": {"phrases": ["稳赚"]}}, "logic": "(" * 199 + "甲" + ")" * 199}),
        "套得太深，最多 20 层",
    ),
}
YAML_BOMBS = {
    "nested lists": ("[" * 1_900_000, "嵌套太深"),
    "nested blocks": ("- " * 900_000, "嵌套太深"),
    "aliases": ("a: &a [x]\nb: [*a, *a]", "不允许使用别名"),
    "a tag": ("a: !!python/object/apply:os.system [id]", "不允许使用标签"),
    "NUL": ("schema: \0", "control characters are not allowed"),
    "a number without end": ("schema: " + "9" * 1_900_000, "第 1 行  不是合法的 YAML：不是数字，也不是日期"),
    "a key that is a list": ("[a]: b", "unhashable"),
    "no date": ("a: b\nc: 2026-99-99", "第 2 行  不是合法的 YAML：不是数字，也不是日期"),
    "two documents": ("a: 1\n---\nb: 2", "another document"),
}
PROCESS = """
import faulthandler, resource, sys
faulthandler.dump_traceback_later(240, exit=True)
from pathlib import Path
from inspector.errors import PackError
from inspector.rules.load import load_plan
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
for place in sys.argv[1:]:
    try:
        load_plan(Path(place))
    except PackError as error:
        Path(place, "issues.txt").write_text(str(error), "utf-8")
"""


def test_bombs_are_refused_in_little_memory_and_time(tmp_path: Path) -> None:
    wanted: dict[Path, str] = {}
    texts = {name: (json.dumps(content, ensure_ascii=False), what) for name, (content, what) in BOMBS.items()}
    for name, (text, what) in (texts | YAML_BOMBS).items():
        place = tmp_path / name
        place.mkdir()
        (place / "a.yaml").write_text(text, "utf-8")
        wanted[place] = what
    done = subprocess.run([sys.executable, "-c", PROCESS, *map(str, wanted)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    told = {place.name: place / "issues.txt" for place in wanted}
    said = {name: path.read_text("utf-8") if path.exists() else "" for name, path in told.items()}
    assert {place.name: said[place.name][:200] for place, what in wanted.items() if what not in said[place.name]} == {}
    assert all(line.startswith("a.yaml:") for text in said.values() for line in text.splitlines())
    assert max(map(len, said.values())) < 2_000_000
