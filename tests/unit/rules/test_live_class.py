"""When in a call a rule can tell: derived from its fields and from the events it hangs on."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.rules.facts import FACT_NAMES
from inspector.rules.live_class import LATE_FACTS, Live, LiveClass, live_of, stands_alone
from inspector.rules.matchers import Exceptions, Leaf, Match
from inspector.rules.schema import About, Anchor, Between, Condition, Effective, FactsClause, Rule, Where
from tests.builders import event_of, rule_of

OFFER = event_of("offer", "推荐理财")
CONSENT = event_of("consent", "同意购买")
TRANSFER = rule_of("event", id="event.transfer", facts={"satisfied": ["queue"]}, title="转接")
AGREED = rule_of("event", id="event.agreed", needs=["event.offer"], title="同意推荐")
LOST = rule_of("event", id="event.lost", needs=["event.transfer"])
SOON = rule_of("event", id="event.soon", where={"after": "event.agreed", "within_s": 9})
SOLD = rule_of("event", id="event.sold", logic="甲 and 乙", conditions={n: {"phrases": [n * 4]} for n in "甲乙"})
EITHER = rule_of("event", id="event.either", logic="甲 or 乙", conditions={n: {"phrases": [n * 4]} for n in "甲乙"})
RULES = {rule.id: rule for rule in (OFFER, CONSENT, TRANSFER, AGREED, LOST, SOON, SOLD, EITHER)}


def live(kind: str, **fields: Any) -> Live:
    return live_of(rule_of(kind, **fields), RULES)


@pytest.mark.parametrize(
    ("kind", "fields", "wanted"),
    [
        ("forbidden", {}, "early"),
        ("signal", {"needs": ["event.offer"], "where": {"after": "event.offer"}}, "early"),
        ("forbidden", {"where": {"before": "event.consent"}, "facts": {"only": ["product_type"]}}, "early"),
        ("metric", {"match": {"value": {"words": ["年化"], "fact": "product_rates"}}}, "early"),
        ("required", {"where": {"first": {"turns": 2}}}, "deadline"),
        ("required", {"where": {"before": "event.consent"}}, "deadline"),
        ("required", {"where": {"after": "event.offer", "within_turns": 3}}, "deadline"),
        ("required", {"where": {"after": "event.offer", "until": "event.consent"}}, "deadline"),
        ("required", {"where": {"around": "event.offer", "within_s": 9, "which": "every"}}, "deadline"),
        ("required", {}, "after_call"),
        ("required", {"where": {"after": "event.offer"}}, "after_call"),
        ("required", {"where": {"last": {"turns": 2}}}, "after_call"),
        ("forbidden", {"where": {"after": "event.offer", "within_s": 9, "which": "last"}}, "after_call"),
        ("forbidden", {"not_when": ["event.consent"]}, "after_call"),
        ("forbidden", {"facts": {"not_applicable": ["hangup_by=customer"]}}, "after_call"),
        ("forbidden", {"needs": ["event.transfer"]}, "after_call"),
        ("metric", {"match": {"silence": {"limit_s": 15}}}, "after_call"),
        ("metric", {"match": {"hangup": {"by": "agent"}}}, "after_call"),
        ("signal", {"match": {"emotion": {}, "phrases": ["气死我了"]}}, "after_call"),
        ("forbidden", {"where": {"between": {"from_s": 30, "to_s": 90}}}, "early"),
        ("required", {"where": {"between": {"from_s": 30, "to_s": 90}}}, "deadline"),
        ("forbidden", {"where": {"between": {"from_percent": 10, "to_percent": 50}}}, "after_call"),
        ("required", {"where": {"first": {"percent": 10, "turns": 2}}}, "after_call"),
        ("required", {"where": {"before": ["event.consent", "event.offer"]}}, "deadline"),
        ("required", {"where": {"before": "event.consent", "within_s": 30}}, "deadline"),
        ("forbidden", {"where": {"before": "event.consent", "within_turns": 3}}, "early"),
        ("required", {"where": {"around": "event.offer", "within_turns": 0}}, "deadline"),
        ("required", {"where": {"after": "event.offer", "within_s": 9, "which": "nth", "nth": 2}}, "deadline"),
        ("required", {"where": {"after": "event.offer", "within_s": 9, "which": "any"}}, "after_call"),
        ("forbidden", {"where": {"after": "event.offer", "within_s": 9, "which": "any"}}, "early"),
        ("forbidden", {"effective": {"from": "2026-01-01"}}, "early"),
        ("forbidden", {"match": {"sequence": {"of": [["先买"], ["再说"]]}}}, "after_call"),
        ("forbidden", {"match": {"phrases": ["稳赚", "不赔"], "distinct": 2}}, "early"),
    ],
)
def test_live_class(kind: str, fields: dict[str, Any], wanted: str) -> None:
    assert live(kind, **fields).live_class == wanted


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"needs": ["event.agreed"]}, "early"),  # once it is one it stays one, and no other place is found
        ({"needs": ["event.sold"]}, "early"),
        ({"needs": ["event.either"]}, "after_call"),
        ({"needs": ["event.lost"]}, "after_call"),
        ({"where": {"after": "event.agreed"}}, "early"),
        ({"where": {"after": "event.soon"}}, "early"),
        ({"where": {"before": "event.agreed"}}, "after_call"),  # may turn out to lie before what was said
        ({"where": {"before": ["event.offer", "event.agreed"], "within_s": 9}}, "after_call"),
        ({"where": {"after": "event.offer", "until": "event.soon"}}, "after_call"),
    ],
)
def test_what_an_event_hangs_on_is_followed(fields: dict[str, Any], wanted: str) -> None:
    assert live("forbidden", **fields).live_class == wanted


@pytest.mark.parametrize(
    ("kind", "logic", "where", "wanted"),
    [
        ("forbidden", "甲 and 乙", {}, "early"),
        ("forbidden", "甲 or 乙", {"between": {"from_s": 0, "to_s": 9}}, "early"),
        ("forbidden", "甲 and 乙", {"after": "甲", "within_s": 9}, "early"),
        ("forbidden", "甲 and 乙", {"after": "丙", "within_s": 9}, "early"),  # 丙 hangs on 甲
        ("forbidden", "甲 and 乙", {"before": "丙"}, "after_call"),
        ("forbidden", "甲 and 乙", {"after": "甲", "within_turns": 2}, "deadline"),
        ("forbidden", "甲 and 乙", {"first": {"turns": 2}}, "deadline"),
        ("forbidden", "甲 and 乙", {"after": "甲", "which": "every"}, "after_call"),
        ("forbidden", "甲 and 乙", {"first": {"percent": 20}}, "after_call"),
        ("forbidden", "甲 and not 乙", {}, "after_call"),
        ("forbidden", "甲 and not 乙", {"first": {"seconds": 20}}, "deadline"),
        ("forbidden", "甲 and not 乙", {"after": "甲", "within_s": 9}, "after_call"),
        ("required", "not 甲 and not 乙", {}, "early"),  # fires by what was said
        ("required", "乙", {"between": {"from_s": 0, "to_s": 9}}, "deadline"),
        ("required", "甲 or 乙", {"first": {"turns": 2}}, "after_call"),
    ],
)
def test_joined_conditions(kind: str, logic: str, where: dict[str, Any], wanted: str) -> None:
    conditions = {
        "甲": {"phrases": ["推荐理财"]},
        "乙": {"phrases": ["投资有风险"], "where": where},
        "丙": {"phrases": ["不再需要"], "where": {"after": "甲", "within_s": 9}},
    }
    assert live(kind, logic=logic, conditions=conditions).live_class == wanted


def test_the_reasons_of_conditions_name_them() -> None:
    soon = {"phrases": ["投资有风险"], "where": {"after": "甲", "within_s": 9}}
    conditions = {"甲": {"phrases": ["推荐理财"]}, "乙": soon, "丙": {"phrases": ["完全自愿"]}}
    waits = ("乙：“甲”可能没听清，到通话结束都没说才算", "丙：到通话结束都没说才算")
    assert live("forbidden", logic="甲 and not 乙 and not 丙", conditions=conditions).why == waits
    conditions["乙"] = {"phrases": ["投资有风险"], "where": {"first": {"turns": 2, "seconds": 9}}}
    assert live("forbidden", logic="甲 and not 乙", conditions=conditions).why == ("乙：开头 2 句、9 秒过完就能断定",)


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ({"before": "event.consent", "within_s": 30}, "出现“测试”就能断定"),
        ({"around": "event.offer", "within_turns": 2}, "“测试”之后 2 句过完就能断定"),
        ({"around": "event.offer", "within_turns": 0}, "“测试”那一句说完就能断定"),
        ({"around": "event.offer", "within_s": 9, "which": "nth", "nth": 2}, "第 2 处“测试”之后 9 秒过完就能断定"),
        ({"between": {"from_s": 30, "to_s": 90}}, "通话到 90 秒就能断定"),
    ],
)
def test_what_closes_a_window_is_told(where: dict[str, Any], why: str) -> None:
    assert live("required", where=where).why == (why,)


def test_the_reasons_are_for_people() -> None:
    both = live("required", where={"last": {"turns": 3}}, not_when=["event.consent"], facts={"only": ["ticket_no"]})
    assert both.why == ("之后出现“测试”就不适用", "要看最后几句", "业务数据 ticket_no 通话结束后才有")
    where = {"after": "event.offer", "within_s": 30, "within_turns": 6, "until": "event.consent"}
    why = "出现“测试”或“测试”之后 6 句、30 秒过完就能断定"
    assert live("required", where=where) == Live(LiveClass.DEADLINE, (why,))


def test_a_class_without_a_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a reason"):
        Live(LiveClass.EARLY, ())


def test_what_stands_alone_looks_at_nothing_else() -> None:
    assert stands_alone(rule_of(unless=["negation"], exceptions={"phrases": ["据说"]}))
    assert not stands_alone(rule_of(about={"counts": ["理财"], "exempt": ["存款"]}))
    assert not stands_alone(rule_of(needs=["event.offer"]))
    assert not stands_alone(rule_of(where={"first": {"turns": 2}}))
    assert not stands_alone(rule_of("required"))
    conditions: dict[str, Any] = {name: {"phrases": ["稳赚不赔"]} for name in "甲乙"}
    assert stands_alone(rule_of(logic="甲 or 乙", conditions=conditions))
    assert not stands_alone(rule_of(logic="甲 and not 乙", conditions=conditions))
    conditions["乙"] = {"phrases": ["稳赚不赔"], "where": {"after": "甲"}}
    assert not stands_alone(rule_of(logic="甲 or 乙", conditions=conditions))


def test_late_data_are_business_data() -> None:
    assert LATE_FACTS <= FACT_NAMES


WEIGHED = {
    Rule: "id version title kind class_ severity status effective who where needs needs_any not_when facts match "
    "conditions logic about unless exceptions message late_message remedy alert alert_unless score prefer asks "
    "sources examples",
    Condition: "phrases by regex near entity sequence not_regex not_inside distinct clearly who where times unless "
    "exceptions about",
    Effective: "from_ to",
    Where: "first last between before since after until around within_s within_turns which nth",
    Anchor: "spoke_last turns seconds percent",
    Between: "from_s to_s from_percent to_percent",
    FactsClause: "only not_applicable violated satisfied",
    About: "counts exempt pointing unless facts",
    Leaf: "phrases by regex near entity sequence not_regex not_inside distinct clearly",
    Exceptions: "phrases by regex near entity sequence not_regex not_inside distinct clearly reach chars",
    Match: "phrases by regex near entity sequence not_regex not_inside distinct clearly times elements need similar "
    "silence interruption rate response emotion hangup value repeat duration turns talk_share loudness nl",
}


@pytest.mark.parametrize("model", WEIGHED)
def test_every_field_was_weighed(model: type[Rule]) -> None:
    """Who adds a field must say what it does to the live class and to what is certain (live_class, incremental)."""
    assert {*model.model_fields} == {*WEIGHED[model].split()}
