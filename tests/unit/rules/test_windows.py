"""Where a rule looks: first and last words, before and after events, with a cut recording."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.model import Because, Call, Hearing, Party
from inspector.rules.judge import judge
from inspector.rules.notation import parse_call
from inspector.rules.schema import Rule, Where
from inspector.rules.view import CallView
from inspector.rules.windows import windows_of
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


# ---- turns that were not heard, or of somebody unknown, may be turns of the party ----------------------------------


def reaction(turns: int, **more: Any) -> Rule:
    return needing(after="event.offer", within_turns=turns, **more)


@pytest.mark.parametrize(
    ("turns", "said", "wanted"),
    [
        (1, [turn("A", 12.0, "投资有风险")], "silent"),
        (1, [turn("A", 12.0, "您看呢"), turn("A", 20.0, "投资有风险")], "fires"),
        (2, [turn("A", 12.0, "您看呢"), turn("A", 20.0, "投资有风险")], "silent"),
        (2, [turn("A", 12.0, "您看呢"), turn("A", 20.0, "好的"), turn("A", 30.0, "投资有风险")], "fires"),
        (1, [turn("C", 12.0, "投资有风险"), turn("A", 20.0, "好的")], "fires"),
        (1, [turn("C", 12.0, "哦")], "not_applicable"),  # the agent had no turn
        # |offer|A 您看呢|~ lost ~|      the second turn may have held it
        (2, [turn("A", 12.0, "您看呢"), lost("A", 20.0, 24.0)], "undetermined"),
        (1, [turn("A", 12.0, "您看呢"), lost("A", 20.0, 24.0)], "fires"),  # beyond the first turn
        (1, [lost("A", 12.0, 16.0)], "undetermined"),
        (1, [lost("A", 12.0, 16.0), turn("A", 20.0, "好的")], "undetermined"),
        (2, [turn("A", 12.0, "您看呢"), turn("?", 20.0, "投资有风险")], "undetermined"),
        (2, [turn("A", 12.0, "您看呢"), turn("?", 20.0, "知道了吗")], "fires"),
    ],
)
def test_within_turns(turns: int, said: list[Any], wanted: str) -> None:
    heard = hearing_of(turn("A", 9.0, "推荐理财", 10.0), *said)
    assert answer(reaction(turns), heard) == wanted


def test_the_rest_of_the_turn_with_the_event_is_no_turn_of_its_own() -> None:
    for first in ("推荐理财给您", "我给您推荐理财给您"):  # the event opens the turn, or comes in mid-turn
        heard = hearing_of(turn("A", 9.0, first), turn("C", 14.0, "哦这样"), turn("A", 20.0, "投资有风险"))
        assert answer(reaction(1), heard) == "silent"


def test_within_turns_or_seconds_whichever_is_longer() -> None:
    heard = hearing_of(turn("A", 9.0, "推荐理财", 10.0), turn("A", 12.0, "您看呢"), turn("A", 30.0, "投资有风险"))
    assert answer(reaction(1, within_s=21), heard) == "silent"
    assert answer(reaction(1, within_s=19), heard) == "fires"


def test_a_cut_recording_may_lack_the_turns_that_lack() -> None:
    said = [turn("A", 9.0, "推荐理财", 10.0), turn("A", 12.0, "您看呢"), turn("C", 20.0, "哦")]
    assert answer(reaction(2), hearing_of(*said, ends_early=True)) == "undetermined"
    assert answer(reaction(1), hearing_of(*said, ends_early=True)) == "fires"  # that turn was there


@pytest.mark.parametrize(("until_s", "wanted"), [(20.0, "fires"), (40.0, "silent")])
def test_until_ends_the_window(until_s: float, wanted: str) -> None:
    heard = hearing_of(turn("A", 9.0, "推荐理财", 10.0), turn("C", until_s, "帮我办吧"), turn("A", 30.0, "投资有风险"))
    assert answer(needing(after="event.offer", within_s=60, until="event.consent"), heard) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ([turn("A", 1.0, "您好请讲"), lost("A", 9.0, 13.0)], "undetermined"),  # the second turn was not heard
        ([turn("A", 1.0, "您好请讲"), turn("C", 9.0, "哦"), turn("A", 12.0, "好的"), lost("A", 20.0, 24.0)], "fires"),
        (
            [lost("?", 1.0, 4.0), turn("A", 9.0, "您好请讲"), turn("A", 12.0, "好的")],
            "undetermined",
        ),  # perhaps the first
        ([lost("C", 1.0, 4.0), turn("A", 9.0, "您好请讲"), turn("A", 12.0, "好的")], "fires"),
        ([turn("?", 1.0, "喂您好"), turn("A", 9.0, "您好请讲"), turn("A", 12.0, "好的")], "fires"),
    ],
)
def test_first_turns_that_were_not_heard(said: list[Any], wanted: str) -> None:
    assert answer(needing(first={"turns": 2}), hearing_of(*said)) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ([turn("A", 1.0, "您好请讲"), turn("A", 9.0, "好的"), turn("?", 12.0, "投资有风险")], "undetermined"),
        ([turn("A", 1.0, "您好请讲"), turn("A", 9.0, "好的"), lost("?", 12.0, 16.0)], "undetermined"),
        ([turn("A", 1.0, "您好请讲"), turn("A", 9.0, "好的"), turn("?", 12.0, "再见")], "fires"),
        ([turn("A", 1.0, "您好请讲"), turn("A", 9.0, "好的"), turn("C", 12.0, "投资有风险")], "fires"),
        ([lost("A", 1.0, 5.0), turn("A", 9.0, "好的")], "undetermined"),  # its last two turns
    ],
)
def test_last_turns_of_somebody_unknown_or_not_heard(said: list[Any], wanted: str) -> None:
    assert answer(needing(last={"turns": 2}), hearing_of(*said)) == wanted


def test_a_window_ends_with_the_call() -> None:
    (finding,) = judged(plan_of(needing(first={"seconds": 20})), hearing_of(turn("A", 1.0, "您好请讲"))).findings
    assert finding.coverage is not None
    assert (finding.coverage.start_s, finding.coverage.end_s) == (1.0, 2.0)


def test_the_event_that_ended_the_window_is_shown() -> None:
    said = [turn("C", 1.0, "帮我办吧"), turn("A", 9.0, "推荐理财"), turn("C", 20.0, "帮我办吧"), turn("A", 30.0, "好")]
    rule = needing(before="event.consent", since="event.offer")
    (finding,) = judged(plan_of(rule, OFFER, CONSENT), hearing_of(*said)).findings
    assert [(one.quote, one.start_s) for one in finding.evidence] == [("帮我办吧", 20.0), ("", 0.0)]


# ---- percent: |first word|……|last word|, what was cut off may have been any part of it ---------------------------


TALK = [turn("A", 10.0, "您好请讲"), turn("C", 20.0, "我想问问"), turn("A", 109.0, "再见", 110.0)]


@pytest.mark.parametrize(
    ("where", "said_at_s", "wanted"),
    [
        ({"first": {"percent": 20}}, 29.0, "silent"),
        ({"first": {"percent": 20}}, 31.0, "fires"),
        ({"first": {"percent": 20, "seconds": 30}}, 39.0, "silent"),
        ({"last": {"percent": 20}}, 91.0, "silent"),
        ({"last": {"percent": 20}}, 89.0, "fires"),
        ({"between": {"from_s": 30, "to_s": 40}}, 31.0, "silent"),
        ({"between": {"from_s": 30, "to_s": 40}}, 29.0, "fires"),
        ({"between": {"from_s": 30, "to_s": 40}}, 41.0, "fires"),
        ({"between": {"from_percent": 50, "to_percent": 60}}, 61.0, "silent"),
        ({"between": {"from_percent": 50, "to_percent": 60}}, 59.0, "fires"),
        ({"between": {"from_s": 200, "to_s": 300}}, 31.0, "not_applicable"),  # the call is not that long
    ],
)
def test_shares_and_stretches_of_the_call(where: dict[str, Any], said_at_s: float, wanted: str) -> None:
    assert answer(needing(**where), hearing_of(*TALK, turn("A", said_at_s, "投资有风险"))) == wanted


@pytest.mark.parametrize(
    ("where", "cut"),
    [
        ({"first": {"percent": 20}}, {"ends_early": True}),
        ({"last": {"percent": 20}}, {"starts_cut": True}),
        ({"between": {"from_s": 30, "to_s": 40}}, {"starts_cut": True}),
        ({"between": {"from_percent": 50, "to_percent": 60}}, {"ends_early": True}),
        ({"between": {"from_s": 200, "to_s": 300}}, {"ends_early": True}),
    ],
)
def test_of_a_cut_call_nobody_knows_the_shares(where: dict[str, Any], cut: dict[str, bool]) -> None:
    (finding,) = judged(plan_of(needing(**where)), hearing_of(*TALK, **cut)).findings
    assert finding.undetermined_because is Because.CUT_OFF


# ---- which place: |offer 10|  |offer 40|  |offer 70|, 10 s after each -----------------------------------------------


@pytest.mark.parametrize(
    ("which", "said_at_s", "wanted"),
    [
        ({"which": "nth", "nth": 2}, 44.0, "silent"),
        ({"which": "nth", "nth": 2}, 14.0, "fires"),
        ({"which": "nth", "nth": 4}, 14.0, "not_applicable"),
        ({"which": "any"}, 74.0, "silent"),
        ({"which": "any"}, 60.0, "fires"),
        ({"which": "every"}, 74.0, "fires"),
    ],
)
def test_the_nth_and_any_place(which: dict[str, Any], said_at_s: float, wanted: str) -> None:
    offers = [turn("A", at_s, "推荐理财", at_s + 1) for at_s in (10.0, 40.0, 70.0)]
    heard = hearing_of(*offers, turn("A", said_at_s, "投资有风险"), turn("A", 99.0, "再见"))
    assert answer(needing(after="event.offer", within_s=10, **which), heard) == wanted


# ---- turns around and before: |A 1| |A 2| |C consent| |A 3| |A 4| ---------------------------------------------------


@pytest.mark.parametrize(
    ("where", "said_in", "wanted"),
    [
        ({"around": "event.consent", "within_turns": 1}, 2, "silent"),
        ({"around": "event.consent", "within_turns": 1}, 3, "silent"),
        ({"around": "event.consent", "within_turns": 1}, 1, "fires"),
        ({"around": "event.consent", "within_turns": 1}, 4, "fires"),
        ({"around": "event.consent", "within_turns": 2}, 4, "silent"),
        ({"before": "event.consent", "within_turns": 1}, 2, "silent"),
        ({"before": "event.consent", "within_turns": 1}, 1, "fires"),
        ({"before": "event.consent", "within_turns": 2}, 1, "silent"),
        ({"before": "event.consent", "within_turns": 2}, 3, "fires"),
        ({"before": "event.consent", "within_s": 12}, 2, "silent"),
        ({"before": "event.consent", "within_s": 12}, 1, "fires"),
        ({"before": ["event.consent", "event.offer"], "within_s": 12}, 2, "silent"),
    ],
)
def test_turns_and_seconds_before_and_around(where: dict[str, Any], said_in: int, wanted: str) -> None:
    said = ["好的您看", "您再想想", "好的没事", "那我办了"]
    said[said_in - 1] = "投资有风险"
    agent = [turn("A", at_s, text) for at_s, text in zip((1.0, 20.0, 40.0, 60.0), said, strict=True)]
    assert answer(needing(**where), hearing_of(*agent, turn("C", 30.0, "帮我办吧"))) == wanted


@pytest.mark.parametrize(("text", "wanted"), [("推荐理财它稳赚不赔", "fires"), ("推荐理财", "silent")])
def test_no_turns_is_the_turn_of_the_event(text: str, wanted: str) -> None:
    around = [turn("A", 1.0, "稳赚不赔您好"), turn("C", 9.0, "你说一下吧我听"), turn("A", 40.0, "稳赚不赔")]
    heard = hearing_of(*around, turn("A", 20.0, text))
    assert answer(banning(around="event.offer", within_turns=0), heard) == wanted


def test_without_the_event_there_is_nothing_before_it() -> None:
    near = needing(before="event.consent", within_s=10)
    assert answer(near, hearing_of(turn("A", 1.0, "您好请讲"))) == "not_applicable"
    assert answer(near, hearing_of(turn("A", 1.0, "您好请讲"), turn("?", 9.0, "帮我办吧"))) == "undetermined"


def test_the_earliest_of_several_events_ends_the_window() -> None:
    said = [turn("C", 20.0, "帮我办吧"), turn("A", 30.0, "投资有风险"), turn("A", 40.0, "推荐理财")]
    assert answer(needing(before=["event.offer", "event.consent"]), hearing_of(*said)) == "fires"
    assert answer(needing(before=["event.offer"]), hearing_of(*said)) == "silent"
    plan = plan_of(needing(before=["event.offer", "event.consent"]), OFFER, CONSENT)
    (finding,) = judged(plan, hearing_of(*said)).findings
    assert finding.evidence[0].quote == "帮我办吧"


# ---- dates ----------------------------------------


@pytest.mark.parametrize(
    ("start", "wanted"),
    [
        ("2026-01-31T23:59:00+08:00", "not_applicable"),
        ("2026-02-01T00:00:00+08:00", "fires"),
        ("2026-03-01T00:00:00+08:00", "fires"),
        ("2026-03-02T00:00:00+08:00", "not_applicable"),
        (None, "fires"),
    ],
)
def test_a_rule_is_in_force_for_calls_of_its_dates(start: str | None, wanted: str) -> None:
    rule = rule_of(effective={"from": "2026-02-01", "to": "2026-03-01"})
    heard = hearing_of(turn("A", 1.0, "稳赚不赔"))
    assert outcome(plan_of(rule), heard, start=start) == wanted
    assert outcome(plan_of(rule_of(effective={"to": "2026-03-01"})), heard) == "fires"


# ---- whatever is said ----------------------------------------


SAYINGS = st.lists(
    st.tuples(
        st.sampled_from("AC?S~"),
        st.integers(0, 80),
        st.sampled_from(["推荐理财", "投资有风险", "帮我办吧", "稳赚不赔", "好"]),
    ),
    min_size=1,
    max_size=10,
)
WHERES = st.sampled_from(
    [
        {},
        {"first": {"turns": 2, "seconds": 10}},
        {"last": {"turns": 2}},
        {"before": "event.consent"},
        {"before": "event.consent", "since": "event.offer"},
        {"after": "event.offer", "within_turns": 1, "until": "event.consent"},
        {"around": "event.offer", "within_s": 7},
        {"around": "event.offer", "within_turns": 1, "which": "any"},
        {"before": ["event.consent", "event.offer"], "within_turns": 1, "within_s": 9, "which": "last"},
        {"between": {"from_percent": 10, "to_percent": 50}},
        {"last": {"percent": 30}},
    ]
)


def spoken(lines: list[tuple[str, int, str]], **more: Any) -> Hearing:
    said = [lost("A", at, at + 3.0) if who == "~" else turn(who, float(at), words) for who, at, words in lines]
    return hearing_of(*said, **more)


@given(SAYINGS, WHERES, st.sampled_from(["required", "forbidden"]), st.booleans())
def test_findings_lie_in_the_call_and_doubts_are_covered(
    lines: list[tuple[str, int, str]], where: dict[str, Any], kind: str, cut: bool
) -> None:
    rule = needing(**where) if kind == "required" else banning(**where)
    heard = spoken(lines, ends_early=cut)
    for finding in judged(plan_of(rule, OFFER, CONSENT), heard).findings:
        if finding.undetermined_because is not None or kind == "required":
            assert finding.coverage is not None
        for one in finding.evidence:
            assert 0 <= one.start_s < one.end_s <= heard.recording.duration_s + 0.051


@given(SAYINGS, st.sampled_from([{"after": "event.offer"}, {"around": "event.offer"}]))
def test_every_place_is_the_union_of_all_places(lines: list[tuple[str, int, str]], where: dict[str, Any]) -> None:
    """Each offer alone, by its number, sees what "every" sees together."""
    heard = spoken(lines)
    view = CallView(Call("test", "1"), heard, plan_of(OFFER, CONSENT))
    offers = view.sure("event.offer")
    at = Where.model_validate(where | {"within_s": 10})
    every = windows_of(view, at.model_copy(update={"which": "every"}), Party.AGENT)
    ends = {which: windows_of(view, at.model_copy(update={"which": which}), Party.AGENT) for which in ("first", "last")}
    assert [window.anchor for window in every] == [place for place in offers if place in {w.anchor for w in every}]
    assert set(ends["first"]) <= set(every) and set(ends["last"]) <= set(every)
    for window in every:
        assert window.anchor is not None
        away = window.span.end_s - window.anchor.hit.end_s
        assert away == pytest.approx(min(10.0, heard.recording.duration_s - window.anchor.hit.end_s))


@given(SAYINGS, WHERES)
def test_saying_it_more_often_never_makes_it_missing(lines: list[tuple[str, int, str]], where: dict[str, Any]) -> None:
    if answer(needing(**where), spoken(lines)) == "silent":
        heard = spoken(lines)
        for one in [t for t in heard.turns if t.party is Party.AGENT and t.text == "好"]:
            again = [turn("A", t.start_s, "投资有风险") if t is one else t for t in heard.turns]
            lost_too = [lost("A", u.start_s, u.end_s) for u in heard.unheard]
            assert answer(needing(**where), hearing_of(*again, *lost_too)) != "fires"


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        ("0:10-0:13 A 手续费是五块", "fires"),
        ("0:10-0:13 A 手续费是五块\n0:13-0:16 ~ A", "undetermined"),  # the reason may be what was not heard
        ("0:06-0:09 ~ A\n0:10-0:13 A 手续费是五块", "undetermined"),
        ("0:10-0:13 A 手续费是五块\n0:18-0:20 ~ A", "fires"),  # after a pause that ends the turn
        ("0:10-0:13 A 手续费是五块\n0:14-0:16 ? 按照收费标准", "undetermined"),
        ("0:10-0:13 A 手续费是五块按照收费标准", "silent"),
    ],
)
def test_the_turn_of_an_event_reaches_over_what_was_not_heard_of_it(call: str, wanted: str) -> None:
    fee = rule_of("event", {"phrases": ["手续费是五块"]}, id="event.fee")
    reason = rule_of("required", {"phrases": ["按照收费标准"]}, where={"around": "event.fee", "within_turns": 0})
    assert judge(*parse_call(call, "a call"), plan_of(fee, reason), "test").by_rule["test.rule"] == wanted
