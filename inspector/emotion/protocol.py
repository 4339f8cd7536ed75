"""What gives hints at emotion must be able to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from inspector.audio.protocol import Audio
from inspector.model import EmotionSpan, Turn

__all__ = ["Emotion"]


class Emotion(Protocol):
    """Hears how agent and customer speak, compared with how the same voice speaks otherwise."""

    @property
    def name(self) -> str:
        """``name-version`` of a method, ``name@first 8 of the model's digest`` of a model."""
        ...

    def hints(self, audio: Audio, lanes: Mapping[str, int], turns: Sequence[Turn]) -> tuple[EmotionSpan, ...]:
        """At most one hint a turn, by start. ``lanes``: the channel of each :attr:`Turn.speaker`.

        Turns of an unknown party or of the system, badly heard or spoken over in their channel, give none.
        Raises RecordingError as ``audio.read`` does.
        """
        ...
