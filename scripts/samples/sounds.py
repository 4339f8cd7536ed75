"""Sounds that are no speech: ring-back, busy tone, keypad, hold music; by their names those of other modules too."""

from __future__ import annotations

import numpy as np

from . import hold_music, noises
from .telephone import SAMPLE_RATE, Samples, band_pass

CALL_TONE_HZ = 450.0  # GF 002-9002.3: China's dial, ring-back and busy tones
RINGBACK_S = (1.0, 4.0)  # on, off
BUSY_S = (0.35, 0.35)
KEY_HZ = {  # ITU-T Q.23
    **{key: (697, high) for key, high in zip("123", (1209, 1336, 1477), strict=True)},
    **{key: (770, high) for key, high in zip("456", (1209, 1336, 1477), strict=True)},
    **{key: (852, high) for key, high in zip("789", (1209, 1336, 1477), strict=True)},
    **{key: (941, high) for key, high in zip("*0#", (1209, 1336, 1477), strict=True)},
}
KEY_S = 0.12
KEY_GAP_S = (0.15, 0.35)
BEAT_S = 0.36
SCALE_HZ = (392.0, 440.0, 523.25, 587.33, 659.25, 783.99)  # pentatonic, G4 to G5
RAMP_S = 0.01
MADE = {  # sounds of recordings without speech: by length in samples
    "silence": noises.silence,
    "white": noises.white,
    "pink": noises.pink,
    "hiss": noises.hiss,
    "hum": noises.hum,
    "crackle": noises.crackle,
    "mobile_buzz": noises.mobile_buzz,
    "street": noises.street,
    "car": noises.car,
    "keyboard": noises.keyboard,
    "breaths": noises.breaths,
    "chords": hold_music.chords,
    "arpeggio": hold_music.arpeggio,
    "drums": hold_music.drums,
    "melody": hold_music.melody,
}


def make_sound(kind: str, length_s: float, keys: str, rng: np.random.Generator) -> Samples:
    """One sound at an arbitrary level; `keys` are for the keypad, the others last `length_s`."""
    if kind == "keypad":
        return keypad(keys, rng)
    if kind == "music":
        return music(length_s, rng)
    if kind in MADE:
        return MADE[kind](round(length_s * SAMPLE_RATE), rng)
    return call_tone(length_s, RINGBACK_S if kind == "ringback" else BUSY_S)


def call_tone(length_s: float, cadence_s: tuple[float, float]) -> Samples:
    """450 Hz switched on and off."""
    seconds = np.arange(round(length_s * SAMPLE_RATE)) / SAMPLE_RATE
    switched = np.mod(seconds, sum(cadence_s)) < cadence_s[0]
    return np.where(switched, np.sin(2 * np.pi * CALL_TONE_HZ * seconds), 0.0)


def keypad(keys: str, rng: np.random.Generator) -> Samples:
    """Two tones per key, with the gaps of a finger."""
    parts: list[Samples] = []
    for key in keys:
        seconds = np.arange(round(KEY_S * SAMPLE_RATE)) / SAMPLE_RATE
        low, high = (np.sin(2 * np.pi * hz * seconds) for hz in KEY_HZ[key])
        parts += [low + high, np.zeros(round(rng.uniform(*KEY_GAP_S) * SAMPLE_RATE))]
    return np.concatenate(parts[:-1])


def music(length_s: float, rng: np.random.Generator) -> Samples:
    """A made-up tune: plucked notes with harmonics over a held bass, as a telephone passes it."""
    length = round(length_s * SAMPLE_RATE)
    tune = np.zeros(length + SAMPLE_RATE)
    for start in np.arange(0.0, length_s, BEAT_S):
        pitch = float(rng.choice(SCALE_HZ))
        voices = [(pitch, 3.0)] + ([(pitch / 2, 1.0)] if rng.random() < 0.4 else [])
        for hz, decay in voices:
            note = _note(hz, decay)
            first = round(start * SAMPLE_RATE)
            room = min(len(note), len(tune) - first)
            tune[first : first + room] += note[:room]
    return _faded(band_pass(tune)[:length])


def _note(hz: float, decay: float) -> Samples:
    """One second of a plucked string: five harmonics that die away."""
    seconds = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    harmonics = [np.sin(2 * np.pi * hz * n * seconds) / n for n in range(1, 6)]
    return _faded(np.sum(harmonics, axis=0) * np.exp(-decay * seconds))


def _faded(samples: Samples) -> Samples:
    """No click at either end."""
    ramp = np.linspace(0.0, 1.0, round(RAMP_S * SAMPLE_RATE))
    samples[: len(ramp)] *= ramp
    samples[-len(ramp) :] *= ramp[::-1]
    return samples
