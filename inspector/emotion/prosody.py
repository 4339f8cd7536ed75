"""Emotion hints by the speaker's own pitch, loudness and rate, and by words: an ``Emotion`` without a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inspector.audio.protocol import Audio
from inspector.emotion.hints import Spoken, hints_of
from inspector.emotion.voice import voice_of
from inspector.model import EmotionSpan, Party, Turn

__all__ = ["ProsodyEmotion"]

LEAST_CONFIDENCE = 0.6  # below, neither the words nor their times can be trusted


class ProsodyEmotion:
    """An ``Emotion``. Reads 10 s at a time; same bytes, same answer."""

    name = "prosody-1"

    def hints(self, audio: Audio, lanes: Mapping[str, int], turns: Sequence[Turn]) -> tuple[EmotionSpan, ...]:
        """At most one hint a turn, by start; raises RecordingError as ``audio.read`` does."""
        judged = [turn for turn in turns if _may_be_judged(turn, lanes, turns)]
        return hints_of([Spoken(turn, voice_of(audio, lanes[turn.speaker], turn)) for turn in judged])


def _may_be_judged(turn: Turn, lanes: Mapping[str, int], turns: Sequence[Turn]) -> bool:
    """Said by agent or customer, well heard, and nobody else spoke in its channel meanwhile."""
    if turn.party not in (Party.AGENT, Party.CUSTOMER) or turn.confidence < LEAST_CONFIDENCE:
        return False
    return not any(
        other.speaker != turn.speaker
        and lanes[other.speaker] == lanes[turn.speaker]
        and other.start_s < turn.end_s
        and turn.start_s < other.end_s
        for other in turns
    )
