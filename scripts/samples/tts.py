"""Mandarin text to speech with Kokoro 82M (int8 ONNX), 24 kHz mono."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import jieba
import numpy as np
import onnxruntime as ort
from misaki.zh import ZHG2P
from numpy.typing import NDArray

from . import assets
from .errors import SampleError

MAX_TOKENS = 509
Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Weights:
    """Everything read from the packages: model bytes, vocabulary and the voice tarball."""

    model: bytes
    vocabulary: dict[str, int]
    tarball: Path


def load_weights(tarball: Path) -> Weights:
    """Read and verify the model and the vocabulary."""
    return Weights(assets.read_model(), assets.read_vocabulary(), tarball)


class Speaker:
    """Speaks for one call: a session of its own with a seed of its own.

    The model draws noise while it runs; one seed and one session per call make a
    call's audio independent of the calls made before it.
    """

    def __init__(self, weights: Weights, seed: int) -> None:
        """Load the model on one thread: the sum order, and so the bytes, stay the same."""
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        ort.set_seed(seed)
        self._session = ort.InferenceSession(weights.model, options, providers=["CPUExecutionProvider"])
        self._weights = weights
        self._voices: dict[str, NDArray[np.float32]] = {}
        jieba.dt.tmp_dir = str(weights.tarball.parent)
        jieba.setLogLevel("ERROR")
        self._phonemes = ZHG2P()

    def speak(self, text: str, voice: str, speed: float = 1.0) -> Samples:
        """Speech for a text, 24 kHz mono float32 in -1..1."""
        tokens = self._tokens(text)
        style = self._style(voice)[len(tokens)]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": style[np.newaxis, :],
            "speed": np.array([speed], dtype=np.float32),
        }
        audio = np.asarray(self._session.run(None, inputs)[0], dtype=np.float32)
        return audio.reshape(-1)

    def _style(self, voice: str) -> NDArray[np.float32]:
        """Style vectors of a voice, shape (510, 256), read once."""
        if voice not in self._voices:
            self._voices[voice] = assets.read_voice(self._weights.tarball, voice)
        return self._voices[voice]

    def _tokens(self, text: str) -> list[int]:
        """Token numbers of a text; refuses what the voice would skip silently."""
        if re.search(r"[0-9A-Za-z]", text):
            raise SampleError(f"write digits and letters as the voice says them: {text!r}")
        phonemes, _ = self._phonemes(text)
        unknown = {char for char in phonemes if char not in self._weights.vocabulary}
        if unknown:
            raise SampleError(f"no token for {sorted(unknown)} in {text!r}; rephrase it.")
        tokens = [self._weights.vocabulary[char] for char in phonemes]
        if not 0 < len(tokens) <= MAX_TOKENS:
            raise SampleError(f"{len(tokens)} tokens, 1..{MAX_TOKENS} possible: {text!r}")
        return tokens
