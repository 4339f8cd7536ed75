"""Confidence is the probability of being right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.asr.confidence import UNCHANGED, Calibration, calibrated, calibration_of
from inspector.asr.windows import Word

OURS = calibration_of("d01c3014" + "0" * 56)


def words_of(*probabilities: float) -> list[Word]:
    return [Word(n * 0.2, n * 0.2 + 0.2, "字", value) for n, value in enumerate(probabilities)]


@given(st.lists(st.floats(0, 1), max_size=30))
def test_it_stays_a_probability_and_changes_nothing_else(values: list[float]) -> None:
    words = words_of(*values)
    told = calibrated(words, OURS)
    assert [(w.start_s, w.end_s, w.text) for w in told] == [(w.start_s, w.end_s, w.text) for w in words]
    assert all(0 < word.confidence < 1 for word in told)


@given(st.lists(st.floats(0.01, 0.99), min_size=2, max_size=20), st.data())
def test_a_surer_token_never_makes_anything_less_sure(values: list[float], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(values) - 1))
    surer = [*values]
    surer[place] = data.draw(st.floats(values[place], 0.99))
    before, after = calibrated(words_of(*values), OURS), calibrated(words_of(*surer), OURS)
    assert all(new.confidence >= old.confidence - 1e-12 for old, new in zip(before, after, strict=True))


def test_a_sure_token_among_guesses_is_less_sure_than_among_sure_ones() -> None:
    alone = calibrated(words_of(0.2, 0.2, 0.9, 0.2, 0.2), OURS)[2]
    among = calibrated(words_of(0.9, 0.9, 0.9, 0.9, 0.9), OURS)[2]
    assert alone.confidence < 0.7 < among.confidence


def test_a_model_that_was_never_measured_keeps_its_own_probabilities() -> None:
    assert calibration_of("0" * 64) == UNCHANGED != OURS
    told = calibrated(words_of(0.3, 0.9), UNCHANGED)
    assert [word.confidence for word in told] == pytest.approx([0.3, 0.9])


def test_only_neighbours_count() -> None:
    far = Calibration(0.0, 0.0, 1.0)
    told = calibrated(words_of(0.5, 0.5, 0.5, 0.5, 0.99), far)
    assert told[0].confidence == pytest.approx(0.5)
    assert told[1].confidence > 0.5
