"""Moves the edges of speech to where the sound itself begins and ends. Pure.

The segmentation hears no rest shorter than about 0.3 s, so one voice seems to speak until the next one does::

    level      __/‾‾‾‾‾\\____/‾‾‾‾‾‾\\__
    before     |AAAAAAAAAA||BBBBBBBB|
    after       |AAAAAAA|   |BBBBBBB|
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inspector.diarisation.protocol import SpeakerSpan
from inspector.diarisation.segmentation import FRAME_S, FrameScores
from inspector.model import Span

__all__ = ["sharpened"]

OVER_NOISE_DB, BELOW_SPEECH_DB = 6.0, 40.0  # louder than both is sound; speech: the 95th percentile
LEAST_RANGE_DB = 20.0  # of speech over that: in more noise the ends of words cannot be seen
NOBODY, SOMEBODY = 0.1, 0.5  # scores of speech that tell where to measure the noise and the speech
LEAST_QUIET = 20  # frames
INWARD, OUTWARD = round(0.4 / FRAME_S), round(0.12 / FRAME_S)

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


def sharpened(spans: tuple[SpeakerSpan, ...], scores: FrameScores, speech: tuple[Span, ...]) -> tuple[SpeakerSpan, ...]:
    """``spans`` by start, each beginning and ending with sound where its edge lies in no other span.

    ``speech``: detected, sorted, not overlapping; no edge moves out of it.
    """
    sound = _sound(scores)
    if sound is None or not spans:
        return spans
    sound &= _within(speech, len(sound))
    starts, ends = (np.array([scores.at(at_s) for at_s in edges]) for edges in _edges_s(spans))
    starts, ends = np.minimum(starts, len(sound) - 1), np.clip(ends, 1, len(sound))
    later = _begins(starts, ends, sound)
    earlier = len(sound) - _begins(len(sound) - ends, len(sound) - starts, sound[::-1])
    return tuple(
        SpeakerSpan(
            span.speaker,
            span.start_s if begin == start else scores.start_s(begin),
            span.end_s if stop == end else scores.start_s(stop),
        )
        for span, start, end, begin, stop in zip(spans, starts, ends, later.tolist(), earlier.tolist(), strict=True)
    )


def _edges_s(spans: tuple[SpeakerSpan, ...]) -> tuple[list[float], list[float]]:
    return [span.start_s for span in spans], [span.end_s for span in spans]


def _sound(scores: FrameScores) -> Flags | None:
    """Which frames are louder than the line's noise; None where speech does not stand out clearly."""
    quiet, loud = scores.level_db[scores.speech < NOBODY], scores.level_db[scores.speech > SOMEBODY]
    if len(quiet) < LEAST_QUIET or not len(loud):
        return None
    speech_db = float(np.percentile(loud, 95))
    least_db = max(float(np.median(quiet)) + OVER_NOISE_DB, speech_db - BELOW_SPEECH_DB)
    return scores.level_db > least_db if speech_db - least_db >= LEAST_RANGE_DB else None


def _within(speech: tuple[Span, ...], frames: int) -> Flags:
    """Which frames lie in detected speech as a whole."""
    inside = np.zeros(frames, np.bool_)
    for span in speech:
        inside[FrameScores.at(span.start_s) + 1 : FrameScores.at(span.end_s)] = True
    return inside


def _begins(starts: Ints, ends: Ints, sound: Flags) -> Ints:
    """The frame where each span begins to sound: outward at most to the middle of a gap, inward of what is its own."""
    begun = np.searchsorted(np.sort(starts), starts, "left")
    over = np.searchsorted(np.sort(ends), starts, "right")
    before = np.concatenate([[0], np.sort(ends)])[over]
    edges = np.unique(np.concatenate([starts, ends, [len(sound)]]))
    after = edges[np.minimum(np.searchsorted(edges, starts, "right"), len(edges) - 1)]
    lows = np.maximum(starts - OUTWARD, (before + starts + 1) // 2)
    highs = np.minimum(starts + INWARD, (starts + np.minimum(after, ends)) // 2)
    alone = begun <= over
    found = [_onset(sound, *limits) for limits in zip(starts.tolist(), lows.tolist(), highs.tolist(), strict=True)]
    return np.where(alone, found, starts)


def _onset(sound: Flags, at: int, low: int, high: int) -> int:
    """Where the sound of a frame begins, or else the next one, in ``[low, high)``; ``at`` when there is none."""
    if at < len(sound) and sound[at]:
        silent = np.flatnonzero(~sound[low:at])
        return low + int(silent[-1]) + 1 if len(silent) else min(low, at)
    heard = np.flatnonzero(sound[at:high])
    return at + int(heard[0]) if len(heard) else at
