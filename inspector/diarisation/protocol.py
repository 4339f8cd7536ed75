"""What tells voices apart must be able to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from inspector.audio.protocol import Audio
from inspector.model import Span

__all__ = ["Diarisation", "Diariser", "SpeakerSpan"]


@dataclass(frozen=True, slots=True)
class SpeakerSpan:
    """Speech ``[start_s, end_s)`` of one voice, numbered from 0 in the order the voices first speak."""

    speaker: int
    start_s: float
    end_s: float

    def __post_init__(self) -> None:
        if self.speaker < 0 or not 0 <= self.start_s < self.end_s:
            raise ValueError(f"impossible speech of voice {self.speaker}: {self.start_s} … {self.end_s}")


@dataclass(frozen=True, slots=True)
class Diarisation:
    """Who speaks when in one lane: ``spans`` by start; those of different voices may overlap.

    Together they cover the speech asked for: what cannot be told apart is given to the likelier voice, never dropped.
    ``alike``: what sounds like one voice, or like two, may be two mixed up; nobody may be accused by them.
    """

    spans: tuple[SpeakerSpan, ...]
    alike: bool = False

    @property
    def speakers(self) -> int:
        """How many voices."""
        return len({span.speaker for span in self.spans})


class Diariser(Protocol):
    """Tells voices apart in one lane that may hold several."""

    @property
    def name(self) -> str:
        """``name@first 8 of the model's digest``."""
        ...

    def diarise(self, audio: Audio, lane: int, speech: tuple[Span, ...]) -> Diarisation:
        """Voices within ``speech`` (sorted, not overlapping); raises RecordingError as ``audio.read`` does."""
        ...
