"""Whisper as a recogniser: windows of dialogue in turn, then once more what does not fit its speech.

::

    windows   |1   |2   |3   |   |4   |5   |6   |     two chains, side by side; each window knows the words before it
    doubtful        ##              #                 no text, too little, too much, repeated or guessed
    again           |#|            |#|                heard alone, without what was said before
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import numpy as np

from inspector.asr.account import Account, account
from inspector.asr.confidence import calibrated, calibration_of
from inspector.asr.engine import Decoded, Engine
from inspector.asr.guards import is_loop, is_nothing, without_phantoms
from inspector.asr.protocol import LaneSpan, LostSpan, Transcript
from inspector.asr.windows import LONGEST_PIECE_S, Window, Word, chains, pack, scatter
from inspector.audio.protocol import Audio, Float32
from inspector.audio.resample import MODEL_RATE_HZ, to_16k
from inspector.errors import ErrorKind, RecordingError
from inspector.model import UnheardWhy, Utterance

__all__ = ["WhisperRecogniser"]

SPLIT_SEARCH_S = 4.0  # how far before the limit the quietest place is looked for in speech without a pause
QUIET_FRAME_S = 0.05
CONTEXT_TOKENS = 60
LEAST_CONTEXT_LOG_PROBABILITY = -0.6  # worse text would lead the next window astray
AGAIN_BEAM_SIZE = 5
SHORTEST_AGAIN_S = 0.4


@dataclass(frozen=True, slots=True)
class _Sound:
    """The sound of one recording, for several threads."""

    audio: Audio
    lock: Lock = field(default_factory=Lock)

    def of(self, window: Window) -> Float32:
        """The window as the model wants it, (samples,) float32 at 16 kHz, parts from their lanes."""
        rate_hz = self.audio.recording.rate_hz
        sound = np.zeros(int(window.length_s * MODEL_RATE_HZ) + 1, np.float32)
        for part in window.parts:
            start, stop = round(part.start_s * rate_hz), round(part.end_s * rate_hz)
            with self.lock:
                read = self.audio.read(part.lane, start, min(stop, self.audio.frames))
            at = round(part.at_s * MODEL_RATE_HZ)
            heard = to_16k(read, rate_hz)[: len(sound) - at]
            sound[at : at + len(heard)] = heard
        return sound


class WhisperRecogniser:
    """A ``Recogniser``. Loads a local model directory, never a name on a hub."""

    def __init__(self, directory: Path, digest: str, threads: int, beam_size: int) -> None:
        """``digest``: sha256 of the model's main file, for the name. Raises ModelError when it cannot be loaded."""
        self._name = f"{directory.name}@{digest[:8]}"
        self._beam_size = beam_size
        self._calibration = calibration_of(digest)
        self.engine = Engine(directory, threads)
        self._threads = ThreadPoolExecutor(threads, "whisper")

    @property
    def name(self) -> str:
        return self._name

    def transcribe(self, audio: Audio, speech: tuple[LaneSpan, ...], progress: Callable[[float], None]) -> Transcript:
        """See ``Recogniser``. Raises RecordingError(HEARING_FAILED) when the engine fails on this sound."""
        sound = _Sound(audio)
        pieces = [part for span in speech for part in _split(audio, span)]
        windows = pack(pieces, audio.recording.duration_s)
        utterances: list[Utterance] = []
        lost: list[LostSpan] = []
        for heard in self._threads.map(lambda chain: [*self._chain(sound, chain, progress)], chains(windows)):
            for piece, words in heard:
                written, missing = account(piece, words)
                utterances += written
                lost += missing
        again = [span for span in lost if span.end_s - span.start_s >= SHORTEST_AGAIN_S]
        for span, fresh in zip(again, self._threads.map(lambda span: self._again(sound, span), again), strict=True):
            utterances, lost = _better(span, fresh, utterances, lost)
        utterances.sort(key=lambda utterance: (utterance.start_s, utterance.lane))
        return Transcript(tuple(utterances), tuple(lost))

    def _chain(
        self, sound: _Sound, windows: Sequence[Window], progress: Callable[[float], None]
    ) -> Iterator[tuple[LaneSpan, list[Word]]]:
        context: Sequence[int] = ()
        for window in windows:
            decoded = self._hear(sound, window, context, self._beam_size)
            sure = decoded.mean_log_probability > LEAST_CONTEXT_LOG_PROBABILITY
            context = decoded.tokens[-CONTEXT_TOKENS:] if sure else ()
            yield from self._pieces(window, decoded)
            progress(sum(piece.end_s - piece.start_s for piece in window.pieces))

    def _again(self, sound: _Sound, span: LostSpan) -> Account:
        """A stretch of speech heard alone."""
        (window,) = pack([LaneSpan(span.lane, span.start_s, span.end_s)], sound.audio.recording.duration_s)
        decoded = self._hear(sound, window, (), AGAIN_BEAM_SIZE)
        ((piece, words),) = self._pieces(window, decoded)
        return account(piece, words)

    def _pieces(self, window: Window, decoded: Decoded) -> Iterator[tuple[LaneSpan, list[Word]]]:
        for piece, words in scatter(window, without_phantoms(decoded.words)).items():
            yield piece, calibrated(words, self._calibration)

    def _hear(self, sound: _Sound, window: Window, context: Sequence[int], beam_size: int) -> Decoded:
        try:
            samples = sound.of(window)
            decoded = self.engine.hear(samples, context, beam_size)
            if is_loop(decoded.text):
                decoded = self.engine.hear(samples, (), AGAIN_BEAM_SIZE, repeats=False)
            if is_loop(decoded.text) or is_nothing(decoded.no_speech, decoded.mean_log_probability):
                decoded = Decoded((), (), decoded.mean_log_probability, decoded.no_speech)
        except (RuntimeError, ValueError) as error:
            raise RecordingError(
                ErrorKind.HEARING_FAILED,
                f"{sound.audio.recording.path}: the recogniser failed at {window.pieces[0].start_s:.1f} s ({error})",
                "inspect it again; if it fails again, report the file's id",
            ) from error
        return decoded


def _better(
    span: LostSpan, fresh: Account, utterances: list[Utterance], lost: list[LostSpan]
) -> tuple[list[Utterance], list[LostSpan]]:
    """All that was written and lost, with what a lost stretch yielded alone where that is better.

    Text that was doubted stays, still doubted, unless the new text leaves no doubt: nothing that was heard vanishes.
    """
    written, missing = fresh
    if not written or (missing and span.why is not UnheardWhy.NO_TEXT):
        return utterances, lost
    inside = [u for u in utterances if u.lane == span.lane and span.start_s <= u.start_s and u.end_s <= span.end_s]
    kept = [u for u in utterances if u not in inside]
    return kept + written, [one for one in lost if one is not span] + missing


def _split(audio: Audio, span: LaneSpan) -> Iterable[LaneSpan]:
    """Speech in parts that fit a window, cut where it is quietest."""
    start_s = span.start_s
    while span.end_s - start_s > LONGEST_PIECE_S:
        cut_s = _quietest_s(audio, span.lane, start_s + LONGEST_PIECE_S - SPLIT_SEARCH_S, start_s + LONGEST_PIECE_S)
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
