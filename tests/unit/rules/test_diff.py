"""What differs between two sets of packs, and in words."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from inspector.cli.messages import say
from inspector.model import Outcome
from inspector.reports.rules_diff import diff_lines
from inspector.rules.diff import Bearing, Moved, diff_packs, moved_outcomes
from inspector.rules.notation import parse_call
from inspector.rules.schema import Rule
from tests.builders import event_of, rule_of
from tests.unit.rules.test_lock import NOT, packs


def words(old: Rule, new: Rule) -> list[str]:
    consent = event_of("consent", "同意")
    diff = diff_packs(packs(old, consent), packs(new, consent))
    return list(diff_lines(diff, [], {consent.id: "同意"}, partial(say, "zh")))


def test_equal_packs_do_not_differ() -> None:
    diff = diff_packs(packs(rule_of()), packs(rule_of()))
    assert (diff.added, diff.removed, diff.changed, diff.guards) == ((), (), (), ())


def test_rules_come_go_and_are_renamed() -> None:
    other = rule_of(id="test.gone", match={"phrases": ["别的说法"]})
    diff = diff_packs(packs(rule_of(), other), packs(rule_of(id="test.named"), rule_of("event", id="event.new")))
    assert [rule.id for rule in diff.added] == ["event.new"]
    assert [rule.id for rule in diff.removed] == ["test.gone"]
    assert [(change.old_id, change.rule.id) for change in diff.changed] == [("test.rule", "test.named")]


@pytest.mark.parametrize(
    ("change", "bearing", "unversioned"),
    [
        ({"match": {"phrases": ["别的"]}}, Bearing.VERDICT, True),
        ({"alert": "duty", "title": "别的"}, Bearing.ROUTING, True),
        ({"title": "别的"}, Bearing.TEXT, False),
        ({"asks": ["S1"]}, Bearing.PROOF, False),
        ({"severity": "low", "version": 2}, Bearing.ROUTING, False),
    ],
)
def test_a_change_says_what_it_can_change(change: dict[str, Any], bearing: Bearing, unversioned: bool) -> None:
    (found,) = diff_packs(packs(rule_of()), packs(rule_of(**change))).changed
    assert (found.bearing, found.unversioned) == (bearing, unversioned)


def test_changes_are_told_in_words() -> None:
    minute, longer = ({"after": "event.consent", "within_s": seconds} for seconds in (60, 90))
    old = rule_of(match={"phrases": ["甲甲甲", "乙乙乙"]}, where=minute, exceptions={"phrases": ["丙"]})
    new = rule_of(match={"phrases": ["甲甲甲", "丁丁丁"]}, where=longer, version=2)
    head, *changes = words(old, new)
    assert "版本 1 → 2" in head
    assert "影响判断" in head
    assert set(changes) == {
        "  找什么（phrases）：新增 丁丁丁（1 条）",
        "  找什么（phrases）：删去 乙乙乙（1 条）",
        "  时段：“同意”之后 60 秒 → “同意”之后 90 秒",
        "  例外（phrases）：删去 丙（1 条）",
    }


def test_conditions_and_logic_are_told_in_words() -> None:
    def rule(logic: str, effective: dict[str, str], *, where: dict[str, Any], times: int) -> Rule:
        conditions = {"甲": {"phrases": ["甲甲甲"]}, "乙": {"phrases": ["乙乙乙"], "where": where, "times": times}}
        return rule_of(logic=logic, conditions=conditions, effective=effective)

    old = rule("甲 and not 乙", {"from": "2026-01-01"}, where={"after": "甲", "within_turns": 0}, times=1)
    new = rule("甲 and 乙", {"from": "2026-02-01"}, where={"around": "甲", "within_s": 9, "which": "any"}, times=2)
    assert set(words(old, new)[1:]) == {
        "  生效日期（from）：2026-01-01 → 2026-02-01",
        "  逻辑：甲 and not 乙 → 甲 and 乙",
        "  条件（乙.时段）：“甲”之后 那一句 → “甲”前后 9 秒；任何一处",
        "  条件（乙.次数）：（没有写） → 2",
    }


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"between": {"from_s": 30, "to_s": 90}}, "通话第 30 到 90 秒"),
        ({"between": {"from_percent": 10, "to_percent": 50}}, "该方说话的 10% 到 50%"),
        ({"first": {"percent": 10}}, "该方最初 10%"),
        ({"before": ["event.consent", "event.x"]}, "到“同意或 event.x”为止"),
        ({"before": "event.consent", "within_s": 30, "within_turns": 3}, "“同意”之前 3 句或 30 秒"),
        (
            {"after": "event.consent", "within_s": 9, "which": "nth", "nth": 2},
            "“同意”之后 9 秒；第 2 处",
        ),
    ],
)
def test_windows_are_told_in_words(where: dict[str, Any], said: str) -> None:
    assert words(rule_of(), rule_of(where=where))[1] == f"  时段：全程 → {said}"


def test_another_order_is_a_change_too() -> None:
    one, other = ({"phrases": phrases} for phrases in (["甲甲甲", "乙乙乙"], ["乙乙乙", "甲甲甲"]))
    assert words(rule_of(match=one), rule_of(match=other))[1] == "  找什么（phrases）：只换了顺序"


def test_an_element_is_known_by_its_name() -> None:
    def rule(*greetings: str) -> Rule:
        elements = [{"name": "问候", "phrases": greetings}, {"name": "机构", "phrases": ["云川银行"]}]
        return rule_of("required", {"elements": elements})

    assert words(rule("您好"), rule("您好", "早上好"))[1:] == ["  找什么（elements.问候.phrases）：新增 早上好（1 条）"]


def test_a_changed_guard_names_the_rules_that_use_it() -> None:
    joined = {"甲": {"phrases": ["甲甲甲"], "unless": ["negation"]}}
    rules = (
        rule_of(unless=["negation"]),
        rule_of(id="test.other"),
        rule_of(id="test.joined", logic="甲", conditions=joined),
    )
    other = NOT.model_copy(update={"turn_words": ("但是",)})
    (found,) = diff_packs(packs(*rules), packs(*rules, guards=(other,))).guards
    assert (found.name, found.used_by) == ("negation", ("test.joined", "test.rule"))
    assert [(change.field, change.added) for change in found.changes] == [("turn_words", ("但是",))]


def test_calls_that_are_judged_otherwise_are_named() -> None:
    old, new = packs(rule_of()), packs(rule_of(match={"phrases": ["别的说法"]}), rule_of(id="test.new"))
    calls = [(text, *parse_call(f"0:01 A {text}", "c")) for text in ("稳赚不赔", "您好", "别的说法")]
    assert list(moved_outcomes(calls, old, new)) == [
        Moved("稳赚不赔", "test.rule", Outcome.FIRES, Outcome.SILENT),
        Moved("别的说法", "test.rule", Outcome.SILENT, Outcome.FIRES),
    ]
