"""The likeliest path of voices through a call, from drawn directions."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.diarisation.clustering import Floats
from inspector.diarisation.path import Path, Speech, fitted_paths, lead_nats

NORTH, EAST = np.array([0.0, 1.0]), np.array([1.0, 0.0])


def speech(directions: str, changes: list[float], weights_s: list[float] | None = None) -> Speech:
    """``N`` and ``E``: a voice, ``-``: between both."""
    towards = {"N": NORTH, "E": EAST, "-": (NORTH + EAST) / np.sqrt(2)}
    drawn = np.stack([towards[letter] for letter in directions])
    weights = np.ones(len(drawn)) if weights_s is None else np.array(weights_s)
    return Speech(drawn, weights, np.full(len(drawn), 10.0), np.array(changes))


BOTH = np.stack([NORTH, EAST])


def fitted_path(call: Speech, centres: Floats) -> Path:
    (path,) = fitted_paths(call, centres[None])
    return path


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


def test_every_way_to_begin_has_a_path_of_its_own() -> None:
    call = speech("NNEEN", [0, 0, 0, 0])
    ways = np.stack([BOTH, BOTH[::-1]])
    assert [path.labels.tolist() for path in fitted_paths(call, ways)] == [[0, 0, 1, 1, 0], [1, 1, 0, 0, 1]]


def test_a_voice_that_no_chunk_sounds_like_keeps_its_centre() -> None:
    path = fitted_path(speech("NNN", [0, 0]), BOTH)
    assert path.labels.tolist() == [0, 0, 0]
    assert path.nats == pytest.approx(30)


def test_two_voices_lead_where_no_other_cut_is_nearly_as_likely() -> None:
    call = speech("NNEENN", [0, 0, 0, 0, 0])
    sure = fitted_paths(call, np.stack([BOTH, BOTH[::-1]]))
    assert lead_nats(call, sure) == pytest.approx(60 - lead_of_one(call))
    doubtful = (*sure, Path(np.array([0, 1, 0, 1, 0, 1]), 58.0))
    assert lead_nats(call, doubtful) == pytest.approx(2)


def lead_of_one(call: Speech) -> float:
    """What one voice in the middle of all explains."""
    mean = call.directions.mean(axis=0)
    return float(10 * (call.directions @ (mean / np.linalg.norm(mean))).sum())


def test_one_voice_cut_in_two_has_no_lead() -> None:
    call = speech("NNNN", [0, 0, 0])
    assert lead_nats(call, fitted_paths(call, np.stack([BOTH, BOTH[::-1]]))) == pytest.approx(0)
