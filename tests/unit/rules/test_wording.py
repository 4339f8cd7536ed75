"""What must not be said, and what calls for attention: how often, when, by business data, what nobody can tell."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.model import Because, Finding
from inspector.rules.plan import Plan
from tests.builders import event_of, hearing_of, judged, lost, outcome, plan_of, rule_of, turn

OFFER = event_of("offer", "推荐理财", who="agent")


def plan(kind: str = "forbidden", times: int = 1, **fields: Any) -> Plan:
    return plan_of(rule_of(kind, {"phrases": ["稳赚不赔"], "times": times}, **fields), OFFER)


def finding(of: Plan, said: Any, **facts: Any) -> Finding:
    (found,) = judged(of, said, **facts).findings
    return found


# ---- times


def said(letters: str) -> str:
    return "\n".join(f"0:{10 * at:02} {letter} 稳赚不赔\n0:{10 * at + 5:02} C 哦" for at, letter in enumerate(letters))


@pytest.mark.parametrize(
    ("letters", "wanted"),
    [
        ("A", "silent"),
        ("AA", "silent"),
        ("AAA", "fires"),
        ("AAAA", "fires"),
        ("AA?", "undetermined"),
        ("AAA?", "fires"),
        ("A?", "silent"),
        ("AAS", "silent"),
    ],
)
@pytest.mark.parametrize("kind", ["forbidden", "signal"])
def test_in_how_many_places(kind: str, letters: str, wanted: str) -> None:
    assert outcome(plan(kind, times=3), said(letters)) == wanted


def test_all_places_are_shown_where_one_is_doubtful() -> None:
    found = finding(plan(times=3), said("AA?"))
    assert [one.party for one in found.evidence] == ["agent", "agent", "unknown"]
    assert found.undetermined_because is Because.PARTY_UNKNOWN and found.coverage is not None
    found = finding(plan(times=3), said("AAA?"))
    assert [one.party for one in found.evidence] == ["agent"] * 3


def test_the_same_words_twice_in_one_breath_are_two_places() -> None:
    assert outcome(plan(times=2), "0:01 A 稳赚不赔稳赚不赔") == "fires"


def test_too_few_places_in_a_lane_that_was_lost() -> None:
    heard = hearing_of(turn("A", 0.0, "稳赚不赔", 2.0), lost("A", 5.0, 12.0))
    assert outcome(plan(times=2), heard) == "undetermined"
    assert outcome(plan(), heard) == "fires"


# ---- business data


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({}, "not_applicable"),
        ({"product_type": "理财"}, "fires"),
        ({"product_type": "存款"}, "not_applicable"),
        ({"product_type": "理财", "mystery": True}, "not_applicable"),
    ],
)
def test_business_data_decide_whether_it_applies(facts: dict[str, Any], wanted: str) -> None:
    clause = {"only": ["product_type=理财"], "not_applicable": ["mystery"]}
    assert outcome(plan(facts=clause), hearing_of(turn("A", 1.0, "稳赚不赔")), **facts) == wanted


# ---- windows: |×offer|10 s|      |×offer|10 s|


@pytest.mark.parametrize(
    ("which", "at_s", "wanted"),
    [
        ("first", 5.0, "fires"),
        ("first", 45.0, "silent"),
        ("last", 5.0, "silent"),
        ("last", 45.0, "fires"),
        ("every", 5.0, "fires"),
        ("every", 45.0, "fires"),
        ("every", 25.0, "silent"),
    ],
)
def test_every_window_is_looked_at(which: str, at_s: float, wanted: str) -> None:
    heard = [turn("A", 0.0, "推荐理财"), turn("A", 40.0, "推荐理财"), turn("A", at_s, "稳赚不赔")]
    where = {"after": "event.offer", "within_s": 10, "which": which}
    assert outcome(plan(where=where), hearing_of(*heard, duration_s=60.0)) == wanted


def test_a_place_in_two_windows_is_one_place() -> None:
    # |offer|——20 s——|      both hold what was said at 12 s
    #     |offer|——20 s——|
    heard = hearing_of(turn("A", 0.0, "推荐理财"), turn("A", 6.0, "推荐理财"), turn("A", 12.0, "稳赚不赔"))
    where = {"after": "event.offer", "within_s": 20, "which": "every"}
    assert outcome(plan(times=2, where=where), heard) == "silent"
    assert len(finding(plan(where=where), heard).evidence) == 1


def test_around_an_event() -> None:
    where = {"around": "event.offer", "within_s": 10}
    for at_s, wanted in ((29.9, "silent"), (30.0, "fires"), (50.9, "fires"), (51.1, "silent")):
        heard = hearing_of(turn("A", 40.0, "推荐理财", 41.0), turn("A", at_s, "稳赚不赔"), duration_s=90.0)
        assert outcome(plan(where=where), heard) == wanted, at_s
