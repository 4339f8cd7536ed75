"""Frame by frame: does anybody speak, do two speak at once. Segmentation-3.0 of pyannote on onnxruntime.

The model (Plaquet and Bredin 2023) hears 10 s and tells, every 17 ms, which of up to three voices speak; windows
overlap by half and each frame is told by the windows around it, most by the one it lies in the middle of::

    window 1   |----------|
    window 2        |----------|
    trust      __/\\__
                    __/\\__
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from inspector.audio.protocol import Audio, Float32
from inspector.audio.resample import MODEL_RATE_HZ, to_16k
from inspector.errors import ModelError
from inspector.model import Span
from inspector.models.store import verified_bytes

__all__ = ["FRAME_S", "FrameScores", "Segmenter"]

WINDOW_S, STEP_S = 10, 5
WINDOW = WINDOW_S * MODEL_RATE_HZ
FRAME, RECEPTIVE = 270, 721  # samples: the step of a frame, and what one frame sees
FRAME_S = FRAME / MODEL_RATE_HZ
FIRST_S = RECEPTIVE / 2 / MODEL_RATE_HZ  # the middle of the first frame
FRAMES = (WINDOW - RECEPTIVE) // FRAME
MARGIN_S = 0.1  # heard beyond a window so that resampling leaves no click at its ends
NOBODY, PAIRS = 0, 4  # classes: nobody, each of three voices alone, each pair
VOICES = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], np.float32)
NEAR_S = 2.0
CHANGE_FRAMES = 12
LEAST_FRAMES, LEAST_ACTIVE = 6, 0.3
LEAST_POWER = 1e-9  # -90 dB: one step of 16 bits
REMEDY = "run scripts/setup"
UNLOADABLE = (ort_errors.Fail, ort_errors.InvalidProtobuf, ort_errors.InvalidGraph, ort_errors.NotImplemented)


@dataclass(frozen=True, slots=True)
class FrameScores:
    """Probabilities (0 … 1) per frame of 17 ms, float32 of shape (frames,): somebody speaks; two speak at once.

    ``change``: how much one voice gives way to another there, 0 … 1. ``level_db``: mean power, full scale = 0.
    ``local``: each of three voices speaks, float16 of shape (windows, frames of a window, 3); a voice's number means
    something within its window only.
    """

    speech: Float32
    overlap: Float32
    change: Float32
    level_db: Float32
    local: NDArray[np.float16]

    @staticmethod
    def start_s(frame: int) -> float:
        """Where a frame begins; frames tile the recording."""
        return max(0.0, FIRST_S + (frame - 0.5) * FRAME_S)

    @staticmethod
    def at(time_s: float) -> int:
        """The frame that a moment lies in, or the first."""
        return max(0, round((time_s - FIRST_S) / FRAME_S))

    def likeness(self, before: Span, after: Span) -> float | None:
        """Is it the same voice (1) or another (0), by the windows that hear both; None when none does.

        Only the 2 s next to each other are looked at. Near 1 says little: alike voices are taken for one.
        """
        middle_s = (before.end_s + after.start_s) / 2
        told = []
        for window in range(max(0, int((middle_s - WINDOW_S) // STEP_S) + 1), int(middle_s / STEP_S) + 1):
            if window < len(self.local):
                one = self._active(window, max(before.start_s, before.end_s - NEAR_S), before.end_s)
                two = self._active(window, after.start_s, min(after.end_s, after.start_s + NEAR_S))
                if min(one.sum(), two.sum()) >= LEAST_ACTIVE:
                    told.append(float(one @ two / np.linalg.norm(one) / np.linalg.norm(two)))
        return float(np.mean(told)) if told else None

    def _active(self, window: int, start_s: float, end_s: float) -> Float32:
        """How much each voice of a window speaks there, 0 … 1."""
        first, end = (self.at(at_s) - round(window * STEP_S / FRAME_S) for at_s in (start_s, end_s))
        heard = self.local[window, max(0, first) : max(0, end)].astype(np.float32)
        return heard.mean(axis=0) if len(heard) >= LEAST_FRAMES else np.zeros(3, np.float32)


class Segmenter:
    """The model, loaded once. Bounded memory for any length; same bytes, same answer."""

    def __init__(self, path: Path, digest: str, threads: int) -> None:
        """``digest``: sha256 of the file in hex. Raises ModelError when it is missing, altered or not this model."""
        content = verified_bytes(path, digest)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except UNLOADABLE as error:
            raise ModelError(f"{path} cannot be loaded as a model", REMEDY) from error

    def scores(self, audio: Audio, lane: int) -> FrameScores:
        """Listens to a lane from end to end; raises RecordingError as ``audio.read`` does."""
        duration_s = audio.frames / audio.recording.rate_hz
        count = FrameScores.at(duration_s) + 1
        summed = np.zeros((count, 4), np.float32)
        trusted = np.full((count, 1), np.finfo(np.float32).tiny, np.float32)
        local = []
        for start_s, sound in _windows(audio, lane):
            classes = np.exp(self._session.run(None, {"input": sound[None, None]})[0][0])
            active = classes @ VOICES
            somebody, both = 1 - classes[:, NOBODY], classes[:, PAIRS:].sum(axis=1)
            told = np.stack([somebody, both, _changes(active), _levels_db(sound)], axis=1)
            local.append(active.astype(np.float16))
            first = round(start_s / FRAME_S)
            frames = min(len(told), count - first)
            summed[first : first + frames] += (told * TRUST)[:frames]
            trusted[first : first + frames] += TRUST[:frames]
        speech, overlap, change, level_db = np.ascontiguousarray((summed / trusted).T)
        return FrameScores(speech, overlap, change, level_db, np.stack(local))


# The middle of a window is told best, its ends not without anything: the first and last of a call have no other window.
TRUST = (np.minimum(np.arange(FRAMES), np.arange(FRAMES)[::-1]) + 10.0).astype(np.float32)[:, None]


def _changes(active: Float32) -> Float32:
    """How much voices change at each frame: activity that moves from one to another between the 0.2 s before and after.

    A voice that falls silent, begins, or joins in is no change.
    """
    summed = np.concatenate([np.zeros((1, active.shape[1]), np.float32), np.cumsum(active, axis=0)])
    means = (summed[CHANGE_FRAMES:] - summed[:-CHANGE_FRAMES]) / CHANGE_FRAMES
    moved = means[CHANGE_FRAMES:] - means[:-CHANGE_FRAMES]
    changes = (np.abs(moved).sum(axis=1) - np.abs(moved.sum(axis=1))) / 2
    return np.pad(changes, (CHANGE_FRAMES, len(active) - CHANGE_FRAMES - len(changes)))


def _levels_db(sound: Float32) -> Float32:
    """Mean power of each frame of a window, full scale = 0 dB."""
    first = (RECEPTIVE - FRAME) // 2
    frames = sound[first : first + FRAMES * FRAME].reshape(FRAMES, FRAME)
    return np.asarray(10 * np.log10(np.square(frames).mean(axis=1) + LEAST_POWER), np.float32)


def _windows(audio: Audio, lane: int) -> Iterator[tuple[int, Float32]]:
    """Start in seconds and 10 s of sound at 16 kHz, the last ones filled up with silence."""
    rate_hz = audio.recording.rate_hz
    margin = round(MARGIN_S * rate_hz)
    last_s = max(1, -(-audio.frames // rate_hz) - WINDOW_S + STEP_S)
    for start_s in range(0, last_s, STEP_S):
        first, stop = start_s * rate_hz, (start_s + WINDOW_S) * rate_hz
        before, after = min(margin, first), min(margin, max(0, audio.frames - stop))
        heard = to_16k(audio.read(lane, first - before, min(stop + after, audio.frames)), rate_hz)
        cut = round(before * MODEL_RATE_HZ / rate_hz)
        sound = heard[cut : cut + WINDOW]
        yield start_s, np.pad(sound, (0, WINDOW - len(sound)))
