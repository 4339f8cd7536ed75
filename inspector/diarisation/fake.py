"""A diariser for tests: it finds the voices it was told to find; kept honest by the contract test of the real one."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.audio.protocol import Audio
from inspector.diarisation.protocol import Diarisation, SpeakerSpan
from inspector.model import Span

__all__ = ["ScriptedDiariser"]


class ScriptedDiariser:
    """``voices`` are the spans of every lane that holds speech; without any, all speech is one voice's."""

    name = "scripted@00000000"

    def __init__(self, voices: Sequence[SpeakerSpan] = ()) -> None:
        self._voices = tuple(voices)

    def diarise(self, audio: Audio, lane: int, speech: tuple[Span, ...]) -> Diarisation:
        """What the script says; ``audio`` is not listened to."""
        voices = self._voices or tuple(SpeakerSpan(0, span.start_s, span.end_s) for span in speech)
        return Diarisation(voices if speech else ())
