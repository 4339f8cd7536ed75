"""How many voices there are, from directions that are drawn: clouds around a few centres."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.diarisation.clustering import LEAST_SPEECH_S, MOST_COMPARED, Floats, centres_of, find_voices

TIGHT = 0.02  # standard deviation in each of 256 dimensions: pieces of one voice are about 0.1 apart


def clouds(*pieces: int, seed: int = 1, spread: float = TIGHT) -> tuple[Floats, Floats]:
    """Directions around one centre after the other, so many each, and 1 s of speech for every piece."""
    drawn = np.random.default_rng(seed)
    centres = np.linalg.qr(drawn.standard_normal((256, len(pieces))))[0].T
    points = np.repeat(centres, pieces, axis=0) + spread * drawn.standard_normal((sum(pieces), 256))
    return points / np.linalg.norm(points, axis=1, keepdims=True), np.ones(sum(pieces))


def likeliest(points: Floats, lengths_s: Floats) -> Floats:
    """The centres that are the likeliest by themselves."""
    return find_voices(points, lengths_s).candidates[0]


def partition(points: Floats, lengths_s: Floats) -> list[set[int]]:
    """Which pieces are nearest to the same voice."""
    nearest = np.argmax(points @ likeliest(points, lengths_s).T, axis=1)
    return [set(np.flatnonzero(nearest == voice).tolist()) for voice in np.unique(nearest)]


@pytest.mark.parametrize("pieces", [(30,), (30, 30), (40, 5), (20, 20, 20), (20, 20, 20, 20)])
def test_every_cloud_is_a_voice(pieces: tuple[int, ...]) -> None:
    edges = np.cumsum([0, *pieces])
    wanted = [set(range(low, high)) for low, high in pairwise(edges)]
    assert sorted(partition(*clouds(*pieces)), key=min) == wanted


def test_a_third_needs_more_than_a_cough() -> None:
    points, lengths_s = clouds(20, 20, 4)
    lengths_s[40:] = LEAST_SPEECH_S / 4
    assert len(likeliest(points, lengths_s)) == 3
    lengths_s[40:] = 0.5
    assert len(likeliest(points, lengths_s)) == 2


def test_a_third_needs_to_be_unlike_the_others() -> None:
    points, lengths_s = clouds(20, 40)
    points[40:] += 0.4 * clouds(1, seed=2)[0]  # half of the second voice moves 0.07 away
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    assert len(likeliest(points, lengths_s)) == 2


def test_no_more_than_four() -> None:
    assert len(likeliest(*clouds(20, 20, 20, 20, 20, 20))) <= 4


@pytest.mark.parametrize("pieces", [1, 2])
def test_too_few_pieces_to_tell_are_one_voice(pieces: int) -> None:
    points, lengths_s = clouds(*([1] * pieces))
    (voice,) = likeliest(points, lengths_s)
    assert np.allclose(voice, points.sum(axis=0) / np.linalg.norm(points.sum(axis=0)))


@pytest.mark.parametrize("pieces", [3, 50])
def test_identical_pieces_are_one_voice(pieces: int) -> None:
    points, lengths_s = clouds(pieces, spread=0.0)
    assert len(likeliest(points, lengths_s)) == 1


def test_centres_have_unit_length_and_lean_to_longer_speech() -> None:
    points, _ = clouds(10, 10, spread=0.0)
    (centre,) = centres_of(points, np.repeat([3.0, 4.0], 10), np.zeros(20, np.int64))
    assert np.allclose(centre, (3 * points[0] + 4 * points[-1]) / 5)
    assert np.allclose(np.linalg.norm(likeliest(*clouds(20, 20)), axis=1), 1)


def test_groups_without_members_have_no_centre() -> None:
    points, lengths_s = clouds(2, 2)
    assert len(centres_of(points, lengths_s, np.array([0, 0, 3, 3]))) == 2


@given(st.integers(0, 2**32 - 1), st.sampled_from([(12, 12), (20, 6), (10, 10, 10)]))
def test_the_order_of_the_pieces_does_not_matter(seed: int, pieces: tuple[int, ...]) -> None:
    points, lengths_s = clouds(*pieces, seed=seed)
    order = np.random.default_rng(seed).permutation(len(points))
    shuffled = [{int(order[place]) for place in group} for group in partition(points[order], lengths_s[order])]
    assert sorted(shuffled, key=min) == sorted(partition(points, lengths_s), key=min)


def test_hours_of_speech_are_told_apart_by_the_longest_pieces() -> None:
    points, lengths_s = clouds(MOST_COMPARED, 100)
    lengths_s[MOST_COMPARED:] = 2.0
    assert sorted(map(len, partition(points, lengths_s))) == [100, MOST_COMPARED]
    lengths_s[MOST_COMPARED:] = 0.5  # the second voice only speaks in shorter pieces: it is not looked for
    assert len(likeliest(points, lengths_s)) == 1


def test_the_gain_tells_how_sure_two_voices_are() -> None:
    apart, alone = find_voices(*clouds(30, 30)), find_voices(*clouds(60))
    assert apart.gain > 3
    assert 1 <= alone.gain < 1.1


def test_two_voices_may_be_seen_in_several_ways_each_of_two() -> None:
    found = find_voices(*clouds(30, 30, spread=0.06))
    assert len(found.candidates) > 1
    assert all(centres.shape == (2, 256) for centres in found.candidates)
