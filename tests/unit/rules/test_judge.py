"""Judging: unknown parties, applicability, late words, products, doubts, purity."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.model import Because, Facts, Inspection, Kind, Outcome, Party, Status, from_json, to_json
from inspector.rules.judge import BECAUSE_ZH
from inspector.rules.plan import Plan
from tests.builders import event_of, hearing_of, judged, lost, outcome, plan_of, rule_of, shipped, shipped_plan, turn

OFFER = event_of("offer", "推荐理财", who="agent")


def because(plan: Plan, heard: Any, **facts: Any) -> Because | None:
    (finding,) = judged(plan, heard, **facts).findings
    return finding.undetermined_because


# ---- an unknown party is "maybe" ----------------------------------------


@pytest.mark.parametrize("kind", ["forbidden", "signal"])
@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("0:01 ? 稳赚不赔", "undetermined"),
        ("0:01 ? 稳赚不赔\n0:09 A 稳赚不赔", "fires"),
        ("0:01 ? 您好\n0:09 A 稳赚不赔", "fires"),
        ("0:01 ? 您好\n0:09 A 请讲", "silent"),
        ("0:01 C 稳赚不赔\n0:09 A 请讲", "silent"),
        ("0:01 S 稳赚不赔\n0:09 A 请讲", "silent"),
        ("0:01 S 稳赚不赔", "not_applicable"),
    ],
)
def test_forbidden_words_of_whom(kind: str, said: str, wanted: str) -> None:
    assert outcome(plan_of(rule_of(kind)), said) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("0:01 A 稳赚不赔", "silent"),
        ("0:01 S 稳赚不赔\n0:09 A 请讲", "silent"),
        ("0:01 ? 稳赚不赔\n0:09 A 请讲", "undetermined"),
        ("0:01 C 稳赚不赔\n0:09 A 请讲", "fires"),
        ("0:01 ? 您好\n0:09 A 请讲", "fires"),
        ("0:01 S 请按键", "undetermined"),
    ],
)
def test_required_words_of_whom(said: str, wanted: str) -> None:
    assert outcome(plan_of(rule_of("required")), said) == wanted


def test_the_reason_is_the_unknown_party() -> None:
    assert because(plan_of(rule_of()), "0:01 ? 稳赚不赔") is Because.PARTY_UNKNOWN
    assert because(plan_of(rule_of("required")), "0:01 ? 稳赚不赔\n0:09 A 请讲") is Because.PARTY_UNKNOWN


# ---- does it apply? ----------------------------------------


@pytest.mark.parametrize("kind", ["required", "forbidden"])
def test_what_it_needs_did_not_occur(kind: str) -> None:
    plan = plan_of(rule_of(kind, needs=["event.offer"]), OFFER)
    assert outcome(plan, "0:01 A 您好") == "not_applicable"
    assert outcome(plan, "0:01 C 推荐理财\n0:09 A 您好") == "not_applicable"


def test_what_it_needs_occurred_perhaps() -> None:
    assert because(plan_of(rule_of("required", needs=["event.offer"]), OFFER), "0:01 ? 推荐理财\n0:09 A 您好") is (
        Because.PARTY_UNKNOWN
    )
    said = "0:01 ? 推荐理财\n0:09 A 稳赚不赔"
    assert because(plan_of(rule_of(needs=["event.offer"]), OFFER), said) is Because.PARTY_UNKNOWN
    assert outcome(plan_of(rule_of("required", needs=["event.offer"]), OFFER), said) == "silent"


@pytest.mark.parametrize(
    ("clause", "facts", "wanted"),
    [
        ({"satisfied": ["ivr_verified"]}, {"ivr_verified": True}, "silent"),
        ({"satisfied": ["ivr_verified"]}, {"ivr_verified": False}, "fires"),
        ({"satisfied": ["ivr_verified"]}, {}, "fires"),
        ({"satisfied": ["ivr_verified=true"]}, {"ivr_verified": True}, "silent"),
        ({"satisfied": ["ivr_verified=false"]}, {"ivr_verified": True}, "fires"),
        ({"not_applicable": ["transfer_from"]}, {"transfer_from": "一线"}, "not_applicable"),
        ({"not_applicable": ["product_type=存款"]}, {"product_type": "存款"}, "not_applicable"),
        ({"not_applicable": ["product_type=存款"]}, {"product_type": "理财"}, "fires"),
    ],
)
def test_business_data_decide(clause: dict[str, list[str]], facts: dict[str, Any], wanted: str) -> None:
    plan = plan_of(rule_of("required", facts=clause))
    assert outcome(plan, hearing_of(turn("A", 1.0, "您好")), **facts) == wanted


# ---- required: parts, evidence, late words ----------------------------------------


PARTS = {"elements": [{"name": "问候", "phrases": ["您好"]}, {"name": "工号", "regex": ["工号[0-9]{4}"]}]}


@pytest.mark.parametrize(
    ("said", "need", "wanted"),
    [
        ("您好工号一零二四", None, "silent"),
        ("您好", None, "fires"),
        ("您好", 1, "silent"),
        ("喂", 1, "fires"),
        ("工号一零二四", 1, "silent"),
    ],
)
def test_k_of_n_parts(said: str, need: int | None, wanted: str) -> None:
    plan = plan_of(rule_of("required", PARTS | ({"need": need} if need else {})))
    assert outcome(plan, f"0:01 A {said}") == wanted


def test_only_the_missing_parts_are_named() -> None:
    (finding,) = judged(plan_of(rule_of("required", PARTS)), "0:01 A 您好").findings
    assert [(one.how, one.wanted, one.quote) for one in finding.evidence] == [("absence", "工号", "")]
    assert finding.coverage is not None


def test_words_of_an_unknown_party_are_shown_not_called_absent() -> None:
    plan = plan_of(rule_of("required", match={"phrases": ["投资有风险"]}))
    (finding,) = judged(plan, "0:01 A 您好请讲\n0:05 ? 投资有风险").findings
    assert [(e.party, e.quote, e.how) for e in finding.evidence] == [(Party.UNKNOWN, "投资有风险", "exact")]


def test_the_evidence_of_an_absence_shows_what_made_it_due() -> None:
    said = "0:01 A 我推荐理财\n0:09 C 帮我办吧\n0:12 A 稳赚不赔"
    consent = event_of("consent", "帮我办吧", who="customer")
    rule = rule_of(
        "required", needs=["event.offer"], where={"before": "event.consent"}, message="没说", late_message="说晚了"
    )
    (finding,) = judged(plan_of(rule, OFFER, consent), said).findings
    assert [one.quote for one in finding.evidence] == ["推荐理财", "帮我办吧", ""]
    assert finding.why == "没说（说晚了）"
    (finding,) = judged(plan_of(rule, OFFER, consent), said.replace("0:12 A", "0:12 ?")).findings
    assert finding.why == "没说"  # whoever said that


# ---- which product? ----------------------------------------


ABOUT = {
    "counts": ["理财"],
    "exempt": ["存款", "理财存款"],
    "pointing": ["这款"],
    "unless": ["comparison", "negation"],
    "facts": {"基金": "counts", "国债": "exempt"},
}


@pytest.mark.parametrize(
    ("said", "facts", "wanted"),
    [
        ("0:09 A 理财稳赚不赔", {}, "fires"),
        ("0:09 A 存款稳赚不赔", {}, "silent"),
        ("0:09 A 稳赚不赔", {}, "undetermined"),
        ("0:09 A 这款稳赚不赔", {}, "fires"),
        ("0:09 A 存款很好理财稳赚不赔", {}, "fires"),
        ("0:09 A 理财很好存款稳赚不赔", {}, "silent"),
        ("0:09 A 稳赚不赔的理财也有存款", {}, "fires"),
        ("0:09 A 稳赚不赔。理财也有", {}, "fires"),
        ("0:09 A 理财啊，这个存款稳赚不赔", {}, "silent"),
        ("0:09 A 理财收益高稳赚不赔。存款也有", {}, "fires"),  # the next sentence is further away
        ("0:09 A 理财存款稳赚不赔", {}, "silent"),  # the longer name
        ("0:09 A 理财比存款稳赚不赔", {}, "fires"),  # only compared with
        ("0:09 A 理财不是存款稳赚不赔", {}, "fires"),  # denied
        ("0:01 C 我要存款\n0:09 A 稳赚不赔", {}, "silent"),
        ("0:01 C 我要存款\n0:05 A 理财呢\n0:09 C 嗯\n0:15 A 稳赚不赔", {}, "fires"),
        ("0:01 C 我要存款\n0:09 A 这款稳赚不赔", {}, "undetermined"),
        ("0:09 A 存款到期了这款稳赚不赔", {}, "undetermined"),
        ("0:09 A 理财到期了这款稳赚不赔", {}, "fires"),
        ("0:09 A 稳赚不赔\n0:15 C 存款吗", {}, "undetermined"),  # said later by another
        ("0:09 A 稳赚不赔", {"product_type": "基金"}, "fires"),
        ("0:09 A 稳赚不赔", {"product_type": "国债"}, "silent"),
        ("0:09 A 稳赚不赔", {"product_type": "别的"}, "undetermined"),
        ("0:09 A 这款稳赚不赔", {"product_type": "国债"}, "silent"),
        ("0:09 A 理财稳赚不赔", {"product_type": "国债"}, "fires"),  # what is said comes first
    ],
)
def test_the_product_in_talk(said: str, facts: dict[str, str], wanted: str) -> None:
    headers = "".join(f"# {name}={value}\n" for name, value in facts.items())
    assert outcome(plan_of(rule_of(about=ABOUT)), headers + said) == wanted


def test_no_product_in_talk_is_a_lack_of_facts() -> None:
    assert because(plan_of(rule_of(about=ABOUT)), "0:09 A 稳赚不赔") is Because.NO_FACTS


# ---- confidence and lost lanes ----------------------------------------


@pytest.mark.parametrize(
    ("kind", "confidence", "wanted"),
    [("forbidden", 0.41, "fires"), ("forbidden", 0.39, "undetermined"), ("signal", 0.1, "fires")],
)
def test_a_guessed_accusation_is_none(kind: str, confidence: float, wanted: str) -> None:
    heard = hearing_of(turn("A", 1.0, "稳赚不赔", conf=confidence))
    assert outcome(plan_of(rule_of(kind)), heard) == wanted


@pytest.mark.parametrize(
    ("lost_s", "heard_s", "wanted"),
    [(6.0, 1.0, "undetermined"), (6.0, 7.0, "silent"), (3.0, 1.0, "silent")],
)
def test_a_lane_that_was_lost_is_not_innocent(lost_s: float, heard_s: float, wanted: str) -> None:
    heard = hearing_of(turn("A", 0.0, "您好", heard_s), lost("A", 20.0, 20.0 + lost_s))
    assert outcome(plan_of(rule_of()), heard) == wanted


def test_a_lost_lane_of_the_other_party_changes_nothing() -> None:
    assert outcome(plan_of(rule_of()), hearing_of(turn("A", 0.0, "您好"), lost("C", 3.0, 60.0))) == "silent"


def test_a_hit_in_a_lost_lane_still_fires() -> None:
    assert outcome(plan_of(rule_of()), hearing_of(turn("A", 0.0, "稳赚不赔"), lost("A", 3.0, 60.0))) == "fires"


# ---- the inspection as a whole ----------------------------------------


SALE = """
# product=理财
0:01 A 喂说
0:05 A 我给您推荐我们这款理财产品保本保息
0:15 C 我的卡被盗刷了行那就帮我办吧
0:20-0:24 ~ A
0:50 ? 稳赚不赔
"""


def test_every_reason_has_its_words() -> None:
    assert set(BECAUSE_ZH) == set(Because)


def test_events_are_no_judgement_and_the_worst_comes_first() -> None:
    inspection = judged(shipped_plan(), SALE)
    judged_rules = {rule.id for rule in shipped().rules if rule.kind is not Kind.EVENT}
    assert set(inspection.by_rule) == judged_rules
    assert sum(inspection.count(answer) for answer in Outcome) == len(judged_rules)
    fired = [finding for finding in inspection.findings if finding.outcome is Outcome.FIRES]
    assert [finding.severity.rank for finding in fired] == sorted(finding.severity.rank for finding in fired)
    assert {"banned.guaranteed_return", "urgent.account_theft"} <= {finding.rule_id for finding in fired}
    assert {found.rule_id for found in inspection.findings} == {
        name for name, answer in inspection.by_rule.items() if answer in ("fires", "undetermined")
    }


def test_deprecated_rules_do_not_answer() -> None:
    plan = plan_of(rule_of(status="deprecated"), rule_of(id="test.other"))
    assert set(judged(plan, "0:01 A 稳赚不赔").by_rule) == {"test.other"}


def test_a_finding_says_why_and_what_to_do() -> None:
    rule = rule_of(message="说了不该说的", remedy="去听", severity="low", status="experimental")
    (finding,) = judged(plan_of(rule), "0:01 A 这款稳赚不赔\n0:09 A 稳赚不赔").findings
    assert (finding.why, finding.remedy, finding.status) == ("说了不该说的", "去听", Status.EXPERIMENTAL)
    assert [(one.quote, one.start_s) for one in finding.evidence] == [("稳赚不赔", 1.5), ("稳赚不赔", 9.0)]
    (finding,) = judged(plan_of(rule), "0:01 ? 稳赚不赔").findings
    assert finding.why == "说了不该说的（无法判定：说话人身份不确定）"
    assert finding.coverage is not None


def test_who_any_names_the_party_that_said_it() -> None:
    (finding,) = judged(plan_of(rule_of(who="any")), "0:01 C 稳赚不赔").findings
    assert finding.party == "customer"


LINES = st.lists(
    st.tuples(
        st.sampled_from("ACS?~"),
        st.integers(0, 90),
        st.text(
            st.sampled_from("这款理财保本稳赚不赔没有您好银行请稍等被盗刷了投资有风险，帮我办吧"),
            min_size=1,
            max_size=24,
        ),
        st.sampled_from(["", "[conf=0.3] ", "[conf=0.5] "]),
    ),
    min_size=1,
    max_size=8,
)


def written(lines: list[tuple[str, int, str, str]]) -> str:
    def one(party: str, at: int, words: str, tags: str) -> str:
        start = f"{at // 60}:{at % 60:02}"
        if party == "~":
            return f"{start}-{(at + 3) // 60}:{(at + 3) % 60:02} ~ A"
        return f"{start} {party} {tags}{words}好"

    return "\n".join(one(*line) for line in lines)


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_the_same_call_gets_the_same_answer_and_survives_json(lines: list[tuple[str, int, str, str]]) -> None:
    text = written(lines)
    inspection = judged(shipped_plan(), text)
    again = judged(shipped().plan(), text)
    assert to_json(again) == to_json(inspection)
    assert from_json(Inspection, to_json(inspection)) == inspection
    for finding in inspection.findings:
        assert finding.outcome is Outcome.FIRES or finding.coverage is not None
        assert finding.evidence or finding.outcome is Outcome.UNDETERMINED


def test_facts_survive_json() -> None:
    facts = Facts(product_type="理财", hold_spans=((1.0, 2.5),), vulnerable=True, custom={"a": "b"})
    assert from_json(Facts, to_json(facts)) == facts


def test_the_digest_knows_what_changes_a_verdict() -> None:
    plain = plan_of(rule_of()).digest
    assert plan_of(rule_of(remedy="别的", title="别的", examples={}, sources=[{"title": "别的"}])).digest == plain
    for change in (
        {"severity": "low"},
        {"unless": ["negation"]},
        {"alert": "x"},
        {"status": "stable"},
        {"message": "x"},
    ):
        assert plan_of(rule_of(**change)).digest != plain
    assert plan_of(rule_of(), guards=()).digest != plain
