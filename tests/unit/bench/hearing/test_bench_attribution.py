"""Speech on the right party. Lanes: A agent, C customer, S system, ? unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from inspector.bench.hearing.attribution import Attribution, attribution
from inspector.model import Party, SpeechSpan
from tests.unit.bench.timelines import END_S, any_speech, speech


def shares(found: Attribution) -> tuple[float, float, float, float]:
    return found.right_s, found.wrong_s, found.unknown_s, found.missed_s


@pytest.mark.parametrize(
    ("truth", "heard", "expected"),
    [
        # right, wrong, unknown, missed
        (["AAAA CCCC"], ["AAAA CCCC"], (8, 0, 0, 0)),
        (["AAAA CCCC"], ["CCCC AAAA"], (0, 8, 0, 0)),
        (["AAAA CCCC"], ["AAA  ??CC"], (5, 0, 2, 1)),
        # both at once: who is given to the other, who speaks as well, is missed and not wrong
        (["AAAA", " CC "], ["AAAA"], (4, 0, 0, 2)),
        # the right party is enough, whoever else was heard
        (["AAAA"], ["AAAA", "CCCC"], (4, 0, 0, 0)),
        # given to a party and to nobody in particular: a rule would look at the party
        (["AAAA"], ["CC??", "??  "], (0, 2, 2, 0)),
        (["SSSS"], ["AASS"], (2, 2, 0, 0)),
        ([], ["AAAA"], (0, 0, 0, 0)),
    ],
)
def test_drawn_timelines(truth: list[str], heard: list[str], expected: tuple[float, ...]) -> None:
    assert shares(attribution(speech(*truth), speech(*heard), END_S)) == pytest.approx(expected)


def test_two_agents_are_one_party() -> None:
    first, second = speech("AAA AAA")
    legs = [first, replace(second, speaker="agent2")]
    assert attribution(legs, speech("AAA AAA"), END_S).right_s == pytest.approx(6)


@given(any_speech("ACS"), any_speech("ACS?"))
def test_every_second_is_somewhere(truth: list[SpeechSpan], heard: list[SpeechSpan]) -> None:
    found = attribution(truth, heard, END_S)
    assert found.speech_s == pytest.approx(sum(span.end_s - span.start_s for span in truth))


@given(any_speech("AC"))
def test_parties_the_wrong_way_round_are_right_only_where_both_speak(truth: list[SpeechSpan]) -> None:
    other = {Party.AGENT: Party.CUSTOMER, Party.CUSTOMER: Party.AGENT}
    found = attribution(truth, [replace(span, party=other[span.party]) for span in truth], END_S)
    at_once = [sum(span.start_s <= second < span.end_s for span in truth) for second in range(int(END_S))]
    assert found.right_s == pytest.approx(2 * at_once.count(2))
    assert found.wrong_s == pytest.approx(at_once.count(1))
