"""Silero VAD (version 6) on onnxruntime: which stretches of a lane are speech, and which are loud but no speech."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors
from scipy.signal import butter, sosfilt

from inspector.audio.protocol import Audio, Float32
from inspector.audio.resample import MODEL_RATE_HZ, to_16k
from inspector.errors import ModelError
from inspector.model import Span
from inspector.models.store import verified_bytes
from inspector.vad.protocol import PAD_S, LaneActivity
from inspector.vad.sounds import FRAME, FRAME_S, SoundScan, Timbre, separate

__all__ = ["SileroVad"]

INPUTS = ["input", "h", "c"]

CONTEXT = 64  # samples of the frame before that the model sees again
STATE_SHAPE = (1, 1, 128)
CHUNK_S = 32  # whole seconds at any rate, and exactly 1000 frames
# The model falls asleep: remembering the whole lane it misses short answers after half a minute of line noise (16 of 51
# turns of the sample calls at 20 dB above the noise, against 2). So each window of the lane is heard with a fresh
# memory, warmed up by what came before it.
WINDOW = 100  # frames: 3.2 s, and 10 to a chunk
WARM_UP = 50  # frames: 1.6 s
# The model is deaf to low voices over hum or hiss below the telephone's band: at 34 dB above white noise it found an
# eighth of one man's speech, in this band nine tenths.
VOICE_BAND = butter(4, (300, 3000), "bandpass", fs=MODEL_RATE_HZ, output="sos").astype(np.float32)
MARGIN_S = 1  # heard on both sides of a chunk so that resampling leaves no click where chunks meet

HYSTERESIS = 0.15  # speech goes on until the probability is this far below the threshold
LOWEST_THRESHOLD = 0.01
MIN_SPEECH_S = 0.2
MIN_SILENCE_S = 0.3


class SileroVad:
    """A ``Vad``. One thread, about 100 MB, any length of recording in bounded memory; same bytes, same answer."""

    def __init__(self, model_path: Path, digest: str, threshold: float) -> None:
        """``digest``: sha256 of the file in hex. ``threshold``: probability (0 … 1) with which speech begins.

        Raises ModelError when the file is missing, unreadable, altered or not this model.
        """
        if not 0 < threshold < 1:
            raise ValueError(f"threshold must lie between 0 and 1, got {threshold}")
        self._session = _load(model_path, digest)
        self._threshold = threshold
        self._name = f"silero-v6@{digest[:8]}"

    @property
    def name(self) -> str:
        return self._name

    def activity(self, audio: Audio, lane: int) -> LaneActivity:
        """Speech, and loud sound outside of it by its kind; raises RecordingError as ``audio.read`` does."""
        probabilities, timbre = self._listen(audio, lane)
        duration_s = audio.recording.duration_s
        speech, sounds = separate(timbre, _speech(probabilities, self._threshold, duration_s), duration_s)
        return LaneActivity(speech, sounds)

    def _listen(self, audio: Audio, lane: int) -> tuple[Float32, Timbre]:
        """Speech probability (0 … 1) and timbre of each frame of 32 ms."""
        probabilities, scan = [], SoundScan()
        past = np.zeros((1, FRAME), np.float32)
        memory = np.zeros((len(VOICE_BAND), 2), np.float32)
        for frames in _chunks(audio, lane):
            voice, memory = sosfilt(VOICE_BAND, frames.ravel(), zi=memory)
            heard = np.concatenate([past, voice.astype(np.float32).reshape(-1, FRAME)])
            for start in range(len(past), len(heard), WINDOW):
                probabilities.append(self._window(heard, start))
            scan.feed(frames)
            past = heard[-WARM_UP - 1 :]
        return np.concatenate(probabilities), scan.timbre()

    def _window(self, heard: Float32, start: int) -> Float32:
        """Probabilities of up to 100 frames of ``heard`` from ``start``, by a model that remembers 1.6 s before."""
        frames = heard[start : start + WINDOW]
        if not frames.any():
            return np.zeros(len(frames), np.float32)
        begin = max(1, start - WARM_UP)
        before = heard[begin - 1 : start + len(frames) - 1, -CONTEXT:]
        seen = np.concatenate([before, heard[begin : start + len(frames)]], axis=1)
        memory = np.zeros(STATE_SHAPE, np.float32)
        found: Float32 = self._session.run(["speech_probs"], {"input": seen, "h": memory, "c": memory})[0]
        return found[start - begin :]


def _load(path: Path, digest: str) -> onnxruntime.InferenceSession:
    content = verified_bytes(path, digest, "install the locked wheels again")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # The arena would keep the largest chunk's memory for ever.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    try:
        # From the bytes that were checked, not from the path again.
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except (ort_errors.Fail, ort_errors.InvalidProtobuf, ort_errors.InvalidGraph, ort_errors.NotImplemented) as error:
        raise ModelError(f"{path} cannot be loaded as a model", "install the locked wheels again") from error
    if [entry.name for entry in session.get_inputs()] != INPUTS:
        raise ModelError(f"{path} is a model, but not Silero VAD version 6", "install the locked wheels again")
    return session


def _chunks(audio: Audio, lane: int) -> Iterator[Float32]:
    """The lane at 16 kHz, shape (frames, 512), 1000 frames at a time; the last frame is filled up with silence.

    A chunk that never changes (digital silence, also A-law's, which is not 0) comes as zeros.
    """
    rate_hz = audio.recording.rate_hz
    for start in range(0, audio.frames, CHUNK_S * rate_hz):
        stop = min(audio.frames, start + CHUNK_S * rate_hz)
        first, last = max(0, start - MARGIN_S * rate_hz), min(audio.frames, stop + MARGIN_S * rate_hz)
        heard = audio.read(lane, first, last)
        # All borders but the end of the file lie on whole seconds, hence on whole samples at either rate.
        count = -(-(stop - start) * MODEL_RATE_HZ // rate_hz)
        filled = np.zeros(-(-count // FRAME) * FRAME, np.float32)
        inner = heard[start - first : stop - first]
        if inner.min() != inner.max():
            cut = (start - first) // rate_hz * MODEL_RATE_HZ
            sound = to_16k(heard, rate_hz)[cut : cut + count]
            filled[: len(sound)] = sound
        yield filled.reshape(-1, FRAME)


def _speech(probabilities: Float32, threshold: float, duration_s: float) -> tuple[Span, ...]:
    """Padded spans of speech inside the file, sorted, not overlapping."""
    lower = max(LOWEST_THRESHOLD, threshold - HYSTERESIS)
    runs = [
        (first * FRAME_S, min(end * FRAME_S, duration_s))
        for first, end in _hysteresis(probabilities, threshold, lower)
        if (end - first) * FRAME_S >= MIN_SPEECH_S
    ]
    if not runs:
        return ()
    # Between two runs neither pad goes beyond the middle.
    middles = [(before[1] + after[0]) / 2 for before, after in pairwise(runs)]
    lefts, rights = [0.0, *middles], [*middles, duration_s]
    return tuple(
        Span(max(left, start_s - PAD_S), min(right, end_s + PAD_S))
        for (start_s, end_s), left, right in zip(runs, lefts, rights, strict=True)
    )


def _hysteresis(probabilities: Float32, threshold: float, lower: float) -> Iterator[tuple[int, int]]:
    """Half-open runs of frames that begin at ``threshold`` and end where at least 0.3 s below ``lower`` begin."""
    first = quiet = None
    for index, probability in enumerate(probabilities.tolist()):
        if probability >= lower:
            quiet = None
            if first is None and probability >= threshold:
                first = index
        elif first is not None:
            quiet = index if quiet is None else quiet
            if (index + 1 - quiet) * FRAME_S >= MIN_SILENCE_S:
                yield first, quiet
                first = quiet = None
    if first is not None:
        yield first, len(probabilities) if quiet is None else quiet
