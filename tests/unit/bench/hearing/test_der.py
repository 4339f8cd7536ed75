"""Diarisation error rate: drawn timelines, and an independent count second by second."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.bench.hearing.der import Der, der
from inspector.model import SpeechSpan
from tests.unit.bench.timelines import END_S, any_speech, speech

REFERENCE = any_speech("ab")
HYPOTHESIS = any_speech("xyz")


def parts(found: Der) -> tuple[float, float, float, float]:
    return found.missed_s, found.false_alarm_s, found.confusion_s, found.speech_s


@pytest.mark.parametrize(
    ("reference", "hypothesis", "expected"),
    [
        # the same voices by other names
        (["aaaa bbbb"], ["xxxx yyyy"], (0, 0, 0, 8)),
        # late by one second
        (["aaaa     "], [" xxxx    "], (1, 1, 0, 4)),
        # one voice for two: the longer one is right
        (["aaaaa bbb"], ["xxxxx xxx"], (0, 0, 3, 8)),
        # two voices for one: the shorter one is confused
        (["aaaa aaaa"], ["xxxx  yyy"], (1, 0, 3, 8)),
        # both at once, one found
        (["aaaa", " bb "], ["xxxx"], (2, 0, 0, 6)),
        # one, taken for two at once
        (["aaaa"], ["xxxx", " yy "], (0, 2, 0, 4)),
        # nothing found, nothing there
        (["aaaa"], [], (4, 0, 0, 4)),
        ([], ["xxxx"], (0, 4, 0, 0)),
        ([], [], (0, 0, 0, 0)),
        # a ↔ x by 3 s and b ↔ y by 1 s is less than a ↔ y by 2 s and b ↔ x by 3 s
        (["aaaaabbbb"], ["xxxyyxxxy"], (0, 0, 4, 9)),
    ],
)
def test_drawn_timelines(reference: list[str], hypothesis: list[str], expected: tuple[float, ...]) -> None:
    assert parts(der(speech(*reference), speech(*hypothesis), END_S)) == pytest.approx(expected)


def test_rate_of_nobody_speaking() -> None:
    assert der([], [], END_S).rate == 0
    assert der([], speech("x"), END_S).rate == 1
    assert der(speech("aaaa"), speech("xx  x"), END_S).rate == pytest.approx(3 / 4)


def test_what_lies_behind_the_end_does_not_count() -> None:
    assert parts(der(speech("aaaa"), speech("xx  xx"), 3.0)) == pytest.approx((1, 0, 0, 3))


def test_times_between_seconds_are_exact() -> None:
    (span,) = speech("aaaa")
    assert der([span], [replace(span, start_s=0.25, end_s=4.125)], END_S).wrong_s == pytest.approx(0.375)


def test_impossible_components_are_refused() -> None:
    with pytest.raises(ValueError, match="impossible"):
        Der(missed_s=3, false_alarm_s=0, confusion_s=2, speech_s=4)


@given(REFERENCE)
def test_nothing_differs_from_itself(spans: list[SpeechSpan]) -> None:
    assert der(spans, spans, END_S).wrong_s == pytest.approx(0)


@given(REFERENCE, HYPOTHESIS, st.permutations(["x", "y", "z"]))
def test_names_of_voices_do_not_matter(
    reference: list[SpeechSpan], hypothesis: list[SpeechSpan], names: list[str]
) -> None:
    renamed = [replace(span, speaker=names["xyz".index(span.speaker)]) for span in hypothesis]
    assert parts(der(reference, renamed, END_S)) == pytest.approx(parts(der(reference, hypothesis, END_S)))


@given(REFERENCE, HYPOTHESIS, st.floats(0.1, 0.9), st.floats(0, 0.2))
def test_cutting_spans_does_not_matter(
    reference: list[SpeechSpan], hypothesis: list[SpeechSpan], at: float, overlap: float
) -> None:
    #  ├───────────────┤   becomes   ├──────────┤
    #                                       ├───────┤
    pieces = []
    for span in hypothesis:
        cut_s = span.start_s + at * (span.end_s - span.start_s)
        late_s = min(cut_s + overlap, span.end_s)
        pieces += [replace(span, end_s=late_s), replace(span, start_s=cut_s)]
    assert parts(der(reference, pieces, END_S)) == pytest.approx(parts(der(reference, hypothesis, END_S)))


@given(REFERENCE, HYPOTHESIS)
def test_seen_from_the_other_side_misses_are_false_alarms(
    reference: list[SpeechSpan], hypothesis: list[SpeechSpan]
) -> None:
    there, back = der(reference, hypothesis, END_S), der(hypothesis, reference, END_S)
    assert (there.missed_s, there.confusion_s) == pytest.approx((back.false_alarm_s, back.confusion_s))


def counted(reference: list[SpeechSpan], hypothesis: list[SpeechSpan]) -> tuple[float, ...]:
    """The definition, second by second and mapping by mapping."""
    names = ["x", "y", "z"]
    best: tuple[float, ...] = (0, 0, float("inf"), 0)
    for mapping in permutations(["a", "b", "nobody"]):
        missed = false_alarm = confusion = total = 0
        for second in range(int(END_S)):
            said = {span.speaker for span in reference if span.start_s <= second < span.end_s}
            heard = {mapping[names.index(s.speaker)] for s in hypothesis if s.start_s <= second < s.end_s}
            missed += max(0, len(said) - len(heard))
            false_alarm += max(0, len(heard) - len(said))
            confusion += min(len(said), len(heard)) - len(said & heard)
            total += len(said)
        best = min(best, (missed, false_alarm, confusion, total), key=lambda found: found[2])
    return best


@given(REFERENCE, HYPOTHESIS)
def test_it_is_what_counting_every_second_under_every_mapping_gives(
    reference: list[SpeechSpan], hypothesis: list[SpeechSpan]
) -> None:
    assert parts(der(reference, hypothesis, END_S)) == pytest.approx(counted(reference, hypothesis))
