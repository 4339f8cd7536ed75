"""From a voice for every chunk to who speaks when. Pure.

::

    chunks   |A  |A  |B   |B  |    |B  |
    speech   ‾‾‾‾‾‾‾\\_/‾‾‾‾‾‾‾‾\\__/‾‾‾‾
    moved    |A     | |B               |     a change lies where the speech is weakest nearby; short rests are filled
    overlap            ##
    spans    |A     | |B               |
                      |A|
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from inspector.audio.runs import runs
from inspector.diarisation.pieces import BOTH
from inspector.diarisation.protocol import SpeakerSpan
from inspector.diarisation.segmentation import FrameScores

__all__ = ["Chunk", "spans_of"]

REACH_S = 0.6  # a change of voice inside a piece is looked for so far around
FILLED_S = 0.3  # a voice that rests no longer goes on speaking
LEAST_BOTH_S = 0.2
LEAST_S = 0.02


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of one piece that gets one voice. ``piece``: its number; ``listened_s``: of speech listened to."""

    piece: int
    start_s: float
    end_s: float
    listened_s: float


def spans_of(chunks: Sequence[Chunk], labels: Sequence[int], scores: FrameScores) -> tuple[SpeakerSpan, ...]:
    """Speech by voice, by start; ``labels``: the voice of each chunk, chunks by start."""
    alone = _filled(_joined(chunks, labels, scores))
    spans = sorted([*alone, *_overlaps(alone, scores)], key=lambda span: (span.speaker, span.start_s))
    return tuple(sorted(_united(spans), key=lambda span: (span.start_s, span.speaker)))


def _united(spans: list[SpeakerSpan]) -> list[SpeakerSpan]:
    """Spans of one voice that touch as one: who is spoken over goes on. ``spans``: by voice and start."""
    united: list[SpeakerSpan] = []
    for span in spans:
        last = united[-1] if united else None
        if last and last.speaker == span.speaker and span.start_s <= last.end_s:
            united[-1] = SpeakerSpan(span.speaker, last.start_s, max(last.end_s, span.end_s))
        else:
            united.append(span)
    return united


def _joined(chunks: Sequence[Chunk], labels: Sequence[int], scores: FrameScores) -> list[SpeakerSpan]:
    """One span a voice and piece, changes inside a piece moved to where the speech is weakest."""
    starts_s, ends_s = [chunk.start_s for chunk in chunks], [chunk.end_s for chunk in chunks]
    for number, (before, after) in enumerate(pairwise(chunks)):
        if before.piece == after.piece and labels[number] != labels[number + 1]:
            least_s = max(starts_s[number] + LEAST_S, after.start_s - REACH_S)
            most_s = min(after.end_s - LEAST_S, after.start_s + REACH_S)
            ends_s[number] = starts_s[number + 1] = _weakest_s(scores, least_s, most_s)
    spans: list[SpeakerSpan] = []
    for number, (chunk, label) in enumerate(zip(chunks, labels, strict=True)):
        if number and label == labels[number - 1] and chunk.piece == chunks[number - 1].piece:
            spans[-1] = SpeakerSpan(label, spans[-1].start_s, ends_s[number])
        else:
            spans.append(SpeakerSpan(label, starts_s[number], ends_s[number]))
    return spans


def _weakest_s(scores: FrameScores, from_s: float, to_s: float) -> float:
    first, end = scores.at(from_s), scores.at(to_s) + 1
    weakest = first + int(np.argmin(scores.speech[first:end]))
    return min(max(from_s, scores.start_s(weakest)), to_s)


def _filled(spans: list[SpeakerSpan]) -> list[SpeakerSpan]:
    """Neighbours of one voice as one span when the rest between them is short."""
    filled: list[SpeakerSpan] = []
    for span in spans:
        last = filled[-1] if filled else None
        if last and last.speaker == span.speaker and span.start_s - last.end_s < FILLED_S:
            filled[-1] = SpeakerSpan(span.speaker, last.start_s, span.end_s)
        else:
            filled.append(span)
    return filled


def _overlaps(spans: list[SpeakerSpan], scores: FrameScores) -> list[SpeakerSpan]:
    """What the voice beside the one found also says, where two speak at once."""
    if len({span.speaker for span in spans}) < 2:
        return []
    both: list[SpeakerSpan] = []
    for first, end in runs(scores.overlap >= BOTH):
        start_s, end_s = scores.start_s(first), scores.start_s(end)
        for number, span in enumerate(spans):
            low_s, high_s = max(start_s, span.start_s), min(end_s, span.end_s)
            if high_s - low_s >= LEAST_BOTH_S:
                both.append(SpeakerSpan(_other(spans, number), low_s, high_s))
    return both


def _other(spans: list[SpeakerSpan], number: int) -> int:
    """The voice nearest in time that is another."""
    own = spans[number]
    others = [span for span in spans if span.speaker != own.speaker]
    return min(others, key=lambda span: max(span.start_s - own.end_s, own.start_s - span.end_s)).speaker
