"""Conditions on business data."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.model import Facts
from inspector.rules.facts import FACT_NAMES, fields_of, holds, unknown_fields
from inspector.rules.notation import parse_call
from inspector.rules.plan import compile_plan
from inspector.rules.schema import Rule
from inspector.rules.view import CallView
from tests.unit.rules.test_load import GOOD


@pytest.mark.parametrize(
    ("condition", "facts", "wanted"),
    [
        ("ticket_no", {"ticket_no": "T1"}, True),
        ("ticket_no", {}, False),
        ("ticket_no", {"ticket_no": " "}, False),
        ("ticket_no", {"ticket_no": "无"}, False),
        ("ticket_no", {"ticket_no": "None"}, False),
        ("ivr_verified", {"ivr_verified": True}, True),
        ("ivr_verified", {"ivr_verified": False}, False),
        ("hold_spans", {"hold_spans": ()}, False),
        ("hold_spans", {"hold_spans": ((1.0, 2.0),)}, True),
        ("csat", {"csat": 0.0}, True),  # nought is known
        ("product_type=理财", {"product_type": " 理财 "}, True),
        ("product_type=理财", {"product_type": "存款"}, False),
        ("product_type=理财", {}, False),
        ("channel = CHAT", {"channel": "chat"}, True),
        ("ivr_verified=false", {"ivr_verified": False}, True),
        ("product_type!=存款", {"product_type": "理财"}, True),
        ("product_type!=存款", {"product_type": "存款"}, False),
        ("product_type!=存款", {}, False),  # nobody knows
        ("product_risk_level>customer_risk_level", {"product_risk_level": "R4", "customer_risk_level": "C2"}, True),
        ("product_risk_level>customer_risk_level", {"product_risk_level": "R2", "customer_risk_level": "C2"}, False),
        ("product_risk_level>customer_risk_level", {"product_risk_level": "R4"}, False),
        ("product_risk_level<customer_risk_level", {"customer_risk_level": "C4"}, False),
        ("product_risk_level>customer_risk_level", {"product_risk_level": "高", "customer_risk_level": "C2"}, False),
        ("product_risk_level>2", {"product_risk_level": "R3（中）"}, True),
        ("product_risk_level>3", {"product_risk_level": "R3"}, False),
        ("csat<3", {"csat": 2.5}, True),
        ("csat<2.5", {"csat": 2.5}, False),
        ("nps<0", {"nps": -20.0}, True),
        ("nps>-30", {"nps": -20.0}, True),
        ("product_risk_level>3", {"product_risk_level": "R-4"}, True),  # a dash, no sign
        ("product_risk_level>=3", {"product_risk_level": "R3"}, True),
        ("product_risk_level<=2", {"product_risk_level": "R3"}, False),
        ("csat<=2.5", {"csat": 2.5}, True),
        ("custom.网点", {"custom": {"网点": "城东"}}, True),
        ("custom.网点", {}, False),
        ("custom.网点=城东", {"custom": {"网点": "城东"}}, True),
        ("custom.客户等级>=5", {"custom": {"客户等级": "VIP5"}}, True),
        ("custom.上限>custom.金额", {"custom": {"上限": "50000", "金额": "20000"}}, True),
    ],
)
def test_what_a_condition_says(condition: str, facts: dict[str, Any], wanted: bool) -> None:
    assert holds(Facts(**facts), [condition]) is wanted


def test_one_of_several_is_enough_and_none_of_none() -> None:
    facts = Facts(ticket_no="T1")
    assert holds(facts, ["ivr_verified", "ticket_no"])
    assert not holds(facts, [])


@pytest.mark.parametrize(
    ("condition", "fields", "unknown"),
    [
        ("ticket_no", ("ticket_no",), ()),
        ("product_risk_level>customer_risk_level", ("product_risk_level", "customer_risk_level"), ()),
        ("csat<3", ("csat",), ()),
        ("nps<-3.5", ("nps",), ()),
        ("product_risk_level>R3", ("product_risk_level", "R3"), ("R3",)),
        ("produkt=x", ("produkt",), ("produkt",)),
        ("custom", ("custom",), ("custom",)),
        ("csat>=3", ("csat",), ()),
        ("", ("",), ("",)),
        ("product_type=", ("product_type=",), ("product_type=",)),
    ],
)
def test_what_a_condition_names(condition: str, fields: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    assert (fields_of(condition), unknown_fields(condition)) == (fields, unknown)


TEXTS = st.sampled_from(["R1", "R2", "C3", "高", "12", "-3", "0.5", "无", ""])


@given(left=TEXTS | st.none(), right=TEXTS | st.none())
def test_comparisons_exclude_each_other(left: str | None, right: str | None) -> None:
    facts = Facts(product_risk_level=left, customer_risk_level=right)
    above, below = (holds(facts, [f"product_risk_level{sign}customer_risk_level"]) for sign in "><")
    assert not (above and below)
    if left is None or right is None:
        assert not above and not below
    if right:  # "=" and "!=" are each other's denial wherever the field is known
        same, other = (holds(facts, [f"product_risk_level{sign}{right}"]) for sign in ("=", "!="))
        assert (same != other) is (left is not None)


@given(st.sampled_from(sorted(FACT_NAMES)), st.sampled_from(["", "=x", "!=x", ">3", "<3"]))
def test_what_is_unknown_never_holds(field: str, rest: str) -> None:
    assert not holds(Facts(), [field + rest])


def test_an_event_that_business_data_prove_occurred_at_the_last_words() -> None:
    rule = {"kind": "event", "id": "event.transfer", "match": {"phrases": ["为您转接"]}}
    event = Rule.model_validate(GOOD | {"who": "agent", **rule, "facts": {"satisfied": ["transfer_to"]}})
    plan = compile_plan((event,), ())
    said = "0:01 A 您好云川银行\n0:05 C 我要查账\n0:08 A 好的"

    def places(text: str) -> list[tuple[float, str]]:
        found = CallView(*parse_call(text, "x"), plan).event("event.transfer")
        return [(place.hit.start_s, place.hit.how) for place in found if place.because is None]

    assert places(said) == []
    assert places(f"# transfer_to=信贷\n{said}") == [(8.0, "entity")]
    assert places(f"# transfer_to=信贷\n{said}\n0:10 A 我为您转接") == [(10.25, "exact")]
