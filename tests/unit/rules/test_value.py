"""Figures said against business data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inspector.model import Because, Finding, Hearing, Turn
from tests.builders import hearing_of, judged, lost, outcome, plan_of, rule_of, turn

PLAN = plan_of(rule_of("metric", {"value": {"words": ["年化", "年利率"], "fact": "product_rates", "tolerance": 0.1}}))


def answer(said: str | Hearing, rates: str | None = "3.5") -> str:
    heard = hearing_of(turn("A", 1.0, said)) if isinstance(said, str) else said
    return outcome(PLAN, heard, product_rates=rates)


def finding(heard: Hearing, rates: str = "3.5") -> Finding:
    (found,) = judged(PLAN, heard, product_rates=rates).findings
    return found


@pytest.mark.parametrize(
    ("said", "rates", "wanted"),
    [
        ("年化百分之三点五", "3.5", "silent"),
        ("年化百分之三点六", "3.5", "silent"),  # 0.1 is allowed
        ("年化百分之三点六二", "3.5", "fires"),
        ("年化百分之三点三九", "3.5", "fires"),
        ("年化3.5%", "3.5%", "silent"),
        ("年化3.9%", "3.5%", "fires"),
        ("年化百分之三点五", "3.2-3.8", "silent"),
        ("年化百分之三点五", "3.2%-3.8%", "silent"),
        ("年化百分之三点五", "３．２％～３．８％", "silent"),
        ("年化百分之三点五", "3.2%至3.8%", "silent"),
        ("年化百分之三点五", "3.8—3.2", "silent"),
        ("年化百分之三", "3.2%-3.8%", "fires"),
        ("年化百分之三点五", "2.0；3.5", "silent"),
        ("年化百分之三", "2.0；3.5", "fires"),
        ("年化百分之三点九", None, "not_applicable"),
        ("年化百分之三点九", "见产品说明书", "not_applicable"),
        ("年化很高", "3.5", "not_applicable"),
        ("手续费百分之六", "3.5", "not_applicable"),  # beside no such word
        ("百分之六是年化", "3.5", "not_applicable"),  # before the word
    ],
)
def test_what_is_said_and_what_is_known(said: str, rates: str | None, wanted: str) -> None:
    assert answer(said, rates) == wanted


@pytest.mark.parametrize(
    ("between", "wanted"),
    [("收益大概能够达到这个", "fires"), ("收益大概能够达到这一个", "not_applicable")],
)
def test_how_far_from_the_word(between: str, wanted: str) -> None:
    assert answer(f"年化{between}百分之六") == wanted


@pytest.mark.parametrize(
    ("limits", "said", "held", "wanted"),
    [
        ({"kind": "amount"}, "手续费五十块", "50", "silent"),
        ({"kind": "amount"}, "手续费五十块", "60元", "fires"),
        ({"kind": "amount"}, "手续费三块五", "3.5", "silent"),
        ({"kind": "amount"}, "手续费大概三万五", "35000", "silent"),  # without a unit
        ({"kind": "amount"}, "手续费大概三万五", "3.4万", "fires"),
        ({"kind": "amount"}, "手续费三个，五十块", "50", "silent"),  # three of something
        ({"kind": "amount"}, "手续费十几万", "50", "not_applicable"),
        ({"kind": "amount"}, "手续费五万块，不是六万块", "3万-6万", "silent"),
        ({"kind": "amount"}, "手续费七万块", "3万至6万", "fires"),
        ({"kind": "amount"}, "手续费四百块", "1000", "fires"),
        ({"kind": "amount"}, "手续费四万块", "10万", "undetermined"),
        ({"kind": "amount", "tolerance": 5}, "手续费五十五块", "50", "silent"),
        ({"kind": "amount", "tolerance": 5}, "手续费五十六块", "50", "fires"),
        ({"kind": "amount", "tolerance_share": 0.1}, "手续费五十五块", "50", "silent"),
        ({"kind": "amount", "tolerance_share": 0.1}, "手续费五十六块", "50", "fires"),
        ({"kind": "amount"}, "手续费百分之五", "50", "not_applicable"),
        ({"kind": "term"}, "手续费三年", "36期", "silent"),
        ({"kind": "term"}, "手续费三年", "36", "silent"),
        ({"kind": "term"}, "手续费三十六个月", "3年", "silent"),
        ({"kind": "term"}, "手续费两年", "36期", "fires"),
        ({"kind": "term"}, "手续费半年", "6个月，12个月", "silent"),
        ({"kind": "term"}, "手续费一百天", "36期", "not_applicable"),  # days are no months
        ({"kind": "term"}, "手续费一百天", "90天", "fires"),
        ({"kind": "term"}, "手续费三年", "见合同", "not_applicable"),
        ({"kind": "percent"}, "手续费千分之五", "0.5", "silent"),
        ({"kind": "percent"}, "手续费万分之五", "0.5", "fires"),
    ],
)
def test_amounts_and_terms(limits: dict[str, Any], said: str, held: str, wanted: str) -> None:
    value = {"words": ["手续费"], "fact": "custom.held", **limits}
    plan = plan_of(rule_of("metric", {"value": value}))
    assert outcome(plan, hearing_of(turn("A", 1.0, said)), custom={"held": held}) == wanted
    assert outcome(plan, hearing_of(turn("A", 1.0, said))) == "not_applicable"


def test_the_evidence_of_an_amount() -> None:
    plan = plan_of(rule_of("metric", {"value": {"words": ["手续费"], "fact": "custom.费用", "kind": "amount"}}))
    (found,) = judged(plan, "# custom.费用=60元\n0:01 A 手续费五十块").findings
    assert [(one.quote, one.wanted) for one in found.evidence] == [("五十块", "60元")]


@pytest.mark.parametrize(
    "said",
    [
        "年化百分之三点五，手续费百分之六",  # the first figure is the word's
        "年化百分之三点几，手续费百分之六",
        "年化百分之三点五到百分之六",
        "年化百分之三四",
        "年化百分之三点几",
    ],
)
def test_other_figures_accuse_nobody(said: str) -> None:
    assert answer(said) in ("silent", "not_applicable")


def test_a_figure_that_the_recogniser_cut_in_two_is_one() -> None:
    said = [turn("A", 1.0, "年化百分之三", 3.0), turn("A", 3.2, "点五左右", 5.0)]
    assert answer(hearing_of(*said)) == "silent"


@pytest.mark.parametrize(
    ("said", "rates", "wanted"),
    [
        ("年化百分之十", "4", "undetermined"),  # the table says 4
        ("年化10%", "4", "undetermined"),
        ("年化百分之四", "10", "undetermined"),
        ("年利率百分之七", "1", "undetermined"),
        ("年化百分之十", "5", "fires"),
        ("年化百分之三点七", "3.1", "undetermined"),
    ],
)
def test_syllables_that_sound_alike(said: str, rates: str, wanted: str) -> None:
    assert answer(said, rates) == wanted
    if wanted == "undetermined":
        found = finding(hearing_of(turn("A", 1.0, said)), rates)
        assert found.undetermined_because is Because.BETWEEN_THRESHOLDS
        assert found.coverage is not None


@pytest.mark.parametrize(
    ("letter", "wanted"), [("A", "fires"), ("C", "not_applicable"), ("S", "not_applicable"), ("?", "undetermined")]
)
def test_who_said_it(letter: str, wanted: str) -> None:
    said: list[Turn] = [turn("A", 20.0, "您好"), turn(letter, 1.0, "年化百分之六")]
    assert answer(hearing_of(*said)) == wanted


def test_a_sure_one_of_several_fires_alone() -> None:
    said = [turn("?", 1.0, "年化百分之六"), turn("A", 9.0, "年化百分之三点五"), turn("A", 20.0, "年化百分之八")]
    found = finding(hearing_of(*said))
    assert [(one.quote, one.wanted, one.how) for one in found.evidence] == [("百分之八", "3.5%", "entity")]


@pytest.mark.parametrize(
    ("lost_at_s", "wanted"),
    [(3.2, "undetermined"), (0.2, "fires"), (9.0, "fires")],  # |年化百分之三 ~~|: 点五 may be lost
)
def test_a_part_of_the_figure_may_be_lost(lost_at_s: float, wanted: str) -> None:
    heard = hearing_of(turn("A", 1.0, "年化百分之三", 3.0), lost("A", lost_at_s, lost_at_s + 0.5))
    assert answer(heard) == wanted
    if wanted == "undetermined":
        assert finding(heard).undetermined_because is Because.NOT_HEARD


@pytest.mark.parametrize(("confidence", "wanted"), [(0.41, "fires"), (0.39, "undetermined")])
def test_a_guessed_figure_accuses_nobody(confidence: float, wanted: str) -> None:
    assert answer(hearing_of(turn("A", 1.0, "年化百分之六", conf=confidence))) == wanted


def test_doubtful_figures_out_of_order() -> None:
    """The agent's turn begins first and its figure comes last: the stretch shown holds both."""
    said = [turn("A", 0.0, "嗯" * 30 + "年化百分之十", 40.0), turn("?", 5.0, "年化百分之六", 8.0)]
    found = finding(hearing_of(*said), "4")
    assert found.coverage is not None
    assert found.coverage.start_s < 8.0 and found.coverage.end_s > 39.0


def test_a_call_without_words() -> None:
    heard = replace(hearing_of(lost("A", 0.0, 9.0)), turns=())
    assert answer(heard) == "not_applicable"


def facts_of(**known: Any) -> str:
    return outcome(PLAN, hearing_of(turn("A", 1.0, "年化百分之六")), **known)


def test_only_the_field_it_names_counts() -> None:
    assert facts_of(product_code="6", product_type="3.5") == "not_applicable"
