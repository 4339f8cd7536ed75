"""Made-up hold music of several kinds, at an arbitrary level: 8 kHz, full scale 1.0."""

from __future__ import annotations

import numpy as np

from .telephone import SAMPLE_RATE, Samples, band_pass, mix_in

CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))  # semitones above the key note: I vi IV V
SCALE = (0, 2, 4, 5, 7, 9, 11, 12, 14)
KEY_HZ = (220.0, 330.0)
BAR_S = (1.6, 2.8)
VIBRATO_HZ, VIBRATO_SHARE = 5.5, 0.012


def chords(length: int, rng: np.random.Generator) -> Samples:
    """Strings that hold a chord for a bar and glide to the next."""
    key_hz, bar_s = rng.uniform(*KEY_HZ), rng.uniform(*BAR_S)
    sound = np.zeros(length)
    for number, start in enumerate(np.arange(0.0, length / SAMPLE_RATE, bar_s)):
        for step in CHORDS[number % len(CHORDS)]:
            note = _tone(key_hz * 2 ** (step / 12), bar_s * 1.15, harmonics=8)
            mix_in(sound, note * np.hanning(len(note)) ** 0.5, start)
    return band_pass(sound)


def arpeggio(length: int, rng: np.random.Generator) -> Samples:
    """Plucked notes of a chord, up and down."""
    key_hz, bar_s = rng.uniform(*KEY_HZ), rng.uniform(*BAR_S)
    sound = np.zeros(length)
    for number, start in enumerate(np.arange(0.0, length / SAMPLE_RATE, bar_s / 8)):
        chord = CHORDS[number // 8 % len(CHORDS)]
        step = (*chord, chord[0] + 12, chord[0] + 12, *chord[::-1], chord[0])[number % 8]
        note = _tone(key_hz * 2 ** (step / 12), bar_s / 2, harmonics=5)
        mix_in(sound, note * np.exp(-np.arange(len(note)) / (0.25 * SAMPLE_RATE)), start)
    return band_pass(sound)


def drums(length: int, rng: np.random.Generator) -> Samples:
    """Bass drum, snare and cymbal in fours, with a bass."""
    key_hz, beat_s = rng.uniform(*KEY_HZ) / 2, rng.uniform(*BAR_S) / 4
    sound = np.zeros(length)
    for number, start in enumerate(np.arange(0.0, length / SAMPLE_RATE, beat_s)):
        bass = _tone(key_hz * 2 ** (CHORDS[number // 4 % len(CHORDS)][0] / 12), beat_s, harmonics=6)
        mix_in(sound, 0.5 * bass * np.hanning(len(bass)), start)
        mix_in(sound, _stroke(0.02 if number % 2 else 0.08, rng) * (1.5 if number % 4 in (0, 2) else 2.5), start)
        mix_in(sound, np.diff(_stroke(0.015, rng)), start + beat_s / 2)
    return band_pass(sound)


def melody(length: int, rng: np.random.Generator) -> Samples:
    """A single voice with vibrato that wanders on a scale: of all music the nearest to singing."""
    key_hz, beat_s = rng.uniform(*KEY_HZ), rng.uniform(*BAR_S) / 4
    sound = np.zeros(length)
    place, start = 4, 0.0
    while start * SAMPLE_RATE < length:
        held_s = beat_s * float(rng.choice((0.5, 1.0, 1.0, 2.0)))
        place = int(np.clip(place + rng.integers(-2, 3), 0, len(SCALE) - 1))
        note = _tone(key_hz * 2 ** (SCALE[place] / 12), held_s, harmonics=10, vibrato=VIBRATO_SHARE)
        mix_in(sound, note * np.hanning(len(note)) ** 0.3, start)
        start += held_s
    return band_pass(sound)


def _tone(hz: float, length_s: float, harmonics: int, vibrato: float = 0.0) -> Samples:
    """A tone with harmonics; `vibrato` is the share by which its frequency swings."""
    seconds = np.arange(max(2, round(length_s * SAMPLE_RATE))) / SAMPLE_RATE
    swing = vibrato * np.sin(2 * np.pi * VIBRATO_HZ * seconds) / (2 * np.pi * VIBRATO_HZ)
    phase = 2 * np.pi * hz * (seconds + swing)
    audible = range(1, 1 + min(harmonics, int(SAMPLE_RATE / 2 / hz)))
    tone: Samples = np.sum([np.sin(n * phase) / n for n in audible], axis=0)
    return tone


def _stroke(decay_s: float, rng: np.random.Generator) -> Samples:
    """A beaten skin: noise that dies away."""
    noise = rng.standard_normal(round(5 * decay_s * SAMPLE_RATE))
    return noise * np.exp(-np.arange(len(noise)) / (decay_s * SAMPLE_RATE))
