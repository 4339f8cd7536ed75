"""What was played, what it takes, whose turn it is: without a database."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.model import Facts, Span
from inspector.review.order import SAMPLE_EVERY, By, lanes
from inspector.review.playing import merged, minutes_of, within_s
from inspector.review.reasons import Reason
from inspector.review.reviewer import Involved, Reviewer, is_recused
from inspector.roles import Actor, Role

# Whole seconds, so that a second is either in a span or not.
SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda one: Span(float(one[0]), float(one[0] + one[1]))),
    max_size=12,
)


def seconds(spans: object) -> set[int]:
    return {second for span in spans for second in range(int(span.start_s), int(span.end_s))}  # type: ignore[attr-defined]


@given(SPANS)
def test_merged_stretches_are_the_same_seconds_apart_and_in_order(spans: list[Span]) -> None:
    found = merged(spans)
    assert seconds(found) == seconds(spans)
    assert all(one.end_s < other.start_s for one, other in pairwise(found))
    assert merged(found[::-1]) == found


@given(SPANS, SPANS, SPANS)
def test_speech_that_was_played_counts_once(speech: list[Span], played: list[Span], more: list[Span]) -> None:
    assert within_s(speech, played) == len(seconds(speech) & seconds(played))
    assert within_s(speech, [*played, *more]) >= within_s(speech, played)
    assert within_s(speech, speech) == len(seconds(speech))


@pytest.mark.parametrize(
    ("duration_s", "evidence", "expected"),
    [
        (600.0, None, 15.0),
        (600.0, [Span(100, 110)], 1.0),
        (600.0, [Span(100, 110), Span(120, 130), Span(590, 600)], 2.125),  # 85 … 145 and 575 … 600
        (0.0, None, 1.0),
        (0.0, [Span(1, 2)], 1.0),
        (600.0, [], 1.0),
    ],
)
def test_minutes(duration_s: float, evidence: list[Span] | None, expected: float) -> None:
    assert minutes_of(duration_s, evidence, 1.5) == pytest.approx(expected)


@given(st.integers(0, 100))
def test_every_reason_but_the_teams_own_has_its_turn_once(submitted_today: int) -> None:
    reasons = [reason for lane in lanes(submitted_today) for reason in lane.reasons]
    assert sorted(reasons) == sorted(set(Reason) - {Reason.SELF_CHECK})
    assert reasons[:3] == [Reason.APPEAL, Reason.FINAL_APPEAL, Reason.ARBITRATION]
    sampling = reasons.index(Reason.RANDOM) < reasons.index(Reason.ALERT)
    assert sampling == (submitted_today % SAMPLE_EVERY == SAMPLE_EVERY - 1)
    assert {lane.by for lane in lanes(submitted_today) if Reason.RANDOM in lane.reasons} == {By.OLDEST}


def test_skills_are_about_what_is_known_of_a_call() -> None:
    reviewer = Reviewer("li", 60, {"channel": frozenset({"video"}), "custom.dialect": frozenset({"粤语"})})
    assert reviewer.can_review(Facts())
    assert reviewer.can_review(Facts(channel="video", custom={"dialect": "粤语"}))
    assert not reviewer.can_review(Facts(channel="phone"))
    assert not reviewer.can_review(Facts(channel="video", custom={"dialect": "四川话"}))


@pytest.mark.parametrize(
    ("minutes", "skills"), [(-1, {}), (1441, {}), (60, {"no.field": {"x"}}), (60, {"channel": ()})]
)
def test_impossible_reviewers_are_refused(minutes: int, skills: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"minutes_per_day|no fields"):
        Reviewer("li", minutes, {name: frozenset(values) for name, values in skills.items()})  # type: ignore[call-overload]


def test_who_takes_no_calls_is_not_recused_from_calls_without_an_agent() -> None:
    li = Actor("li", frozenset({Role.REVIEWER}))
    assert not is_recused(li, Involved(frozenset(), None, frozenset()))
    assert is_recused(li, Involved(frozenset(), None, frozenset({"li"})))
