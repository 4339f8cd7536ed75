"""A small copy that every browser plays: Opus in Ogg (RFC 7845). Derived data: it can be made again at any time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
import soxr

from inspector.audio.protocol import Audio, Int16
from inspector.errors import ErrorKind, RecordingError

__all__ = ["make_playable", "opus_rate_hz", "windows_of", "write_opus"]

BITS_PER_S = 24_000
OPUS_RATES_HZ = (8_000, 12_000, 16_000, 24_000, 48_000)
OTHER_RATE_HZ = 48_000  # sound at any other rate becomes this
WINDOW_S = 30


def make_playable(audio: Audio, path: Path) -> None:
    """Writes the copy, mono or stereo as the recording is, 30 s in memory at a time; mode 0600, whole or not at all.

    The same samples make the same bytes. Raises RecordingError as ``audio.read`` does, and with NO_ROOM when the copy
    cannot be written.
    """
    rate_hz = opus_rate_hz(audio.recording.rate_hz)
    write_opus(windows_of(audio, rate_hz), rate_hz, audio.recording.channels, path)


def opus_rate_hz(rate_hz: int) -> int:
    """The rate of a copy of sound at this rate."""
    return rate_hz if rate_hz in OPUS_RATES_HZ else OTHER_RATE_HZ


def write_opus(windows: Iterable[Int16], rate_hz: int, channels: int, path: Path) -> None:
    """Writes samples of shape (frames, channels) as such a copy; raises what :func:`make_playable` raises."""
    try:
        with ExitStack() as undo:
            descriptor, name = tempfile.mkstemp(prefix=".", suffix=".opus", dir=path.parent)
            undo.callback(os.unlink, name)
            with os.fdopen(descriptor, "wb") as file:
                _encode(windows, rate_hz, channels, file)
            Path(name).replace(path)
            undo.pop_all()
    except OSError as error:
        what = f"{path.name}: the copy cannot be written: {error.strerror}"
        raise RecordingError(ErrorKind.NO_ROOM, what, "make room there, or name another directory") from error


def _encode(windows: Iterable[Int16], rate_hz: int, channels: int, file: BinaryIO) -> None:
    layout = "mono" if channels == 1 else "stereo"
    with av.open(file, "w", format="ogg", container_options={"fflags": "+bitexact"}) as made:
        stream = made.add_stream("libopus", rate=rate_hz, options={"application": "voip"})
        stream.codec_context.layout = layout
        stream.codec_context.bit_rate = BITS_PER_S
        at = 0
        for window in windows:
            frame = av.AudioFrame.from_ndarray(window.reshape(1, -1), "s16", layout)
            frame.sample_rate, frame.pts = rate_hz, at
            at += len(window)
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))


def windows_of(audio: Audio, rate_hz: int) -> Iterator[Int16]:
    """Samples at ``rate_hz``, shape (frames, channels), 30 s at a time."""
    recording = audio.recording
    length = WINDOW_S * recording.rate_hz
    change = None
    if rate_hz != recording.rate_hz:
        change = soxr.ResampleStream(recording.rate_hz, rate_hz, recording.channels, dtype="int16")
    for start in range(0, audio.frames, length):
        stop = min(audio.frames, start + length)
        window = np.stack([audio.read(lane, start, stop) for lane in range(recording.channels)], axis=1)
        if change is not None:
            window = change.resample_chunk(window, last=stop == audio.frames)
        if len(window):
            yield np.ascontiguousarray(window)
