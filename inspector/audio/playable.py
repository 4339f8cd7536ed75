"""A small copy that every browser plays: Opus in Ogg (RFC 7845). Derived data: it can be made again at any time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
import soxr

from inspector.audio.protocol import Audio, Int16
from inspector.errors import ErrorKind, RecordingError

__all__ = ["make_playable"]

BITS_PER_S = 24_000
OPUS_RATES_HZ = (8_000, 12_000, 16_000, 24_000, 48_000)
OTHER_RATE_HZ = 48_000  # sound at any other rate becomes this
WINDOW_S = 30


def make_playable(audio: Audio, path: Path) -> None:
    """Writes the copy, mono or stereo as the recording is, 30 s in memory at a time; mode 0600, whole or not at all.

    The same samples make the same bytes. Raises RecordingError as ``audio.read`` does, and with NO_ROOM when the copy
    cannot be written.
    """
    try:
        with ExitStack() as undo:
            descriptor, name = tempfile.mkstemp(prefix=".", suffix=".opus", dir=path.parent)
            undo.callback(os.unlink, name)
            with os.fdopen(descriptor, "wb") as file:
                _encode(audio, file)
            Path(name).replace(path)
            undo.pop_all()
    except OSError as error:
        what = f"{path.name}: the copy cannot be written: {error.strerror}"
        raise RecordingError(ErrorKind.NO_ROOM, what, "make room there, or name another directory") from error


def _encode(audio: Audio, file: BinaryIO) -> None:
    recording = audio.recording
    layout = "mono" if recording.channels == 1 else "stereo"
    rate_hz = recording.rate_hz if recording.rate_hz in OPUS_RATES_HZ else OTHER_RATE_HZ
    with av.open(file, "w", format="ogg", container_options={"fflags": "+bitexact"}) as made:
        stream = made.add_stream("libopus", rate=rate_hz, options={"application": "voip"})
        stream.codec_context.layout = layout
        stream.codec_context.bit_rate = BITS_PER_S
        at = 0
        for window in _windows(audio, rate_hz):
            frame = av.AudioFrame.from_ndarray(window.reshape(1, -1), "s16", layout)
            frame.sample_rate, frame.pts = rate_hz, at
            at += len(window)
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))


def _windows(audio: Audio, rate_hz: int) -> Iterator[Int16]:
    """Samples at ``rate_hz``, shape (frames, channels)."""
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
