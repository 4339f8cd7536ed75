"""Explanations of single rules, and that they are the judge's own."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from inspector.cli.messages import say
from inspector.model import Because, Outcome, Party
from inspector.reports.explained import Explained, explained_lines
from inspector.rules.explain import Explanation, Fate, Reason, explain
from inspector.rules.judge import BECAUSE_ZH
from inspector.rules.matchers import Match
from inspector.rules.notation import parse_call
from inspector.rules.schema import Rule
from tests.builders import event_of, plan_of, rule_of


def told(text: str, *rules: Rule) -> Explanation:
    return explain("test.rule", *parse_call(text, "built"), plan_of(*rules))


def fates(found: Explanation) -> list[tuple[str, Fate, tuple[str, ...]]]:
    return [
        (one.hit.passage.quote(one.hit.start, one.hit.end), one.fate, one.by) for p in found.parts for one in p.heard
    ]


def lines(found: Explanation) -> str:
    return "\n".join(explained_lines(Explained(found, (), False, str), partial(say, "zh")))


def test_a_hit_that_stands() -> None:
    found = told("0:01 A 这款稳赚不赔", rule_of())
    assert (found.verdict.outcome, found.reason) == (Outcome.FIRES, Reason.SAID)
    assert fates(found) == [("稳赚不赔", Fate.STANDS, ())]


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("0:01 A 不稳赚不赔", ("unless.negation",)),
        ("0:01 A 假的稳赚不赔", ("exceptions",)),
        ("0:01 A 存款稳赚不赔", ("about",)),
        ("0:01 A 存款不稳赚不赔", ("unless.negation", "about")),
    ],
)
def test_what_cancels_a_hit_is_named(text: str, by: tuple[str, ...]) -> None:
    rule = rule_of(
        unless=["negation"], exceptions={"phrases": ["假的稳赚不赔"]}, about={"counts": ["理财"], "exempt": ["存款"]}
    )
    found = told(text, rule)
    assert found.reason in (Reason.CANCELLED, Reason.UNDETERMINED)
    assert fates(found) == [("稳赚不赔", Fate.CANCELLED, by)]


def test_an_unlike_wording_and_the_words_of_others_are_shown_and_do_not_count() -> None:
    found = told("0:01 C 稳赚不赔\n0:10 A 稳住不亏的\n0:20 A 稳赚不亏", rule_of())
    assert fates(found) == [("稳赚不赔", Fate.OTHER_PARTY, ()), ("稳赚不亏", Fate.TOO_UNLIKE, ())]
    assert found.reason is Reason.NOT_SAID


def test_a_place_outside_the_window_is_told() -> None:
    rule = rule_of(where={"first": {"turns": 1}})
    found = told("0:01 A 您好\n0:10 C 您好请问一下\n0:20 A 稳赚不赔", rule)
    assert (found.verdict.outcome, found.reason) == (Outcome.SILENT, Reason.OUTSIDE)
    assert "不在时段内" in lines(found)


def test_events_windows_and_coverage_of_what_was_not_said() -> None:
    rule = rule_of(
        "required",
        {"phrases": ["投资有风险"]},
        needs=["event.recommend"],
        where={"after": "event.recommend", "within_s": 30},
    )
    found = told("0:01 A 推荐给您\n0:05 A 就这样再见", rule, event_of("recommend", "推荐给您"))
    assert (found.verdict.outcome, found.reason) == (Outcome.FIRES, Reason.NOT_SAID)
    assert {(event.field, len(event.places)) for event in found.events} == {("needs", 1), ("where.after", 1)}
    assert [party for party, _ in found.covered] == [Party.AGENT]
    text = lines(found)
    assert "“event.recommend”之后 30 秒，起因" in text
    assert "听清程度（坐席）" in text


def test_why_a_rule_does_not_apply() -> None:
    needs = rule_of(needs=["event.x"]), event_of("x", "推荐给您")
    assert told("0:01 A 您好", *needs).reason is Reason.NOT_OCCURRED
    exempt = rule_of(not_when=["event.x"]), event_of("x", "推荐给您")
    assert told("0:01 A 推荐给您稳赚不赔", *exempt).reason is Reason.EXEMPT
    by_data = told("# product=存款\n0:01 A 稳赚不赔", rule_of(facts={"not_applicable": ["product_type=存款"]}))
    assert by_data.reason is Reason.DATA_EXCLUDE
    assert "业务数据 facts.not_applicable product_type=存款：product_type=存款 → 成立" in lines(by_data)
    assert told("0:01 C 您好", rule_of()).reason is Reason.NO_BASIS


def joined(kind: str, logic: str, **fields: Any) -> Rule:
    conditions = {
        "拒绝": {"who": "customer", "phrases": ["我不需要"]},
        "再推": {"phrases": ["再考虑一下"], "unless": ["negation"], "where": {"after": "拒绝", "within_s": 20}},
        "自愿": {"phrases": ["完全自愿"], "unless": ["question"]},
    }
    used = {name: one for name, one in conditions.items() if name in logic or name == "拒绝"}
    return rule_of(kind, logic=logic, conditions=used, **fields).model_copy(update={"match": Match()})


def test_conditions_are_told_with_party_window_hits_and_value() -> None:
    found = told("0:10 C 我不需要\n0:15 A 再考虑一下\n0:20 A 完全自愿吗", joined("forbidden", "再推 and not 自愿"))
    assert (found.verdict.outcome, found.reason, found.holds) == (Outcome.FIRES, Reason.LOGIC_HOLDS, True)
    values = {one.name: {side: answer.value for side, answer in one.answers.items()} for one in found.joined}
    assert values == {"拒绝": {}, "再推": {True: True}, "自愿": {False: False}}
    text = lines(found)
    assert "逻辑：再推[真] and not 自愿[假] → 真" in text
    assert "条件“再推”（坐席）：真（看是否确实说了）" in text
    assert "“拒绝”之后 20 秒，起因 0:10.0–0:11.0 客户" in text
    assert "取消（守卫 question）" in text


def test_an_unsure_condition_says_why() -> None:
    found = told("0:10 C 我不需要\n0:15 A 再考虑一下\n0:20-0:25 ~ A", joined("forbidden", "再推 and not 自愿"))
    assert (found.verdict.outcome, found.reason, found.holds) == (Outcome.UNDETERMINED, Reason.UNDETERMINED, None)
    assert "自愿[不确定] → 不确定" in lines(found)
    assert "不确定（看是否确实没说）（存疑：相关时段未听清）" in lines(found)


def test_what_is_required_is_told_from_the_other_side() -> None:
    found = told("0:10 A 您好", joined("required", "自愿"))
    assert (found.verdict.outcome, found.reason, found.holds) == (Outcome.FIRES, Reason.LOGIC_HOLDS_NOT, False)


def test_conditions_that_nobody_asked_have_no_value() -> None:
    found = told("0:10 A 完全自愿", joined("forbidden", "自愿", needs=["event.x"]), event_of("x", "推荐给您"))
    assert (found.reason, found.holds) == (Reason.NOT_OCCURRED, None)
    assert "逻辑：自愿（没有问到）" in lines(found)
    assert [(one.name, [heard.fate for heard in one.part.heard]) for one in found.joined][1:] == [
        ("自愿", [Fate.STANDS])
    ]
    dated = joined("forbidden", "自愿", effective={"from": "2026-01-01"})
    assert told("# start=2025-12-31T10:00:00+08:00\n0:10 A 完全自愿", dated).reason is Reason.NOT_IN_FORCE


def test_a_silent_measure_tells_what_it_measured() -> None:
    rule = rule_of("metric", {"silence": {"limit_s": 15}}, who="any")
    found = told("0:01 A 您好\n0:08 C 您好", rule)
    assert (found.verdict.outcome, found.reason) == (Outcome.SILENT, Reason.WITHIN_LIMIT)
    assert "静音6.5秒" in lines(found)


def test_an_explanation_is_masked() -> None:
    found = told("0:01 A 稳赚不赔六二二二零零", rule_of(match={"regex": ["稳赚不赔.*"]}))
    assert "六二二二" not in lines(found)


def test_reasons_are_those_of_the_judge() -> None:
    assert {because: say("zh", f"because_{because}") for because in Because} == BECAUSE_ZH
    for fate in Fate:
        assert say("zh", f"fate_{fate}")
    for reason in Reason:
        assert say("zh", f"explain_{reason}")
