"""What a recogniser must be able to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from inspector.audio.protocol import Audio
from inspector.model import UnheardWhy, Utterance

__all__ = ["LaneSpan", "LostSpan", "Recogniser", "Transcript"]


@dataclass(frozen=True, slots=True)
class LaneSpan:
    """Speech ``[start_s, end_s)`` of one lane (channel index)."""

    lane: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class LostSpan:
    """Speech of one lane that yielded no text, or none to be trusted."""

    lane: int
    start_s: float
    end_s: float
    why: UnheardWhy


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was written, by start time, and what was lost.

    Every second of the speech asked for lies in an utterance or in ``lost``; text that is not to be trusted in both.
    """

    utterances: tuple[Utterance, ...]
    lost: tuple[LostSpan, ...]


class Recogniser(Protocol):
    """Writes down what is said, in Simplified Chinese."""

    @property
    def name(self) -> str:
        """``name@first 8 of the model's digest``."""
        ...

    def transcribe(
        self, audio: Audio, speech: tuple[LaneSpan, ...], progress: Callable[[float], None]
    ) -> Transcript:
        """Text of all lanes. ``speech``: disjoint in each lane. May be called from several threads at once.

        ``progress`` is told the seconds of speech done with, each second once, from any thread; what it raises ends the
        work.
        """
        ...
