"""Listens once more to words that accuse: does the sound fit them, or their denial?

The decoder reads each text against the same sound (CTranslate2's ``align``: teacher forcing), which gives the
probability of every token of it. The sum of their logarithms is the likelihood of the text, and the difference between
a denial and the words as heard tells how much the sound, and the language, speak for the lost negation::

    log P(这款理财不等于存款 | sound) - log P(这款理财部等于存款 | sound) = +1.7   said, and misheard
    log P(这款理财不保本     | sound) - log P(这款理财保本     | sound) = -9.0   not said
"""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from inspector.asr.engine import Engine
from inspector.audio.protocol import Audio, Float32
from inspector.audio.resample import MODEL_RATE_HZ, to_16k
from inspector.errors import ErrorKind, RecordingError
from inspector.sound_check import Suspect

__all__ = ["SoundChecker", "WhisperSoundChecker"]

MARGIN_S = 0.3  # times of characters are this loose
SILENCE_S = 1.0  # after the words: the encoder expects speech to end
EVEN_AT = -5.7  # difference of log likelihoods at which the denial is taken to be as likely: docs/decisions/0014
SLOPE = 0.7


class SoundChecker(Protocol):
    """Tells how surely words were said, and not their denial."""

    def check(self, audio: Audio, lane: int, suspect: Suspect) -> float:
        """0 … 1 for words said in a lane (channel index); below ``LEAST_SOUND_CHECK`` they may have been denied."""
        ...


class WhisperSoundChecker:
    """A ``SoundChecker`` with the model that the recogniser has loaded."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def check(self, audio: Audio, lane: int, suspect: Suspect) -> float:
        """See ``SoundChecker``. Raises RecordingError(HEARING_FAILED) when the engine fails on this sound."""
        try:
            heard, *denied = self._engine.likelihoods(_sound(audio, lane, suspect), (suspect.heard, *suspect.denials))
        except (RuntimeError, ValueError) as error:
            raise RecordingError(
                ErrorKind.HEARING_FAILED,
                f"{audio.recording.path}: the sound check failed at {suspect.start_s:.1f} s ({error})",
                "inspect it again; if it fails again, report the file's id",
            ) from error
        return _score(max(denied) - heard)


def _score(difference: float) -> float:
    """0 … 1 by the logistic law: 0.5 where the denial is as likely as the words."""
    return round(1 / (1 + math.exp(SLOPE * (difference - EVEN_AT))), 4)


def _sound(audio: Audio, lane: int, suspect: Suspect) -> Float32:
    """The words and what was said around them, (samples,) float32 at 16 kHz, with silence after."""
    rate_hz = audio.recording.rate_hz
    start = max(0, round((suspect.from_s - MARGIN_S) * rate_hz))
    stop = min(audio.frames, round((suspect.to_s + MARGIN_S) * rate_hz))
    sound = to_16k(audio.read(lane, start, stop), rate_hz)
    return np.concatenate([sound, np.zeros(round(SILENCE_S * MODEL_RATE_HZ), dtype=np.float32)])
