"""Whose speech is whose, by lane and voice. Pure.

A lane that holds one party is one voice; a lane that may hold several has been diarised::

    detected   |---------------------------|   |-------|    the voice detector
    voices      |AAAAAAAAAA|                    |AAAAA|     the diarisation
                          |BBBBBBBBBBBBBB|
    pieces     |A          |B              |   |A      |    what is recognised: all detected, cut between voices
    hidden                ##                                what B says under A: nobody can write it down
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from inspector.diarisation.pieces import tight
from inspector.diarisation.protocol import Diarisation, SpeakerSpan
from inspector.model import Span

__all__ = ["Attribution", "VoiceSpan", "attribute"]

LEAST_S = 0.02
LEAST_HIDDEN_S = 0.3  # less is the edge of a turn
LEAST_WORD_S = 0.4  # with the detector's margin; nobody takes over and gives back sooner


@dataclass(frozen=True, slots=True)
class VoiceSpan:
    """Speech ``[start_s, end_s)`` of one voice (numbered through the call) in one lane (channel index)."""

    speaker: int
    lane: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """``spans``: who speaks when, by start; may overlap. ``lane_of``: the lane of every voice.

    ``pieces``: by lane all detected speech, one voice each, disjoint, by start. ``alike``: lanes where voices may be
    mixed up.
    """

    spans: tuple[VoiceSpan, ...]
    pieces: dict[int, tuple[VoiceSpan, ...]]
    lane_of: dict[int, int]
    alike: frozenset[int] = frozenset()

    def speaker_at(self, lane: int, start_s: float, end_s: float) -> int:
        """The voice of a stretch of one lane's speech: the one that has most of it."""
        near = _touching(self.pieces[lane], start_s, end_s)
        return max(near, key=lambda piece: min(piece.end_s, end_s) - max(piece.start_s, start_s)).speaker

    def split(self, speaker: int, until_s: float) -> Attribution:
        """What a voice said in pieces that begin before ``until_s`` becomes that of a new voice."""
        new, lane = len(self.lane_of), self.lane_of[speaker]
        before_s = max((p.end_s for p in self.pieces[lane] if p.start_s < until_s), default=0.0)

        def told(span: VoiceSpan) -> VoiceSpan:
            is_new = span.speaker == speaker and span.start_s < before_s
            return replace(span, speaker=new) if is_new else span

        pieces = self.pieces | {lane: tuple(map(told, self.pieces[lane]))}
        return replace(self, spans=tuple(map(told, self.spans)), pieces=pieces, lane_of=self.lane_of | {new: lane})

    def hidden(self) -> tuple[VoiceSpan, ...]:
        """Speech of a voice in pieces of another."""
        return tuple(
            VoiceSpan(span.speaker, span.lane, max(span.start_s, piece.start_s), min(span.end_s, piece.end_s))
            for span in self.spans
            for piece in _touching(self.pieces[span.lane], span.start_s, span.end_s)
            if piece.speaker != span.speaker
            and min(span.end_s, piece.end_s) - max(span.start_s, piece.start_s) >= LEAST_HIDDEN_S
        )


def attribute(speech: Mapping[int, tuple[Span, ...]], mixed: Mapping[int, Diarisation]) -> Attribution:
    """``speech``: detected, by lane. ``mixed``: the lanes that were diarised; any other is one voice, even a silent."""
    spans: list[VoiceSpan] = []
    pieces: dict[int, tuple[VoiceSpan, ...]] = {}
    lane_of: dict[int, int] = {}
    for lane, detected in speech.items():
        told = mixed[lane].spans if lane in mixed else [SpeakerSpan(0, *tight(span)) for span in detected]
        owned = [piece for span in detected for piece in _cut(span, told)]
        first = len(lane_of)
        spans += [VoiceSpan(first + span.speaker, lane, span.start_s, span.end_s) for span in told]
        pieces[lane] = tuple(VoiceSpan(first + piece.speaker, lane, piece.start_s, piece.end_s) for piece in owned)
        lane_of |= {first + voice: lane for voice in range(max((span.speaker for span in told), default=0) + 1)}
    alike = frozenset(lane for lane, diarised in mixed.items() if diarised.alike)
    return Attribution(tuple(sorted(spans, key=lambda span: (span.start_s, span.speaker))), pieces, lane_of, alike)


def _touching(pieces: Sequence[VoiceSpan], start_s: float, end_s: float) -> Sequence[VoiceSpan]:
    """Of disjoint pieces by start those that touch a stretch, or else the one before it."""
    first = bisect_right(pieces, start_s, key=lambda piece: piece.start_s) - 1
    after = bisect_left(pieces, end_s, key=lambda piece: piece.start_s)
    return pieces[max(0, first) : max(after, first + 1, 1)]


def _cut(span: Span, told: Sequence[SpeakerSpan]) -> list[SpeakerSpan]:
    """All of a detected span, given to voices: where several speak to the longest, where none is told to the nearer."""
    near = [voice for voice in told if voice.start_s < span.end_s and voice.end_s > span.start_s]
    if not near:
        nearest = min(told, key=lambda voice: max(voice.start_s - span.end_s, span.start_s - voice.end_s))
        return [SpeakerSpan(nearest.speaker, span.start_s, span.end_s)]
    times_s = sorted({at_s for voice in near for at_s in (voice.start_s, voice.end_s)})
    owned: list[tuple[int, float, float]] = []
    for start_s, end_s in pairwise(times_s):
        speaking = [voice for voice in near if voice.start_s <= start_s and end_s <= voice.end_s]
        if speaking:
            owner = max(speaking, key=lambda voice: voice.end_s - voice.start_s).speaker
            owned.append((owner, start_s, end_s))
    changes_s = [(before[2] + after[1]) / 2 for before, after in pairwise(owned) if before[0] != after[0]]
    owners = [owner for owner, _ in groupby(voice for voice, _, _ in owned)]
    inner_s = [min(max(at_s, span.start_s + LEAST_S), span.end_s - LEAST_S) for at_s in changes_s]
    shares = zip(owners, pairwise([span.start_s, *inner_s, span.end_s]), strict=True)
    return _without_slivers([SpeakerSpan(owner, *times_s) for owner, times_s in shares if times_s[0] < times_s[1]])


def _without_slivers(shares: list[SpeakerSpan]) -> list[SpeakerSpan]:
    """Neighbours in one stretch of speech, each too short for a word of its own given to the longer one beside it."""
    kept = list(shares)
    while len(kept) > 1 and (least := min(kept, key=_length_s)) and _length_s(least) < LEAST_WORD_S:
        at = kept.index(least)
        owner = max(kept[max(0, at - 1) : at] + kept[at + 1 : at + 2], key=_length_s).speaker
        kept[at] = replace(least, speaker=owner)
        kept = [
            SpeakerSpan(speaker, same[0].start_s, same[-1].end_s)
            for speaker, same in ((speaker, [*own]) for speaker, own in groupby(kept, lambda share: share.speaker))
        ]
    return kept


def _length_s(share: SpeakerSpan) -> float:
    return share.end_s - share.start_s
