"""When in a call a rule can tell: derived from its fields and from the events it hangs on."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.rules.facts import FACT_NAMES
from inspector.rules.live_class import LATE_FACTS, Live, LiveClass, live_of, stands_alone
from inspector.rules.matchers import Exceptions, Leaf, Match
from inspector.rules.schema import About, Anchor, FactsClause, Rule, Where
from tests.builders import event_of, rule_of

OFFER = event_of("offer", "推荐理财")
CONSENT = event_of("consent", "同意购买")
TRANSFER = rule_of("event", id="event.transfer", facts={"satisfied": ["queue"]}, title="转接")
RULES = {rule.id: rule for rule in (OFFER, CONSENT, TRANSFER)}


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
    ],
)
def test_live_class(kind: str, fields: dict[str, Any], wanted: str) -> None:
    assert live(kind, **fields).live_class == wanted


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


def test_late_data_are_business_data() -> None:
    assert LATE_FACTS <= FACT_NAMES


WEIGHED = {
    Rule: "id version title kind class_ severity status who where needs needs_any not_when facts match about unless "
    "exceptions message late_message remedy alert alert_unless score prefer asks sources examples",
    Where: "first last before since after until around within_s within_turns which",
    Anchor: "spoke_last turns seconds",
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
