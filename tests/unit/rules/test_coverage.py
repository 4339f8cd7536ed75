"""Was the window heard well enough to say that something was not said?"""

from __future__ import annotations

import pytest

from inspector.model import Because, Hearing, Party, Span
from inspector.rules.coverage import cover, doubt
from tests.builders import hearing_of, lost, turn

WINDOW = Span(0.0, 100.0)


def why(heard: Hearing, window: Span = WINDOW, party: Party | None = Party.AGENT) -> Because | None:
    return doubt(heard, cover(heard, window, party), party)


# seconds  0         10        20 …
# speech   |#########|#|#|…          of the agent
# unheard            |?|  |?|         gaps of one second each


@pytest.mark.parametrize(("heard_s", "wanted"), [(9.1, None), (9.0, None), (8.9, Because.NOT_HEARD)])
def test_nine_tenths_of_the_speech_must_be_heard(heard_s: float, wanted: Because | None) -> None:
    assert why(hearing_of(turn("A", 0.0, "好" * 30, heard_s), lost("A", heard_s, heard_s + 1.0))) is wanted


@pytest.mark.parametrize(("gap_s", "wanted"), [(1.4, None), (1.5, None), (1.6, Because.NOT_HEARD)])
def test_no_gap_may_be_longer_than_a_second_and_a_half(gap_s: float, wanted: Because | None) -> None:
    assert why(hearing_of(turn("A", 0.0, "好" * 200, 50.0), lost("A", 50.0, 50.0 + gap_s))) is wanted


# speech   |####|??|??|####|         two lost stretches that touch are one gap


def test_gaps_that_touch_are_one() -> None:
    heard = hearing_of(turn("A", 0.0, "好" * 200, 50.0), lost("A", 50.0, 51.0), lost("A", 51.0, 52.0))
    assert cover(heard, WINDOW, Party.AGENT).gaps == ((50.0, 52.0),)
    assert why(heard) is Because.NOT_HEARD


@pytest.mark.parametrize(("confidence", "wanted"), [(0.61, None), (0.6, None), (0.59, Because.LOW_CONFIDENCE)])
def test_the_mean_confidence_must_reach_six_tenths(confidence: float, wanted: Because | None) -> None:
    assert why(hearing_of(turn("A", 0.0, "好好", 1.0, conf=confidence))) is wanted


def test_confidence_is_the_mean_over_characters_not_turns() -> None:
    heard = hearing_of(turn("A", 0.0, "好" * 9, 2.0, conf=0.9), turn("A", 2.0, "好", 2.2, conf=0.4))
    assert why(heard) is None


@pytest.mark.parametrize(("confidence", "wanted"), [(0.36, None), (0.34, Because.NOT_HEARD)])
def test_a_guessed_turn_is_a_gap(confidence: float, wanted: Because | None) -> None:
    heard = hearing_of(turn("A", 0.0, "好" * 200, 50.0), turn("A", 50.0, "好" * 8, 52.0, conf=confidence))
    assert why(heard) is wanted


# window        |=========|
# speech   |####|    |####|          only what lies in the window counts
# unheard  |????|


def test_only_the_window_counts() -> None:
    heard = hearing_of(lost("A", 0.0, 5.0), turn("A", 6.0, "您好请讲", 8.0))
    assert why(heard, Span(5.5, 9.0)) is None
    assert why(heard, Span(4.0, 9.0)) is Because.NOT_HEARD
    covered = cover(heard, Span(4.0, 7.0), Party.AGENT)
    assert (covered.speech_s, covered.heard_s, covered.gaps) == (2.0, 1.0, ((4.0, 5.0),))


def test_speech_of_others_does_not_count_but_that_of_an_unknown_party_does() -> None:
    said = turn("A", 0.0, "您好请讲", 2.0)
    assert why(hearing_of(said, lost("C", 3.0, 9.0))) is None
    assert why(hearing_of(said, lost("?", 3.0, 9.0))) is Because.NOT_HEARD
    assert why(hearing_of(said, lost("C", 3.0, 9.0)), party=None) is Because.NOT_HEARD


def test_a_party_that_never_speaks_was_lost_but_one_that_speaks_elsewhere_kept_silent() -> None:
    assert why(hearing_of(turn("C", 0.0, "喂"))) is Because.NOT_HEARD
    assert why(hearing_of(turn("C", 0.0, "喂"), turn("A", 20.0, "您好"))) is None
    assert why(hearing_of(turn("C", 0.0, "喂"), turn("A", 20.0, "您好")), Span(0.0, 9.0)) is None


def test_overlapping_speech_is_counted_once() -> None:
    heard = hearing_of(turn("A", 0.0, "好好", 2.0), turn("?", 1.0, "好好", 3.0))
    assert cover(heard, WINDOW, Party.AGENT).speech_s == 3.0


def test_the_lowest_confidence_is_told() -> None:
    heard = hearing_of(turn("A", 0.0, "好", 1.0, conf=0.9), turn("A", 1.0, "好", 2.0, conf=0.7))
    assert cover(heard, WINDOW, Party.AGENT).lowest_confidence == pytest.approx(0.7)
    assert cover(heard, Span(50.0, 60.0), Party.AGENT).lowest_confidence is None
