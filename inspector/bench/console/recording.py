"""A recording for calls that are made up, so that there is a sound to copy and to play."""

from __future__ import annotations

import wave
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from inspector.model import Hearing, Layout, Party, Recording

__all__ = ["recorded"]

_RATE_HZ = 8000
_PEAK = 6000
_SYLLABLE_HZ = 4.0


def recorded(hearing: Hearing, path: Path) -> Hearing:
    """Writes a stereo recording with noise in the lane of whoever speaks, loud and soft as syllables are; returns the
    hearing of that recording."""
    duration_s, chance = hearing.recording.duration_s, np.random.default_rng(1)
    samples = np.zeros((round(duration_s * _RATE_HZ), 2), np.int16)
    for span in hearing.speech:
        first, last = round(span.start_s * _RATE_HZ), min(round(span.end_s * _RATE_HZ), len(samples))
        loudness = np.abs(np.sin(np.pi * _SYLLABLE_HZ * np.arange(last - first) / _RATE_HZ))
        lane = int(span.party is not Party.AGENT)
        samples[first:last, lane] = _PEAK * loudness * chance.uniform(-1, 1, last - first)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        file.writeframes(samples.tobytes())
    digest = sha256(path.read_bytes()).hexdigest()
    made = Recording(digest, str(path), duration_s, _RATE_HZ, 2, "pcm_s16le", Layout.STEREO)
    return replace(hearing, recording=made, has_sound=True)
