"""Cuts speech wherever a voice may change: between two such places one is likely to speak. Pure.

::

    speech score  1 ____/‾‾‾‾‾‾\\   /‾‾‾‾‾‾‾‾\\_____/‾‾‾\\____
                  0             \\_/
    detected        |--------------------------------------|   the voice detector, padded
    pieces             |-------||-----------|       |---|
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from inspector.audio.runs import runs
from inspector.diarisation.segmentation import FRAME_S, FrameScores
from inspector.model import Span
from inspector.vad.protocol import PAD_S

__all__ = ["BOTH", "Piece", "cut_pieces", "tight"]

SPEAKS = 0.5  # probability of speech
RESTS = 0.75  # below it a voice rests: a change of voice may lie here
CHANGES = 0.5  # one voice gives way to another
BOTH = 0.65  # two speak at once
MOST = round(30 / FRAME_S)  # frames of a piece, before it is cut where it is weakest nearby
LEAD_S, LAG_S = 0.055, 0.045  # how much too early the scores rise and too late they fall (median over tuning calls)
LEAST_S = 0.1
MISSED_S = 0.6  # detected speech without any score for so long is believed all the same


@dataclass(frozen=True, slots=True)
class Piece:
    """Speech ``[start_s, end_s)`` in which nothing tells of a change."""

    start_s: float
    end_s: float


def cut_pieces(scores: FrameScores, speech: tuple[Span, ...]) -> tuple[Piece, ...]:
    """Pieces within ``speech`` (sorted, not overlapping), by start; at least one for every span of it."""
    return tuple(piece for span in speech for piece in _pieces_in(scores, span))


def _pieces_in(scores: FrameScores, span: Span) -> list[Piece]:
    first, end = scores.at(span.start_s), scores.at(span.end_s) + 1
    heard = scores.speech[first:end]
    pieces: list[Piece] = []
    reached_s = span.start_s
    for begin, stop in runs(heard >= SPEAKS):
        start_s = max(span.start_s, scores.start_s(first + begin) + LEAD_S)
        end_s = min(span.end_s, scores.start_s(first + stop) - LAG_S)
        if end_s - start_s < LEAST_S:
            continue
        pieces += _missed(reached_s, start_s)
        edges_s = [start_s]
        for at in _cuts(scores, first + begin, first + stop):
            if edges_s[-1] + LEAST_S < scores.start_s(at) < end_s - LEAST_S:
                edges_s.append(scores.start_s(at))
        pieces += [Piece(*edges) for edges in pairwise([*edges_s, end_s])]
        reached_s = end_s
    return pieces + (_missed(reached_s, span.end_s) if pieces else [Piece(*tight(span))])


def _cuts(scores: FrameScores, begin: int, stop: int) -> list[int]:
    """Frames inside a run of speech where a voice may change, in order: rests, changes told, ends of overlap.

    Where nothing tells of one for 30 s, the weakest frame, so that no piece is longer than memory should hold.
    """
    heard, changes, both = (column[begin:stop] for column in (scores.speech, scores.change, scores.overlap))
    dips = [low + int(np.argmin(heard[low:high])) for low, high in runs(heard < RESTS) if low and high < stop - begin]
    told = [low + int(np.argmax(changes[low:high])) for low, high in runs(changes >= CHANGES)]
    ends = [edge for run in runs(both >= BOTH) for edge in run if 0 < edge < stop - begin]
    cuts = sorted({0, *dips, *told, *ends, stop - begin})
    for low, high in pairwise(list(cuts)):
        for at in range(low + MOST, high, MOST):
            cuts.append(at - MOST // 2 + int(np.argmin(heard[at - MOST // 2 : at])))
    return [begin + at for at in sorted(cuts)[1:-1]]


def _missed(start_s: float, end_s: float) -> list[Piece]:
    """Detected speech that the scores do not know, without the detector's padding."""
    return [Piece(start_s + PAD_S, end_s - PAD_S)] if end_s - start_s >= MISSED_S else []


def tight(span: Span) -> tuple[float, float]:
    """Detected speech without its padding. What begins with the recording has none, what is short keeps it."""
    pad_s = PAD_S if span.duration_s > 3 * PAD_S else 0.0
    return span.start_s + (pad_s if span.start_s > 0 else 0.0), span.end_s - pad_s
