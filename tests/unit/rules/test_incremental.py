"""Judging while the call goes on: the answers of the batch at every step, and nothing told that is taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import pytest

from inspector.model import Call, EmotionSpan, Facts, Hearing, Outcome, Party, Turn
from inspector.rules.growing import GrowingPassages, heard_by
from inspector.rules.incremental import LiveJudge, Step
from inspector.rules.matchers import Match
from inspector.rules.passages import Passage, passages_of
from inspector.rules.plan import Plan
from tests.builders import event_of, hearing_of, lost, plan_of, rule_of, turn
from tests.growing import Blind, assert_nothing_is_taken_back, follow, random_blind, random_cuts, seeded

pytestmark = pytest.mark.slow

SALE = "稳赚不赔"
OFFER = event_of("offer", "推荐理财", who="agent")
CONSENT = event_of("consent", "同意购买", who="customer")
LONG_REPLY = "真的吗我不太相信"


def steps(plan: Plan, hearing: Hearing, *at_s: float, blind: Blind | None = None, **facts: Any) -> list[Step]:
    live = LiveJudge(Call("test", "1", Facts(**facts)), plan, "test")
    seen = [(blind.seen(hearing, at) if blind else hearing, at) for at in at_s]
    return [live.hear(*heard_by(one, at)) for one, at in seen]


def told_at(plan: Plan, hearing: Hearing, *at_s: float, **more: Any) -> list[float]:
    """When each finding was told as certain."""
    return [one.at_s for step in steps(plan, hearing, *at_s, **more) for one in step.certain]


# ---- early: certain when the passage is closed --------------------------


def test_words_are_certain_once_the_other_has_taken_over() -> None:
    heard = hearing_of(turn("A", 0, SALE), turn("C", 1.5, LONG_REPLY), duration_s=9)
    first, second = steps(plan_of(rule_of()), heard, 1.0, 3.5)
    assert first.inspection.by_rule == {"test.rule": Outcome.FIRES}
    assert (first.certain, first.decided) == ((), frozenset())
    (told,) = second.certain
    assert (told.finding.rule_id, told.at_s, second.decided) == ("test.rule", 3.5, {"test.rule"})


def test_a_pause_of_a_turn_closes_the_passage_too_and_nothing_is_told_twice() -> None:
    assert told_at(plan_of(rule_of()), hearing_of(turn("A", 0, SALE), duration_s=30), 1, 4.9, 5.1, 20) == [5.1]


def test_what_may_still_be_denied_is_not_certain() -> None:
    """agent |稳赚不赔|  |是不可能的|: the second turn takes the first one back."""
    heard = hearing_of(turn("A", 0, SALE), turn("A", 3, "是不可能的"), duration_s=20)
    plan = plan_of(rule_of(unless=["denial"]))
    assert [step.inspection.by_rule["test.rule"] for step in steps(plan, heard, 2, 9)] == ["fires", "undetermined"]
    assert told_at(plan, heard, 2, 9, 20) == []


def test_what_is_being_said_holds_the_passage_open() -> None:
    """At 12 s the agent has spoken since 3 s; nobody knows the words yet."""
    heard = hearing_of(turn("A", 0, SALE), turn("A", 3, "是不可能的", 14.0), duration_s=30)
    assert told_at(plan_of(rule_of(unless=["denial"])), heard, 2, 12, 30) == []


def test_what_somebody_unknown_said_may_belong_to_it() -> None:
    heard = hearing_of(turn("A", 0, SALE), turn("?", 2, "是不可能的"), turn("C", 4, LONG_REPLY), duration_s=40)
    plan = plan_of(rule_of(unless=["denial"]))
    assert told_at(plan, heard, 2, 7, 40) == []
    known = replace(
        heard, turns=tuple(replace(t, party=Party.CUSTOMER) if t.speaker == "?" else t for t in heard.turns)
    )
    assert told_at(plan, known, 2, 7, 40, blind=Blind(1.5, 3, 9)) == [40]


def test_the_product_is_certain_when_all_before_the_words_is() -> None:
    """The customer has been speaking of deposits since 0 s, in words that come at 9 s only."""
    about = {"counts": ["理财"], "exempt": ["存款"]}
    said = (turn("C", 0, "我想问的是那个存款的事情", 9.0), turn("A", 1, SALE), turn("A", 20, "您的理财到期了请看"))
    heard = hearing_of(*said, duration_s=40)
    plan = plan_of(rule_of(about=about))
    assert told_at(plan, heard, 2, 7, 40, product_type="理财") == []


def test_words_that_an_event_can_excuse_wait_for_the_end() -> None:
    plan = plan_of(OFFER, rule_of(not_when=["event.offer"]))
    heard = hearing_of(turn("A", 0, SALE), turn("A", 30, "推荐理财"), duration_s=60)
    assert told_at(plan, heard, 2, 20, 60) == []


def test_the_window_up_to_an_event_is_waited_for_where_that_may_have_been_said() -> None:
    """The customer has been speaking since 0 s and may have consented before the agent's words."""
    plan = plan_of(CONSENT, rule_of(where={"before": "event.consent"}))
    heard = hearing_of(
        turn("C", 0, "我同意购买然后再说别的", 11), turn("A", 5, SALE), turn("C", 20, "嗯"), duration_s=40
    )
    assert told_at(plan, heard, 6, 10.5, 40) == []


# ---- deadline: certain when the window is closed ------------------------


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ({"first": {"seconds": 10}}, [30]),
        ({"first": {"turns": 3, "seconds": 10}}, [45]),
        ({"before": "event.consent"}, [60]),
        ({"after": "event.offer", "within_s": 40}, [45]),
        ({"after": "event.offer", "until": "event.consent"}, [60]),
        ({"around": "event.offer", "within_s": 20}, [30]),
        ({}, []),
        ({"last": {"turns": 1}}, []),
        ({"after": "event.offer", "within_s": 10, "which": "last"}, []),
    ],
)
def test_what_was_not_said_is_certain_when_its_time_is_over(where: dict[str, Any], wanted: list[float]) -> None:
    """
    agent     0 推荐理财     18 请问      40 好的
    customer                                     50 同意购买
    """
    said = (turn("A", 0, "推荐理财"), turn("A", 18, "请问您看"), turn("A", 40, "好的好的"), turn("C", 50, "同意购买"))
    plan = plan_of(OFFER, CONSENT, rule_of("required", {"phrases": ["投资有风险"]}, where=where))
    heard = hearing_of(*said, duration_s=80)
    assert told_at(plan, heard, 8, 30, 45, 60, 80) == wanted


def test_where_turns_count_what_is_not_heard_before_the_window_closes_leaves_it_open() -> None:
    """agent |稳赚不赔|      |~~~~|     |好的好的|: in the first three turns, of which one may be unheard."""
    conditions = {"甲": {"phrases": [SALE], "where": {"first": {"turns": 3}}}}
    plan = plan_of(rule_of(logic="甲", conditions=conditions).model_copy(update={"match": Match()}))
    said = (turn("A", 0, SALE), turn("A", 30, "好的好的"), turn("A", 40, "请问您看"), turn("A", 50, "还有别的"))
    assert told_at(plan, hearing_of(*said, duration_s=80), 8, 35, 46, 80) == [46]
    assert told_at(plan, hearing_of(*said, lost("A", 10, 14), duration_s=80), 8, 35, 46, 80) == []


@pytest.mark.parametrize("where", [{"around": "event.offer"}, {"after": "event.offer"}])
def test_the_turn_of_an_event_may_go_on_after_a_short_pause(where: dict[str, Any]) -> None:
    """
    agent     |推荐理财给您|          |投资有风险|      the same turn: the pause is short
    customer            |真的吗我…|                    settled up to here at 3.2 s
    """
    said = [turn("A", 0, "推荐理财给您"), turn("C", 1.6, LONG_REPLY, 3.0), turn("A", 3.5, "投资有风险")]
    plan = plan_of(OFFER, rule_of("required", {"phrases": ["投资有风险"]}, where=where | {"within_turns": 0}))
    assert told_at(plan, hearing_of(*said, duration_s=40), 3.2, 20, 40) == []
    assert told_at(plan, hearing_of(*said[:2], turn("A", 9, "投资有风险"), duration_s=40), 3.2, 7.5, 40) == [7.5]


def test_what_was_said_in_time_is_decided_too() -> None:
    plan = plan_of(rule_of("required", where={"first": {"seconds": 20}}))
    first, second = steps(plan, hearing_of(turn("A", 3, SALE), duration_s=60), 4.5, 10)
    assert (first.decided, second.decided, second.certain) == (frozenset(), {"test.rule"}, ())


def test_business_data_decide_before_anything_is_said() -> None:
    plan = plan_of(rule_of(facts={"not_applicable": ["transfer_from"]}))
    (step,) = steps(plan, hearing_of(turn("A", 0, "您好")), 1.0, transfer_from="8001")
    assert step.decided == {"test.rule"}
    dated = plan_of(rule_of(effective={"from": "2026-01-01"}))
    (step,) = steps(dated, hearing_of(turn("A", 0, "您好")), 1.0, start="2025-12-31T10:00:00+08:00")
    assert step.decided == {"test.rule"}


# ---- passages -----------------------------------------------------------


def turns_of(passages: tuple[Passage, ...]) -> list[tuple[Turn, ...]]:
    return [passage.turns for passage in passages]


def test_passages_that_stay_the_same_are_the_same_objects() -> None:
    heard = hearing_of(turn("A", 0, SALE), turn("C", 1.5, LONG_REPLY), turn("A", 9, "好的"), duration_s=20)
    growing = GrowingPassages()
    growing.hear(*heard_by(heard, 3.5))
    before = growing.passages
    growing.hear(*heard_by(heard, 20.0))
    assert [one is other for one, other in zip(before, growing.passages, strict=False)] == [True, True]
    assert turns_of(growing.passages) == turns_of(passages_of(heard))


def test_a_party_that_was_taken_for_another_is_judged_anew() -> None:
    """Against the contract, but the answers stay those of the batch."""
    heard = hearing_of(turn("A", 0, SALE), turn("C", 5, LONG_REPLY), duration_s=30)
    other = replace(heard, turns=tuple(replace(one, party=Party.CUSTOMER) for one in heard.turns))
    growing = GrowingPassages()
    for one in (heard, other):
        growing.hear(one, 30.0)
        assert turns_of(growing.passages) == turns_of(passages_of(one))


# ---- any rules, any call ------------------------------------------------

WORDS = (
    SALE,
    "投资有风险",
    "同意购买",
    "推荐理财",
    "不再需要",
    "存款产品",
    "您好云川",
    "是不可能的",
    "有人说",
    "嗯",
    "好的",
)
WHERES: tuple[dict[str, Any], ...] = (
    {},
    {"first": {"turns": 2, "seconds": 8}},
    {"first": {"seconds": 15}},
    {"last": {"turns": 2}},
    {"before": "event.consent"},
    {"before": "event.consent", "since": "event.offer"},
    {"after": "event.offer"},
    {"after": "event.offer", "within_s": 10},
    {"after": "event.offer", "within_turns": 2},
    {"after": "event.offer", "within_turns": 2, "within_s": 6, "which": "every"},
    {"after": "event.offer", "until": "event.consent"},
    {"around": "event.offer", "within_s": 8},
    {"around": "event.offer", "within_s": 8, "which": "last"},
    {"after": "event.known", "within_s": 10},
    {"first": {"percent": 40}},
    {"last": {"percent": 40}},
    {"between": {"from_s": 3, "to_s": 15}},
    {"between": {"from_percent": 10, "to_percent": 60}},
    {"before": ["event.consent", "event.offer"]},
    {"before": "event.consent", "within_s": 9},
    {"before": "event.consent", "within_turns": 2, "which": "every"},
    {"before": "event.consent", "since": "event.offer", "within_s": 9},
    {"before": ["event.consent", "event.offer"], "within_s": 9, "which": "nth", "nth": 2},
    {"after": "event.offer", "within_s": 10, "which": "any"},
    {"after": "event.offer", "within_turns": 1, "which": "nth", "nth": 2},
    {"around": "event.offer", "within_turns": 1},
    {"around": "event.offer", "within_turns": 0, "which": "any"},
    {"around": "event.gated", "within_s": 9},
    {"before": "event.gated"},
    {"after": "event.both", "within_s": 9},
    {"after": "event.near", "within_s": 9},
    {"after": "event.two", "within_s": 9},
    {"before": "event.two"},
)
MORE: tuple[dict[str, Any], ...] = (
    {},
    {"needs": ["event.offer"]},
    {"needs_any": ["event.offer", "event.known"]},
    {"not_when": ["event.offer"]},
    {"about": {"counts": ["理财"], "exempt": ["存款"], "pointing": ["产品"]}},
    {"who": "any", "exceptions": {"phrases": ["有人说"]}},
    {"facts": {"not_applicable": ["hangup_by=customer"]}},
    {"severity": "critical"},
    {"needs": ["event.gated"]},
    {"needs": ["event.both"]},
    {"needs_any": ["event.near", "event.gated"]},
)
LOGICS = (
    "甲",
    "not 乙",
    "甲 and not 乙",
    "甲 and 乙",
    "甲 or not 乙",
    "not (甲 and 乙)",
    "乙 and not 甲",
    "丙 and 乙",
)


def _any_plan(turned: int) -> Plan:
    """Every kind in every window, each with another of what a rule may say besides."""
    rules = [*_ANCHORS]
    for number, (kind, where) in enumerate(product(("forbidden", "signal", "required"), WHERES)):
        words = ["投资有风险"] if kind == "required" else [SALE]
        more: dict[str, Any] = {}
        if number % 5 == 0 and kind != "required":
            more = {"times": 2}
        elif number % 7 == 0:
            more = {"sequence": {"of": [["您好云川"], ["推荐理财"]], "within_s": 9}}
        elif number % 3 == 0:
            more = {"phrases": [*words, "存款产品"], "distinct": 2}
        given: dict[str, Any] = {"unless": ["negation", "denial", "warning"], "where": where}
        given |= MORE[(number + turned) % len(MORE)]
        rules.append(rule_of(kind, {"phrases": words, **more}, id=f"test.r{number}", **given))
    return plan_of(*rules)


_ANCHORS = (
    OFFER,
    CONSENT,
    rule_of("event", {"phrases": ["不再需要"]}, id="event.known", who="agent", facts={"satisfied": ["queue"]}),
    rule_of("event", {"phrases": ["推荐理财", "存款产品"], "distinct": 2}, id="event.two"),
    rule_of("event", {"phrases": ["推荐理财"]}, id="event.gated", needs=["event.consent"]),
    rule_of("event", {"phrases": ["推荐理财"]}, id="event.near", where={"after": "event.gated", "within_s": 20}),
    rule_of(
        "event",
        id="event.both",
        logic="甲 and 乙",
        conditions={"甲": {"phrases": ["推荐理财"], "times": 2}, "乙": {"phrases": ["同意购买"], "who": "customer"}},
    ).model_copy(update={"match": Match()}),
)


def _renamed(value: Any) -> Any:
    """The condition that is the same as an event, instead of it."""
    if isinstance(value, list):
        return [_renamed(one) for one in value]
    return "丁" if value == "event.offer" else value


def _joined_plan(turned: int) -> Plan:
    """Every kind of rule with every window in one of its conditions, which may hang on another one."""
    rules = [*_ANCHORS]
    for number, (kind, where) in enumerate(product(("forbidden", "signal", "required"), WHERES)):
        hung = {at: _renamed(value) for at, value in where.items()}
        near = {"after": "乙", "within_s": 12} if number % 2 else {"before": "丁"}
        conditions = {
            "甲": {"phrases": ["投资有风险"], "where": near if turned % 2 else {}, "times": 1 + number % 5 // 4},
            "乙": {"phrases": [SALE], "unless": ["negation", "denial", "warning"], "where": hung},
            "丙": {"phrases": ["嗯"], "who": "customer", "about": {"counts": ["理财"], "exempt": ["存款"]}},
            "丁": {"phrases": ["推荐理财"], "who": "any"},
        }
        given = {"logic": LOGICS[(number + turned) % len(LOGICS)], "conditions": conditions}
        one = rule_of(kind, id=f"test.r{number}", **given, **MORE[turned % 2 * 2])
        rules.append(one.model_copy(update={"match": Match()}))
    return plan_of(*rules)


def _any_call(random: Random) -> Hearing:
    """Two or three people who talk over each other, pause, are not heard; their phrases are cut in two."""
    at_s, said = 0.0, []
    for _ in range(random.randint(2, 14)):
        at_s = max(0.0, at_s + random.choice((-1.5, 0.2, 0.6, 2.0, 3.9, 4.1, 9.0)) + random.random())
        letter = random.choice("AAACCC?S" if random.random() < 0.3 else "AC")
        text = "".join(random.choice(WORDS) for _ in range(random.choice((1, 1, 2, 3))))
        text = text[random.randint(0, 2) :][: random.choice((4, 20))] or "嗯"
        end_s = at_s + len(text) / 4 * random.choice((1.0, 1.0, 3.0))
        silent = random.random() < 0.1
        said.append(lost(letter, at_s, end_s) if silent else turn(letter, at_s, text, end_s, random.choice((1.0, 0.5))))
        at_s = end_s
    heard = hearing_of(*said, duration_s=at_s + random.choice((0, 3, 20)), ends_early=random.random() < 0.1)
    shown = [
        EmotionSpan(t.party, t.start_s, t.end_s, "agitation", 0.9, ()) for t in heard.turns if random.random() < 0.2
    ]
    return replace(heard, emotions=tuple(shown))


@pytest.mark.parametrize(("made", "kinds"), [(_any_plan, len(MORE)), (_joined_plan, len(LOGICS))])
def test_any_rules_on_any_call(made: Callable[[int], Plan], kinds: int) -> None:
    plans = [made(turned) for turned in range(kinds)]
    told = decided = 0
    for seed in range(80):
        random = seeded(seed)
        heard = _any_call(random)
        cuts_s = random_cuts(random, heard, 4)
        facts = Facts(queue=random.choice((None, "1")), hangup_by=random.choice((None, "customer")))
        followed = follow(plans[seed % len(plans)], heard, cuts_s, facts, random_blind(random, cuts_s[-1]))
        assert_nothing_is_taken_back(followed)
        told, decided = told + len(followed.told), decided + len(followed.decided)
    assert told > 50
    assert decided > told
