"""Packs speech into the recogniser's windows and scatters words back to their own time. Pure.

Whisper hears 30 s at a time and pays for all of it, so speech is stitched with short pauses between. The lanes of a
call go into one window in the order they speak: each is cut from its own clean channel, yet the recogniser has the
dialogue as context, which lane by lane it has not (see ``docs/decisions``)::

    agent     |aaaa|        |aaa|
    customer         |ccc|
    window    |aaaa| |ccc|  |aaa|
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inspector.asr.protocol import LaneSpan

__all__ = ["GAP_S", "LIMIT_S", "Piece", "Window", "Word", "pack", "scatter"]

GAP_S = 0.8
LIMIT_S = 28.0


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the recogniser timed it, seconds in the window; ``confidence`` 0 … 1."""

    start_s: float
    end_s: float
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of speech and where in the window it begins."""

    speech: LaneSpan
    at_s: float

    @property
    def length_s(self) -> float:
        return self.speech.end_s - self.speech.start_s


@dataclass(frozen=True, slots=True)
class Window:
    """What is heard in one go."""

    pieces: tuple[Piece, ...]

    @property
    def length_s(self) -> float:
        return self.pieces[-1].at_s + self.pieces[-1].length_s + GAP_S


def pack(speech: Iterable[LaneSpan]) -> tuple[Window, ...]:
    """Windows of at most :data:`LIMIT_S`, speech in order of its start. Longer speech gets a window of its own."""
    windows: list[list[Piece]] = []
    at_s = LIMIT_S
    for span in sorted(speech, key=lambda span: (span.start_s, span.lane)):
        length_s = span.end_s - span.start_s
        if at_s + length_s > LIMIT_S:
            windows.append([])
            at_s = GAP_S
        windows[-1].append(Piece(span, at_s))
        at_s += length_s + GAP_S
    return tuple(Window(tuple(pieces)) for pieces in windows)


def scatter(window: Window, words: Iterable[Word]) -> dict[Piece, list[Word]]:
    """Words by the piece their middle lies in or next to, in seconds of the recording."""
    found: dict[Piece, list[Word]] = {piece: [] for piece in window.pieces}
    for word in words:
        middle_s = (word.start_s + word.end_s) / 2
        piece = min(window.pieces, key=lambda piece: _outside_s(piece, middle_s))
        found[piece].append(_on_the_clock(word, piece))
    return found


def _outside_s(piece: Piece, at_s: float) -> float:
    return max(piece.at_s - at_s, at_s - piece.at_s - piece.length_s, 0.0)


def _on_the_clock(word: Word, piece: Piece) -> Word:
    shift_s = piece.speech.start_s - piece.at_s
    start_s = min(max(word.start_s + shift_s, piece.speech.start_s), piece.speech.end_s - 0.02)
    end_s = min(max(word.end_s + shift_s, start_s + 0.02), piece.speech.end_s)
    return Word(start_s, end_s, word.text, word.confidence)
