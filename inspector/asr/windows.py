"""Packs speech into the recogniser's windows and scatters words back to their own time. Pure.

Speech is heard in windows of its real sound: short pauses stay, long ones are cut to a margin on either side. The lanes
of a call go into one window in the order they speak: each is cut from its own clean channel, yet the recogniser has the
dialogue as context, which lane by lane it has not (``docs/decisions/0004``)::

    agent     |aaaa|a|         |aaa|
    customer           |ccc|
    pieces     1    2   3       4         one voice each
    parts     |aaaa|a|                    real sound of one lane without a cut
                       |ccc|
                               |aaa|
    window    |aaaa|a||ccc||aaa|

The encoder's cost grows with the square of the length, so windows are half as long as Whisper allows, and are not
filled up to 30 s (``docs/decisions/0015``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from inspector.asr.protocol import LaneSpan

__all__ = ["LIMIT_S", "LONGEST_PIECE_S", "Part", "Window", "Word", "chains", "pack", "scatter"]

LIMIT_S = 15.0
KEEP_S = 1.0  # pauses up to this stay
MARGIN_S = 0.3  # of the real sound around speech: silence of our own making is heard as words
LEAD_S = 0.2
LONGEST_PIECE_S = LIMIT_S - 2 * (MARGIN_S + LEAD_S)
CHAIN = 8  # windows that know what was said before them

REACH_S = 0.7  # word times are so loose: a change of piece is looked for in the words so far around
CLAUSE_S = 0.5  # a change of piece where a clause begins is preferred to one so much nearer


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the recogniser timed it, seconds in the window; ``confidence`` 0 … 1; ``begins``: a clause."""

    start_s: float
    end_s: float
    text: str
    confidence: float
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Sound ``[start_s, end_s)`` of one lane and where in the window it begins."""

    lane: int
    start_s: float
    end_s: float
    at_s: float

    @property
    def until_s(self) -> float:
        return self.at_s + self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Window:
    """What is heard in one go: its sound, and the pieces of speech in it in the order they are heard."""

    parts: tuple[Part, ...]
    pieces: tuple[LaneSpan, ...]

    @property
    def length_s(self) -> float:
        return self.parts[-1].until_s + LEAD_S


def pack(speech: Iterable[LaneSpan], duration_s: float) -> tuple[Window, ...]:
    """Windows of at most :data:`LIMIT_S`, speech in order of its start; a longer piece gets a window of its own.

    ``speech``: disjoint in each lane.
    """
    ordered = sorted(speech, key=lambda span: (span.start_s, span.lane))
    windows: list[Window] = []
    parts: list[Part] = []
    pieces: list[LaneSpan] = []
    for span, (from_s, to_s) in zip(ordered, _reaches(ordered, duration_s), strict=True):
        last = parts[-1] if parts else Part(span.lane, 0.0, 0.0, LEAD_S)
        goes_on = bool(pieces) and pieces[-1].lane == span.lane and span.start_s - pieces[-1].end_s <= KEEP_S
        if pieces and last.until_s + to_s - (last.end_s if goes_on else from_s) + LEAD_S > LIMIT_S:
            windows.append(Window(tuple(parts), tuple(pieces)))
            parts, pieces, goes_on = [], [], False
        if goes_on:
            parts[-1] = replace(last, end_s=to_s)
        else:
            parts.append(Part(span.lane, from_s, to_s, parts[-1].until_s if parts else LEAD_S))
        pieces.append(span)
    return (*windows, Window(tuple(parts), tuple(pieces))) if pieces else ()


def _reaches(ordered: Sequence[LaneSpan], duration_s: float) -> list[tuple[float, float]]:
    """From where to where each span is heard: a margin around it, but no other speech of its lane."""
    reaches = [(max(0.0, span.start_s - MARGIN_S), min(duration_s, span.end_s + MARGIN_S)) for span in ordered]
    for lane in {span.lane for span in ordered}:
        own = [number for number, span in enumerate(ordered) if span.lane == lane]
        for one, other in pairwise(own):
            middle_s = (ordered[one].end_s + ordered[other].start_s) / 2
            reaches[one] = (reaches[one][0], min(reaches[one][1], middle_s))
            reaches[other] = (max(reaches[other][0], middle_s), reaches[other][1])
    return reaches


def chains(windows: Sequence[Window]) -> list[Sequence[Window]]:
    """Runs of neighbours of nearly the same length, at most :data:`CHAIN`: what can be heard side by side."""
    count = -(-len(windows) // CHAIN)
    edges = [round(number * len(windows) / count) for number in range(count + 1)] if count else []
    return [windows[first:end] for first, end in pairwise(edges)]


def scatter(window: Window, words: Sequence[Word]) -> dict[LaneSpan, list[Word]]:
    """Words by the piece they belong to, in seconds of the recording.

    ::

        pieces  |1          |2      |        the voice changes between 1 and 2
        words    aa aa aa, bb bb bb          times are loose: the change goes to the clause that begins nearby
    """
    places = [_place(window, piece) for piece in window.pieces]
    edges_s = [(before[1] + after[0]) / 2 for before, after in pairwise(places)]
    cuts = [0]
    for edge_s in edges_s:
        cuts.append(max(cuts[-1], _cut(words, edge_s)))
    cuts.append(len(words))
    found: dict[LaneSpan, list[Word]] = {}
    for piece, (start_s, _), (first, end) in zip(window.pieces, places, pairwise(cuts), strict=True):
        found[piece] = [_on_the_clock(word, piece, piece.start_s - start_s) for word in words[first:end]]
    return found


def _place(window: Window, piece: LaneSpan) -> tuple[float, float]:
    """From where to where the piece is heard, seconds in the window."""
    own = (part for part in window.parts if part.lane == piece.lane)
    part = next(part for part in own if part.start_s <= piece.start_s and piece.end_s <= part.end_s)
    shift_s = part.at_s - part.start_s
    return piece.start_s + shift_s, piece.end_s + shift_s


def _cut(words: Sequence[Word], edge_s: float) -> int:
    """How many of the words lie before an edge between two pieces."""
    before = sum(1 for word in words if word.start_s + word.end_s < 2 * edge_s)
    costs = {
        number: abs(_between_s(words, number) - edge_s) - CLAUSE_S * words[number].begins
        for number in range(1, len(words))
        if abs(_between_s(words, number) - edge_s) <= REACH_S
    }
    return min(costs, key=lambda number: costs[number]) if costs and 0 < before < len(words) else before


def _between_s(words: Sequence[Word], number: int) -> float:
    return (words[number - 1].end_s + words[number].start_s) / 2


def _on_the_clock(word: Word, piece: LaneSpan, shift_s: float) -> Word:
    start_s = min(max(word.start_s + shift_s, piece.start_s), piece.end_s - 0.02)
    end_s = min(max(word.end_s + shift_s, start_s + 0.02), piece.end_s)
    return replace(word, start_s=start_s, end_s=end_s)
