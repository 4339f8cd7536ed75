"""What a leaf may ask beyond wording: gaps, entities, order, hits that do not count, several at once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.model import Because, Call, Finding, Hearing
from inspector.rules.compose import glob_pattern, wording_of
from inspector.rules.incremental import LiveJudge
from inspector.rules.judge import judge
from inspector.rules.live_class import LiveClass, live_of
from inspector.rules.match import Index
from inspector.rules.matchers import Leaf
from inspector.rules.phrases import Hit
from tests.builders import event_of, hearing_of, judged, outcome, passage, plan_of, rule_of, turn


def hits(leaf: dict[str, Any], text: str) -> list[Hit]:
    return wording_of(Leaf.model_validate(leaf), Index()).find([passage(text)], 0.8)


def said(leaf: dict[str, Any], text: str) -> list[str]:
    return [hit.passage.quote(hit.start, hit.end) for hit in hits(leaf, text)]


def finding(plan: Any, heard: Hearing | str) -> Finding:
    (found,) = judged(plan, heard).findings
    return found


# ---- gaps in phrases -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "text", "wanted"),
    [
        ("推荐*产品", "给您推荐产品", ["推荐产品"]),
        ("推荐*产品", "推荐一款全新的好产品", ["推荐一款全新的好产品"]),  # six characters
        ("推荐*产品", "推荐一款全新的大好产品", []),  # seven
        ("推荐*产品", "推荐产品，好产品", ["推荐产品"]),  # up to the nearest end
        ("推荐*产品", "推荐，一款产品", ["推荐，一款产品"]),  # punctuation is nothing
        ("推荐?产品", "推荐新产品", ["推荐新产品"]),
        ("推荐?产品", "推荐产品", []),
        ("推荐?产品", "推荐两款产品", []),
        ("推*荐?产品", "推 荐A产品", ["推 荐A产品"]),
        ("推薦*產品", "推荐这个产品", ["推荐这个产品"]),
        ("推荐*产品", "腿见这个产品", []),  # by spelling only
        ("推荐.?产品", "推荐X产品", ["推荐X产品"]),  # nothing else is a sign
    ],
)
def test_gaps(phrase: str, text: str, wanted: list[str]) -> None:
    assert said({"phrases": [phrase]}, text) == wanted
    assert all(hit.wanted == phrase for hit in hits({"phrases": [phrase]}, text))


def test_phrases_with_and_without_gaps_stand_together() -> None:
    leaf = {"phrases": ["保本保息", "推荐*产品"], "regex": ["稳赚"]}
    found = hits(leaf, "推荐好产品，保本报息，稳赚")
    assert [(hit.wanted, hit.how) for hit in found] == [
        ("推荐*产品", "regex"),
        ("保本保息", "pinyin"),
        ("稳赚", "regex"),
    ]


def test_a_phrase_without_gaps_is_none() -> None:
    assert glob_pattern("推荐产品") is None
    assert glob_pattern("幺二三*产品") == "123.{0,6}?产品"


# ---- hits that do not count ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("办信用卡，找信用卡部", ["信用卡"]),
        ("信用卡部", []),
        ("信用卡不见了", ["信用卡"]),  # sounds like 信用卡部, is written otherwise
        ("信用卡的部门", ["信用卡"]),
    ],
)
def test_not_inside(text: str, wanted: list[str]) -> None:
    assert said({"phrases": ["信用卡"], "not_inside": ["信用卡部", "信用卡中心"]}, text) == wanted


def test_a_hit_that_reaches_out_of_it_counts() -> None:
    assert said({"regex": ["用卡部门"], "not_inside": ["信用卡部"]}, "信用卡部门") == ["用卡部门"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("通话会录音", ["通话会录音"]),
        ("通话不会录音", []),
        ("不会录音，现在通话开始录音", ["通话开始录音"]),  # overlaps no hit
        ("通话前说不会录音", []),
    ],
)
def test_not_regex(text: str, wanted: list[str]) -> None:
    assert said({"regex": ["通话.{0,6}录音"], "not_regex": ["不会?录音"]}, text) == wanted


def test_not_regex_takes_out_patterns_only() -> None:
    leaf = {"regex": ["通话.{0,6}录音"], "phrases": ["录音", "通*音"], "not_regex": ["不会?录音"]}
    assert [(hit.wanted, hit.how) for hit in hits(leaf, "通话不会录音")] == [("通*音", "regex")]


def test_what_is_taken_out_excuses_nobody() -> None:
    """An exception is a leaf too: a lone 信用卡 excuses, one inside 信用卡部 does not."""
    exceptions = {"phrases": ["信用卡"], "not_inside": ["信用卡部"]}
    plan = plan_of(rule_of(match={"regex": ["必须.{0,6}办"]}, exceptions=exceptions))
    assert outcome(plan, hearing_of(turn("A", 1.0, "必须信用卡办"))) == "silent"
    assert outcome(plan, hearing_of(turn("A", 1.0, "必须信用卡部办"))) == "fires"


# ---- entities --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kinds", "text", "wanted"),
    [
        (["amount"], "转五万块，三年期", ["五万块"]),
        (["term", "amount"], "转五万块，三年期", ["五万块", "三年期"]),
        (["percent"], "年化3.5%左右", ["3.5"]),  # the sign is no content
        (["date"], "12月31号到期", ["12月31号"]),
        (["phone"], "我手机幺三九零零零零零零零零", ["幺三九零零零零零零零零"]),
        (["phone"], "说，幺三九，零零零零，零零零零，对", ["幺三九，零零零零，零零零零"]),
        (["number"], "第三，一共两百零五，五倍", ["第三", "两百零五", "五倍"]),
        (["number"], "转五万块", []),
        (["card", "identity"], "一定一起办", []),
    ],
)
def test_entities(kinds: list[str], text: str, wanted: list[str]) -> None:
    assert said({"entity": kinds}, text) == wanted


def test_an_entity_is_evidence_of_its_own_sort() -> None:
    plan = plan_of(rule_of(match={"entity": ["card"]}, who="agent"))
    (found,) = finding(plan, hearing_of(turn("A", 1.0, "卡号是六二二二零零零零零零零零零零零零"))).evidence
    assert (found.wanted, found.how, found.start_s) == ("卡号", "entity", 1.75)
    assert len(found.quote) == 16


def test_guards_and_exceptions_see_entities() -> None:
    plan = plan_of(rule_of(match={"entity": ["percent"]}, unless=["negation"], exceptions={"phrases": ["手续费"]}))
    assert outcome(plan, hearing_of(turn("A", 1.0, "收益百分之五"))) == "fires"
    assert outcome(plan, hearing_of(turn("A", 1.0, "没有百分之五"))) == "silent"


# ---- several different ones ------------------------------------------------------------------------------------------

THREE = {"phrases": ["验证码", "安全账户", "屏幕共享"], "distinct": 2}


@pytest.mark.parametrize("kind", ["forbidden", "signal"])
@pytest.mark.parametrize(
    ("calls", "wanted"),
    [
        (["把验证码告诉我", "转到安全账户"], "fires"),
        (["把验证码告诉我", "验证码"], "silent"),
        (["转到安全账户"], "silent"),
    ],
)
def test_so_many_different_ones(kind: str, calls: list[str], wanted: str) -> None:
    plan = plan_of(rule_of(kind, THREE))
    heard = hearing_of(*(turn("A", 20.0 * n, text) for n, text in enumerate(calls)))
    assert outcome(plan, heard) == wanted
    if wanted == "fires":
        assert [one.wanted for one in finding(plan, heard).evidence] == ["验证码", "安全账户"]


def test_one_of_them_by_somebody_unknown() -> None:
    plan = plan_of(rule_of(match=THREE))
    found = finding(plan, hearing_of(turn("A", 1.0, "把验证码告诉我"), turn("?", 20.0, "转到安全账户")))
    assert found.undetermined_because is Because.PARTY_UNKNOWN
    assert len(found.evidence) == 2


def test_different_ones_in_the_window_only() -> None:
    plan = plan_of(rule_of(match=THREE, where={"first": {"seconds": 10}}))
    assert outcome(plan, hearing_of(turn("A", 1.0, "验证码"), turn("A", 30.0, "安全账户"))) == "silent"
    assert outcome(plan, hearing_of(turn("A", 1.0, "验证码"), turn("A", 8.0, "安全账户"))) == "fires"


def test_what_must_be_said_in_several_ways() -> None:
    plan = plan_of(rule_of("required", {"phrases": ["非存款", "有风险", "可能亏损"], "distinct": 2}))
    assert outcome(plan, hearing_of(turn("A", 1.0, "非存款，有风险"))) == "silent"
    assert outcome(plan, hearing_of(turn("A", 1.0, "有风险，真的有风险"))) == "fires"
    unsure = finding(plan, hearing_of(turn("A", 1.0, "有风险"), turn("?", 9.0, "可能亏损")))
    assert unsure.undetermined_because is Because.PARTY_UNKNOWN
    assert unsure.evidence[0].quote == "可能亏损"


def test_an_event_of_several_different_ones() -> None:
    event = rule_of("event", THREE, id="event.fraud", who="any")
    plan = plan_of(rule_of(match={"phrases": ["已经转账"]}, needs=["event.fraud"]), event)
    told = turn("A", 40.0, "已经转账")
    assert outcome(plan, hearing_of(turn("A", 1.0, "验证码"), told)) == "not_applicable"
    assert outcome(plan, hearing_of(turn("A", 1.0, "验证码"), turn("A", 9.0, "屏幕共享"), told)) == "fires"
    assert outcome(plan, hearing_of(turn("A", 1.0, "验证码"), turn("?", 9.0, "屏幕共享"), told)) == "undetermined"


# ---- in order --------------------------------------------------------------------------------------------------------

STEPS = {"sequence": {"of": [["请您核对"], ["确认无误", "没有问题"], ["提交"]], "within_s": 30}}


def in_order(*parts: tuple[str, float, str], match: dict[str, Any] | None = None, **fields: Any) -> str:
    plan = plan_of(rule_of(match=match or STEPS, **fields))
    return outcome(plan, hearing_of(*(turn(letter, start_s, text) for letter, start_s, text in parts)))


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        ([("A", 1, "请您核对"), ("C", 4, "看过了我这边"), ("A", 9, "没有问题吧"), ("A", 20, "我就提交")], "fires"),
        ([("A", 1, "请您核对，没有问题我就提交")], "fires"),
        ([("A", 1, "提交"), ("A", 9, "没有问题吧"), ("A", 20, "请您核对")], "silent"),  # not in order
        ([("A", 1, "请您核对"), ("A", 20, "我就提交")], "silent"),  # one lacks
        ([("A", 1, "请您核对"), ("A", 9, "没有问题吧"), ("A", 40, "我就提交")], "silent"),  # too late
        ([("A", 1, "请您核对"), ("C", 9, "没有问题呀"), ("A", 20, "我就提交")], "silent"),  # by the other party
        ([("A", 1, "请您核对"), ("A", 15, "请您核对"), ("A", 20, "没有问题"), ("A", 40, "我就提交")], "fires"),
        ([("A", 1, "请您核对"), ("?", 9, "没有问题"), ("A", 20, "我就提交")], "undetermined"),
        ([("?", 1, "请您核对"), ("?", 9, "没有问题"), ("?", 20, "我就提交")], "undetermined"),
        ([("?", 1, "请您核对"), ("A", 3, "请您核对"), ("A", 9, "没有问题"), ("A", 20, "我就提交")], "fires"),
    ],
)
def test_in_order(parts: list[tuple[str, float, str]], wanted: str) -> None:
    assert in_order(*parts) == wanted


def test_the_evidence_reaches_from_the_first_to_the_last() -> None:
    plan = plan_of(rule_of(match=STEPS))
    calls = [
        turn("A", 1.0, "请您核对"),
        turn("C", 4.0, "我看过了呀"),
        turn("A", 9.0, "没问题"),
        turn("A", 20.0, "没有问题提交"),
    ]
    (one,) = finding(plan, hearing_of(*calls)).evidence
    assert (one.quote, one.wanted, one.how) == ("请您核对没问题没有问题提交", "请您核对…没有问题…提交", "order")
    assert (one.start_s, one.end_s) == (1.0, 21.5)


def test_what_must_be_said_in_order() -> None:
    fields: dict[str, Any] = {"kind": "required", "where": {"first": {"seconds": 60}}}
    assert in_order(("A", 1, "请您核对"), ("A", 9, "没有问题吧"), ("A", 20, "我就提交"), **fields) == "silent"
    assert in_order(("A", 1, "请您核对"), ("A", 20, "我就提交"), **fields) == "fires"
    assert in_order(("A", 1, "请您核对"), ("?", 9, "没有问题"), ("A", 20, "提交"), **fields) == "undetermined"


def test_a_denied_part_is_no_part() -> None:
    match = {"sequence": {"of": [["我们承诺"], ["保本保息"]]}}
    assert in_order(("A", 1, "我们承诺"), ("A", 9, "保本保息"), match=match, unless=["negation"]) == "fires"
    assert in_order(("A", 1, "我们承诺"), ("A", 9, "不保本保息"), match=match, unless=["negation"]) == "silent"


def test_twice_in_order_is_two_places() -> None:
    match = {"sequence": {"of": [["核对信息"], ["马上提交"]]}, "times": 2}
    once = [("A", 1.0, "核对信息"), ("A", 9.0, "马上提交")]
    assert in_order(*once, match=match) == "silent"
    assert in_order(*once, ("A", 50.0, "核对信息"), ("A", 60.0, "马上提交"), match=match) == "fires"


# ---- how far exceptions reach ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exceptions", "text", "wanted"),
    [
        ({}, "某某承诺保本", "silent"),  # overlaps
        ({}, "承诺，我们这个保本", "fires"),
        ({"reach": "before", "chars": 4}, "承诺，我们这个保本", "silent"),
        ({"reach": "before", "chars": 3}, "承诺，我们这个保本", "fires"),
        ({"reach": "before"}, "保本承诺", "fires"),
        ({"reach": "after"}, "保本承诺", "silent"),
        ({"reach": "after", "chars": 2}, "保本这是承诺", "silent"),
        ({"reach": "after", "chars": 1}, "保本这是承诺", "fires"),
        ({"reach": "after"}, "承诺，我们这个保本", "fires"),
    ],
)
def test_how_far_an_exception_reaches(exceptions: dict[str, Any], text: str, wanted: str) -> None:
    phrases = ["承诺"] if exceptions else ["承诺保本"]
    plan = plan_of(rule_of(match={"phrases": ["保本"]}, exceptions={"phrases": phrases, **exceptions}))
    assert outcome(plan, hearing_of(turn("A", 1.0, text))) == wanted


def test_an_exception_that_must_hold_the_hit() -> None:
    inside = {"regex": ["(某行|他们).{0,8}保本"], "reach": "inside"}
    plan = plan_of(rule_of(match={"phrases": ["保本", "保本保息"], "by": "literal"}, exceptions=inside))
    assert outcome(plan, hearing_of(turn("A", 1.0, "他们说保本"))) == "silent"
    assert outcome(plan, hearing_of(turn("A", 1.0, "他们说保本保息"))) == "fires"  # 保本保息 reaches out of it


# ---- clearly ---------------------------------------------------------------------------------------------------------

CLEAR = rule_of("required", {"phrases": ["理财非存款产品有风险"], "clearly": {"limit_cpm": 400, "confidence": 0.6}})


@pytest.mark.parametrize(
    ("spoken_s", "confidence", "wanted"),
    [(1.6, 1.0, "silent"), (1.49, 1.0, "undetermined"), (3.0, 0.61, "silent"), (3.0, 0.59, "undetermined")],
)
def test_said_too_fast_or_unclear(spoken_s: float, confidence: float, wanted: str) -> None:
    """Ten characters in 1.5 s are 400 a minute."""
    heard = hearing_of(turn("A", 1.0, "理财非存款产品有风险", 1.0 + spoken_s, conf=confidence))
    assert outcome(plan_of(CLEAR), heard) == wanted
    if wanted == "undetermined":
        found = finding(plan_of(CLEAR), heard)
        assert found.undetermined_because is Because.UNCLEAR
        assert found.evidence[0].quote == "理财非存款产品有风险"


def test_said_clearly_the_second_time() -> None:
    fast, slow = turn("A", 1.0, "理财非存款产品有风险", 2.0), turn("A", 9.0, "理财非存款产品有风险", 12.0)
    assert outcome(plan_of(CLEAR), hearing_of(fast, slow)) == "silent"


def test_not_said_at_all_is_no_matter_of_clearness() -> None:
    assert outcome(plan_of(CLEAR), hearing_of(turn("A", 1.0, "再见", 2.0))) == "fires"


def test_nobody_can_tell_how_fast_a_short_word_was_said() -> None:
    plan = plan_of(rule_of("required", {"phrases": ["有风险"], "clearly": {"limit_cpm": 240}}))
    assert outcome(plan, hearing_of(turn("A", 1.0, "有风险", 1.2))) == "silent"


def test_of_several_elements_one_said_too_fast() -> None:
    elements = [{"name": "风险", "phrases": ["理财非存款产品有风险"], "clearly": {"limit_cpm": 400}}]
    elements += [{"name": "期限", "phrases": ["封闭期"]}]
    plan = plan_of(rule_of("required", {"elements": elements}))
    fast = turn("A", 1.0, "理财非存款产品有风险", 2.0)
    assert outcome(plan, hearing_of(fast, turn("A", 9.0, "有封闭期"))) == "undetermined"
    assert outcome(plan, hearing_of(fast)) == "fires"  # the other lacks surely


# ---- in conditions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (["验证码给我", "安全账户", "转五万块"], "fires"),
        (["验证码给我", "验证码", "转五万块"], "silent"),  # one thing said twice
        (["验证码给我", "安全账户", "转账吧"], "silent"),
        (["验证码给我", "安全账户", "转五万块", "请您核对", "没有问题吧", "提交"], "silent"),
        (["验证码给我", "安全账户", "手续费五万块"], "silent"),
    ],
)
def test_conditions_ask_the_same(texts: list[str], wanted: str) -> None:
    amount = {"entity": ["amount"], "exceptions": {"phrases": ["手续费"], "reach": "before", "chars": 2}}
    parts = {"线索": THREE, "金额": amount, "核对": STEPS}
    rule = rule_of(match={}, conditions=parts, logic="线索 and 金额 and not 核对")
    heard = hearing_of(*(turn("A", 5.0 * n, text) for n, text in enumerate(texts)))
    assert outcome(plan_of(rule), heard) == wanted


# ---- while the call goes on ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("match", [STEPS, THREE, {"phrases": ["推荐*产品"]}, {"entity": ["amount"]}])
def test_a_call_that_goes_on_is_judged_alike(match: dict[str, Any]) -> None:
    texts = ["请您核对", "没有问题吧，转五万块", "推荐这款产品，验证码", "我就提交", "安全账户"]
    calls = [turn("A", 6.0 * n, text) for n, text in enumerate(texts)]
    plan = plan_of(rule_of(match=match))
    live = LiveJudge(Call("test", "1"), plan, "test")
    for count in range(1, len(calls) + 1):
        heard = hearing_of(*calls[:count])
        step = live.hear(heard, heard.recording.duration_s)
        assert step.inspection == judge(Call("test", "1"), heard, plan, "test")
    assert step.inspection.by_rule["test.rule"] == "fires"


@pytest.mark.parametrize("match", [STEPS, THREE])
def test_what_several_words_make_is_placed_by_the_last_of_them(match: dict[str, Any]) -> None:
    """Of so many different words all places are known then; a sequence may yet become another one."""
    event = rule_of("event", match, id="event.one")
    after, before = (
        rule_of("required", where=where) for where in ({"after": "event.one", "within_s": 9}, {"before": "event.one"})
    )
    known = {one.id: one for one in (event, after)}
    wanted = LiveClass.AFTER_CALL if match is STEPS else LiveClass.DEADLINE
    assert live_of(after, known).live_class is wanted
    assert live_of(before, known).live_class is LiveClass.AFTER_CALL
    wanted = LiveClass.AFTER_CALL if match is STEPS else LiveClass.EARLY
    assert live_of(rule_of(match=match), {}).live_class is wanted


# ---- nothing else changes --------------------------------------------------------------------------------------------


@given(st.text(st.sampled_from("推荐产品保本五万块信用卡部，"), max_size=30))
def test_an_empty_filter_changes_nothing(text: str) -> None:
    if not any(char != "，" for char in text):
        return
    plain = {"phrases": ["保本", "信用卡"], "regex": ["推荐.{0,3}产品"]}
    filtered = plain | {"not_regex": ["甲"], "not_inside": ["乙乙"], "phrases": ["保本", "信用卡", "甲*甲"]}
    key = [(hit.start, hit.end, hit.wanted, hit.how, hit.score) for hit in hits(plain, text)]
    assert [(hit.start, hit.end, hit.wanted, hit.how, hit.score) for hit in hits(filtered, text)] == key


def test_an_event_with_gaps_opens_a_window() -> None:
    where = {"after": "event.recommend", "within_s": 30}
    plan = plan_of(rule_of("required", {"phrases": ["有风险"]}, where=where), event_of("recommend", "推荐*产品"))
    assert outcome(plan, hearing_of(turn("A", 1.0, "推荐这款产品"), turn("A", 9.0, "有风险"))) == "silent"
    assert outcome(plan, hearing_of(turn("A", 1.0, "推荐这款产品"), turn("A", 9.0, "很好"))) == "fires"
