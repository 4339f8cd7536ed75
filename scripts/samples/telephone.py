"""The telephone: band-pass, level, line noise and G.711 companding at 8 kHz."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

SAMPLE_RATE = 8_000
VOICE_RATE_HZ = 24_000  # of the synthetic voices
LOW_HZ, HIGH_HZ = 300.0, 3_400.0
FILTER_TAPS = 257
FRAME = SAMPLE_RATE // 100  # 10 ms
MARGIN = 6 * FRAME
ACTIVE_BELOW_PEAK_DB = 38.0
BABBLE_STREAMS = 8

Samples = NDArray[np.float64]  # mono, full scale = 1.0
Pcm16 = NDArray[np.int16]
Codes = NDArray[np.uint8]


def to_line(speech: NDArray[np.float32], rate: int) -> Samples:
    """Speech at `rate` Hz as it leaves a telephone: 8 kHz, 300-3400 Hz."""
    return band_pass(soxr.resample(speech.astype(np.float64), rate, SAMPLE_RATE, quality="VHQ"))


def band_pass(samples: Samples) -> Samples:
    """Linear-phase 300-3400 Hz filter; length and timing are kept."""
    return np.convolve(samples, _band_pass_taps(), mode="same")


def _band_pass_taps() -> Samples:
    """Windowed-sinc taps: difference of two low-passes under a Blackman window."""
    n = np.arange(FILTER_TAPS) - (FILTER_TAPS - 1) / 2
    high, low = HIGH_HZ / SAMPLE_RATE, LOW_HZ / SAMPLE_RATE
    ideal = 2 * high * np.sinc(2 * high * n) - 2 * low * np.sinc(2 * low * n)
    taps: Samples = ideal * np.blackman(FILTER_TAPS)
    return taps


def trim(samples: Samples) -> tuple[Samples, int, int]:
    """Cut leading and trailing silence.

    Returns the speech with up to 60 ms faded margin on either side, and where in it
    speech starts and ends (sample numbers).
    """
    active = np.flatnonzero(_active_frames(samples))
    first, last = int(active[0]) * FRAME, (int(active[-1]) + 1) * FRAME
    begin, end = max(0, first - MARGIN), min(len(samples), last + MARGIN)
    clip = samples[begin:end].copy()
    clip[: first - begin] *= np.linspace(0.0, 1.0, first - begin)
    clip[last - begin :] *= np.linspace(1.0, 0.0, end - last)
    return clip, first - begin, last - begin


def set_level(samples: Samples, level_dbfs: float) -> Samples:
    """Scale so that the active frames have this RMS level (dB relative to full scale); silence stays silence."""
    if not samples.any():
        return samples
    frames = _frames(samples)[_active_frames(samples)]
    rms = float(np.sqrt(np.mean(frames**2)))
    return samples * float(10 ** (level_dbfs / 20) / rms)


def line_noise(length: int, level_dbfs: float, rng: np.random.Generator) -> Samples:
    """Band-limited Gaussian noise of this RMS level (dB relative to full scale)."""
    noise = band_pass(rng.standard_normal(length))
    rms = float(np.sqrt(np.mean(noise**2)))
    return noise * float(10 ** (level_dbfs / 20) / rms)


def babble(length: int, spoken: Samples, level_dbfs: float, rng: np.random.Generator) -> Samples:
    """Many people at once, none understood: eight streams of shuffled scraps of `spoken`, at this RMS level."""
    streams = [_scraps(length, spoken, rng) for _ in range(BABBLE_STREAMS)]
    crowd = band_pass(np.sum(streams, axis=0))
    return crowd * float(10 ** (level_dbfs / 20) / np.sqrt(np.mean(crowd**2)))


def _scraps(length: int, spoken: Samples, rng: np.random.Generator) -> Samples:
    """Scraps of 0.15-0.4 s, one after the other, each faded and forwards or backwards."""
    parts: list[Samples] = []
    while sum(map(len, parts)) < length:
        size = round(rng.uniform(0.15, 0.4) * SAMPLE_RATE)
        start = int(rng.integers(0, len(spoken) - size))
        scrap = spoken[start : start + size] * np.hanning(size)
        parts.append(scrap if rng.random() < 0.5 else scrap[::-1])
    return np.concatenate(parts)[:length]


def mix_in(sound: Samples, part: Samples, start_s: float) -> None:
    """Add a part to a sound from a time on, as far as there is room."""
    first = min(len(sound), round(start_s * SAMPLE_RATE))
    room = min(len(part), len(sound) - first)
    sound[first : first + room] += part[:room]


def to_pcm16(samples: Samples) -> Pcm16:
    """Float samples as 16-bit integers, clipped at full scale."""
    return np.clip(np.round(samples * 32768), -32768, 32767).astype(np.int16)


def _frames(samples: Samples) -> Samples:
    """Whole 10 ms frames, shape (frames, 80)."""
    count = len(samples) // FRAME
    return samples[: count * FRAME].reshape(count, FRAME)


def _active_frames(samples: Samples) -> NDArray[np.bool_]:
    """True for each 10 ms frame no more than 38 dB below the loudest one."""
    energy = np.mean(_frames(samples) ** 2, axis=1)
    active: NDArray[np.bool_] = energy > energy.max() * 10 ** (-ACTIVE_BELOW_PEAK_DB / 10)
    return active


def mulaw_encode(pcm: Pcm16) -> Codes:
    """G.711 mu-law codes of 16-bit samples."""
    wide = pcm.astype(np.int32)
    magnitude = np.minimum(np.abs(wide), 32635) + 132
    segment = np.searchsorted(2 ** np.arange(8, 15), magnitude, side="right")
    mantissa = (magnitude >> (segment + 3)) & 15
    sign = np.where(wide < 0, 0x80, 0)
    codes: Codes = (~(sign | (segment << 4) | mantissa) & 0xFF).astype(np.uint8)
    return codes


def mulaw_decode(codes: Codes) -> Pcm16:
    """16-bit samples of G.711 mu-law codes."""
    bits = ~codes.astype(np.int32) & 0xFF
    segment, mantissa = (bits >> 4) & 7, bits & 15
    magnitude = (((mantissa << 3) + 132) << segment) - 132
    pcm: Pcm16 = np.where(bits & 0x80, -magnitude, magnitude).astype(np.int16)
    return pcm


def alaw_encode(pcm: Pcm16) -> Codes:
    """G.711 A-law codes of 16-bit samples (13-bit input, even bits inverted)."""
    wide = pcm.astype(np.int32) >> 3
    positive = wide >= 0
    magnitude = np.where(positive, wide, -wide - 1)
    segment = np.searchsorted(2 ** np.arange(5, 12), magnitude, side="right")
    mantissa = (magnitude >> np.maximum(segment, 1)) & 15
    inverted = ((segment << 4) | mantissa) ^ np.where(positive, 0xD5, 0x55)
    codes: Codes = inverted.astype(np.uint8)
    return codes


def alaw_decode(codes: Codes) -> Pcm16:
    """16-bit samples of G.711 A-law codes."""
    bits = codes.astype(np.int32) ^ 0x55
    segment, mantissa = (bits >> 4) & 7, bits & 15
    base = (mantissa << 4) + np.where(segment == 0, 8, 0x108)
    magnitude = base << np.maximum(segment - 1, 0)
    pcm: Pcm16 = np.where(bits & 0x80, magnitude, -magnitude).astype(np.int16)
    return pcm
