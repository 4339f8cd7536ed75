"""Emotion hints for tests: it gives the hints it was told to give, and remembers what it was asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inspector.audio.protocol import Audio
from inspector.model import EmotionSpan, Turn

__all__ = ["ScriptedEmotion"]


class ScriptedEmotion:
    """``hints`` are given for every recording. ``asked``: the lane of each speaker in each call, in order."""

    name = "scripted-0"

    def __init__(self, hints: Sequence[EmotionSpan] = ()) -> None:
        self._hints = tuple(hints)
        self.asked: list[dict[str, int]] = []

    def hints(self, audio: Audio, lanes: Mapping[str, int], turns: Sequence[Turn]) -> tuple[EmotionSpan, ...]:
        """What the script says; ``audio`` is not listened to."""
        self.asked.append(dict(lanes))
        return self._hints
