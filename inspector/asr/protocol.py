"""What a recogniser must be able to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from inspector.audio.protocol import Audio
from inspector.model import Span, Utterance

__all__ = ["Recogniser"]


class Recogniser(Protocol):
    """Writes down what is said. What it cannot write it leaves out: the caller accounts for the rest."""

    @property
    def name(self) -> str:
        """``name@first 8 of the model's digest``."""
        ...

    def transcribe(
        self, audio: Audio, lane: int, speech: tuple[Span, ...], progress: Callable[[float], None]
    ) -> tuple[Utterance, ...]:
        """Utterances of one lane in time order, in Simplified Chinese; ``progress`` is told seconds of speech done."""
        ...
