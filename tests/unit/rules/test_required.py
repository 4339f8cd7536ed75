"""What must be said: by whom, when, by business data, and what may have been lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inspector.model import Because, Finding, Hearing
from inspector.rules.plan import Plan
from tests.builders import event_of, hearing_of, judged, lost, outcome, plan_of, rule_of, turn

OFFER, REFUSAL = event_of("offer", "推荐理财", who="agent"), event_of("refusal", "不方便说话", who="customer")
RISK = {"phrases": ["投资有风险"]}


def plan(**fields: Any) -> Plan:
    return plan_of(rule_of("required", RISK, **fields), OFFER, REFUSAL)


def finding(of: Plan, heard: Hearing | str, **facts: Any) -> Finding:
    (found,) = judged(of, heard, **facts).findings
    return found


# ---- not_when: what did not surely stay away is a doubt


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("0:01 A 您好\n0:05 C 我现在不方便说话", "not_applicable"),
        ("0:01 A 您好\n0:05 C 您说", "fires"),
        ("0:01 A 您好\n0:05 ? 我现在不方便说话", "undetermined"),  # perhaps the customer
        ("0:01 A 您好投资有风险\n0:05 ? 我现在不方便说话", "silent"),
        ("0:01 A 您好不方便说话\n0:05 C 您说", "fires"),  # not the customer
    ],
)
def test_what_makes_it_not_apply(said: str, wanted: str) -> None:
    assert outcome(plan(not_when=["event.refusal"]), said) == wanted


def test_a_doubtful_exemption_is_the_reason() -> None:
    found = finding(plan(not_when=["event.refusal"]), "0:01 A 您好\n0:05 ? 我现在不方便说话")
    assert found.undetermined_because is Because.PARTY_UNKNOWN and found.coverage is not None
    forbidden = plan_of(rule_of(not_when=["event.refusal"]), REFUSAL)
    assert outcome(forbidden, "0:01 A 稳赚不赔\n0:05 ? 我现在不方便说话") == "undetermined"
    assert outcome(forbidden, "0:01 A 稳赚不赔\n0:05 C 我现在不方便说话") == "not_applicable"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("0:01 A 推荐理财\n0:09 C 好", "fires"),
        ("0:01 A 推荐理财\n0:09 C 我现在不方便说话", "not_applicable"),
        ("0:01 A 您好\n0:09 C 好", "not_applicable"),
        ("0:01 ? 推荐理财\n0:09 A 您好", "undetermined"),
    ],
)
def test_with_needs_too(said: str, wanted: str) -> None:
    assert outcome(plan(needs=["event.offer"], not_when=["event.refusal"]), said) == wanted


# ---- business data


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({}, "not_applicable"),  # only: nobody knows the product
        ({"product_type": "存款"}, "not_applicable"),
        ({"product_type": "理财"}, "fires"),
        ({"product_type": "理财", "transfer_from": "一线"}, "not_applicable"),
        ({"product_type": "理财", "ivr_verified": True}, "silent"),
        ({"product_type": "理财", "product_risk_level": "R4", "customer_risk_level": "C2"}, "fires"),
        (
            {"product_type": "理财", "product_risk_level": "R4", "customer_risk_level": "C2", "ivr_verified": True},
            "fires",  # violated is asked before satisfied
        ),
        (
            {"product_type": "理财", "product_risk_level": "R4", "customer_risk_level": "C2", "transfer_from": "x"},
            "not_applicable",
        ),
    ],
)
def test_the_order_of_business_data(facts: dict[str, Any], wanted: str) -> None:
    clause = {
        "only": ["product_type=理财"],
        "not_applicable": ["transfer_from"],
        "violated": ["product_risk_level>customer_risk_level"],
        "satisfied": ["ivr_verified"],
    }
    assert outcome(plan(facts=clause), hearing_of(turn("A", 1.0, "您好")), **facts) == wanted


VIOLATED = {"violated": ["product_risk_level>customer_risk_level"]}
LEVELS = {"product_risk_level": "R4", "customer_risk_level": "C2", "agent": "1024", "product_code": "X1"}


def test_data_alone_show_the_fault_even_when_it_was_said() -> None:
    found = finding(plan(facts=VIOLATED), hearing_of(turn("A", 1.0, "投资有风险")), **LEVELS)
    (evidence,) = found.evidence
    assert (evidence.how, evidence.wanted) == ("entity", "product_risk_level=R4、customer_risk_level=C2")


def test_only_the_fields_of_the_condition_are_shown() -> None:
    clause = {"violated": ["announced_agent_no=0000", "queue_s>30"]}
    facts = {"announced_agent_no": "0000", "agent": "1024", "queue": "理财", "queue_s": 40.0}
    found = finding(plan(facts=clause), hearing_of(turn("A", 1.0, "您好")), **facts)
    assert found.evidence[0].wanted == "announced_agent_no=0000、queue_s=40.0"


def test_data_need_what_makes_them_matter() -> None:
    needy = plan(facts=VIOLATED, needs=["event.offer"])
    assert outcome(needy, hearing_of(turn("A", 1.0, "您好")), **LEVELS) == "not_applicable"
    found = finding(needy, hearing_of(turn("A", 9.0, "推荐理财")), **LEVELS)
    assert [(one.start_s, one.quote) for one in found.evidence] == [(9.0, "推荐理财"), (9.0, "")]
    doubtful = finding(needy, hearing_of(turn("?", 9.0, "推荐理财"), turn("A", 20.0, "好")), **LEVELS)
    assert doubtful.undetermined_because is Because.PARTY_UNKNOWN and doubtful.coverage is not None


def test_a_rule_of_data_alone() -> None:
    only_data = plan_of(rule_of("required", {"by": "literal"}, facts=VIOLATED))
    assert outcome(only_data, hearing_of(turn("A", 1.0, "您好")), **LEVELS) == "fires"
    assert outcome(only_data, hearing_of(turn("A", 1.0, "您好")), product_risk_level="R1") == "silent"


# ---- nobody there


@pytest.mark.parametrize("where", [{}, {"first": {"seconds": 20}}, {"last": {"seconds": 20}}])
def test_a_call_without_speech_is_not_judged(where: dict[str, Any]) -> None:
    heard = replace(hearing_of(turn("A", 1.0, "您好"), duration_s=60.0), turns=(), speech=())
    assert outcome(plan(where=where), heard) == "not_applicable"


def test_an_agent_who_kept_silent_said_nothing() -> None:
    """The agent speaks later, so the lane works."""
    heard = hearing_of(turn("A", 1.0, "推荐理财"), turn("C", 5.0, "好的好的好的"), turn("A", 60.0, "再见"))
    found = finding(plan(where={"after": "event.offer", "within_s": 10}), heard)
    assert found.undetermined_because is None
    assert found.coverage is not None and found.coverage.speech_s == 0


# ---- heard?   |A 10 s heard|~ lost ~|


@pytest.mark.parametrize(
    ("lost_s", "letter", "wanted"),
    [
        (1.1, "A", "fires"),  # 1.1 of 11.1 s
        (1.2, "A", "undetermined"),  # 10.7 %
        (1.2, "?", "undetermined"),
        (1.2, "C", "fires"),
        (1.2, "S", "fires"),
    ],
)
def test_nine_tenths_must_be_heard(lost_s: float, letter: str, wanted: str) -> None:
    heard = hearing_of(turn("A", 1.0, "好" * 40, 11.0), lost(letter, 12.0, 12.0 + lost_s))
    assert outcome(plan(), heard) == wanted


@pytest.mark.parametrize(("lost_s", "wanted"), [(1.5, "fires"), (1.6, "undetermined")])
def test_no_gap_may_hold_the_whole_wording(lost_s: float, wanted: str) -> None:
    heard = hearing_of(turn("A", 1.0, "好" * 160, 41.0), lost("A", 42.0, 42.0 + lost_s))
    assert outcome(plan(), heard) == wanted


@pytest.mark.parametrize(("confidence", "wanted"), [(0.61, "fires"), (0.59, "undetermined")])
def test_it_must_be_heard_with_confidence(confidence: float, wanted: str) -> None:
    assert outcome(plan(), hearing_of(turn("A", 1.0, "好" * 40, conf=confidence))) == wanted


# ---- several windows


EVERY = {"after": "event.offer", "within_s": 10, "which": "every"}


@pytest.mark.parametrize(
    ("answered", "wanted"),
    [((True, True), "silent"), ((True, False), "fires"), ((False, True), "fires"), ((False, False), "fires")],
)
def test_each_place_must_be_answered(answered: tuple[bool, bool], wanted: str) -> None:
    # |offer|10 s|        |offer|10 s|
    said = [turn("A", 40.0 * at, "推荐理财") for at in range(2)]
    said += [turn("A", 40.0 * at + 3.0, "投资有风险" if done else "您看呢") for at, done in enumerate(answered)]
    heard = hearing_of(*said, duration_s=60.0)
    assert outcome(plan(where=EVERY), heard) == wanted
    if wanted == "fires":
        absent = [one.start_s for one in finding(plan(where=EVERY), heard).evidence if one.how == "absence"]
        assert absent == [40.0 * at + 1.0 for at, done in enumerate(answered) if not done]


def test_a_lost_answer_of_one_place_leaves_the_other_sure() -> None:
    said: list[Any] = [
        turn("A", 0.0, "推荐理财"),
        lost("A", 3.0, 7.0),
        turn("A", 40.0, "推荐理财"),
        turn("A", 43.0, "您看呢"),
    ]
    found = finding(plan(where=EVERY), hearing_of(*said, duration_s=60.0))
    assert found.undetermined_because is None
    assert [one.start_s for one in found.evidence if one.how == "absence"] == [41.0]
