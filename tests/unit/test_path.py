"""The likeliest path of voices through a call, from drawn directions."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.diarisation.path import Speech, fitted_path

NORTH, EAST = np.array([0.0, 1.0]), np.array([1.0, 0.0])


def speech(directions: str, changes: list[float], weights_s: list[float] | None = None) -> Speech:
    """``N`` and ``E``: a voice, ``-``: between both."""
    towards = {"N": NORTH, "E": EAST, "-": (NORTH + EAST) / np.sqrt(2)}
    drawn = np.stack([towards[letter] for letter in directions])
    weights = np.ones(len(drawn)) if weights_s is None else np.array(weights_s)
    return Speech(drawn, weights, np.full(len(drawn), 10.0), np.array(changes))


BOTH = np.stack([NORTH, EAST])


def test_every_chunk_goes_to_the_voice_it_sounds_like() -> None:
    assert fitted_path(speech("NNEEN", [0, 0, 0, 0]), BOTH).labels.tolist() == [0, 0, 1, 1, 0]


def test_what_sounds_like_both_stays_with_its_neighbour_where_a_change_is_unlikely() -> None:
    # chunks   N   -   E      against a change: 5 before the second, 0 before the third
    assert fitted_path(speech("N-E", [-5, 0]), BOTH).labels.tolist() == [0, 0, 1]
    assert fitted_path(speech("N-E", [0, -5]), BOTH).labels.tolist() == [0, 1, 1]


def test_a_change_that_was_heard_needs_little_else() -> None:
    assert fitted_path(speech("N-N", [4, 4]), BOTH).labels.tolist() == [0, 1, 0]


def test_nobody_changes_for_one_odd_chunk_in_the_midst_of_speech() -> None:
    assert fitted_path(speech("NNENN", [-9, -9, -9, -9]), BOTH).labels.tolist() == [0, 0, 0, 0, 0]


def test_a_path_that_fits_is_likelier() -> None:
    call = speech("NNEENN", [0, 0, 0, 0, 0])
    askew = np.stack([NORTH, (NORTH * 2 + EAST) / np.sqrt(5)])
    assert fitted_path(call, BOTH).nats >= fitted_path(call, askew).nats
    assert fitted_path(call, BOTH).nats == pytest.approx(60)


def test_chunks_too_short_tell_nothing_of_the_voices() -> None:
    path = fitted_path(speech("NNEE-", [0, 0, 0, 0], [1, 1, 1, 1, 0]), BOTH)
    assert path.labels.tolist()[:4] == [0, 0, 1, 1]


def test_one_voice_and_one_chunk() -> None:
    assert fitted_path(speech("N", []), NORTH[None]).labels.tolist() == [0]
