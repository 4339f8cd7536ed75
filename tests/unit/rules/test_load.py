"""Packs from YAML: every fault located, all at once, and never another exception."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.errors import PackError
from inspector.rules.load import MAX_FILE_BYTES, load_packs, load_plan
from tests.builders import ROOT

GOOD: dict[str, Any] = {
    "id": "test.rule",
    "version": 1,
    "title": "测试",
    "kind": "forbidden",
    "class": "测试",
    "severity": "high",
    "status": "test",
    "who": "agent",
    "match": {"phrases": ["稳赚不赔"]},
}
EVENT = GOOD | {"id": "event.one", "kind": "event"}
GUARD = {"name": "negation", "before": [{"words": ["不"]}]}


class _Plain(yaml.SafeDumper):
    """Without aliases, which packs may not use."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def pack(*rules: dict[str, Any], guards: tuple[dict[str, Any], ...] = (GUARD,)) -> str:
    whole = {"schema": "inspector.rules/1", "pack": "测试", "guards": list(guards), "rules": list(rules)}
    return yaml.dump(whole, Dumper=_Plain, allow_unicode=True)


def issues(directory: Path, **files: str | bytes) -> list[str]:
    for name, content in files.items():
        raw = content.encode() if isinstance(content, str) else content
        (directory / f"{name}.yaml").write_bytes(raw)
    try:
        load_plan(directory)
    except PackError as error:
        assert str(error) == "\n".join(map(str, error.issues))
        assert all(issue.what and issue.remedy for issue in error.issues)
        return [f"{issue.file}:{issue.rule}:{issue.field} {issue.what}" for issue in error.issues]
    return []


def test_a_good_pack_loads(tmp_path: Path) -> None:
    rule = GOOD | {"unless": ["negation"], "needs": ["event.one"], "facts": {"only": ["product_type=理财"]}}
    assert issues(tmp_path, good=pack(rule, EVENT)) == []


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"kind": "banned"}, "test.rule:kind 取值不在允许范围内"),
    ({"severity": "huge"}, "test.rule:severity 取值不在允许范围内"),
    ({"who": "system"}, "test.rule:who 取值不在允许范围内"),
    ({"version": 0}, "test.rule:version 数太小"),
    ({"version": 1.5}, "test.rule:version 应为整数"),
    ({"version": "eins"}, "test.rule:version 应为整数"),
    ({"title": True}, "test.rule:title 应为文字"),
    ({"title": ""}, "test.rule:title 不能为空"),
    ({"title": "长" * 61}, "test.rule:title 文字太长"),
    ({"colour": "red"}, "test.rule:colour 没有这个字段"),
    ({"match": {"phrase": ["x"]}}, "test.rule:match.phrase 没有这个字段"),
    ({"match": {"phrases": "稳赚不赔"}}, "test.rule:match.phrases 应为列表"),
    ({"match": {"phrases": [12378]}}, "test.rule:match.phrases.0 应为文字"),
    ({"match": {"phrases": [""]}}, "test.rule:match.phrases.0 不能为空"),
    ({"match": {"phrases": ["……"]}}, "test.rule:match.phrases 只有标点，没有字"),
    ({"match": "稳赚不赔"}, "test.rule:match 应为“字段: 值”的一组"),
    ({"match": {}}, "test.rule:match 没有写要找什么"),
    ({"match": {"regex": ["(保本"]}}, "test.rule:match.regex 正则写错了"),
    ({"match": {"regex": ["(?=保)本"]}}, "test.rule:match.regex 正则写错了"),
    ({"match": {"regex": ["(保本)*"]}}, "test.rule:match.regex 正则会匹配空文字"),
    ({"match": {"regex": ["$"]}}, "test.rule:match.regex 正则会匹配空文字"),
    ({"match": {"regex": ["(((保{99}){99}){99}){99}"]}}, "test.rule:match.regex 正则写错了"),
    ({"match": {"phrases": ["x"], "by": "sound"}}, "test.rule:match.by 取值不在允许范围内"),
    ({"match": {"near": [{"of": [["a"]]}]}}, "test.rule:match.near.0.of 列表项太少"),
    ({"match": {"near": [{"of": [["a"], ["b"], []]}]}}, "test.rule:match.near.0.of.2 列表项太少"),
    ({"match": {"near": [{"of": [["a"], ["，"]]}]}}, "test.rule:match.near 只有标点，没有字"),
    ({"match": {"near": [{"of": [["a"], ["b"]], "chars": 99}]}}, "test.rule:match.near.0.chars 数太大"),
    ({"match": {"silence": {"limit_s": 15}}}, "test.rule:match 度量只用于 metric 和 signal 类规则"),
    ({"kind": "metric"}, "test.rule:match metric 类规则必须写一种度量"),
    (
        {"kind": "metric", "match": {"silence": {"limit_s": 15}}, "where": {"last": {"turns": 2}}},
        "test.rule:where 度量类规则不看这个字段",
    ),
    (
        {"kind": "metric", "match": {"silence": {"limit_s": 15}, "rate": {"limit_cpm": 300}}},
        "test.rule:match 一条规则只能有一种度量，写了 silence、rate",
    ),
    (
        {"kind": "metric", "match": {"silence": {"limit_s": 15}, "phrases": ["稍等"]}},
        "test.rule:match silence 不看词句",
    ),
    ({"kind": "signal", "match": {"emotion": {}}}, "test.rule:match 情绪要声音和词句都有"),
    (
        {"kind": "metric", "match": {"value": {"words": ["年化"], "fact": "rate"}}},
        "test.rule:match.value.fact 没有名为 rate 的业务字段",
    ),
    ({"match": {"phrases": ["保*"]}}, "test.rule:match.phrases “保*”的 * 或 ? 在开头或结尾"),
    ({"match": {"phrases": ["保本吗?"]}}, "test.rule:match.phrases “保本吗?”的 * 或 ? 在开头或结尾"),
    ({"match": {"phrases": ["保本"], "not_regex": ["不保本"]}}, "test.rule:match.not_regex not_regex 只去掉 regex"),
    ({"match": {"regex": ["保本"], "not_regex": ["(保"]}}, "test.rule:match.not_regex 正则写错了"),
    ({"match": {"phrases": ["保本"], "not_inside": ["……"]}}, "test.rule:match.not_inside 只有标点，没有字"),
    ({"match": {"phrases": ["保本"], "distinct": 2}}, "test.rule:match.distinct 要 2 种不同的说法，只写了 1 种"),
    ({"match": {"entity": ["money"]}}, "test.rule:match.entity.0 取值不在允许范围内"),
    ({"match": {"sequence": {"of": [["甲"]]}}}, "test.rule:match.sequence.of 列表项太少"),
    ({"match": {"sequence": {"of": [["甲"], ["……"]]}}}, "test.rule:match.sequence 只有标点，没有字"),
    ({"match": {"sequence": {"of": [["甲"], ["乙"]]}, "phrases": ["丙"]}}, "test.rule:match.sequence sequence 只能"),
    ({"exceptions": {"sequence": {"of": [["甲"], ["乙"]]}}}, "test.rule:exceptions.sequence 例外只看命中处附近"),
    ({"exceptions": {"phrases": ["非保本"], "chars": 5}}, "test.rule:exceptions.chars reach: overlap 不看 chars"),
    ({"exceptions": {"phrases": ["非保本"], "reach": "near"}}, "test.rule:exceptions.reach 取值不在允许范围内"),
    ({"exceptions": {"phrases": ["甲", "乙"], "distinct": 2}}, "test.rule:exceptions.distinct 例外和度量不看 distinct"),
    ({"match": {"phrases": ["保本"], "clearly": {"limit_cpm": 400}}}, "test.rule:match.clearly clearly 只用于"),
    ({"kind": "required", "match": {"phrases": ["x"], "clearly": {}}}, "test.rule:match.clearly 没有写怎样才算清楚"),
    (
        {"match": {}, "logic": "甲", "conditions": {"甲": {"phrases": ["保本"], "clearly": {"limit_cpm": 400}}}},
        "test.rule:conditions.甲.clearly clearly 只用于",
    ),
    ({"kind": "metric", "match": {"rate": {}}}, "test.rule:match.rate 没有写限度"),
    ({"kind": "metric", "match": {"rate": {"limit_cpm": 200, "least_cpm": 300}}}, "test.rule:match.rate least_cpm 比"),
    ({"kind": "metric", "match": {"duration": {}}}, "test.rule:match.duration 没有写限度"),
    ({"kind": "metric", "match": {"turns": {"more": 3, "fewer": 9}}}, "test.rule:match.turns fewer 比 more 还大"),
    ({"kind": "metric", "who": "any", "match": {"talk_share": {"more": 0.8}}}, "test.rule:who 两方合起来总占全部说话"),
    ({"kind": "metric", "match": {"repeat": {"not": ["……"]}}}, "test.rule:match.repeat.not 只有标点，没有字"),
    ({"kind": "metric", "match": {"repeat": {"min_chars": 4}}}, "test.rule:match.repeat.min_chars 数太小"),
    ({"kind": "event", "match": {"nl": {"question": "坐席是否耐心？"}}}, "test.rule:match 度量只用于 metric 和 signal"),
    (
        {"kind": "required", "facts": {"violated": ["mystery"]}, "match": {"nl": {"question": "坐席是否耐心？"}}},
        "test.rule:facts.violated nl 不看 violated",
    ),
    (
        {"kind": "metric", "match": {"value": {"words": ["金额"], "fact": "custom."}}},
        "test.rule:match.value.fact 没有名为 custom. 的业务字段",
    ),
    ({"kind": "metric", "match": {"rate": {"limit_cpm": 5}}}, "test.rule:match.rate.limit_cpm 数太小"),
    (
        {"kind": "metric", "match": {"hangup": {"by": "agent", "not_after": ["event.two"]}}},
        "test.rule:match.hangup.not_after 没有名为 event.two 的事件",
    ),
    ({"match": {"similar": {"text": "请您如实提供资金用途信息"}}}, "test.rule:match.similar similar 只用于 required"),
    (
        {"kind": "required", "match": {"similar": {"text": "请您如实提供资金用途信息", "said": 0.6}}},
        "test.rule:match.similar.doubtful 应小于 said",
    ),
    ({"kind": "required", "match": {"phrases": ["x"], "times": 2}}, "test.rule:match.times times 只用于"),
    ({"kind": "metric", "match": {"silence": {"limit_s": -1}}}, "test.rule:match.silence.limit_s 数太小"),
    ({"kind": "metric", "match": {"silence": {"limit_s": float("nan")}}}, "test.rule:match.silence.limit_s 数太大"),
    (
        {"kind": "metric", "match": {"silence": {"limit_s": 15, "not_after": ["event.two"]}}},
        "test.rule:match.silence.not_after 没有名为 event.two 的事件",
    ),
    (
        {"kind": "metric", "match": {"silence": {"limit_s": 15, "relaxed": [{"after": ["event.two"], "limit_s": 9}]}}},
        "test.rule:match.silence.relaxed 没有名为 event.two 的事件",
    ),
    ({"match": {"elements": [{"name": "a", "phrases": ["x"]}]}}, "test.rule:match.elements elements 只用于 required"),
    ({"kind": "required", "match": {"elements": [{"name": "甲"}]}}, "test.rule:match.elements.甲 没有写要找什么"),
    (
        {"kind": "required", "match": {"elements": [{"name": "a", "phrases": ["x"]}], "need": 2}},
        "test.rule:match.need 需要 2 项，只有 1 项",
    ),
    ({"kind": "required", "match": {"phrases": ["x"], "need": 1}}, "test.rule:match.need 需要 1 项，只有 0 项"),
    ({"kind": "signal", "score": -1}, "test.rule:score signal 和情绪类规则不计分"),
    ({"score": 101}, "test.rule:score 数太大"),
    ({"needs": ["event.two"]}, "test.rule:needs 没有名为 event.two 的事件"),
    ({"needs": ["test.rule"]}, "test.rule:needs 互相依赖，成了一个圈：test.rule → test.rule"),
    ({"not_when": ["event.two"]}, "test.rule:not_when 没有名为 event.two 的事件"),
    ({"where": {"after": "event.one", "until": "event.two"}}, "test.rule:where.until 没有名为 event.two 的事件"),
    ({"where": {"around": "event.one"}}, "test.rule:where.within_s around 要写前后各多少秒"),
    ({"where": {"which": "every"}}, "test.rule:where.which which 只与 after、around 或带 within_s"),
    ({"where": {"first": {"turns": 1, "spoke_last": True}}}, "test.rule:where.first.spoke_last spoke_last 只与 last"),
    ({"where": {"within_turns": 3}}, "test.rule:where.within_turns within_turns 只与 after"),
    ({"where": {"first": {"turns": 1}, "within_turns": 3}}, "test.rule:where.within_turns within_turns 只与 after"),
    ({"where": {"before": "event.one", "which": "any"}}, "test.rule:where.which which 只与 after、around 或带"),
    ({"where": {"after": "event.one", "which": "nth"}}, "test.rule:where.nth which: nth 要写 nth"),
    ({"where": {"after": "event.one", "nth": 2}}, "test.rule:where.nth which: nth 要写 nth"),
    ({"where": {"before": ["event.one", "event.two"]}}, "test.rule:where.before 没有名为 event.two 的事件"),
    ({"where": {"before": "event.one", "between": {"from_s": 1, "to_s": 2}}}, "test.rule:where first、last、between"),
    ({"where": {"between": {"from_s": 1}}}, "test.rule:where.between 要写 from_s 和 to_s"),
    ({"where": {"between": {"from_s": 1, "to_percent": 9}}}, "test.rule:where.between 要写 from_s 和 to_s"),
    ({"where": {"between": {"from_percent": 9, "to_percent": 9}}}, "test.rule:where.between 起点不早于终点"),
    ({"where": {"last": {"percent": 0}}}, "test.rule:where.last.percent 数太小"),
    ({"effective": {"from": "2026-02-01", "to": "2026-01-31"}}, "test.rule:effective from 晚于 to"),
    ({"effective": {"from": "2026-02-30"}}, "test.rule:effective.from 应为日期"),
    (
        {"kind": "signal", "score": -1, "match": {"phrases": ["好烦啊"], "emotion": {}}},
        "test.rule:score signal 和情绪类规则不计分",
    ),
    ({"alert_unless": ["ticket_no"]}, "test.rule:alert_unless 没有 alert"),
    ({"id": "service.rule", "alert": "duty_supervisor"}, "service.rule:alert 服务和情绪类规则从不告警"),
    ({"asks": ["S33"]}, "test.rule:asks.0 写法不对"),
    ({"where": {"before": "event.two"}}, "test.rule:where.before 没有名为 event.two 的事件"),
    ({"where": {"after": "event.one", "since": "event.one"}}, "test.rule:where.since since 只与 before 一起用"),
    ({"where": {"within_s": 5}}, "test.rule:where.within_s within_s 只与 after、around、before 一起用"),
    ({"where": {"first": {}}}, "test.rule:where.first 没有写多长"),
    ({"where": {"first": {"turns": 1}, "last": {"turns": 1}}}, "test.rule:where first、last、between、before/after"),
    ({"where": {"first": {"turns": 1}, "before": "event.one"}}, "test.rule:where first、last、between、before/after"),
    ({"unless": ["denial"]}, "test.rule:unless 没有名为 denial 的守卫"),
    ({"about": {"counts": ["理财"], "exempt": [], "unless": ["x"]}}, "test.rule:about.unless 没有名为 x 的守卫"),
    ({"about": {"counts": [], "exempt": []}}, "test.rule:about 没有写产品名称"),
    ({"about": {"counts": ["。"], "exempt": []}}, "test.rule:about 没有写产品名称"),
    ({"about": {"counts": ["a"], "exempt": [], "facts": {"a": "x"}}}, "test.rule:about.facts.a 取值不在允许范围内"),
    ({"facts": {"only": ["ivr_verifeid"]}}, "test.rule:facts.only 没有名为 ivr_verifeid 的业务字段"),
    ({"facts": {"satisfied": ["ivr_verified"]}}, "test.rule:facts.satisfied satisfied 只用于 required、event 和度量"),
    ({"facts": {"violated": ["ivr_verified"]}}, "test.rule:facts.violated violated 只用于 required 类规则"),
    ({"kind": "event", "facts": {"only": ["ivr_verified"]}}, "test.rule:facts 事件只看 satisfied"),
    ({"match": {"regex": [r"\A保本"]}}, "test.rule:match.regex 不能用"),
    ({"match": {"regex": [r"保本\z"]}}, "test.rule:match.regex 不能用"),
    (
        {"kind": "metric", "match": {"value": {"words": ["，"], "fact": "product_rates"}}},
        "test.rule:match.value.words 只有标点，没有字",
    ),
    (
        {"kind": "metric", "match": {"response": {"offer": ["您好", "……"]}}},
        "test.rule:match.response.offer 只有标点，没有字",
    ),
    ({"facts": {"not_applicable": ["produkt=x"]}}, "test.rule:facts.not_applicable 没有名为 produkt 的业务字段"),
    ({"exceptions": {}}, "test.rule:exceptions 没有写要找什么"),
    ({"exceptions": {"regex": ["["]}}, "test.rule:exceptions.regex 正则写错了"),
    ({"examples": {"fires": [{"name": "a"}]}}, "test.rule:examples.fires.0.call 缺少必填字段"),
    ({"examples": {"fires": [{"name": "a", "call": 65}]}}, "test.rule:examples.fires.0.call 应为文字"),
    ({"id": "Test Rule"}, "Test Rule:id 写法不对"),
    ({"id": 5}, "5:id 应为文字"),
]


@pytest.mark.parametrize(("change", "wanted"), BROKEN, ids=[wanted.split(" ")[0] for _, wanted in BROKEN])
def test_a_broken_rule_is_located(tmp_path: Path, change: dict[str, Any], wanted: str) -> None:
    found = issues(tmp_path, a=pack(GOOD | change, EVENT))
    assert len(found) == 1, found
    assert found[0].startswith(f"a.yaml:{wanted}")


@pytest.mark.parametrize(
    ("guard", "wanted"),
    [
        ({"before": [{"words": []}]}, "a.yaml::guards.0.before.0.words 列表项太少"),
        ({"before": [{"words": ["，"]}]}, "a.yaml::guards.negation.before 只有标点，没有字"),
        ({"after": [{"words": ["不"], "filler": ["、"]}]}, "a.yaml::guards.negation.after 只有标点，没有字"),
        ({"turn_words": ["…"]}, "a.yaml::guards.negation.turn_words 只有标点，没有字"),
        ({"before": [{"words": ["不"], "alike": ["部门"]}]}, "a.yaml::guards.0.before.0.alike.0 文字太长"),
        ({"doubtful_chars": 99}, "a.yaml::guards.0.doubtful_chars 数太大"),
    ],
)
def test_a_broken_guard_is_located(tmp_path: Path, guard: dict[str, Any], wanted: str) -> None:
    assert issues(tmp_path, a=pack(GOOD, guards=(GUARD | guard,))) == [wanted]


def test_events_hang_on_each_other_but_not_in_a_circle(tmp_path: Path) -> None:
    two = EVENT | {"id": "event.two", "needs": ["event.one"]}
    three = GOOD | {"where": {"around": "event.two", "within_s": 9}}
    assert issues(tmp_path, a=pack(EVENT, two, three)) == []
    one = EVENT | {"where": {"after": "test.rule"}}
    circle = "互相依赖，成了一个圈：event.one → test.rule → event.two → event.one"
    assert issues(tmp_path, a=pack(one, two, three)) == [f"a.yaml:event.two:needs {circle}"]


def test_a_chain_has_an_end(tmp_path: Path) -> None:
    def chain(length: int) -> str:
        links = [EVENT | {"id": f"event.e{at}", "needs": [f"event.e{at + 1}"]} for at in range(length)]
        return pack(*links, EVENT | {"id": f"event.e{length}"})

    assert issues(tmp_path, a=chain(19)) == []
    for length in (20, 300):
        found = issues(tmp_path, a=chain(length))
        assert found and all(one.endswith("needs 一层依赖一层，超过 20 层") for one in found)


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    found = issues(
        tmp_path,
        a=pack(GOOD | {"version": 0, "title": 1}, GOOD | {"id": "test.other", "colour": 1}),
        b=pack(GOOD, guards=()),
        c=pack(GOOD | {"unless": ["x"], "needs": ["y"]}, guards=(GUARD, GUARD)),
        d="rules: [",
        e=b"\xff\xfe\x00",
    )
    assert [line.split(" ")[0] for line in found if line[0] in "ade"] == [
        "a.yaml:test.rule:version",
        "a.yaml:test.rule:title",
        "a.yaml:test.other:colour",
        "d.yaml::第",
        "e.yaml::",
    ]
    assert "-::guards.negation 守卫名重复" in found
    assert {"b.yaml:test.rule:id 编号出现 2 次", "c.yaml:test.rule:id 编号出现 2 次"} <= set(found)
    assert {line.split(" ")[0] for line in found if line.startswith("c")} == {
        "c.yaml:test.rule:id",
        "c.yaml:test.rule:unless",
        "c.yaml:test.rule:needs",
    }


def test_an_issue_is_printed_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(pack(GOOD | {"colour": "red"}))
    with pytest.raises(PackError, match=r"^a\.yaml:test\.rule:colour  没有这个字段 → 删除它") as caught:
        load_packs(tmp_path)
    assert caught.value.exit_code == 3


HEAD = "schema: inspector.rules/1\npack: x\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: &x [1, 2]\nb: [*x, *x]", "第 2 行 不是合法的 YAML：不允许使用别名"),
        ("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]", "第 2 行 不是合法的 YAML：不允许使用别名"),
        (HEAD + "pack: y", "第 1 行 不是合法的 YAML：字段 pack 写了两次"),
        (HEAD + "rules:\n  - {id: a.b,\n     id: c.d}", "第 4 行 不是合法的 YAML：字段 id 写了两次"),
        ("[" * 100_000, "第 1 行 不是合法的 YAML：嵌套太深"),
        ("{a: " * 1000, "第 1 行 不是合法的 YAML：嵌套太深"),
        ("- " * 1000, "第 1 行 不是合法的 YAML：嵌套太深"),
        ("a: b: c", "第 1 行 不是合法的 YAML"),
        ("a:\n\t- b", "第 2 行 不是合法的 YAML"),
        ("a: 'x", "不是合法的 YAML"),
        ("a: !!python/object/apply:os.system [x]", "第 1 行 不是合法的 YAML：不允许使用标签"),
        ("a: !!int ''", "第 1 行 不是合法的 YAML：不允许使用标签"),
        ("a: !!bool maybe", "第 1 行 不是合法的 YAML：不允许使用标签"),
        ("a: !!map [b]", "第 1 行 不是合法的 YAML：不允许使用标签"),
        ("a: !!timestamp x", "第 1 行 不是合法的 YAML：不允许使用标签"),
        ("a: 2026-99-99", "不是合法的 YAML"),
        ("a: 0b_", "不是合法的 YAML"),
        ("a: " + "9" * 5000, "不是合法的 YAML"),
        ("a: =", "第 1 行 不是合法的 YAML"),
        ("<<: [1]", "第 1 行 不是合法的 YAML"),
        ("? [a]\n: b", "第 1 行 不是合法的 YAML"),
        ("a: \x07", "不是合法的 YAML"),
        ("%YAML 9.9\n---\na: b", "不是合法的 YAML"),
        ("a: 1\n---\nb: 2", "第 2 行 不是合法的 YAML"),
    ],
)
def test_yaml_that_is_none(tmp_path: Path, text: str, wanted: str) -> None:
    (found,) = issues(tmp_path, a=text)
    assert found.startswith("a.yaml::")
    assert wanted in found


@pytest.mark.parametrize("text", ["", "~", "- a", "words", "5", "[]"])
def test_yaml_that_is_no_pack(tmp_path: Path, text: str) -> None:
    assert issues(tmp_path, a=text) == ["a.yaml:: 应为“字段: 值”的一组"]


def test_a_pack_of_another_schema(tmp_path: Path) -> None:
    assert issues(tmp_path, a="schema: inspector.rules/2\npack: x") == [
        "a.yaml::schema inspector.rules/2 是新的写法，这个程序不认识"
    ]
    assert issues(tmp_path, a="schema: rules\npack: x") == ["a.yaml::schema 取值不在允许范围内"]
    assert issues(tmp_path, a="pack: x") == ["a.yaml::schema 缺少必填字段"]


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.yaml").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    assert issues(tmp_path) == ["a.yaml:: 文件超过 2 MB"]


def test_what_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    (tmp_path / "b.yaml").symlink_to(tmp_path / "nowhere")
    found = issues(tmp_path, c="名".encode("gb18030"))
    assert [line.split("（")[0] for line in found] == [
        "a.yaml:: 不是普通文件，或链接指向的文件不存在",
        "b.yaml:: 不是普通文件，或链接指向的文件不存在",
        "c.yaml:: 读不出来",
    ]


def test_no_packs_at_all(tmp_path: Path) -> None:
    (found,) = issues(tmp_path)
    assert "目录里没有规则包" in found
    (tmp_path / "TEMPLATE.yaml").write_text("schema: x")
    (tmp_path / "notes.txt").write_text("x")
    (found,) = issues(tmp_path)
    assert "目录里没有规则包" in found
    (found,) = issues(tmp_path / "nowhere")
    assert "规则目录不存在" in found


def test_packs_in_folders_below_are_read_and_templates_skipped(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.yaml").write_text(pack(GOOD), encoding="utf-8")
    (tmp_path / "deep" / "TEMPLATE.yaml").write_text("schema: x")
    assert load_packs(tmp_path).file_of == {"test.rule": "deep/a.yaml"}


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    assert issues(tmp_path, a="\ufeff" + pack(GOOD)) == []


WORDS = ("rules:", "guards:", "- ", "  ", ": ", ", ", "? ", "id: a.b", "version: 1", "!!set", "!!int ''", "*a", "&a")
MORE = ("yes", "<<", "0b_", "---", "match", "phrases", "kind: forbidden", "2020-13-45", "# x")
FRAGMENTS = st.sampled_from([*"[]{}*&!%~=?|'\"\t\n名", *WORDS, *MORE])


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=80) | st.lists(FRAGMENTS, max_size=14).map(lambda parts: (HEAD + "".join(parts)).encode()))
def test_any_bytes_load_or_are_a_located_fault(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as directory:
        issues(Path(directory), a=raw)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "phrases", "of"]), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [*GOOD, "where", "needs", "facts", "about", "unless", "exceptions", "examples", "sources", "score"]
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(FIELDS, VALUES, min_size=1, max_size=3))
def test_any_values_load_or_are_a_located_fault(change: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        issues(Path(directory), a=pack(GOOD | change))


def test_a_bad_regex_says_nothing_on_its_own(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    issues(tmp_path, a=pack(GOOD | {"match": {"regex": ["(保本"]}}))
    assert capfd.readouterr() == ("", "")


def test_the_packs_that_ship_load() -> None:
    assert len(load_plan(ROOT / "rules").rules) >= 10
