"""Faults of craft in packs that load."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.rules.check import check_packs
from inspector.rules.load import Packs
from inspector.rules.matchers import Match
from inspector.rules.prove import prove
from inspector.rules.schema import PackFile, Rule
from tests.builders import event_of, rule_of, shipped

EXAMPLES: dict[str, Any] = {
    "fires": [{"name": "甲", "call": "0:01 A 这款稳赚不赔"}, {"name": "乙", "call": "0:01 A 这款稳转不赔"}],
    "silent": [{"name": "甲", "call": "0:01 A 这款不稳赚不赔"}, {"name": "乙", "call": "0:01 C 稳赚不赔"}],
    "undetermined": [{"name": "甲", "call": "0:01 ? 稳赚不赔\n0:05-0:09 ~ A"}],
}
TOLD: dict[str, Any] = {"message": "说了", "remedy": "去听", "examples": EXAMPLES, "unless": ["negation"]}


def packs_of(*rules: Rule) -> Packs:
    pack = PackFile.model_validate({"schema": "inspector.rules/1", "pack": "测试", "guards": shipped().guards})
    return Packs([("a.yaml", pack.model_copy(update={"rules": rules}))])


def found(*rules: Rule) -> list[tuple[str, str, str]]:
    return [(issue.severity, issue.field, issue.what) for issue in check_packs(packs_of(*rules))]


def fields(*rules: Rule) -> list[tuple[str, str]]:
    return [(severity, field) for severity, field, _ in found(*rules)]


def changed(**examples: Any) -> dict[str, Any]:
    return TOLD | {"examples": EXAMPLES | examples}


@pytest.mark.parametrize("severity", ["low", "critical"])
def test_a_rule_well_made_has_no_fault(severity: str) -> None:
    assert found(rule_of(severity=severity, **TOLD)) == []


def test_an_issue_names_file_and_rule() -> None:
    (issue,) = check_packs(packs_of(rule_of(**TOLD | {"remedy": ""})))
    assert (issue.file, issue.rule, issue.field, issue.severity) == ("a.yaml", "test.rule", "remedy", "warning")


@pytest.mark.parametrize(
    ("kind", "examples", "wanted"),
    [
        ("forbidden", {"fires": EXAMPLES["fires"][1:]}, [("error", "examples.fires")]),
        ("forbidden", {"silent": []}, [("error", "examples.silent"), ("warning", "examples"), ("warning", "examples")]),
        ("forbidden", {"undetermined": []}, []),
        ("required", {"undetermined": []}, [("error", "examples.undetermined"), ("warning", "examples")]),
        ("event", {"fires": []}, [("error", "examples.fires"), ("warning", "id")]),
    ],
)
def test_too_few_examples(kind: str, examples: dict[str, Any], wanted: list[tuple[str, str]]) -> None:
    homophone = {"known_misses": [{"name": "丙", "call": "0:01 C 稳转不赔"}]}
    assert fields(rule_of(kind, **changed(**examples | homophone))) == wanted


def test_silence_needs_one_example_each_way() -> None:
    examples = {"fires": EXAMPLES["fires"][:1], "silent": EXAMPLES["silent"][:1]}
    told = {"message": "m", "remedy": "r", "examples": examples}
    assert found(rule_of("metric", {"silence": {"limit_s": 15}}, **told)) == []
    assert fields(rule_of("metric", {"silence": {"limit_s": 15}}, message="m", remedy="r")) == [
        ("error", "examples.fires"),
        ("error", "examples.silent"),
    ]


@pytest.mark.parametrize(
    "match",
    [
        {"rate": {"limit_cpm": 300}},
        {"interruption": {}},
        {"hangup": {"by": "agent"}},
        {"response": {"offer": ["有什么可以帮您"]}},
        {"value": {"words": ["年化"], "fact": "product_rates"}},
        {"emotion": {}, "phrases": ["稳赚不赔"]},
    ],
)
@pytest.mark.parametrize("kind", ["metric", "signal"])
def test_every_measure_needs_one_example_each_way(kind: str, match: dict[str, Any]) -> None:
    told = {"message": "m", "remedy": "r"}
    both = {"fires": EXAMPLES["fires"][1:], "silent": EXAMPLES["silent"][:1]}
    assert found(rule_of(kind, match, **told, examples=both)) == []
    lacking = fields(rule_of(kind, match, **told, examples={**both, "silent": []}))
    assert lacking == [("error", "examples.silent")]


CLAUSE = "根据反洗钱法规定我行需要了解您的资金用途"


@pytest.mark.parametrize(
    ("terms", "named"),
    [
        ([], None),
        (["反洗钱", "资金用途"], None),
        (["反洗钱、法"], None),  # punctuation is not read
        (["資金用途"], None),
        (["资金来源", "反洗钱"], "资金来源"),
        (["返洗钱"], "返洗钱"),  # as it sounds is not as it is written
    ],
)
def test_key_terms_that_nobody_can_read(terms: list[str], named: str | None) -> None:
    issues = found(rule_of("required", {"similar": {"text": CLAUSE, "key_terms": terms}}, **TOLD))
    assert [(severity, field) for severity, field, _ in issues] == (
        [("error", "match.similar.key_terms")] if named else []
    )
    assert all(what == f"原文里没有这些关键词：{named}" for _, _, what in issues)


@pytest.mark.parametrize(
    ("match", "wanted"),
    [
        ({"rate": {"limit_cpm": 240}}, []),
        ({"rate": {"limit_cpm": 239}}, [("warning", "match.rate.limit_cpm")]),
        ({"rate": {"limit_cpm": 300, "over_s": 20}}, []),
        ({"rate": {"limit_cpm": 300, "over_s": 19.9}}, [("warning", "match.rate.over_s")]),
        ({"value": {"words": ["年化"], "fact": "product_rates", "tolerance": 0.5}}, []),
        (
            {"value": {"words": ["年化"], "fact": "product_rates", "tolerance": 0.51}},
            [("warning", "match.value.tolerance")],
        ),
    ],
)
def test_limits_that_are_none(match: dict[str, Any], wanted: list[tuple[str, str]]) -> None:
    assert fields(rule_of("metric", match, message="m", remedy="r", examples=EXAMPLES)) == wanted


def test_an_example_that_is_no_call() -> None:
    broken = changed(known_misses=[{"name": "坏", "call": "您好"}])
    assert fields(rule_of(**broken)) == [("error", "examples.known_misses.坏")]


@pytest.mark.parametrize(
    ("match", "wanted"),
    [
        ({"phrases": ["稳赚不赔"]}, [("warning", "examples")]),
        ({"phrases": ["稳赚不赔"], "by": "literal"}, []),
        ({"phrases": ["稳赚"]}, []),
        ({"regex": ["稳赚不赔"]}, []),
    ],
)
def test_no_homophone_among_the_examples(match: dict[str, Any], wanted: list[tuple[str, str]]) -> None:
    assert fields(rule_of(match=match, **changed(fires=EXAMPLES["fires"][:1] * 2))) == wanted


@pytest.mark.parametrize(("heard", "wanted"), [("稳转不赔", []), ("银行存宽", ["没有同音字的例子"])])
def test_the_exceptions_of_a_condition_are_none_of_its_wording(heard: str, wanted: list[str]) -> None:
    conditions = {"甲": {"phrases": ["稳赚不赔"], "exceptions": {"phrases": ["银行存款"]}}}
    examples = {"fires": said("0:01 A 稳赚不赔"), "silent": said(f"0:01 C 稳赚不赔\n0:09 A {heard}")}
    rule = rule_of(logic="甲", conditions=conditions, message="说了", remedy="去听", examples=examples)
    assert [what for _, _, what in found(rule.model_copy(update={"match": Match()}))] == wanted


@pytest.mark.parametrize(
    ("kind", "severity", "denial", "wanted"),
    [
        ("forbidden", "critical", "这款不稳赚不赔", []),
        ("forbidden", "critical", "这款没有说稳赚不赔", []),
        ("forbidden", "critical", "这款当然稳赚不赔", ["examples"]),  # something put in, but no negation
        ("forbidden", "critical", "那款不稳赚不赔", ["examples"]),  # another sentence
        ("forbidden", "critical", "这款并没有跟您说稳赚不赔", ["examples"]),  # too much put in
        ("forbidden", "high", "那款不稳赚不赔", []),
        ("signal", "critical", "那款不稳赚不赔", []),
    ],
)
def test_a_critical_accusation_needs_its_denial(kind: str, severity: str, denial: str, wanted: list[str]) -> None:
    silent = [{"name": "甲", "call": f"0:01 A {denial}"}, {"name": "乙", "call": "0:01 C 稳赚不赔"}]
    assert [field for _, field in fields(rule_of(kind, severity=severity, **changed(silent=silent)))] == wanted


def said(call: str) -> list[dict[str, str]]:
    return [{"name": name, "call": call} for name in "甲乙"]


@pytest.mark.parametrize(
    ("kind", "examples", "wanted"),
    [
        ("forbidden", {}, []),
        ("forbidden", {"silent": said("0:01 A 不稳赚不赔")}, ["没有说话人不对的例子"]),
        ("forbidden", {"silent": said("0:01 C 稳赚不赔")}, ["没有守卫起作用的例子"]),
        ("forbidden", {"silent": said("0:01 ? 稳赚不赔")}, ["没有说话人不对的例子", "没有守卫起作用的例子"]),
        ("required", {}, ["没有说话人不对的例子"]),
        ("required", {"fires": [*said("0:01 A 您好\n0:04 C 稳转不赔")]}, []),
        ("required", {"undetermined": said("0:01 A 您好\n0:03 C 稳转不赔")}, ["没有没听清的例子"]),
        ("required", {"undetermined": said("0:01 A [conf=0.5] 您好\n0:03 C 稳转不赔")}, []),
    ],
)
def test_what_examples_leave_unproved(kind: str, examples: dict[str, Any], wanted: list[str]) -> None:
    assert [what for _, _, what in found(rule_of(kind, **changed(**examples)))] == wanted


@pytest.mark.parametrize(
    ("match", "words"),
    [
        ({"phrases": ["推荐*理财"]}, "推荐您买理财"),
        ({"entity": ["amount"]}, "余额五千块"),
        ({"sequence": {"of": [["请核对"], ["已提交"]]}}, "请核对好的已提交"),
    ],
)
@pytest.mark.parametrize(("party", "wanted"), [("C", []), ("?", ["没有说话人不对的例子"])])
def test_the_wrong_party_is_seen_to_say_wording_of_any_sort(
    match: dict[str, Any], words: str, party: str, wanted: list[str]
) -> None:
    examples = {"fires": said(f"0:01 A {words}"), "silent": said(f"0:01 {party} {words}")}
    rule = rule_of(match=match, message="说了", remedy="去听", examples=examples)
    assert [what for _, _, what in found(rule)] == wanted


def test_a_rule_of_both_parties_has_no_wrong_one_and_one_without_guards_needs_none() -> None:
    examples = changed(silent=said("0:01 S 稳赚不赔"))
    assert fields(rule_of(who="any", **examples | {"unless": []})) == []


@pytest.mark.parametrize(
    ("match", "wanted"),
    [
        ({"phrases": ["稳赚不赔", "穩賺，不賠"]}, [("warning", "match.phrases")]),
        ({"phrases": ["稳赚不赔"], "regex": ["保本", "保息", "保本"]}, [("warning", "match.regex")]),
        ({"phrases": ["稳赚不赔", "稳赚"]}, []),
        *(({"phrases": ["稳赚不赔"], "regex": [it]}, []) for it in (".{0,3}保本", "(保本|.保息)", "保.*本", r"保本\.")),
        *(
            ({"phrases": ["稳赚不赔"], "regex": [it]}, [("warning", "match.regex")])
            for it in (".*保本", "保本.+", "(保本.*)", "^.{2,}保本", "(.+保)本", "保本.{3,}$", "保本.*?")
        ),
    ],
)
def test_wording_that_adds_nothing(match: dict[str, Any], wanted: list[tuple[str, str]]) -> None:
    assert fields(rule_of(match=match, **TOLD)) == wanted


@pytest.mark.parametrize(
    ("leaf", "wanted"),
    [
        ({"phrases": ["稳赚不赔", "保本"], "by": "pinyin"}, [("warning", "match.phrases")]),
        ({"phrases": ["稳赚不赔", "保本"]}, []),  # the default is not the author's word
        ({"phrases": ["稳赚不赔", "保本"], "by": "literal"}, [("warning", "examples")] * 0),
        ({"phrases": ["稳赚不赔"], "by": "pinyin_confusable"}, []),
    ],
)
def test_short_words_asked_to_be_matched_by_sound(leaf: dict[str, Any], wanted: list[tuple[str, str]]) -> None:
    assert fields(rule_of(match=leaf, **TOLD)) == wanted


@pytest.mark.parametrize(
    "pattern",
    [
        "稳赚",
        "(稳|肯定)赚.{0,4}",
        "[一二三四五六七八九十0-9]{1,4}万",
        r"r[2-5]\d+\D\S",
        "(?i)abc",
        "(?P<Name>稳赚)",
        r"\p{Han}+稳",
        "买三五万",
        "12378",
        "[^不没]赚",
    ],
)
def test_patterns_that_can_be_found(pattern: str) -> None:
    assert found(rule_of(match={"phrases": ["稳赚不赔"], "regex": [pattern]}, **TOLD)) == []


@pytest.mark.parametrize(
    ("pattern", "lost"),
    [
        ("保證", "證"),
        ("Ｒ２", "Ｒ２"),
        ("R[2-5]", "R"),
        ("稳，赚", "，"),
        ("[歲年]赚", "歲"),
        ("幺二三七八", "幺二三七八"),
        ("收益%", "%"),
    ],
)
def test_patterns_that_no_folded_call_contains(pattern: str, lost: str) -> None:
    ((severity, field, what),) = found(rule_of(match={"phrases": ["稳赚不赔"], "regex": [pattern]}, **TOLD))
    assert (severity, field) == ("error", "match.regex")
    assert f"“{lost}”" in what


CARD = "622202020011223344"  # 18 digits; the nineteenth makes it valid


def luhn(body: str) -> str:
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body))]
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("电话13800138000", "手机号"),
        ("电话幺三八零零幺三八零零零", "手机号"),
        ("电话１３８ 0013-8000", "手机号"),
        ("卡号" + CARD + luhn(CARD), "卡号"),
        ("身份证11010519491231002X", "身份证号"),
        ("身份证11010519491231002x", "身份证号"),
        ("电话1380013800", None),
        ("电话12800138000", None),
        ("流水913800138000", None),
        ("卡号" + CARD + str((int(luhn(CARD)) + 1) % 10), None),
        ("身份证110105194912310021", None),
        ("尾号六六一二", None),
    ],
)
def test_data_that_look_real(words: str, what: str | None) -> None:
    for case in ({"name": "丙", "call": f"0:01 C {words}"}, {"name": "丙", "call": f"# campaign={words}\n0:01 C 您好"}):
        issues = found(rule_of(**changed(known_misses=[case])))
        assert [(severity, text) for severity, _, text in issues] == (
            [("error", f"例子里有像真的{what}")] if what else []
        )


def test_an_event_that_nobody_uses() -> None:
    event = event_of("offer", "推荐").model_copy(update={"examples": rule_of(**TOLD).examples})
    assert fields(event) == [("warning", "id")]
    for use in ({"needs": ["event.offer"]}, {"where": {"before": "event.offer"}}, {"where": {"after": "event.offer"}}):
        assert found(event, rule_of(**TOLD | use)) == []
    for part in ({"not_after": ["event.offer"]}, {"relaxed": [{"after": ["event.offer"], "limit_s": 20}]}):
        assert found(event, rule_of("metric", {"silence": {"limit_s": 15} | part}, **TOLD)) == []


@pytest.mark.parametrize(
    ("kind", "status", "sources", "wanted"),
    [
        ("signal", "stable", [], [("warning", "sources")]),
        ("signal", "stable", [{"title": "办法"}], []),
        ("signal", "test", [], []),
        ("forbidden", "stable", [], []),
    ],
)
def test_a_stable_signal_names_its_source(
    kind: str, status: str, sources: list[dict[str, str]], wanted: list[tuple[str, str]]
) -> None:
    assert fields(rule_of(kind, status=status, sources=sources, **TOLD)) == wanted


def test_a_finding_without_words() -> None:
    assert fields(rule_of(examples=EXAMPLES, unless=["negation"])) == [("warning", "message"), ("warning", "remedy")]


# ---- the proof ----------------------------------------


def faults(rule: Rule, only: str | None = None) -> list[tuple[str, str, str]]:
    return [(proof.group, proof.name, proof.fault) for proof in prove(packs_of(rule), only) if proof.fault]


def test_examples_that_hold() -> None:
    assert faults(rule_of(**TOLD)) == []
    assert len(list(prove(packs_of(rule_of(**TOLD))))) == 5


def test_examples_that_do_not_hold_are_told() -> None:
    swapped = {"fires": EXAMPLES["silent"], "silent": EXAMPLES["fires"], "known_misses": EXAMPLES["fires"]}
    told = faults(rule_of(**TOLD | {"examples": swapped}))
    assert [group for group, _, _ in told] == ["fires", "fires", "silent", "silent", "known_misses", "known_misses"]
    assert told[0] == ("fires", "甲", "应为 fires，实为 silent")


def test_an_example_that_cannot_be_read_does_not_hold() -> None:
    ((group, name, fault),) = faults(rule_of(**changed(known_misses=[{"name": "坏", "call": "您好"}])))
    assert (group, name) == ("known_misses", "坏")
    assert "line 1" in fault


def test_events_are_proved_too_and_the_deprecated_no_more() -> None:
    assert faults(rule_of("event", **TOLD)) == []
    assert [proof.answer for proof in prove(packs_of(rule_of("event", **TOLD)))][-1] == "undetermined"
    assert list(prove(packs_of(rule_of(status="deprecated", **TOLD)))) == []


def test_only_one_rule_is_proved() -> None:
    both = packs_of(rule_of(**TOLD), rule_of(**TOLD | {"id": "test.other"}))
    assert {proof.rule_id for proof in prove(both, "test.other")} == {"test.other"}
