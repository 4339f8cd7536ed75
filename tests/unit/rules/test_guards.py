"""Guards: what cancels a hit, what leaves a doubt, what only looks like a guard."""

from __future__ import annotations

import pytest

from inspector.rules.guards import CompiledGuard, Touch
from inspector.rules.match import Wording
from inspector.rules.matchers import Leaf
from inspector.rules.schema import Guard
from tests.builders import hearing_of, lost, outcome, passage, plan_of, rule_of, shipped, turn

SHIPPED = {guard.name: CompiledGuard(guard) for guard in shipped().guards}


def touch(name: str, text: str, phrase: str = "保本") -> Touch:
    (hit,) = Wording(Leaf(phrases=(phrase,))).find([passage(text)], 1.0)
    return SHIPPED[name].touch(hit)


@pytest.mark.parametrize(
    "text",
    [
        "不保本",
        "没有承诺保本",
        "不能跟您说保本",
        "不会给您保本",
        "这款部保本",  # 不 written 部
        "这款步保本",
        "媒有承诺保本",  # 没有 by its sound
        "无发保证保本",  # 无法 by its sound
        "不保本但是有收益",
        "不好意思不保本",
        "没有，不保本的",  # an answer and a denial, no double negation
        "部分产品不保本",
    ],
)
def test_negation_cancels(text: str) -> None:
    assert touch("negation", text) is Touch.CANCELS


@pytest.mark.parametrize(
    "text",
    [
        "不仅保本",
        "不但保本",
        "非常保本",
        "未来保本",
        "没问题保本",
        "别担心保本",
        "全部保本",
        "总部保本",
        "逐步保本",
        "合同虽然写不保息但是保本",  # a turn word ends the reach
        "不保息可是这款其实保本",
        "这款不是存款也不是国债收益当然也保本",  # too far
        "保本",
        "保本没问题",
    ],
)
def test_this_is_no_negation(text: str) -> None:
    assert touch("negation", text) is Touch.NONE


@pytest.mark.parametrize(
    "text",
    [
        "不是，保本",  # punctuation between
        "没有。保本",
        "不是不保本",
        "我们不能说不保本",
        "不是说不保本",
        "不像以前保本",  # other words between, near
    ],
)
def test_this_may_be_a_negation(text: str) -> None:
    assert touch("negation", text) is Touch.DOUBTFUL


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("denial", "保本是不可能的", Touch.CANCELS),
        ("denial", "保本这种说法是没有的", Touch.CANCELS),
        ("denial", "保本，做不到", Touch.DOUBTFUL),
        ("denial", "保本其实做不到", Touch.DOUBTFUL),  # taken back after a turn
        ("denial", "保本不存在风险", Touch.NONE),
        ("denial", "保本不可能亏", Touch.NONE),
        ("denial", "不保本", Touch.NONE),
        ("negation", "保本不可能", Touch.NONE),
        ("wish", "您想要保本的话", Touch.DOUBTFUL),  # this guard never cancels
        ("wish", "您保本", Touch.NONE),
        ("question", "是不是保本", Touch.CANCELS),
        ("question", "保本吗", Touch.CANCELS),
        ("question", "保本的是吗", Touch.CANCELS),
        ("question", "您是问这款理财是不是保本", Touch.CANCELS),  # twice asked is still asked
        ("question", "保本的您知道吗", Touch.NONE),
        ("question", "保本您放心", Touch.NONE),
        ("warning", "有人说这款理财保本", Touch.CANCELS),
        ("warning", "保本都是骗人的", Touch.CANCELS),
        ("warning", "有人说不保息其实保本", Touch.NONE),
        ("warning", "凡是买理财的客户都保本", Touch.NONE),
        ("warning", "警惕高收益保本", Touch.CANCELS),
        ("warning", "防范市场风险的保本", Touch.DOUBTFUL),
        ("warning", "我们有专人负责保本", Touch.NONE),
        ("echo", "您说的那个保本", Touch.CANCELS),
        ("echo", "我说的保本", Touch.NONE),
        ("comparison", "比银行的保本", Touch.CANCELS),
        ("comparison", "这个保本", Touch.NONE),
        ("supposition", "要是我的卡保本", Touch.CANCELS),
        ("supposition", "要是你们不管我就投诉保本", Touch.NONE),
        ("fear", "怕保本", Touch.CANCELS),
        ("fear", "担心我的卡保本", Touch.DOUBTFUL),
        ("fear", "恐怕保本", Touch.NONE),
    ],
)
def test_the_other_guards(name: str, text: str, wanted: Touch) -> None:
    assert touch(name, text) is wanted


def test_two_guard_words_in_a_row_count_only_where_the_guard_says_so() -> None:
    words = [{"words": ["不"]}]
    for twice, wanted in ((False, Touch.CANCELS), (True, Touch.DOUBTFUL)):
        guard = Guard.model_validate({"name": "g", "before": words, "twice_doubtful": twice})
        (hit,) = Wording(Leaf(phrases=("保本",))).find([passage("不不保本")], 1.0)
        assert CompiledGuard(guard).touch(hit) is wanted


def test_a_word_inside_a_near_hit_can_be_negated() -> None:
    rule = rule_of(match={"near": [{"of": [["必须"], ["购买"]], "chars": 6}]}, unless=["negation"])
    assert outcome(plan_of(rule), "0:01 A 您必须今天购买") == "fires"
    assert outcome(plan_of(rule), "0:01 A 您必须知道不购买") == "silent"


PROMISE = rule_of(
    match={"phrases": ["保本保息", "肯定赚"], "regex": ["保本"]}, unless=["negation", "denial", "question"]
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("保本保息吗", "silent"),  # takes its 保本 along
        ("保本保息其实做不到", "undetermined"),  # so does a doubtful one
        ("不保本保息但是肯定赚", "fires"),
        ("不保本保息", "silent"),
        ("肯定赚保本保息吗", "fires"),
    ],
)
def test_a_guard_touches_one_hit_and_what_lies_in_it(text: str, wanted: str) -> None:
    assert outcome(plan_of(PROMISE), f"0:01 A {text}") == wanted


def test_exceptions_cancel_what_they_overlap() -> None:
    rule = rule_of(match={"phrases": ["保本"]}, exceptions={"phrases": ["非保本"]})
    assert outcome(plan_of(rule), "0:01 A 非保本浮动收益") == "silent"
    assert outcome(plan_of(rule), "0:01 A 非保本和保本") == "fires"


@pytest.mark.parametrize(("severity", "wanted"), [("critical", "undetermined"), ("high", "fires")])
def test_a_lost_syllable_before_a_critical_hit_may_have_been_a_denial(severity: str, wanted: str) -> None:
    rule = rule_of(match={"phrases": ["保本保息"]}, unless=["negation"], severity=severity)
    heard = hearing_of(turn("A", 1.0, "这款", 2.0), lost("A", 2.0, 2.4), turn("A", 2.5, "保本保息", 4.0))
    assert outcome(plan_of(rule), heard) == wanted


@pytest.mark.parametrize(("until_s", "wanted"), [(1.9, "fires"), (2.1, "undetermined")])
def test_only_half_a_second_before_counts(until_s: float, wanted: str) -> None:
    rule = rule_of(match={"phrases": ["保本保息"]}, unless=["negation"], severity="critical")
    heard = hearing_of(lost("A", 1.0, until_s), turn("A", 2.5, "保本保息", 4.0))
    assert outcome(plan_of(rule), heard) == wanted
