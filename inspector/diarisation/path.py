"""The voice of every chunk: the likeliest path through the call, by how chunks sound and where voices change. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.diarisation.clustering import Floats, centres_of

__all__ = ["Path", "Speech", "fitted_paths", "lead_nats"]

ROUNDS = 8
OTHER = 0.05  # share of the speech in which a path is quite another

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


def fitted_paths(speech: Speech, candidates: Floats) -> tuple[Path, ...]:
    """The likeliest path from each way to begin, its centres moved to what it says of the voices (Viterbi training).

    ``candidates``: centres of unit length, shape (ways, voices, dimensions).
    """
    labels, nats = _viterbi(speech, candidates)
    for _ in range(ROUNDS):
        before, candidates = labels, _moved(speech, candidates, labels)
        labels, nats = _viterbi(speech, candidates)
        if np.array_equal(before, labels):
            break
    return tuple(Path(*way) for way in zip(labels, nats.tolist(), strict=True))


def lead_nats(speech: Speech, paths: Sequence[Path]) -> float:
    """How much likelier the best path of two voices is than any that tells them apart in quite another way, or not.

    A voice cut in two, and two voices that are alike, can be cut in many ways, all of them nearly as likely.
    """
    best = max(paths, key=lambda path: path.nats)
    weights_s = speech.weights_s
    alone = centres_of(speech.directions, weights_s, np.zeros(len(weights_s), np.int64))
    differs = [float(np.average(path.labels != best.labels, weights=weights_s)) for path in paths]
    others = [path.nats for path, share in zip(paths, differs, strict=True) if OTHER < share < 1 - OTHER]
    return best.nats - max(*others, *(path.nats for path in fitted_paths(speech, alone[None])), -np.inf)


def _moved(speech: Speech, candidates: Floats, labels: Ints) -> Floats:
    """Centres of what each path gives to its voices; those of a path that leaves a voice without speech stay."""
    voices = np.arange(candidates.shape[1])[:, None]
    sums = ((labels[:, None] == voices) * speech.weights_s) @ speech.directions
    lengths = np.linalg.norm(sums, axis=2, keepdims=True)
    spoken = (lengths > 0).all(axis=1, keepdims=True)
    return np.asarray(np.where(spoken, sums / np.where(lengths > 0, lengths, 1.0), candidates))


def _viterbi(speech: Speech, candidates: Floats) -> tuple[Ints, Floats]:
    """Labels (ways, chunks) and nats (ways,) of the likeliest path for each row of centres."""
    ways, voices, dimensions = candidates.shape
    likeness = speech.directions @ candidates.reshape(-1, dimensions).T
    evidence = speech.evidence[:, None, None] * likeness.reshape(-1, ways, voices)
    score, came_from = evidence[0], np.zeros(evidence.shape, np.int8)
    stays = np.eye(voices, dtype=bool)
    for number, change in enumerate(speech.changes, start=1):
        steps = score[:, :, None] + np.where(stays, 0.0, change)
        came_from[number] = np.argmax(steps, axis=1)
        score = np.max(steps, axis=1) + evidence[number]
    labels = np.empty((len(evidence), ways), np.int64)
    labels[-1] = np.argmax(score, axis=1)
    for number in range(len(evidence) - 1, 0, -1):
        labels[number - 1] = came_from[number, np.arange(ways), labels[number]]
    return labels.T, np.max(score, axis=1)
