"""A recogniser that reads from a script, for unit tests; kept honest by the contract test of the real one."""

from __future__ import annotations

from collections.abc import Callable

from inspector.asr.account import account
from inspector.asr.protocol import LaneSpan, LostSpan, Transcript
from inspector.asr.windows import Word
from inspector.audio.protocol import Audio
from inspector.model import Utterance
from inspector.sound_check import Suspect

__all__ = ["ScriptedRecogniser", "ScriptedSoundChecker"]


class ScriptedRecogniser:
    """Gives each lane's text to its speech, one entry per span in time order; "" = nothing heard."""

    def __init__(self, script: dict[int, list[str]]) -> None:
        self._script = script

    @property
    def name(self) -> str:
        return "scripted@00000000"

    def transcribe(self, audio: Audio, speech: tuple[LaneSpan, ...], progress: Callable[[float], None]) -> Transcript:
        utterances: list[Utterance] = []
        lost: list[LostSpan] = []
        remaining = {lane: list(texts) for lane, texts in self._script.items()}
        for span in sorted(speech, key=lambda span: span.start_s):
            text = remaining[span.lane].pop(0)
            words = [Word(span.start_s, span.end_s, text, 0.9)] if text else []
            written, missing = account(span, words)
            utterances += written
            lost += missing
            progress(span.end_s - span.start_s)
        return Transcript(tuple(utterances), tuple(lost))


class ScriptedSoundChecker:
    """Scores words by what was heard around them; what is not in the script was said as heard."""

    def __init__(self, scores: dict[str, float] | None = None) -> None:
        self._scores = scores or {}

    def check(self, audio: Audio, lane: int, suspect: Suspect) -> float:
        return self._scores.get(suspect.heard, 1.0)
