"""Conditions joined by logic: what fires, what is silent, and what nobody can tell because it was not heard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.model import Because, Call, Hearing
from inspector.rules.matchers import Match
from inspector.rules.plan import compile_plan
from inspector.rules.schema import Rule
from inspector.rules.view import CallView
from tests.builders import event_of, hearing_of, judged, lost, outcome, plan_of, rule_of, shipped, turn
from tests.unit.rules.test_load import EVENT, GOOD, issues, pack

OFFER, WARNED, HARM = "推荐您买理财", "理财有风险的", "这个稳赚不赔"
CONDITIONS: dict[str, Any] = {"推荐": {"phrases": [OFFER]}, "提示": {"phrases": [WARNED]}, "误导": {"phrases": [HARM]}}


def rule(logic: str, kind: str = "forbidden", conditions: dict[str, Any] | None = None, **fields: Any) -> Rule:
    used = conditions or {name: one for name, one in CONDITIONS.items() if name in logic}
    return rule_of(kind, logic=logic, conditions=used, **fields).model_copy(update={"match": Match()})


def answer(one: Rule, heard: Hearing | str, *others: Rule) -> str:
    return outcome(plan_of(one, *others), heard)


# ---- what is said and what is not


@pytest.mark.parametrize(
    ("logic", "call", "wanted"),
    [
        ("推荐 and not 提示", f"0:01 A {OFFER}", "fires"),
        ("推荐 and not 提示", f"0:01 A {OFFER}\n0:09 A {WARNED}", "silent"),
        ("推荐 and not 提示", f"0:01 A {WARNED}", "silent"),
        ("推荐 and not 提示", f"0:01 A {OFFER}\n0:09 S {WARNED}", "silent"),  # an announcement says it too
        ("推荐 and not 提示", f"0:01 A {OFFER}\n0:09 C {WARNED}", "fires"),
        ("推荐 and not 提示", f"0:01 A {OFFER}\n0:09 ? {WARNED}", "undetermined"),
        ("推荐 and not 提示", f"0:01 ? {OFFER}", "undetermined"),
        ("推荐 and not 提示", f"0:01 A {OFFER}\n0:09-0:12 ~ A", "undetermined"),
        ("推荐 and not 提示", f"0:01 A {OFFER}\n0:09-0:12 ~ C", "fires"),
        ("推荐 and not 提示", "0:01 A 您好\n0:09-0:12 ~ A", "silent"),  # nothing to blame, whatever was lost
        ("推荐或误导", f"0:01 A {HARM}", "fires"),
        ("推荐或误导", "0:01 A 您好请讲", "silent"),
        ("推荐 and (not 提示 or 误导)", f"0:01 A {OFFER}\n0:09 A {WARNED}\n0:15 A {HARM}", "fires"),
        ("推荐 and (not 提示 or 误导)", f"0:01 A {OFFER}\n0:09-0:12 ~ A\n0:15 A {HARM}", "fires"),  # either way
    ],
)
def test_forbidden(logic: str, call: str, wanted: str) -> None:
    assert answer(rule(logic), call) == wanted
    assert answer(rule(logic, "signal"), call) == wanted


@pytest.mark.parametrize(
    ("logic", "call", "wanted"),
    [
        ("提示", "0:01 A 您好请讲", "fires"),
        ("提示", f"0:01 A {WARNED}", "silent"),
        ("提示", f"0:01 ? {WARNED}", "undetermined"),
        ("提示", "0:01 A 您好\n0:09-0:12 ~ A", "undetermined"),
        ("提示 and not 误导", f"0:01 A {WARNED}\n0:09 A {HARM}", "fires"),
        ("提示 and not 误导", f"0:01 A {WARNED}\n0:09-0:12 ~ A", "silent"),  # what was lost blames nobody
        ("not 推荐 or 提示", "0:01 A 您好请讲", "silent"),
        ("not 推荐 or 提示", f"0:01 A {OFFER}", "fires"),
        ("not 推荐 or 提示", "0:01-0:04 ~ C", "silent"),
        ("提示", "0:01 C 喂", "undetermined"),  # the agent was never heard
    ],
)
def test_required(logic: str, call: str, wanted: str) -> None:
    assert answer(rule(logic, "required"), call) == wanted


def test_the_evidence_is_what_decided() -> None:
    call = f"0:01 A {OFFER}\n0:09 A {HARM}\n0:20 A 好的"
    (finding,) = judged(plan_of(rule("推荐 and not 提示 or 误导 and 提示")), call).findings
    assert [(one.how, one.wanted, one.quote) for one in finding.evidence] == [
        ("exact", OFFER, OFFER),
        ("absence", "提示", ""),
    ]
    assert finding.coverage is not None
    assert finding.coverage.heard_s == finding.coverage.speech_s
    (missing,) = judged(plan_of(rule("提示 or 推荐", "required")), "0:01 A 您好").findings
    assert [(one.how, one.wanted) for one in missing.evidence] == [("absence", "提示"), ("absence", "推荐")]
    (doubted,) = judged(plan_of(rule("推荐 and not 提示")), f"0:01 A {OFFER}\n0:09-0:12 ~ A").findings
    assert doubted.undetermined_because is Because.NOT_HEARD
    assert [one.wanted for one in doubted.evidence] == [OFFER, "提示"]
    assert doubted.coverage is not None
    assert doubted.coverage.gaps == ((9.0, 12.0),)


def test_what_only_perhaps_applies_is_undetermined() -> None:
    one = rule("推荐", needs=["event.asked"])
    asked = event_of("asked", "我想理财", who="customer")
    assert answer(one, f"0:01 C 我想理财\n0:05 A {OFFER}", asked) == "fires"
    assert answer(one, f"0:01 ? 我想理财\n0:05 A {OFFER}", asked) == "undetermined"
    assert answer(one, f"0:05 A {OFFER}", asked) == "not_applicable"


# ---- each condition has a party, a window, guards and exceptions of its own


@pytest.mark.parametrize(
    ("more", "call", "wanted"),
    [
        ({"who": "customer"}, f"0:01 A {OFFER}", "silent"),
        ({"who": "customer"}, f"0:01 C {OFFER}", "fires"),
        ({"unless": ["negation"]}, f"0:01 A 没有{OFFER}", "silent"),
        ({"exceptions": {"phrases": ["不是推荐您买理财"]}}, f"0:01 A 不是{OFFER}", "silent"),
        ({"about": {"counts": ["理财"], "exempt": ["存款"]}}, f"0:01 A {OFFER}", "fires"),
        ({"about": {"counts": ["基金"], "exempt": ["理财"]}}, f"0:01 A {OFFER}", "silent"),
        ({"times": 2}, f"0:01 A {OFFER}", "silent"),
        ({"times": 2}, f"0:01 A {OFFER}\n0:09 A 好的您看\n0:20 A {OFFER}", "fires"),
        ({"times": 2}, f"0:01 A {OFFER}\n0:09 A 好的您看\n0:20 ? {OFFER}", "undetermined"),
        ({"where": {"first": {"seconds": 5}}}, f"0:01 A 您好\n0:20 A {OFFER}", "silent"),
        ({"regex": ["推荐.{0,4}理财"]}, f"0:01 A {OFFER}", "fires"),
        ({"by": "literal"}, "0:01 A 推荐您买礼材", "silent"),
        ({}, "0:01 A 推荐您买礼材", "fires"),
    ],
)
def test_a_condition_is_asked_like_a_rule(more: dict[str, Any], call: str, wanted: str) -> None:
    assert answer(rule("推荐", conditions={"推荐": {"phrases": [OFFER]} | more}), call) == wanted


def test_thresholds_are_those_of_what_the_condition_is_asked_for() -> None:
    """Three syllables of four only sound alike: enough for a disclosure, not to accuse."""
    near, loose = "0:01 A 陈落搜益", {"句": {"phrases": ["承诺收益"]}}
    score = judged(plan_of(rule("句", conditions=loose)), near).findings[0].evidence[0].score
    assert 0.80 <= score < 0.92
    assert answer(rule("句", conditions=loose), near) == "undetermined"
    assert answer(rule("句", "required", conditions=loose), near) == "silent"
    assert answer(rule("not 句", "required", conditions=loose), near) == "undetermined"


# ---- windows that hang on other conditions and events
#
#      |推荐|------ 10 s ------|        提示 must lie in here


AFTER = {"推荐": {"phrases": [OFFER]}, "提示": {"phrases": [WARNED], "where": {"after": "推荐", "within_s": 10}}}


@pytest.mark.parametrize(
    ("said_at", "wanted"),
    [("0:06", "silent"), ("0:13", "fires")],
)
def test_a_window_hangs_on_another_condition(said_at: str, wanted: str) -> None:
    call = f"0:01-0:03 A {OFFER}\n{said_at} A {WARNED}\n0:40 A 再见"
    assert answer(rule("推荐 and not 提示", conditions=AFTER), call) == wanted


def test_where_the_anchor_may_have_been_missed_the_window_may_lie_anywhere() -> None:
    one = rule("误导 and not 提示", conditions=AFTER | {"误导": {"phrases": [HARM]}})
    said = f"0:01 A {HARM}\n0:20 A {WARNED}\n0:40 A 再见您"
    assert answer(one, said) == "fires"  # nothing was offered, so nothing was said after it
    assert answer(one, f"{said}\n0:10-0:13 ~ A") == "undetermined"  # lost: perhaps the offer
    assert answer(one, f"0:01 A {HARM}\n0:10 ? {OFFER}\n0:13 A {WARNED}") == "undetermined"
    assert answer(one, f"0:01 A {HARM}\n0:10 ? {OFFER}\n0:40 A 再见您") == "fires"  # not said, wherever it was due


def test_before_means_that_the_other_was_not_yet_said() -> None:
    tested = {"phrases": ["做过风险测评"], "who": "customer"}
    early = {"推荐": {"phrases": [OFFER], "where": {"before": "测评"}}, "测评": tested}
    one = rule("推荐", conditions=early)
    assert answer(one, f"0:01 A {OFFER}\n0:09 C 做过风险测评") == "fires"
    assert answer(one, f"0:09 A {OFFER}\n0:01 C 做过风险测评") == "silent"
    assert answer(one, f"0:09 A {OFFER}\n0:01-0:04 ~ C") == "undetermined"  # perhaps it was said there
    assert answer(one, f"0:01 A {OFFER}\n0:09-0:13 ~ C") == "fires"


def test_conditions_hang_on_events_and_events_may_be_conditions() -> None:
    offered = rule("推荐 and 误导", "event", id="event.sold")
    one = rule_of("required", {"phrases": [WARNED]}, where={"after": "event.sold"})
    other = rule("提示", "required", {"提示": {"phrases": [WARNED], "where": {"after": "event.sold"}}}, id="test.other")
    plan = plan_of(one, other, offered)
    for call, wanted in (
        (f"0:01 A {OFFER}\n0:06 A {HARM}\n0:20 A 再见您", "fires"),
        (f"0:01 A {OFFER}\n0:06 A {HARM}\n0:20 A {WARNED}", "silent"),
        (f"0:01 A {OFFER}\n0:06 ? {HARM}\n0:20 A 再见您", "undetermined"),
        (f"0:01 A {OFFER}\n0:20 A 再见您", "not_applicable"),
    ):
        assert outcome(plan, call) == wanted
    view = CallView(Call("t", "1"), hearing_of(turn("A", 1.0, OFFER), turn("A", 9.0, HARM)), plan)
    assert [place.hit.wanted for place in view.sure("event.sold")] == [OFFER, HARM]


def test_an_event_keeps_to_its_window_and_needs() -> None:
    opening = event_of("named", "我是小王").model_copy(update={"where": rule_of(where={"first": {"seconds": 9}}).where})
    needy = event_of("sold", OFFER).model_copy(update={"needs": ("event.named",)})
    one = rule_of("required", {"phrases": [WARNED]}, needs=["event.sold"])
    plan = plan_of(one, opening, needy)
    assert outcome(plan, f"0:01 A 我是小王\n0:20 A {OFFER}") == "fires"
    assert outcome(plan, f"0:01 A 您好\n0:30 A 我是小王\n0:20 A {OFFER}") == "not_applicable"
    assert outcome(plan, f"0:01 ? 我是小王\n0:20 A {OFFER}") == "undetermined"


def test_each_or_any_place_must_be_answered() -> None:
    for which, wanted in (("every", "fires"), ("any", "silent"), ("first", "silent"), ("last", "fires")):
        where = {"after": "推荐", "within_s": 10, "which": which}
        one = rule("推荐 and not 提示", conditions=AFTER | {"提示": {"phrases": [WARNED], "where": where}})
        call = f"0:01 A {OFFER}\n0:06 A {WARNED}\n0:40 A 好的您看\n1:00 A {OFFER}\n2:00 A 再见您"
        assert answer(one, call) == wanted, which


# ---- one condition alone is the rule without logic


SAYINGS = st.lists(
    st.tuples(
        st.sampled_from("AAC?S~"),
        st.integers(0, 9),
        st.sampled_from([OFFER, WARNED, HARM, "不推荐您买理财", "好的您看一下吧"]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda line: line[1],
)


def spoken(lines: list[tuple[str, int, str]], drop: int = -1) -> Hearing:
    """Eight seconds a place, each utterance long enough to be missed; the one at ``drop`` was not heard."""
    said = [
        lost("A" if who == "~" else who, at * 8.0, at * 8.0 + 3)
        if who == "~" or at == drop
        else turn(who, at * 8.0, words, at * 8.0 + 3)
        for who, at, words in lines
    ]
    return hearing_of(*said)


@given(SAYINGS, st.sampled_from(["forbidden", "signal", "required"]))
def test_one_condition_alone_is_the_rule_without_logic(lines: list[tuple[str, int, str]], kind: str) -> None:
    plain = rule_of(kind, {"phrases": [OFFER]}, unless=["negation"])
    joined = rule("推荐", kind, {"推荐": {"phrases": [OFFER], "unless": ["negation"]}})
    assert answer(plain, spoken(lines)) == answer(joined, spoken(lines))


# ---- fairness: speech that was not heard never makes a rule fire


WHERE: list[dict[str, Any]] = [
    {},
    {"first": {"seconds": 20}},
    {"first": {"turns": 2}},
    {"last": {"turns": 1, "seconds": 9}},
    {"between": {"from_percent": 20, "to_percent": 80}},
    {"before": "推荐"},
    {"before": "推荐", "within_s": 17},
    {"after": "推荐"},
    {"after": "推荐", "within_s": 17},
    {"after": "推荐", "within_turns": 1, "which": "any"},
    {"after": "推荐", "within_s": 17, "which": "last"},
    {"after": "推荐", "within_s": 9, "which": "every"},
    {"after": "推荐", "until": "误导"},
    {"after": "推荐", "which": "nth", "nth": 2, "within_s": 17},
    {"around": "推荐", "within_s": 9},
    {"around": "推荐", "within_turns": 1, "which": "every"},
]
KINDS = st.sampled_from(["forbidden", "required"])
LOGICS = [
    "提示",
    "not 提示",
    "推荐 and not 提示",
    "推荐 and 提示",
    "误导 or not 提示",
    "not (推荐 and 提示)",
    "提示 and not 误导",
]


@settings(max_examples=400)
@given(SAYINGS, st.sampled_from(WHERE), st.sampled_from(LOGICS), KINDS, st.data())
def test_losing_speech_never_makes_a_rule_fire(
    lines: list[tuple[str, int, str]], where: dict[str, Any], logic: str, kind: str, data: st.DataObject
) -> None:
    """Of people, that is: coverage counts no announcements."""
    conditions = CONDITIONS | {"提示": {"phrases": [WARNED], "where": where}}
    one = rule(logic, kind, conditions)
    dropped = data.draw(st.sampled_from([at for who, at, _ in lines if who != "S"] or [-1]))
    if answer(one, spoken(lines)) != "fires":
        assert answer(one, spoken(lines, dropped)) != "fires"


# ---- faults of the packs


def conditional(**change: Any) -> dict[str, Any]:
    fields = {name: value for name, value in GOOD.items() if name != "match"}
    return fields | {"conditions": hung(), "logic": "甲且非乙"} | change


def hung(**where: Any) -> dict[str, Any]:
    """Two conditions, one with a window."""
    return {"甲": {"phrases": ["稳赚"], "where": where}, "乙": {"phrases": ["风险"]}}


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"logic": "甲 and 丙 and not 乙"}, "logic 没有名为 丙 的条件"),
    ({"logic": "甲 and (乙"}, "logic 第 7 个字的左括号没有配对的右括号"),
    ({"logic": ""}, "logic 写了 conditions，没有写 logic"),
    ({"logic": "甲"}, "conditions.乙 logic 和别的条件都没有用到它"),
    ({"match": {"phrases": ["稳赚"]}}, "match 有 logic 的规则不看 match"),
    ({"where": {"first": {"turns": 1}}}, "where 有 logic 的规则不看这个字段"),
    ({"unless": ["negation"]}, "unless 有 logic 的规则不看这个字段"),
    ({"late_message": "晚了"}, "late_message 有 logic 的规则不看这个字段"),
    ({"conditions": hung(before="丙")}, "conditions.甲.where.before 没有名为 丙 的事件或规则"),
    ({"conditions": hung(first={})}, "conditions.甲.where.first 没有写多长"),
    ({"conditions": hung(around="乙")}, "conditions.甲.where.within_s around 要写前后各多少秒或几句"),
    ({"conditions": hung(before="甲")}, "conditions.甲.where.before 互相依赖，成了一个圈：test.rule/甲 → test.rule/甲"),
    (
        {"conditions": hung(before="test.rule")},
        "conditions.甲.where.before 互相依赖，成了一个圈：test.rule → test.rule/甲",
    ),
    ({"conditions": hung() | {"乙": {}}}, "conditions.乙 没有写要找什么"),
    ({"conditions": hung() | {"乙": {"regex": ["["]}}}, "conditions.乙.regex 正则写错了"),
    ({"conditions": hung() | {"乙": {"phrases": ["……"]}}}, "conditions.乙.phrases 只有标点"),
    ({"conditions": hung() | {"乙": {"phrases": ["x"], "exceptions": {}}}}, "conditions.乙.exceptions 没有写要找什么"),
    (
        {"conditions": hung() | {"乙": {"phrases": ["x"], "unless": ["没有"]}}},
        "conditions.乙.unless 没有名为 没有 的守卫",
    ),
    (
        {"conditions": hung() | {"乙": {"phrases": ["x"], "about": {"counts": [], "exempt": []}}}},
        "conditions.乙.about 没有写产品名称",
    ),
    ({"conditions": hung() | {"乙": {"phrases": ["x"], "times": 0}}}, "conditions.乙.times 数太小"),
    ({"conditions": hung() | {"乙": {"phrases": ["x"], "colour": 1}}}, "conditions.乙.colour 没有这个字段"),
    ({"kind": "event", "logic": "甲 or not 乙"}, "logic 什么都没说到也会成立"),
]


@pytest.mark.parametrize(("change", "wanted"), BROKEN, ids=[wanted for _, wanted in BROKEN])
def test_a_broken_condition_is_located(tmp_path: Path, change: dict[str, Any], wanted: str) -> None:
    found = issues(tmp_path, a=pack(conditional(**change)))
    assert len(found) == 1, found
    assert found[0].startswith(f"a.yaml:test.rule:{wanted}")


@pytest.mark.parametrize("name", ["and", "不且", "或者", "非本人"])
def test_a_condition_is_not_called_by_an_operator(tmp_path: Path, name: str) -> None:
    found = issues(tmp_path, a=pack(conditional(conditions=hung() | {name: {"phrases": ["x"]}})))
    assert f"a.yaml:test.rule:conditions.{name} 条件名不能是 and、or、not，也不能含且、或、非" in found


def test_good_conditions_load(tmp_path: Path) -> None:
    windows = {"甲": {"phrases": ["稳赚"], "where": {"after": "乙", "until": "event.one"}}, "乙": {"regex": ["风险"]}}
    assert issues(tmp_path, a=pack(conditional(conditions=windows), EVENT)) == []
    # 乙 only opens the window
    assert issues(tmp_path, a=pack(conditional(conditions=windows, logic="甲"), EVENT)) == []


def test_two_conditions_in_a_circle(tmp_path: Path) -> None:
    windows = {name: {"phrases": ["稳赚"], "where": {"before": other}} for name, other in (("乙", "甲"), ("甲", "乙"))}
    circle = "互相依赖，成了一个圈：test.rule/乙 → test.rule/甲 → test.rule/乙"
    assert issues(tmp_path, a=pack(conditional(conditions=windows))) == [
        f"a.yaml:test.rule:conditions.甲.where.before {circle}"
    ]


def test_conditions_are_part_of_the_digest_and_no_rules_of_their_own() -> None:
    one, other = rule("推荐 and not 提示"), rule("推荐 or not 提示")
    assert one.digest != other.digest
    plan = compile_plan((one,), shipped().guards)
    assert [compiled.rule.id for compiled in plan.judged] == list(plan.rules) == ["test.rule"]
    assert set(plan.anchors) == {"test.rule", "test.rule/推荐", "test.rule/提示"}
