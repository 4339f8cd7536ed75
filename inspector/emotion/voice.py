"""How a turn is spoken: pitch, loudness and rate, measured on telephone sound at its own rate.

The telephone takes the fundamental of most voices away (below 300 Hz); the distance of the harmonics remains, and the
autocorrelation shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from inspector.audio.protocol import Audio, Float32
from inspector.model import Turn
from inspector.text import is_content

__all__ = ["LEAST_CHARS", "Voice", "voice_of"]

WINDOW_S = 10  # of a turn that is read at once
FRAME_S = HOP_S = 0.04
LOWEST_HZ, HIGHEST_HZ = 70.0, 400.0
VOICED = 0.5  # least normalised autocorrelation
LAG_RATE_HZ = 32_000  # least resolution of periods: on the telephone's own grid, half of one may miss its peak
NEARLY_BEST = 0.96  # the shortest period that is nearly as good: two periods always fit as well as one
SOFTEST_DBFS = -55.0
LEAST_VOICED_S = 0.4

LEAST_CHARS = 6
LEAST_SPOKEN_S = 1.0
PAUSE_S = 0.3
MOST_CHARS_PER_S = 12.0  # nobody speaks so fast: the recogniser repeats itself


@dataclass(frozen=True, slots=True)
class Voice:
    """Medians over the voiced frames of a turn, and its rate: characters a second without the pauses."""

    pitch_hz: float
    level_dbfs: float
    rate_cps: float
    spoken_s: float

    def __post_init__(self) -> None:
        if not (LOWEST_HZ / 2 <= self.pitch_hz <= HIGHEST_HZ * 2 and self.rate_cps > 0 and self.spoken_s > 0):
            raise ValueError(f"no voice: {self.pitch_hz} Hz, {self.rate_cps} characters/s, {self.spoken_s} s")


def voice_of(audio: Audio, lane: int, turn: Turn) -> Voice | None:
    """How the turn is spoken; None when it is too short, hardly voiced, or written faster than anybody speaks.

    Raises RecordingError as ``audio.read`` does.
    """
    chars, spoken_s = sum(map(is_content, turn.text)), _spoken_s(turn)
    if chars < LEAST_CHARS or spoken_s < LEAST_SPOKEN_S or chars > MOST_CHARS_PER_S * spoken_s:
        return None
    measured = [_pitches_and_levels(part, audio.recording.rate_hz) for part in _parts(audio, lane, turn)]
    pitches = np.concatenate([pitch for pitch, _ in measured]) if measured else np.zeros(0)
    if len(pitches) * HOP_S < LEAST_VOICED_S:
        return None
    levels = np.concatenate([level for _, level in measured])
    return Voice(float(np.median(pitches)), float(np.median(levels)), chars / spoken_s, spoken_s)


def _spoken_s(turn: Turn) -> float:
    """From the first character to the last, without the pauses between them."""
    gaps = (start_s - end_s for end_s, start_s in zip(turn.char_ends_s[:-1], turn.char_starts_s[1:], strict=True))
    whole_s = turn.char_ends_s[-1] - turn.char_starts_s[0]
    return whole_s - sum(gap_s for gap_s in gaps if gap_s >= PAUSE_S)


def _parts(audio: Audio, lane: int, turn: Turn) -> Iterator[Float32]:
    """The turn's sound in windows of at most 10 s, float32 in [-1, 1)."""
    rate_hz = audio.recording.rate_hz
    last = min(audio.frames, round(turn.end_s * rate_hz))
    for start in range(round(turn.start_s * rate_hz), last, WINDOW_S * rate_hz):
        stop = min(last, start + WINDOW_S * rate_hz)
        if stop - start >= round(FRAME_S * rate_hz):
            yield audio.read(lane, start, stop).astype(np.float32) / np.float32(32_768)


def _pitches_and_levels(sound: Float32, rate_hz: int) -> tuple[Float32, Float32]:
    """Pitch in Hz and level in dBFS of each voiced frame of 40 ms.

    Normalised autocorrelation, divided by that of the window (Boersma 1993).
    """
    size, hop = round(FRAME_S * rate_hz), round(HOP_S * rate_hz)
    frames = sliding_window_view(sound, size)[::hop]
    frames = frames - frames.mean(axis=1, keepdims=True)
    levels = 20 * np.log10(np.maximum(frames.std(axis=1), 1e-6))
    loud = levels >= SOFTEST_DBFS
    finer = -(-LAG_RATE_HZ // rate_hz)
    alike, lag_rate_hz = _autocorrelation(frames[loud], finer), finer * rate_hz
    shortest, longest = int(lag_rate_hz / HIGHEST_HZ), int(lag_rate_hz / LOWEST_HZ) + 1
    near = alike[:, shortest : longest + 1]
    best = near.max(axis=1, initial=0.0)
    peaks = (near >= alike[:, shortest - 1 : longest]) & (near >= alike[:, shortest + 1 : longest + 2])
    periodic = peaks & (near >= NEARLY_BEST * best[:, None])
    voiced = (best >= VOICED) & periodic.any(axis=1)
    periods = periodic[voiced].argmax(axis=1) + shortest
    return (lag_rate_hz / periods).astype(np.float32), levels[loud][voiced].astype(np.float32)


def _autocorrelation(frames: Float32, finer: int) -> Float32:
    """For each frame, its likeness to itself, -1 … 1, at lags of 0, 1, 2 … times 1/``finer`` samples."""
    size = frames.shape[1]
    window = np.hanning(size).astype(np.float32)

    def lags(windowed: Float32) -> Float32:
        power = np.abs(np.fft.rfft(windowed, 2 * size, axis=-1)) ** 2
        kept = np.fft.irfft(power, 2 * size * finer, axis=-1)[..., : 5 * size * finer // 8]
        return np.asarray(kept / np.maximum(kept[..., :1], 1e-12), np.float32)

    return np.asarray(lags(frames * window) / lags(window), np.float32)
