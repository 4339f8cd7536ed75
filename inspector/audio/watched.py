"""A recording that tells when it is read: whoever hears it makes progress, in whichever stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from inspector.audio.protocol import Audio, Int16
from inspector.model import Recording

__all__ = ["Watched"]


@dataclass(frozen=True, slots=True)
class Watched:
    """The audio, ``moved`` being called before every read; what that raises ends the read."""

    audio: Audio
    moved: Callable[[], None]

    @property
    def recording(self) -> Recording:
        return self.audio.recording

    @property
    def frames(self) -> int:
        return self.audio.frames

    def read(self, lane: int, start: int, stop: int) -> Int16:
        self.moved()
        return self.audio.read(lane, start, stop)

    def close(self) -> None:
        self.audio.close()
