"""Opening and closing of a call of several recordings, with machines in it, and with recordings missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inspector.legs import Leg, join
from inspector.model import Because, Hearing, Turn
from inspector.rules.schema import Rule
from tests.builders import event_of, hearing_of, judged, outcome, plan_of, rule_of, turn

OFFER, CONSENT = event_of("offer", "推荐理财", who="agent"), event_of("consent", "帮我办吧", who="customer")
OPENING, CLOSING = {"first": {"turns": 2, "seconds": 20}}, {"last": {"turns": 2, "seconds": 20}}


def needing(where: dict[str, Any], who: str = "agent") -> Rule:
    return rule_of("required", {"phrases": ["投资有风险"]}, where=where, who=who)


def leg(*said: Turn, duration_s: float = 60.0, starts_cut: bool = False, ends_early: bool = False) -> Hearing:
    return hearing_of(*said, duration_s=duration_s, starts_cut=starts_cut, ends_early=ends_early)


def call(*legs: Hearing | None) -> Hearing:
    return join([(Leg(no, Path("x")), hearing) for no, hearing in enumerate(legs, start=1)])


def answer(rule: Rule, heard: Hearing) -> str:
    return outcome(plan_of(rule, OFFER, CONSENT), heard)


def because(rule: Rule, heard: Hearing) -> Because | None:
    (finding,) = judged(plan_of(rule, OFFER, CONSENT), heard).findings
    return finding.undetermined_because


MENU = leg(turn("S", 0.0, "欢迎致电"), turn("S", 50.0, "正在转接"), starts_cut=True)
SAID, UNSAID = turn("A", 2.0, "投资有风险"), turn("A", 2.0, "您好请讲")


# ---- opening:  leg 1 |S 欢迎致电 … |   leg 2 |A …|   leg 3 |A …|      it belongs to leg 2


@pytest.mark.parametrize(
    ("legs", "wanted"),
    [
        ((MENU, leg(SAID)), "silent"),
        ((MENU, leg(UNSAID)), "fires"),
        ((MENU, leg(UNSAID), leg(SAID)), "fires"),  # the second agent opens his own part, not the call
        ((leg(UNSAID, duration_s=8.0), leg(SAID)), "fires"),  # 2 + 20 s would reach into leg 2
        ((leg(SAID), leg(UNSAID)), "silent"),
    ],
)
def test_the_opening_belongs_to_the_first_leg_with_the_party(legs: tuple[Hearing, ...], wanted: str) -> None:
    assert answer(needing(OPENING), call(*legs)) == wanted


def test_what_a_menu_said_in_an_earlier_leg_counts_as_said() -> None:
    # leg 1 |S 投资有风险|     leg 2 |A 您好请讲|
    assert answer(needing(OPENING), call(leg(turn("S", 1.0, "投资有风险")), leg(UNSAID))) == "silent"


# ---- closing:  leg 1 |A …|   leg 2 |A …|   leg 3 |S 请评价|      it belongs to leg 2


SURVEY = leg(turn("S", 1.0, "请您评价"), duration_s=9.0)


@pytest.mark.parametrize(
    ("legs", "wanted"),
    [
        ((leg(UNSAID), leg(SAID), SURVEY), "silent"),
        ((leg(UNSAID), leg(UNSAID), SURVEY), "fires"),
        ((leg(turn("A", 58.0, "投资有风险")), leg(UNSAID)), "fires"),  # said before the transfer, 4 s earlier
    ],
)
def test_the_closing_belongs_to_the_last_leg_with_the_party(legs: tuple[Hearing, ...], wanted: str) -> None:
    assert answer(needing(CLOSING), call(*legs)) == wanted


# ---- a machine in the same recording:  |S 欢迎 … |A 您好|C 投资有风险| … |S 请您评价|


@pytest.mark.parametrize("who", ["agent", "any"])
@pytest.mark.parametrize("where", [{"first": {"turns": 1}}, {"first": {"seconds": 5}}])
def test_a_machine_opens_no_call(who: str, where: dict[str, Any]) -> None:
    heard = leg(turn("S", 0.0, "欢迎致电"), turn("A", 40.0, "投资有风险"))
    assert answer(needing(where, who), heard) == "silent"
    late = leg(turn("S", 0.0, "欢迎致电"), turn("A", 40.0, "您好请讲"), turn("A", 50.0, "投资有风险"))
    assert answer(needing(where, who), late) == "fires"


@pytest.mark.parametrize("who", ["agent", "any"])
@pytest.mark.parametrize("where", [{"last": {"turns": 1}}, {"last": {"seconds": 5}}])
def test_a_machine_closes_no_call(who: str, where: dict[str, Any]) -> None:
    heard = leg(turn("A", 10.0, "投资有风险"), turn("S", 40.0, "请您评价"))
    assert answer(needing(where, who), heard) == "silent"


def test_turns_of_a_party_unknown_stand_in_with_its_speech() -> None:
    # |? 您好|? 请讲|? 投资有风险|
    said = turn("?", 1.0, "您好"), turn("?", 9.0, "请讲"), turn("?", 20.0, "投资有风险")
    assert because(needing({"first": {"turns": 3}}), leg(*said)) is Because.PARTY_UNKNOWN
    assert answer(needing({"first": {"turns": 2}}), leg(*said)) == "fires"


def test_an_earlier_leg_in_which_nobody_is_known_may_hold_the_opening() -> None:
    # leg 1 |? 您好|     leg 2 |A 您好请讲|
    unknown = leg(turn("?", 1.0, "您好"))
    assert answer(needing(OPENING), call(unknown, leg(SAID))) == "silent"
    assert answer(needing(OPENING), call(unknown, leg(UNSAID))) == "undetermined"
    assert answer(needing(CLOSING), call(leg(UNSAID), unknown)) == "undetermined"
    assert answer(needing(CLOSING), call(unknown, leg(UNSAID))) == "fires"


# ---- holes:  leg 1 |A …|  ? |A …| leg 3


@pytest.mark.parametrize(
    ("where", "legs", "wanted"),
    [
        (OPENING, (None, leg(UNSAID)), "undetermined"),
        (OPENING, (MENU, None, leg(UNSAID)), "undetermined"),
        (OPENING, (leg(UNSAID, duration_s=8.0), None, leg(UNSAID)), "undetermined"),  # 8 s of 20 are there
        (OPENING, (leg(UNSAID), None), "fires"),
        (OPENING, (leg(UNSAID, duration_s=8.0, ends_early=True), leg(UNSAID)), "undetermined"),
        (OPENING, (MENU, leg(turn("A", 0.0, "好请讲"), starts_cut=True)), "undetermined"),
        (CLOSING, (leg(UNSAID), None), "undetermined"),
        (CLOSING, (None, leg(turn("A", 30.0, "您好请讲"), turn("A", 40.0, "好的"))), "fires"),
        (CLOSING, (leg(UNSAID), None, leg(UNSAID)), "undetermined"),  # 2 s of 20 are there
        ({}, (leg(UNSAID), None, leg(UNSAID)), "undetermined"),
        ({}, (leg(UNSAID), leg(UNSAID)), "fires"),
    ],
)
def test_what_may_lie_in_a_hole_is_not_missed(
    where: dict[str, Any], legs: tuple[Hearing | None, ...], wanted: str
) -> None:
    heard = call(*legs)
    assert answer(needing(where), heard) == wanted
    assert because(needing(where), heard) is (Because.CUT_OFF if wanted == "undetermined" else None)


@pytest.mark.parametrize(
    ("hole", "wanted"),
    [(0, "fires"), (1, "undetermined"), (2, "fires")],
)
def test_between_two_events_only_a_hole_between_them_matters(hole: int, wanted: str) -> None:
    # |A 推荐理财|C 帮我办吧|     hole 0 before the offer, 1 between, 2 after the consent
    offer, consent = leg(turn("A", 5.0, "推荐理财")), leg(turn("C", 5.0, "帮我办吧"), turn("A", 9.0, "好"))
    legs = [offer, consent]
    legs.insert(hole, None)  # type: ignore[arg-type]
    assert answer(needing({"after": "event.offer", "before": "event.consent"}), call(*legs)) == wanted


def test_what_was_said_is_said_whatever_is_missing() -> None:
    assert answer(needing(OPENING), call(None, leg(SAID), None)) == "silent"
