"""Word lists: written out while packs are loaded, every fault located."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import PackError
from inspector.rules.families import written_out
from inspector.rules.load import load_packs
from inspector.rules.match import Wording
from inspector.rules.matchers import Leaf
from inspector.rules.schema import PackFile
from tests.builders import outcome, passage, plan_of, rule_of

SURE = {"name": "保证词", "words": ["保证", "担保"]}
GOOD = {"name": "产品", "words": ["理财", "基金", "信托"]}


def file_of(match: dict[str, Any], *lists: dict[str, Any], **fields: Any) -> PackFile:
    rule = rule_of(match=match, **fields).model_dump(by_alias=True, exclude_unset=True)
    whole = {"schema": "inspector.rules/1", "pack": "测试", "lists": list(lists), "rules": [rule]}
    return PackFile.model_validate(whole)


def written(match: dict[str, Any], *lists: dict[str, Any], **fields: Any) -> tuple[Any, list[str]]:
    ((_, pack),), issues = written_out([("a.yaml", file_of(match, *lists, **fields))])
    return pack.rules[0], [f"{issue.rule}:{issue.field} {issue.what}" for issue in issues]


def test_every_combination_of_a_phrase() -> None:
    rule, issues = written({"phrases": ["{保证词}{产品}赚", "肯定赚"]}, SURE, GOOD)
    pairs = [f"{sure}{product}赚" for sure in SURE["words"] for product in GOOD["words"]]
    assert rule.match.phrases == (*pairs, "肯定赚")
    assert issues == []


def test_a_pattern_has_alternatives_and_keeps_its_own_braces() -> None:
    rule, issues = written({"regex": [r"\p{Han}{保证词}.{0,4}[{}a]赚\{产品\}", "甲{1,2}"]}, SURE, GOOD)
    assert rule.match.regex == (r"\p{Han}(?:保证|担保).{0,4}[{}a]赚\{产品\}", "甲{1,2}")
    assert issues == []


def test_words_are_written_into_patterns_as_calls_are() -> None:
    rule, _ = written({"regex": ["{词}"]}, {"name": "词", "words": ["ＡＰＰ", "ａ．ｂ", "理財產品", "理财"]})
    assert rule.match.regex == ("(?:理财产品|app|ab|理财)",)


def test_pairs_exceptions_products_and_conditions_have_them_too() -> None:
    rule, issues = written(
        {"near": [{"of": [["{保证词}"], ["收益"]]}]},
        SURE,
        exceptions={"phrases": ["不{保证词}"]},
        about={"counts": ["{保证词}金"], "exempt": ["存款"]},
        conditions={"甲": {"phrases": ["{保证词}过"], "exceptions": {"regex": ["{保证词}书"]}}},
    )
    assert issues == []
    assert rule.match.near[0].of == (("保证", "担保"), ("收益",))
    assert rule.exceptions.phrases == ("不保证", "不担保")
    assert rule.about.counts == ("保证金", "担保金")
    assert rule.conditions["甲"].phrases == ("保证过", "担保过")
    assert rule.conditions["甲"].exceptions.regex == ("(?:保证|担保)书",)


def test_a_list_may_hold_lists() -> None:
    rule, issues = written({"phrases": ["{全}"]}, {"name": "全", "words": ["我{保证词}", "{产品}"]}, SURE, GOOD)
    assert rule.match.phrases == ("我保证", "我担保", "理财", "基金", "信托")
    assert issues == []


def test_a_rule_without_lists_is_the_same_record() -> None:
    pack = file_of({"phrases": ["稳赚"], "regex": ["稳{1,2}赚", "稳{1,2}赚"]})
    ((_, done),), _ = written_out([("a.yaml", pack)])
    assert done.rules[0] is pack.rules[0]


def test_words_change_the_digest_of_the_rules_that_use_them() -> None:
    rule, _ = written({"phrases": ["{保证词}赚"]}, SURE)
    more, _ = written({"phrases": ["{保证词}赚"]}, SURE | {"words": ["保证"]})
    assert rule.digest != more.digest


def chain(length: int) -> list[dict[str, Any]]:
    return [{"name": f"表{at}", "words": ["词" if at == length else f"{{表{at + 1}}}"]} for at in range(1, length + 1)]


LONG = {"name": "长", "words": ["长" * 150]}
MANY = {"name": "多", "words": [f"词{at}" for at in range(50)]}
BROKEN: list[tuple[dict[str, Any], list[dict[str, Any]], list[str]]] = [
    ({"phrases": ["{没有}赚"]}, [], ["test.rule:match.phrases 没有名为 没有 的词表"]),
    ({"regex": ["{没有}赚"]}, [], ["test.rule:match.regex 没有名为 没有 的词表"]),
    ({"near": [{"of": [["{没有}"], ["x"]]}]}, [], ["test.rule:match.near.of 没有名为 没有 的词表"]),
    ({"regex": ["[{保证词}]赚"]}, [SURE], ["test.rule:match.regex 词表不能写在方括号里"]),
    ({"phrases": ["x"]}, [SURE, SURE], [":lists.保证词 词表名重复"] * 2),
    ({"phrases": ["x"]}, [{"name": "甲", "words": ["{甲}"]}], [":lists.甲 词表互相引用，成了一个圈：甲 → 甲"]),
    (
        {"phrases": ["{甲}"]},
        [{"name": "甲", "words": ["{乙}"]}, {"name": "乙", "words": ["{甲}"]}],
        [":lists.甲 词表互相引用，成了一个圈：甲 → 乙 → 甲", ":lists.乙 词表互相引用，成了一个圈：乙 → 甲 → 乙"],
    ),
    ({"phrases": ["{表1}"]}, chain(5), []),
    ({"phrases": ["{表1}"]}, chain(6), [":lists.表1 词表 表1 套了 6 层"]),
    ({"phrases": ["x"]}, [{"name": "甲", "words": ["……"]}], [":lists.甲 只有标点，没有字"]),
    ({"phrases": ["{多}{多}"]}, [MANY], ["test.rule:match.phrases 一条词句展开成 2500 条"]),
    ({"phrases": ["x"]}, [MANY, {"name": "甲", "words": ["{多}{多}"]}], [":lists.甲 一条词句展开成 2500 条"]),
    (
        {"phrases": ["x"]},
        [MANY, {"name": "甲", "words": [f"{{多}}号{at}" for at in range(41)]}],
        [":lists.甲 词表 甲 展开后超过 2000 个词"],
    ),
    ({"phrases": ["{长}{长}"]}, [LONG], ["test.rule:match.phrases 词句展开后太长"]),
    ({"regex": ["{多}" * 60]}, [LONG, MANY], []),
    ({"regex": ["{长}" * 60] * 2}, [{"name": "长", "words": ["长" * 190, "短" * 190]}], ["too long"] * 2),
]


@pytest.mark.parametrize(("match", "lists", "wanted"), BROKEN)
def test_every_fault_is_located(match: dict[str, Any], lists: list[dict[str, Any]], wanted: list[str]) -> None:
    _, issues = written(match, *lists)
    wanted = ["test.rule:match.regex 正则展开后超过 20000 个字符" if one == "too long" else one for one in wanted]
    assert issues == wanted


def test_lists_of_one_file_serve_another(tmp_path: Path) -> None:
    pack = {"schema": "inspector.rules/1", "pack": "表", "lists": [SURE, GOOD]}
    (tmp_path / "z.yaml").write_text(yaml.safe_dump(pack, allow_unicode=True), "utf-8")
    user = file_of({"phrases": ["{保证词}{产品}赚"]}).model_dump(mode="json", by_alias=True, exclude_unset=True)
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(user, allow_unicode=True), "utf-8")
    assert len(load_packs(tmp_path).rules[0].match.phrases) == 6
    (tmp_path / "z.yaml").unlink()
    with pytest.raises(PackError, match=r"^a\.yaml:test\.rule:match\.phrases  没有名为 保证词 的词表"):
        load_packs(tmp_path)


WORDS = st.lists(st.text(alphabet="保证赚钱理财", min_size=1, max_size=4), min_size=1, max_size=4, unique=True)


@given(WORDS, WORDS, st.text(alphabet="保证赚钱理财好", max_size=12))
def test_a_phrase_and_a_pattern_with_lists_find_the_same(one: list[str], two: list[str], said: str) -> None:
    lists = [{"name": "一", "words": one}, {"name": "二", "words": two}]
    rule, issues = written({"phrases": ["{一}{二}"], "regex": ["{一}{二}"], "by": "literal"}, *lists)
    assert issues == []
    by_phrase = Wording(Leaf(phrases=rule.match.phrases, by="literal"))
    by_pattern = Wording(Leaf(regex=rule.match.regex))
    heard = [passage(f"嗯{said}")]
    assert bool(by_phrase.all(heard, 1.0)) is bool(by_pattern.all(heard, 1.0))


def test_what_is_written_out_judges() -> None:
    rule, _ = written({"phrases": ["{保证词}{产品}不亏"]}, SURE, GOOD)
    assert outcome(plan_of(rule), "0:01 A 我担保信托不亏") == "fires"
    assert outcome(plan_of(rule), "0:01 A 我说信托不亏") == "silent"
