"""Sounds of a line, of a place and of people that are no speech, at an arbitrary level: 8 kHz, full scale 1.0."""

from __future__ import annotations

import numpy as np

from .telephone import SAMPLE_RATE, Samples, band_pass, mix_in

MAINS_HZ = 50.0
GSM_FRAME_HZ = 216.7  # the rate of a mobile telephone's bursts, heard as a buzz
CRACKLES_PER_S = 12.0
KEYS_PER_S = 5.0
BREATH_EVERY_S = (1.8, 4.0)
BREATH_S = (0.4, 1.1)
CAR_EVERY_S = (3.0, 9.0)


def silence(length: int, rng: np.random.Generator) -> Samples:
    """Not one bit set."""
    return np.zeros(length)


def white(length: int, rng: np.random.Generator) -> Samples:
    """Every frequency of the telephone's band as loud."""
    return band_pass(rng.standard_normal(length))


def pink(length: int, rng: np.random.Generator) -> Samples:
    """3 dB less per octave."""
    return band_pass(_coloured(length, 0.5, rng))


def hiss(length: int, rng: np.random.Generator) -> Samples:
    """More the higher, as from a worn amplifier."""
    return np.diff(white(length + 1, rng))


def hum(length: int, rng: np.random.Generator) -> Samples:
    """Mains: 50 Hz and its harmonics, odd ones louder, over a little noise."""
    seconds = np.arange(length) / SAMPLE_RATE
    harmonics = [
        np.sin(2 * np.pi * (MAINS_HZ * n * seconds + rng.random())) / (n if n % 2 else 3 * n) for n in range(1, 21)
    ]
    return np.sum(harmonics, axis=0) + 0.02 * rng.standard_normal(length)


def crackle(length: int, rng: np.random.Generator) -> Samples:
    """A bad contact: clicks that come in swarms over a thin noise."""
    swarm = np.repeat(rng.random(length // SAMPLE_RATE + 1) < 0.4, SAMPLE_RATE)[:length]
    struck = swarm & (rng.random(length) < CRACKLES_PER_S / SAMPLE_RATE)
    clicks = np.where(struck, rng.standard_normal(length) * rng.uniform(0.2, 1.0, length), 0.0)
    return band_pass(_ringing(clicks, 0.004, rng)) + 0.003 * white(length, rng)


def mobile_buzz(length: int, rng: np.random.Generator) -> Samples:
    """A mobile telephone next to a cable: bursts at the frame rate that come and go."""
    seconds = np.arange(length) / SAMPLE_RATE
    pulses = np.where(np.mod(seconds * GSM_FRAME_HZ, 1.0) < 0.125, 1.0, -0.14)
    on = np.repeat(rng.random(2 * length // SAMPLE_RATE + 1) < 0.35, SAMPLE_RATE // 2)[:length]
    return band_pass(pulses * on) + 0.003 * white(length, rng)


def street(length: int, rng: np.random.Generator) -> Samples:
    """A deep rumble, cars that pass, now and then a horn."""
    sound = 0.5 * _scaled(_coloured(length, 1.0, rng))
    start = 0.0
    while (start := start + float(rng.uniform(*CAR_EVERY_S))) * SAMPLE_RATE < length:
        passing = pink(round(rng.uniform(2.0, 5.0) * SAMPLE_RATE), rng)
        mix_in(sound, passing * np.hanning(len(passing)) * rng.uniform(0.5, 3.0), start)
        if rng.random() < 0.15:
            seconds = np.arange(round(rng.uniform(0.2, 0.8) * SAMPLE_RATE)) / SAMPLE_RATE
            horn = np.sign(np.sin(2 * np.pi * 420 * seconds)) + np.sign(np.sin(2 * np.pi * 510 * seconds))
            mix_in(sound, horn, start)
    return band_pass(sound)


def car(length: int, rng: np.random.Generator) -> Samples:
    """Inside a car: rumble of the road, an engine whose speed wanders."""
    seconds = np.arange(length) / SAMPLE_RATE
    turns_hz = 45.0 + 12.0 * np.sin(2 * np.pi * 0.05 * seconds + rng.random() * 6)
    phase = 2 * np.pi * np.cumsum(turns_hz) / SAMPLE_RATE
    engine = np.sum([np.sin(n * phase) / n for n in range(1, 13)], axis=0)
    return 3 * _scaled(_coloured(length, 1.0, rng)) + engine + 0.3 * pink(length, rng)


def keyboard(length: int, rng: np.random.Generator) -> Samples:
    """Somebody types: keys that clatter in runs, over a quiet room."""
    typing = np.repeat(rng.random(length // (2 * SAMPLE_RATE) + 1) < 0.6, 2 * SAMPLE_RATE)[:length]
    struck = typing & (rng.random(length) < KEYS_PER_S / SAMPLE_RATE)
    keys = _ringing(np.where(struck, rng.uniform(0.3, 1.0, length), 0.0), 0.008, rng)
    return band_pass(keys) + 0.005 * pink(length, rng)


def breaths(length: int, rng: np.random.Generator) -> Samples:
    """Somebody breathes into the microphone."""
    sound = 0.01 * pink(length, rng)
    start = 0.0
    while (start := start + float(rng.uniform(*BREATH_EVERY_S))) * SAMPLE_RATE < length:
        breath = hiss(round(rng.uniform(*BREATH_S) * SAMPLE_RATE), rng)
        mix_in(sound, breath * np.hanning(len(breath)) ** 2 * rng.uniform(0.3, 1.0), start)
    return sound


def _coloured(length: int, exponent: float, rng: np.random.Generator) -> Samples:
    """Gaussian noise whose amplitude falls with frequency to the `exponent`."""
    size = 1 << (length - 1).bit_length()
    spectrum = np.fft.rfft(rng.standard_normal(size))
    spectrum[1:] /= np.arange(1, len(spectrum)) ** exponent
    spectrum[0] = 0.0
    return np.fft.irfft(spectrum, size)[:length] * np.sqrt(size)


def _scaled(samples: Samples) -> Samples:
    """At an RMS level of 1."""
    return samples / float(np.sqrt(np.mean(samples**2)))


def _ringing(strokes: Samples, decay_s: float, rng: np.random.Generator) -> Samples:
    """Each stroke as a short noise that dies away."""
    body = rng.standard_normal(round(6 * decay_s * SAMPLE_RATE))
    body *= np.exp(-np.arange(len(body)) / (decay_s * SAMPLE_RATE))
    return np.convolve(strokes, body)[: len(strokes)]
