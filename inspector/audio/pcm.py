"""Samples that lie in a file one after the other, read window by window: what a WAV holds and what a decoder wrote."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import numpy as np

from inspector.audio.disk import Disk
from inspector.audio.g711 import ALAW, MULAW
from inspector.audio.layout import LaneFacts, find_layout
from inspector.audio.protocol import Int16
from inspector.errors import ErrorKind
from inspector.model import Recording

__all__ = ["RECORD_AGAIN", "PcmAudio", "PcmFormat", "check_length"]

TABLES = {"pcm_alaw": ALAW, "pcm_mulaw": MULAW}
RECORD_AGAIN = "copy the file again from the recorder, or export it again"


@dataclass(frozen=True, slots=True)
class PcmFormat:
    """How samples are written: ``pcm_s16le``, ``pcm_alaw`` or ``pcm_mulaw``, lanes interleaved."""

    codec: str
    channels: int
    rate_hz: int

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every lane."""
        return self.channels * (1 if self.codec in TABLES else 2)


class PcmAudio:
    """An ``Audio`` over an open file, and a context manager that closes it."""

    def __init__(self, disk: Disk, form: PcmFormat, start: int, recording: Recording, frames: int) -> None:
        """Listens to all of it once, for its layout. ``start``: the byte of the first sample."""
        self._disk = disk
        self._form = form
        self._start = start
        self._frames = frames
        self._recording = recording
        self._lane_facts = find_layout(self)
        self._recording = replace(recording, layout=self._lane_facts.layout)

    @property
    def recording(self) -> Recording:
        return self._recording

    @property
    def frames(self) -> int:
        return self._frames

    @property
    def lane_facts(self) -> LaneFacts:
        """Layout and dead lanes, as found when the file was opened."""
        return self._lane_facts

    def read(self, lane: int, start: int, stop: int) -> Int16:
        """int16 samples ``[start, stop)`` of one lane, shape (stop - start,).

        Raises RecordingError(CHANGED_WHILE_READ or NOT_READABLE), ValueError for a window or lane that is not there.
        """
        if not (0 <= start <= stop <= self._frames and 0 <= lane < self._form.channels):
            raise ValueError(f"lane {lane}, samples {start} … {stop} of {self._form.channels} × {self._frames}")
        width = self._form.frame_bytes
        read = self._disk.exactly(self._start + start * width, (stop - start) * width)
        table = TABLES.get(self._form.codec)
        if table is not None:
            return table[np.frombuffer(read, np.uint8)[lane :: self._form.channels]]
        return np.frombuffer(read, "<i2")[lane :: self._form.channels].astype(np.int16)

    def close(self) -> None:
        """Gives the descriptor back; may be called again."""
        self._disk.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def check_length(disk: Disk, duration_s: float, max_duration_s: float) -> None:
    """Raises RecordingError(NO_SAMPLES or TOO_LONG)."""
    if duration_s == 0:
        raise disk.refuse(ErrorKind.NO_SAMPLES, "the file holds no sound", RECORD_AGAIN)
    if duration_s > max_duration_s:
        what = f"lasts {duration_s:.0f} s, more than {max_duration_s:.0f} s"
        raise disk.refuse(ErrorKind.TOO_LONG, what, "cut it into calls, or raise hearing.max_duration_s")
