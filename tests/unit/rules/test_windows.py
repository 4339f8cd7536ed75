"""Where a rule looks: first and last words, before and after events, with a cut recording."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.model import Because, Hearing
from inspector.rules.schema import Rule
from tests.builders import event_of, hearing_of, judged, lost, outcome, plan_of, rule_of, turn

OFFER, CONSENT = event_of("offer", "推荐理财", who="agent"), event_of("consent", "帮我办吧", who="customer")


def needing(**where: Any) -> Rule:
    return rule_of("required", {"phrases": ["投资有风险"]}, where=where)


def banning(**where: Any) -> Rule:
    return rule_of(match={"phrases": ["稳赚不赔"]}, where=where)


def answer(rule: Rule, heard: Hearing | str) -> str:
    return outcome(plan_of(rule, OFFER, CONSENT), heard)


# ---- first: |A turn 1|  |A turn 2|      20 s|   the window ends at the later of the two


@pytest.mark.parametrize(
    ("said_at_s", "wanted"),
    [(2.0, "silent"), (20.9, "silent"), (21.1, "fires")],
)
def test_first_reaches_to_the_seconds_when_they_are_later(said_at_s: float, wanted: str) -> None:
    heard = hearing_of(turn("A", 1.0, "喂", 1.5), turn("A", 1.6, "说", 1.9), turn("A", said_at_s, "投资有风险"))
    assert answer(needing(first={"turns": 2, "seconds": 20}), heard) == wanted


def test_first_reaches_to_the_turns_when_they_are_later() -> None:
    said = [turn("A", 1.0, "喂您好"), turn("C", 5.0, "你好我想问一下我的转账"), turn("A", 40.0, "投资有风险")]
    assert answer(needing(first={"turns": 2, "seconds": 20}), hearing_of(*said)) == "silent"
    assert answer(needing(first={"turns": 1, "seconds": 20}), hearing_of(*said)) == "fires"


def test_first_counts_from_the_partys_own_first_word() -> None:
    heard = hearing_of(turn("C", 1.0, "喂"), turn("A", 50.0, "您好"), turn("A", 65.0, "投资有风险"))
    assert answer(needing(first={"seconds": 20}), heard) == "silent"


def test_what_an_announcement_said_before_the_first_word_counts() -> None:
    heard = hearing_of(turn("S", 0.0, "投资有风险"), turn("A", 9.0, "您好请讲"))
    assert answer(needing(first={"seconds": 5}), heard) == "silent"


def test_the_last_words() -> None:
    early = hearing_of(turn("A", 1.0, "投资有风险"), turn("A", 60.0, "就这样吧"))
    late = hearing_of(turn("A", 1.0, "您好"), turn("A", 60.0, "投资有风险"), turn("C", 80.0, "好"))
    for where in ({"seconds": 10}, {"turns": 1}):
        assert answer(needing(last=where), early) == "fires"
        assert answer(needing(last=where), late) == "silent"


def test_last_takes_what_reaches_further_back() -> None:
    heard = hearing_of(turn("A", 1.0, "投资有风险"), turn("A", 60.0, "就这样吧"))
    assert answer(needing(last={"turns": 2, "seconds": 10}), heard) == "silent"
    assert answer(needing(last={"turns": 1, "seconds": 90}), heard) == "silent"


# ---- before: |offer|  … said here …  |consent|  … said here is too late ----------------------------------------


@pytest.mark.parametrize(
    ("said_at_s", "wanted"),
    [(1.0, "silent"), (14.0, "silent"), (25.0, "fires")],
)
def test_before_an_event(said_at_s: float, wanted: str) -> None:
    heard = hearing_of(turn("A", 9.0, "推荐理财"), turn("A", said_at_s, "投资有风险"), turn("C", 20.0, "帮我办吧"))
    assert answer(needing(before="event.consent"), heard) == wanted


def test_before_an_event_that_never_came_is_the_whole_call() -> None:
    heard = hearing_of(turn("A", 9.0, "推荐理财"), turn("A", 50.0, "投资有风险"))
    assert answer(needing(before="event.consent"), heard) == "silent"


@pytest.mark.parametrize(("since", "wanted"), [(None, "fires"), ("event.offer", "silent")])
def test_since_passes_over_earlier_events(since: str | None, wanted: str) -> None:
    said = [
        turn("C", 1.0, "帮我办吧"),
        turn("A", 9.0, "推荐理财"),
        turn("A", 15.0, "投资有风险"),
        turn("C", 20.0, "帮我办吧"),
    ]
    assert answer(needing(before="event.consent", since=since), hearing_of(turn("A", 0.1, "喂"), *said)) == wanted


@pytest.mark.parametrize(
    ("said_at_s", "within_s", "wanted"),
    [(5.0, None, "fires"), (15.0, None, "silent"), (19.9, 10, "silent"), (20.1, 10, "fires")],
)
def test_after_an_event(said_at_s: float, within_s: float | None, wanted: str) -> None:
    heard = hearing_of(turn("A", 9.0, "推荐理财", 10.0), turn("A", said_at_s, "投资有风险"), turn("A", 30.0, "再见"))
    assert answer(needing(after="event.offer", within_s=within_s), heard) == wanted


def test_after_an_event_that_did_not_occur_nothing_is_due() -> None:
    heard = hearing_of(turn("A", 1.0, "您好"), turn("C", 5.0, "再见"))
    assert answer(needing(after="event.offer"), heard) == "not_applicable"
    assert answer(banning(after="event.offer"), heard) == "not_applicable"


def test_after_an_event_that_perhaps_occurred_nobody_knows() -> None:
    heard = hearing_of(turn("?", 1.0, "推荐理财"), turn("A", 5.0, "再见"))
    (finding,) = judged(plan_of(needing(after="event.offer"), OFFER), heard).findings
    assert finding.undetermined_because is Because.PARTY_UNKNOWN
    assert finding.coverage is not None


def test_forbidden_words_are_only_forbidden_in_the_window() -> None:
    heard = hearing_of(turn("A", 1.0, "稳赚不赔"), turn("A", 9.0, "推荐理财"))
    assert answer(banning(), heard) == "fires"
    assert answer(banning(after="event.offer"), heard) == "not_applicable"  # the call ends with the event
    assert answer(banning(before="event.offer"), heard) == "fires"
    assert answer(banning(last={"seconds": 3}), heard) == "silent"


# ---- cut recordings ----------------------------------------


@pytest.mark.parametrize(
    ("where", "cut", "wanted"),
    [
        ({"first": {"seconds": 20}}, {"starts_cut": True}, "undetermined"),
        ({"first": {"seconds": 20}}, {"ends_early": True}, "fires"),
        ({"last": {"seconds": 20}}, {"ends_early": True}, "undetermined"),
        ({"last": {"seconds": 20}}, {"starts_cut": True}, "fires"),
        ({}, {"ends_early": True}, "undetermined"),
        ({"before": "event.consent"}, {"ends_early": True}, "fires"),  # the event is there, so is the window
    ],
)
def test_a_cut_recording_proves_no_absence(where: dict[str, Any], cut: dict[str, bool], wanted: str) -> None:
    heard = hearing_of(turn("A", 1.0, "推荐理财"), turn("C", 9.0, "帮我办吧"), turn("A", 12.0, "好的"), **cut)
    inspection = judged(plan_of(needing(**where), OFFER, CONSENT), heard)
    assert inspection.by_rule["test.rule"] == wanted
    (finding,) = inspection.findings
    assert finding.undetermined_because is (Because.CUT_OFF if wanted == "undetermined" else None)


def test_what_was_said_is_said_even_in_a_cut_recording() -> None:
    heard = hearing_of(turn("A", 1.0, "投资有风险"), starts_cut=True, ends_early=True)
    assert answer(needing(), heard) == "silent"


# ---- nobody there ----------------------------------------


def test_a_party_that_never_spoke() -> None:
    first = needing(first={"seconds": 20})
    (finding,) = judged(plan_of(first), hearing_of(turn("C", 1.0, "喂有人吗"))).findings
    assert finding.undetermined_because is Because.NOT_HEARD
    assert answer(banning(first={"seconds": 20}), hearing_of(turn("C", 1.0, "喂"))) == "not_applicable"


def test_unknown_speech_stands_in_for_a_party_that_is_not_told_apart() -> None:
    heard = hearing_of(turn("?", 1.0, "喂"), lost("?", 3.0, 4.0), turn("?", 9.0, "投资有风险"))
    assert answer(needing(first={"seconds": 20}), heard) == "undetermined"
