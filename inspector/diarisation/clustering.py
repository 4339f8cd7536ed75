"""How many voices there are and what each sounds like, from directions of speech in embedding space. Pure.

A telephone call has two parties: two voices are expected, and it takes evidence to believe in one or in three.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

__all__ = ["Floats", "Voices", "centres_of", "find_voices"]

MOST_COMPARED = 1_500  # pieces of speech whose distances are all computed; the rest follows the voices found
GOLDEN_RATIO = 0.6180339887498949
MOST_VOICES = 4
MOST_PAIRED = 14  # pieces any two of which are taken for two voices
FINEST = 6  # groups that a cut may have in the search for two voices
ROUNDS = 20
ONE_VOICE_GAIN = 1.1  # two centres that explain no more than this are one voice cut in two
MORE_VOICES_GAIN = 1.3  # a third centre must explain so much more
LEAST_APART = 0.12  # cosine distance of a third voice from every other
LEAST_SPEECH_S = 4.0  # of a third voice; less is a cough or a laugh

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Voices:
    """``candidates``: ways to begin, centres of unit length, shape (ways, voices, dimensions), the likeliest first.

    ``gain``: how much better two centres explain the speech than one; near 1 it was one voice, or two that are alike.
    """

    candidates: Floats
    gain: float


def find_voices(directions: Floats, lengths_s: Floats) -> Voices:
    """How many voices there are, and their centres.

    ``directions``: unit length, shape (pieces, 256), at least one; ``lengths_s``: seconds of speech in each piece.
    """
    # Many are equally long: those taken lie all over the call, not at its beginning.
    anywhere = np.arange(len(lengths_s)) * GOLDEN_RATIO % 1
    longest = np.sort(np.lexsort((anywhere, -lengths_s))[:MOST_COMPARED])
    points, weights = directions[longest], lengths_s[longest]
    one = centres_of(points, weights, np.zeros(len(points), np.int64))
    if len(points) < 3:
        return Voices(one[None], 1.0)
    tree = linkage(points, "ward")
    found, spread, gain = one, _spread(points, weights, one), 1.0
    for voices in range(2, MOST_VOICES + 1):
        finer = _refined(points, weights, fcluster(tree, voices, "maxclust").astype(np.int64) - 1)
        finer_spread = _spread(points, weights, finer)
        least_gain = ONE_VOICE_GAIN if voices == 2 else MORE_VOICES_GAIN
        if len(finer) < voices or spread < least_gain * finer_spread:
            break
        if voices > 2 and not _stand_alone(points, weights, finer):
            break
        gain = spread / finer_spread if voices == 2 else gain
        found, spread = finer, finer_spread
    return Voices(np.stack([found, *_pairs(points, weights, tree)] if len(found) == 2 else [found]), gain)


def _pairs(points: Floats, weights: Floats, tree: Floats) -> list[Floats]:
    """Other ways to see two voices: any two long pieces, any two groups of finer cuts, the rest given to the nearer."""
    longest = np.argsort(-weights, kind="stable")[:MOST_PAIRED]
    found = [points[list(pair)] for pair in combinations(longest.tolist(), 2)]
    for groups in range(3, FINEST + 1):
        centres = centres_of(points, weights, fcluster(tree, groups, "maxclust").astype(np.int64))
        for pair in combinations(range(len(centres)), 2):
            found.append(_refined(points, weights, np.argmax(points @ centres[list(pair)].T, axis=1)))
    return [centres for centres in found if len(centres) == 2]


def centres_of(points: Floats, weights: Floats, groups: Ints) -> Floats:
    """Mean direction of each group that has members, unit length."""
    sums = [(points[groups == group] * weights[groups == group, None]).sum(axis=0) for group in np.unique(groups)]
    return np.stack([total / max(float(np.linalg.norm(total)), 1e-12) for total in sums])


def _refined(points: Floats, weights: Floats, groups: Ints) -> Floats:
    """Centres after each piece has moved to its nearest one: spherical k-means from a tree's cut."""
    centres = centres_of(points, weights, groups)
    for _ in range(ROUNDS):
        nearest = np.argmax(points @ centres.T, axis=1)
        if np.array_equal(nearest, groups):
            break
        groups, centres = nearest, centres_of(points, weights, nearest)
    return centres


def _spread(points: Floats, weights: Floats, centres: Floats) -> float:
    """Mean cosine distance of the speech from its nearest centre."""
    return float(np.average(1 - np.max(points @ centres.T, axis=1), weights=weights)) + 1e-9


def _stand_alone(points: Floats, weights: Floats, centres: Floats) -> bool:
    """Has each voice enough speech, and is it unlike every other?"""
    nearest = np.argmax(points @ centres.T, axis=1)
    apart = 1 - centres @ centres.T + 2 * np.eye(len(centres))
    speech_s = np.bincount(nearest, weights, len(centres))
    return bool(apart.min() >= LEAST_APART and speech_s.min() >= LEAST_SPEECH_S)
