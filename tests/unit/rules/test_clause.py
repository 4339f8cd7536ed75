"""A clause that must be read word for word: how much of it was said, and what that proves."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.model import Because, Finding, Hearing, Party
from inspector.rules.clause import Alignment, Verbatim
from inspector.rules.matchers import Similar
from inspector.rules.schema import Rule
from tests.builders import event_of, hearing_of, judged, lost, outcome, passage, plan_of, rule_of, turn

CLAUSE = "根据反洗钱法规定我行需要了解您的资金来源和资金用途请您如实提供相关信息并配合核实"  # 40 characters
TALK = "您好云川银行很高兴为您服务请问有什么可以帮到您的好的马上帮您查询一下请稍等片刻感谢您的耐心等待"
FOREIGN = "喵嗷呜哞咩"  # sounds that the clause does not have
OPENING = event_of("opening", "我要开户", who="any")


def aligned(spoken: str, *key_terms: str) -> Alignment | None:
    return Verbatim(Similar(text=CLAUSE, key_terms=key_terms)).align(passage(spoken))


def rule(*key_terms: str, **fields: Any) -> Rule:
    return rule_of("required", {"similar": {"text": CLAUSE, "key_terms": list(key_terms)}}, **fields)


def finding(heard: Hearing | str, *key_terms: str, **fields: Any) -> Finding:
    (found,) = judged(plan_of(rule(*key_terms, **fields), OPENING), heard).findings
    return found


def spoilt(places: range) -> str:
    """The clause with other sounds in these places."""
    return "".join(FOREIGN[at % 5] if at in places else char for at, char in enumerate(CLAUSE))


# ---- how much of it was said ----------------------------------------


def test_read_in_full_it_is_all_there() -> None:
    found = aligned("好的，" + CLAUSE + "您看可以吗")
    assert found is not None
    assert (found.start, found.end, found.score) == (2, 42, 1.0)


def test_punctuation_and_homophones_change_little() -> None:
    found = aligned("根据返洗钱法规定，我行需要了解您的资金来源和资金用途。请您如实提供相关信息并配合核实")
    assert found is not None and found.score == pytest.approx((39 + 0.97) / 40)


@given(st.sets(st.integers(0, 39), max_size=6), st.text(st.sampled_from(TALK), max_size=30))
def test_syllables_replaced_cost_no_more_than_themselves(wrong: set[int], before: str) -> None:
    spoken = "".join(FOREIGN[at % 5] if at in wrong else char for at, char in enumerate(CLAUSE))
    found = aligned(before + spoken)
    assert found is not None
    assert (40 - len(wrong)) / 40 - 1e-9 <= found.score <= 1.0


@given(st.sets(st.integers(0, 39), max_size=6))
def test_syllables_left_out_cost_themselves(gone: set[int]) -> None:
    found = aligned("".join(char for at, char in enumerate(CLAUSE) if at not in gone))
    assert found is not None
    assert found.score == pytest.approx((40 - len(gone)) / 40, abs=1e-9)


@given(st.text(st.sampled_from(TALK), max_size=400))
def test_other_talk_is_not_nearly_the_clause(talk: str) -> None:
    found = aligned("好" + talk)
    assert found is None or found.score < 0.65


def test_its_words_in_another_order_are_not_the_clause() -> None:
    found = aligned(CLAUSE[20:] + CLAUSE[:20])
    assert found is not None and found.score == pytest.approx(0.5, abs=0.1)


# ---- what that proves ----------------------------------------


@pytest.mark.parametrize(
    ("wrong", "wanted"),
    [
        (0, "silent"),
        (6, "silent"),  # 34 of 40 = 0.85
        (7, "undetermined"),
        (14, "undetermined"),  # 26 of 40 = 0.65
        (15, "fires"),
    ],
)
def test_just_above_and_below_each_band(wrong: int, wanted: str) -> None:
    heard = hearing_of(turn("A", 1.0, CLAUSE[: 40 - wrong] + "喵" * wrong))
    assert outcome(plan_of(rule()), heard) == wanted


@pytest.mark.parametrize(
    ("said", "wanted", "because"),
    [
        (CLAUSE, "silent", None),
        (CLAUSE.replace("资金用途", "资金用喵"), "undetermined", Because.BETWEEN_THRESHOLDS),  # one slip: who knows
        (CLAUSE.replace("资金用途", "资金喵喵"), "undetermined", Because.BETWEEN_THRESHOLDS),
        (CLAUSE.replace("资金用途", "资喵喵喵"), "fires", None),
        (CLAUSE.replace("资金用途", "喵嗷呜哞"), "fires", None),
        (CLAUSE.replace("和资金用途", ""), "fires", None),
        (CLAUSE.replace("资金用途", "姿金用途"), "silent", None),  # a homophone
    ],
)
def test_a_key_term_must_be_there_and_must_surely_lack(said: str, wanted: str, because: Because | None) -> None:
    heard = hearing_of(turn("A", 1.0, said))
    assert outcome(plan_of(rule("资金用途")), heard) == wanted
    if wanted != "silent":
        assert finding(heard, "资金用途").undetermined_because is because


def test_a_key_term_that_lacks_is_named() -> None:
    found = finding(hearing_of(turn("A", 1.0, CLAUSE.replace("和资金用途", ""))), "资金用途", "资金来源")
    assert "缺少关键词：资金用途" in found.why
    (evidence,) = found.evidence
    assert (evidence.how, evidence.party, evidence.wanted) == ("similar", Party.AGENT, CLAUSE)
    assert evidence.quote.startswith("根据反洗钱法") and evidence.quote.endswith("配合核实")


@pytest.mark.parametrize(
    ("lost_at_s", "wanted"),
    [
        (6.2, "undetermined"),  # |…资金来源|~~~~|请您如实…|      just there
        (30.0, "fires"),  # far from the reading
    ],
)
def test_a_key_term_may_be_in_what_was_not_heard(lost_at_s: float, wanted: str) -> None:
    first, second = CLAUSE.split("和资金用途")
    said = [turn("A", 0.0, first, 6.0), turn("A", 7.5, second, 12.0), turn("A", 40.0, TALK, 60.0)]
    heard = hearing_of(*said, lost("A", lost_at_s, lost_at_s + 1.2))
    assert outcome(plan_of(rule("资金用途")), heard) == wanted


def test_nothing_like_it_is_an_absence() -> None:
    found = finding(hearing_of(turn("A", 1.0, TALK)))
    assert [(one.how, one.quote, one.wanted) for one in found.evidence] == [("absence", "", CLAUSE)]
    assert found.coverage is not None and found.undetermined_because is None


# ---- by whom, where ----------------------------------------


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ([turn("S", 1.0, CLAUSE), turn("A", 20.0, "您好")], "silent"),  # an announcement says it
        ([turn("C", 1.0, CLAUSE), turn("A", 20.0, "您好")], "fires"),
        ([turn("?", 1.0, CLAUSE), turn("A", 20.0, "您好")], "undetermined"),
        ([turn("A", 1.0, CLAUSE[:20]), turn("?", 7.0, CLAUSE[20:])], "undetermined"),  # half of it each
        ([turn("A", 1.0, CLAUSE[:20]), turn("C", 7.0, "嗯"), turn("A", 8.0, CLAUSE[20:])], "silent"),
        ([turn("A", 1.0, TALK), turn("?", 20.0, TALK)], "fires"),  # unknown talk without it changes nothing
        ([turn("C", 1.0, CLAUSE)], "undetermined"),  # the agent was lost
    ],
)
def test_who_must_read_it(said: list[Any], wanted: str) -> None:
    assert outcome(plan_of(rule()), hearing_of(*said)) == wanted


def test_unknown_talk_does_not_hide_a_key_term_that_lacks() -> None:
    said = [turn("A", 1.0, CLAUSE.replace("和资金用途", "")), turn("?", 20.0, TALK)]
    assert outcome(plan_of(rule("资金用途")), hearing_of(*said)) == "fires"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        # |A 您说我要开户是吧，根据反洗钱法…|      what makes it due and the clause in one turn
        ([turn("A", 1.0, "您说我要开户是吧" + CLAUSE)], "silent"),
        ([turn("C", 1.0, "我要开户"), turn("A", 5.0, CLAUSE)], "silent"),
        ([turn("A", 1.0, CLAUSE), turn("C", 20.0, "我要开户"), turn("A", 25.0, "好的")], "fires"),  # before it was due
        ([turn("C", 1.0, "我要开户"), turn("A", 5.0, "好的")], "fires"),
        ([turn("A", 5.0, "您好")], "not_applicable"),
        ([turn("?", 1.0, "我要开户"), turn("A", 5.0, "好的")], "undetermined"),
    ],
)
def test_after_what_makes_it_due(said: list[Any], wanted: str) -> None:
    plan = plan_of(rule(where={"after": "event.opening"}), OPENING)
    assert outcome(plan, hearing_of(*said)) == wanted


def test_an_announcement_before_the_agents_first_word_counts() -> None:
    said = [turn("S", 0.0, CLAUSE), turn("A", 20.0, "您好请讲")]
    assert outcome(plan_of(rule(where={"first": {"seconds": 20}})), hearing_of(*said)) == "silent"


@pytest.mark.parametrize(
    ("heard", "because"),
    [
        (hearing_of(turn("A", 1.0, TALK), lost("A", 20.0, 25.0)), Because.NOT_HEARD),
        (hearing_of(turn("A", 1.0, TALK, conf=0.5)), Because.LOW_CONFIDENCE),
        (hearing_of(turn("A", 1.0, TALK), ends_early=True), Because.CUT_OFF),
    ],
)
def test_what_was_not_heard_well_is_not_missed(heard: Hearing, because: Because) -> None:
    found = finding(heard)
    assert found.undetermined_because is because
    assert found.coverage is not None


def test_turns_that_overlap_leave_evidence_in_order() -> None:
    # |A 根据 … 资金来源 ……|      the announcement ends before the agent's turn does
    #        |S 和资金 … 核实|
    said = [turn("A", 1.0, CLAUSE[:18], 30.0), turn("S", 2.0, CLAUSE[18:30], 5.0)]
    (evidence,) = finding(hearing_of(*said)).evidence
    assert 1.0 <= evidence.start_s < evidence.end_s <= 30.0
