"""What the channels of a recording hold: two parties, the same sound twice, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from inspector.audio.protocol import Audio, Float32
from inspector.model import Layout

__all__ = ["LaneFacts", "find_layout"]

FULL_SCALE = 32_768.0
FRAMES_PER_S = 10
CHUNK_FRAMES = 300  # 30 s of sound in memory at once
DEAD_DBFS = -70.0  # idle noise of a G.711 line that carries nothing lies at -72 and below
LOUD_DBFS = -60.0  # below, what G.711 rounds off is no longer small against the sound
LOUD_BELOW_PEAK_DB = 20.0
MAX_RESIDUAL = 0.1  # of a second's energy may differ when both lanes carry the same sound
MAX_GAIN = 4.0  # 12 dB: a weaker copy is crosstalk, not the same sound
MAX_ODD_SECONDS = 0.02  # of the loud seconds; two real parties differ in far more


@dataclass(frozen=True, slots=True)
class LaneFacts:
    """``dead_lanes``: for each channel, whether it carries nothing from beginning to end.

    A stereo file with dead lanes stays ``STEREO``: the caller decides what that means.
    """

    layout: Layout
    dead_lanes: tuple[bool, ...]


def find_layout(audio: Audio) -> LaneFacts:
    """Listens to all of the recording once, 30 s at a time.

    ``DUAL_MONO``: in the loud seconds one lane is the other times one constant gain, within 12 dB and either polarity.
    A constant delay between the lanes is not looked for. Raises RecordingError as ``audio.read`` does.
    """
    powers = np.concatenate(list(_frame_powers(audio)))
    lanes = audio.recording.channels
    dead = tuple(bool(np.all(powers[:, lane] < _power(DEAD_DBFS))) for lane in range(lanes))
    if lanes == 1:
        return LaneFacts(Layout.MONO, dead)
    same = not any(dead) and _is_same_sound(_by_second(powers))
    return LaneFacts(Layout.DUAL_MONO if same else Layout.STEREO, dead)


def _power(dbfs: float) -> float:
    """Mean square of a sound of this level, on the scale of int16 samples."""
    return float(10 ** (dbfs / 10) * FULL_SCALE**2)


def _frame_powers(audio: Audio) -> Iterator[Float32]:
    """Per 0.1 s, without their DC: mean square of each lane and, of two lanes, their mean product; (frames, 1 or 3)."""
    length = max(1, audio.recording.rate_hz // FRAMES_PER_S)
    for start in range(0, audio.frames, CHUNK_FRAMES * length):
        stop = min(audio.frames, start + CHUNK_FRAMES * length)
        lanes = [_framed(audio, lane, (start, stop), length) for lane in range(audio.recording.channels)]
        pairs = [(0, 0)] if len(lanes) == 1 else [(0, 0), (1, 1), (0, 1)]
        yield np.stack([np.einsum("ij,ij->i", lanes[a], lanes[b]) / length for a, b in pairs], axis=1)


def _framed(audio: Audio, lane: int, window: tuple[int, int], length: int) -> Float32:
    """Samples of a window in rows of ``length`` without their means, the last row filled up with its last value."""
    samples = audio.read(lane, *window)
    # Filled up, not cut off: a lane is dead only when all of it is.
    rows = np.pad(samples, (0, -len(samples) % length), mode="edge").reshape(-1, length).astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    return rows


def _by_second(powers: Float32) -> Float32:
    """Means of ten frames each, the last second filled up with silence; shape (seconds, columns)."""
    fill = -len(powers) % FRAMES_PER_S
    filled = np.pad(powers, ((0, fill), (0, 0)))
    return np.asarray(filled.reshape(-1, FRAMES_PER_S, powers.shape[1]).mean(axis=1), np.float32)


def _is_same_sound(seconds: Float32) -> bool:
    """Whether one gain turns lane 0 into lane 1 in nearly all loud seconds.

    One gain for the whole call, because crosstalk alone also correlates fully while one party speaks, but then with a
    gain below 1 and, while the other speaks, above 1.
    """
    loudest = np.maximum(seconds[:, 0], seconds[:, 1])
    is_loud = loudest >= max(_power(LOUD_DBFS), float(loudest.max()) * 10 ** (-LOUD_BELOW_PEAK_DB / 10))
    first, second, product = seconds[is_loud].T.astype(np.float64)
    if not len(first) or not first.sum():
        return False
    gain = product.sum() / first.sum()
    if not 1 / MAX_GAIN <= abs(gain) <= MAX_GAIN:
        return False
    residual = second - 2 * gain * product + gain**2 * first
    odd = residual > MAX_RESIDUAL * np.maximum(second, gain**2 * first)
    return bool(odd.mean() <= MAX_ODD_SECONDS)
