"""The voice of every chunk: the likeliest path through the call, by how chunks sound and where voices change. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.diarisation.clustering import Floats, centres_of

__all__ = ["Path", "Speech", "fitted_path"]

ROUNDS = 3

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Speech:
    """Chunks in order: ``directions`` (chunks, dimensions) of unit length, all others (chunks,), ``changes`` one less.

    ``weights_s``: seconds that tell what a voice sounds like, 0 for chunks too short; ``evidence``: nats per unit of
    cosine; ``changes``: nats for a change of voice before each chunk but the first.
    """

    directions: Floats
    weights_s: Floats
    evidence: Floats
    changes: Floats


@dataclass(frozen=True, slots=True)
class Path:
    """The voice of each chunk, and how likely the whole is in nats (more is better)."""

    labels: Ints
    nats: float


def fitted_path(speech: Speech, centres: Floats) -> Path:
    """The likeliest path, the centres moved to what it says of the voices until it stays (Viterbi training)."""
    path = _viterbi(speech, centres)
    telling = speech.weights_s > 0
    for _ in range(ROUNDS):
        if len(np.unique(path.labels[telling])) < len(centres):
            break
        centres = centres_of(speech.directions[telling], speech.weights_s[telling], path.labels[telling])
        before, path = path, _viterbi(speech, centres)
        if np.array_equal(before.labels, path.labels):
            break
    return path


def _viterbi(speech: Speech, centres: Floats) -> Path:
    evidence = speech.evidence[:, None] * (speech.directions @ centres.T)
    score, came_from = evidence[0], np.zeros(evidence.shape, np.int64)
    stays = np.eye(len(centres), dtype=bool)
    for number, change in enumerate(speech.changes, start=1):
        steps = score[:, None] + np.where(stays, 0.0, change)
        came_from[number] = np.argmax(steps, axis=0)
        score = np.max(steps, axis=0) + evidence[number]
    labels = [int(np.argmax(score))]
    for number in range(len(evidence) - 1, 0, -1):
        labels.append(int(came_from[number, labels[-1]]))
    return Path(np.array(labels[::-1]), float(score.max()))
