"""How much of a call there is: just below and just above each limit; and what nothing here can measure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inspector.model import Because, Finding, Hearing
from inspector.rules.check import check_packs
from inspector.rules.load import Packs
from inspector.rules.schema import PackFile
from tests.builders import hearing_of, judged, lost, outcome, plan_of, rule_of, turn


def answer(match: dict[str, Any], heard: Hearing | str, **fields: Any) -> str:
    return outcome(plan_of(rule_of("metric", match, **fields)), heard)


def finding(match: dict[str, Any], heard: Hearing, **fields: Any) -> Finding:
    (found,) = judged(plan_of(rule_of("metric", match, **fields)), heard).findings
    return found


@pytest.mark.parametrize(
    ("limits", "end_s", "cut", "wanted"),
    [
        ({"longer_s": 60}, 60.0, False, "silent"),
        ({"longer_s": 60}, 60.1, False, "fires"),
        ({"longer_s": 60}, 60.1, True, "fires"),  # with what lacks it is longer still
        ({"shorter_s": 60}, 60.0, False, "silent"),
        ({"shorter_s": 60}, 59.9, False, "fires"),
        ({"shorter_s": 60}, 59.9, True, "undetermined"),
        ({"longer_s": 90, "shorter_s": 60}, 75.0, False, "silent"),
    ],
)
def test_duration(limits: dict[str, float], end_s: float, cut: bool, wanted: str) -> None:
    heard = hearing_of(turn("A", 1.0, "您好"), duration_s=end_s, ends_early=cut)
    assert answer({"duration": limits}, heard) == wanted
    if wanted == "fires":
        (evidence,) = finding({"duration": limits}, heard).evidence
        assert (evidence.how, evidence.end_s, evidence.wanted) == ("metric", end_s, "通话60秒")


def test_a_chat_has_no_length() -> None:
    plan = plan_of(rule_of("metric", {"duration": {"longer_s": 1}}))
    assert outcome(plan, hearing_of(turn("A", 1.0, "您好您好您好")), channel="chat") == "not_applicable"


THREE = [
    turn("C", 1.0, "喂你好"),
    turn("A", 3.0, "您好请讲"),
    turn("C", 6.0, "我的卡"),
    turn("C", 20.0, "就是不能用了"),
]


@pytest.mark.parametrize(
    ("limits", "more", "wanted"),
    [
        ({"more": 2}, [], "fires"),
        ({"more": 3}, [], "silent"),
        ({"more": 3}, [turn("?", 30.0, "还有吗")], "undetermined"),
        ({"more": 3}, [lost("C", 30.0, 32.0)], "undetermined"),
        ({"more": 2}, [lost("C", 30.0, 32.0)], "fires"),
        ({"fewer": 4}, [], "fires"),
        ({"fewer": 3}, [], "silent"),
        ({"fewer": 4}, [turn("?", 30.0, "还有吗")], "undetermined"),
        ({"fewer": 4}, [lost("C", 30.0, 32.0)], "undetermined"),
        ({"fewer": 4}, [lost("A", 30.0, 32.0)], "fires"),
        ({"more": 5, "fewer": 2}, [], "silent"),
    ],
)
def test_turns(limits: dict[str, int], more: list[Any], wanted: str) -> None:
    assert answer({"turns": limits}, hearing_of(*THREE, *more), who="customer") == wanted


def test_a_recording_cut_short_lacks_turns() -> None:
    heard = hearing_of(*THREE, ends_early=True)
    assert answer({"turns": {"fewer": 4}}, heard, who="customer") == "undetermined"
    assert finding({"turns": {"fewer": 4}}, heard, who="customer").undetermined_because is Because.CUT_OFF
    assert answer({"turns": {"more": 2}}, heard, who="customer") == "fires"


def shares(agent_s: float, customer_s: float, unknown_s: float = 0.0, **more: Any) -> Hearing:
    """Speech one after the other, in characters that do not matter."""
    said = [turn("A", 0.0, "嗯", agent_s), turn("C", 100.0, "嗯", 100.0 + customer_s)]
    said += [turn("?", 200.0, "嗯", 200.0 + unknown_s)] if unknown_s else []
    return hearing_of(*said, turn("S", 300.0, "嗯", 390.0), **more)


@pytest.mark.parametrize(
    ("limits", "seconds", "wanted"),
    [
        ({"more": 0.8}, (80.0, 20.0), "silent"),
        ({"more": 0.8}, (81.0, 20.0), "fires"),
        ({"less": 0.2}, (20.0, 80.0), "silent"),
        ({"less": 0.2}, (19.0, 80.0), "fires"),
        ({"more": 0.8}, (75.0, 15.0, 10.0), "undetermined"),  # 75 to 85 %
        ({"more": 0.8}, (90.0, 5.0, 5.0), "fires"),  # 90 % at least
        ({"less": 0.2}, (15.0, 80.0, 10.0), "undetermined"),
        ({"more": 0.8}, (59.0, 0.5), "not_applicable"),  # too little talk to tell
        ({"more": 0.8, "over_s": 30}, (59.0, 0.5), "fires"),
    ],
)
def test_talk_share(limits: dict[str, float], seconds: tuple[float, ...], wanted: str) -> None:
    assert answer({"talk_share": limits}, shares(*seconds), who="agent") == wanted


def test_half_a_recording_shows_no_share() -> None:
    found = finding({"talk_share": {"more": 0.8}}, shares(81.0, 10.0, ends_early=True), who="agent")
    assert found.undetermined_because is Because.CUT_OFF
    assert answer({"talk_share": {"more": 0.95}}, shares(81.0, 10.0, ends_early=True), who="agent") == "silent"


# ---- what nothing here can measure -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "match", "because"),
    [
        ("metric", {"loudness": {"above_own_db": 6}}, Because.NO_SOUND),
        ("metric", {"nl": {"question": "坐席是否耐心解释？"}}, Because.NO_MODEL),
        ("required", {"nl": {"question": "坐席是否耐心解释？"}}, Because.NO_MODEL),
        ("forbidden", {"nl": {"question": "坐席是否嘲讽客户？"}}, Because.NO_MODEL),
        ("signal", {"nl": {"question": "客户是否失望？"}}, Because.NO_MODEL),
    ],
)
def test_what_nobody_can_tell(kind: str, match: dict[str, Any], because: Because) -> None:
    plan = plan_of(rule_of(kind, match, facts={"only": ["direction=outbound"]}))
    heard = hearing_of(turn("A", 1.0, "您好您好"))
    (found,) = judged(plan, heard, direction="outbound").findings
    assert (found.outcome, found.undetermined_because) == ("undetermined", because)
    assert found.coverage is not None
    assert outcome(plan, heard, direction="inbound") == "not_applicable"
    assert outcome(plan, replace(heard, turns=(), speech=()), direction="outbound") == "not_applicable"


@pytest.mark.parametrize(
    ("match", "wanted"),
    [
        ({"nl": {"question": "坐席是否耐心解释？"}}, [("match.nl", "warning")]),
        ({"loudness": {"above_own_db": 6}}, [("match.loudness", "warning")]),
        ({"duration": {"longer_s": 600}}, []),
    ],
)
def test_the_check_says_so(match: dict[str, Any], wanted: list[tuple[str, str]]) -> None:
    groups = ("fires", "silent") if "duration" in match else ("undetermined",)
    examples = {group: [{"name": group, "call": "0:01 A 您好"}] for group in groups}
    rule = rule_of("metric", match, message="不好", remedy="听", examples=examples)
    file = PackFile.model_validate({"schema": "inspector.rules/1", "pack": "测试", "rules": (rule,)})
    assert [(one.field, one.severity) for one in check_packs(Packs([("a.yaml", file)]))] == wanted
