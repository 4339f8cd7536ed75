"""Resampling: length, level, range, and no invention of sound."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.audio.resample import to_16k


def tone(rate_hz: int, frequency_hz: float, seconds: float = 1.0, peak: float = 0.5) -> np.ndarray:
    times = np.arange(int(rate_hz * seconds)) / rate_hz
    return np.round(peak * 32767 * np.sin(2 * np.pi * frequency_hz * times)).astype(np.int16)


@pytest.mark.parametrize("rate_hz", [6000, 8000, 11025, 16000, 22050, 44100, 48000])
def test_a_tone_keeps_length_level_and_place(rate_hz):
    found = to_16k(tone(rate_hz, 440), rate_hz)
    assert found.dtype == np.float32 and found.shape == (16000,)
    wanted = tone(16000, 440) / 32768
    assert np.abs(found - wanted)[800:-800].max() < 2e-3


def test_nothing_is_heard_above_the_old_limit():
    spectrum = np.abs(np.fft.rfft(to_16k(tone(8000, 3000), 8000) * np.hanning(16000)))
    assert 20 * np.log10(spectrum[4200:].max() / spectrum.max()) < -80


@pytest.mark.parametrize("rate_hz", [8000, 16000])
def test_full_scale_stays_in_range(rate_hz):
    steps = np.where(np.arange(rate_hz) // 40 % 2, -32768, 32767).astype(np.int16)
    found = to_16k(steps, rate_hz)
    assert found.min() >= -1 and found.max() < 1


def test_nothing_stays_nothing():
    assert to_16k(np.zeros(0, np.int16), 8000).shape == (0,)
    assert not to_16k(np.zeros(800, np.int16), 8000).any()
    assert len(to_16k(np.ones(1, np.int16), 8000)) <= 2


def test_an_impossible_rate_is_refused():
    with pytest.raises(ValueError, match="rate"):
        to_16k(np.zeros(8, np.int16), 0)
