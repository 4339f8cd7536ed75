"""From the telephone's rate to the 16 kHz that every speech model here wants."""

from __future__ import annotations

import numpy as np
import soxr

from inspector.audio.protocol import Float32, Int16

__all__ = ["MODEL_RATE_HZ", "to_16k"]

MODEL_RATE_HZ = 16_000
LARGEST = np.nextafter(np.float32(1), np.float32(0))  # largest float32 below 1


def to_16k(samples: Int16, rate_hz: int) -> Float32:
    """One window of a lane, int16 at ``rate_hz``, as float32 at 16 kHz in [-1, 1), shape (about n x 16000 / rate,).

    Each window stands alone: near its ends the filter sees silence, so windows that are to be joined need a margin.
    Raises ValueError for a rate that is not positive.
    """
    if rate_hz <= 0:
        raise ValueError(f"a sample rate must be positive, got {rate_hz} Hz")
    scaled = samples.astype(np.float32) / np.float32(32_768)
    if rate_hz == MODEL_RATE_HZ or not len(samples):
        return scaled
    resampled: Float32 = soxr.resample(scaled, rate_hz, MODEL_RATE_HZ, quality="HQ")
    # The filter overshoots at steps of full scale.
    return np.clip(resampled, np.float32(-1), LARGEST)
