"""What a voice activity detector must be able to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from inspector.audio.protocol import Audio
from inspector.model import SoundSpan, Span

__all__ = ["PAD_S", "LaneActivity", "Vad"]

PAD_S = 0.15
"""Detected speech begins so much before the voice and ends so much after it, so that no word loses its edge."""


@dataclass(frozen=True, slots=True)
class LaneActivity:
    """What one lane holds: ``speech`` (sorted, not overlapping, padded by up to :data:`PAD_S`) and loud ``sounds``.

    Sounds are no speech and touch none.
    """

    speech: tuple[Span, ...]
    sounds: tuple[SoundSpan, ...]


class Vad(Protocol):
    """Finds speech in one lane."""

    @property
    def name(self) -> str:
        """``name@first 8 of the model's digest``."""
        ...

    def activity(self, audio: Audio, lane: int) -> LaneActivity: ...
