"""A playable copy of a whole call: its recordings on one clock, what must not be heard covered by a soft tone.

::

    leg 1   |~~~~~~~~|                 leg 2   |~~~~~~|        at its own rate and channels
    copy    |~~~~♪♪~~|~~~~~~|                                  ♪ covered, in every lane
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inspector.audio.peaks import Peaks
from inspector.audio.playable import OTHER_RATE_HZ, WINDOW_S, opus_rate_hz, windows_of, write_opus
from inspector.audio.protocol import Audio, Int16
from inspector.audio.reader import AudioReader
from inspector.errors import ErrorKind, RecordingError

__all__ = ["COVER_HZ", "Part", "write_call"]

COVER_HZ, COVER_PEAK = 440.0, 1000
"""Soft: about −30 dB below the loudest there is."""


@dataclass(frozen=True, slots=True)
class Part:
    """One recording of a call. ``id``: the sha256 its bytes must have; ``start_s``: where it begins in the call."""

    id: str
    path: Path
    start_s: float


def write_call(
    parts: Sequence[Part], hidden: Sequence[tuple[float, float]], path: Path, reader: AudioReader, max_duration_s: float
) -> Peaks:
    """Writes the copy as ``make_playable`` does and returns its picture. ``hidden``: seconds of the call to cover, in
    order of time.

    Raises RecordingError: of every kind that concerns files, and CHANGED_WHILE_READ for other bytes than were heard.
    """
    with ExitStack() as opened:
        audios = [opened.enter_context(reader.open(part.path, max_duration_s)) for part in parts]
        for part, audio in zip(parts, audios, strict=True):
            if audio.recording.id != part.id:
                what = "the file does not hold the recording that was heard"
                raise RecordingError(ErrorKind.CHANGED_WHILE_READ, what, "put the recording back, or inspect it again")
        rates = {opus_rate_hz(audio.recording.rate_hz) for audio in audios}
        rate_hz = rates.pop() if len(rates) == 1 else OTHER_RATE_HZ
        channels = min(max(audio.recording.channels for audio in audios), 2)
        frames = round((parts[-1].start_s + audios[-1].recording.duration_s) * rate_hz)
        peaks = Peaks(frames, channels, rate_hz)
        laid = _laid(list(zip(parts, audios, strict=True)), rate_hz, channels)
        write_opus(_covered(laid, hidden, rate_hz, peaks), rate_hz, channels, path)
        return peaks


def _laid(legs: Sequence[tuple[Part, Audio]], rate_hz: int, channels: int) -> Iterator[Int16]:
    """One recording after the other, each from its place in the call on, with silence before it where it is late."""
    at = 0
    for part, audio in legs:
        start = round(part.start_s * rate_hz)
        while at < start:
            quiet = min(start - at, WINDOW_S * rate_hz)
            yield np.zeros((quiet, channels), np.int16)
            at += quiet
        for window in windows_of(audio, rate_hz):
            yield np.array(np.broadcast_to(window, (len(window), channels)))
            at += len(window)


def _covered(
    windows: Iterator[Int16], hidden: Sequence[tuple[float, float]], rate_hz: int, peaks: Peaks
) -> Iterator[Int16]:
    """The same with the tone in the place of what is hidden; the picture is taken of the result."""
    at = 0
    for window in windows:
        for start_s, end_s in hidden:
            first = max(int(start_s * rate_hz) - at, 0)
            last = min(int(end_s * rate_hz) + 1 - at, len(window))
            if first < last:
                window[first:last] = _tone(at + first, last - first, rate_hz)[:, None]
        peaks.add(window)
        yield window
        at += len(window)


def _tone(start: int, frames: int, rate_hz: int) -> Int16:
    """One tone for the whole call, whatever window it is cut from."""
    turns = (start + np.arange(frames)) * (COVER_HZ / rate_hz)
    tone: Int16 = (COVER_PEAK * np.sin(2 * np.pi * turns)).astype(np.int16)
    return tone
