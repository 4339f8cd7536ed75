"""Whisper by faster-whisper on CTranslate2: windows of dialogue, greedy about nothing, same sound, same words.

Speech is heard once in windows of up to 28 s; pieces whose text does not fit their speech are heard again alone. Only
temperature 0 is used: sampling would give an auditor another transcript on another day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel

from inspector.asr.account import Account, account
from inspector.asr.protocol import LaneSpan, LostSpan, Transcript
from inspector.asr.windows import LIMIT_S, Piece, Window, Word, pack, scatter
from inspector.audio.protocol import Audio, Float32
from inspector.audio.resample import MODEL_RATE_HZ, to_16k
from inspector.errors import ErrorKind, ModelError, RecordingError
from inspector.model import Utterance
from inspector.text import is_content, simplify

__all__ = ["WhisperRecogniser"]

LANGUAGE = "zh"
SPLIT_SEARCH_S = 4.0  # how far before the limit the quietest place is looked for in speech without a pause
QUIET_FRAME_S = 0.05
MAX_LOOP_RATIO = 2.4  # text that compresses better than this repeats itself (OpenAI's own limit)


class WhisperRecogniser:
    """A ``Recogniser``. Loads a local model directory, never a name on a hub."""

    def __init__(self, directory: Path, digest: str, threads: int, beam_size: int) -> None:
        """``digest``: sha256 of the model's main file, for the name. Raises ModelError when it cannot be loaded."""
        self._name = f"{directory.name}@{digest[:8]}"
        self._beam_size = beam_size
        try:
            self._model = WhisperModel(
                str(directory), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(f"{directory} is no Whisper model: {error}", "run scripts/setup") from error

    @property
    def name(self) -> str:
        return self._name

    @property
    def model(self) -> WhisperModel:
        """The loaded model, for whoever asks other questions of it."""
        return self._model

    def transcribe(self, audio: Audio, speech: tuple[LaneSpan, ...], progress: Callable[[float], None]) -> Transcript:
        """See ``Recogniser``. Raises RecordingError(HEARING_FAILED) when the engine fails on this sound."""
        utterances: list[Utterance] = []
        lost: list[LostSpan] = []
        for window in pack(part for span in speech for part in _split(audio, span)):
            for piece, words in self._hear(audio, window).items():
                written, missing = account(piece.speech, words)
                # A piece that had the window to itself would only be heard the same again.
                if missing and len(window.pieces) > 1:
                    written, missing = self._again(audio, piece, (written, missing))
                utterances += written
                lost += missing
                progress(piece.length_s)
        utterances.sort(key=lambda utterance: (utterance.start_s, utterance.lane))
        return Transcript(tuple(utterances), tuple(lost))

    def _again(self, audio: Audio, piece: Piece, before: Account) -> Account:
        """The piece heard alone; the new text is taken when nothing of it is lost, or there was none before."""
        (window,) = pack([piece.speech])
        (words,) = self._hear(audio, window).values()
        fresh = account(piece.speech, words)
        return before if before[0] and fresh[1] else fresh

    def _hear(self, audio: Audio, window: Window) -> dict[Piece, list[Word]]:
        try:
            return scatter(window, self._words(_sound(audio, window)))
        except (RuntimeError, ValueError) as error:
            raise RecordingError(
                ErrorKind.HEARING_FAILED,
                f"{audio.recording.path}: the recogniser failed at {window.pieces[0].speech.start_s:.1f} s ({error})",
                "inspect it again; if it fails again, report the file's id",
            ) from error

    def _words(self, sound: Float32) -> Iterator[Word]:
        segments, _ = self._model.transcribe(
            sound,
            language=LANGUAGE,
            beam_size=self._beam_size,
            temperature=0.0,
            condition_on_previous_text=False,
            word_timestamps=True,
        )
        for segment in segments:
            if segment.compression_ratio > MAX_LOOP_RATIO:
                continue
            for word in segment.words or ():
                text = simplify(word.word.strip())
                if any(map(is_content, text)):
                    yield Word(float(word.start), float(word.end), text, min(1.0, max(0.0, float(word.probability))))


def _sound(audio: Audio, window: Window) -> Float32:
    """The window as the model wants it, (samples,) float32 at 16 kHz, pieces from their lanes with silence between."""
    rate_hz = audio.recording.rate_hz
    sound = np.zeros(int(window.length_s * MODEL_RATE_HZ) + 1, dtype=np.float32)
    for piece in window.pieces:
        start, stop = round(piece.speech.start_s * rate_hz), round(piece.speech.end_s * rate_hz)
        heard = to_16k(audio.read(piece.speech.lane, start, min(stop, audio.frames)), rate_hz)
        at = round(piece.at_s * MODEL_RATE_HZ)
        heard = heard[: len(sound) - at]
        sound[at : at + len(heard)] = heard
    return sound


def _split(audio: Audio, span: LaneSpan) -> Iterable[LaneSpan]:
    """Speech in parts that fit a window, cut where it is quietest."""
    start_s = span.start_s
    while span.end_s - start_s > LIMIT_S:
        cut_s = _quietest_s(audio, span.lane, start_s + LIMIT_S - SPLIT_SEARCH_S, start_s + LIMIT_S)
        yield LaneSpan(span.lane, start_s, cut_s)
        start_s = cut_s
    yield LaneSpan(span.lane, start_s, span.end_s)


def _quietest_s(audio: Audio, lane: int, from_s: float, to_s: float) -> float:
    rate_hz = audio.recording.rate_hz
    frame = max(1, round(QUIET_FRAME_S * rate_hz))
    samples = audio.read(lane, round(from_s * rate_hz), round(to_s * rate_hz)).astype(np.float32)
    count = len(samples) // frame
    energy = np.square(samples[: count * frame]).reshape(count, frame).sum(axis=1)
    return from_s + (int(energy.argmin()) + 0.5) * frame / rate_hz
