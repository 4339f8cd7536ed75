"""What a voice sounds like: the GE2E speaker embedding (Wan et al. 2018), weights of resemblyzer, run in numpy.

Three LSTM layers of 256 over 40 mel bands; the last output through a linear layer, without its negative part, at length
1. Voice embeddings are biometric: they live in memory only and are never stored, logged or sent.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from inspector.audio.protocol import Float32
from inspector.audio.resample import MODEL_RATE_HZ
from inspector.diarisation.torch_file import read_tensors
from inspector.errors import ModelError
from inspector.models.store import verified_bytes

__all__ = ["CHUNK_FRAMES", "HOP", "MELS", "VoiceEncoder", "mel_frames"]

CHUNK_FRAMES = 160  # 1.6 s: what the encoder was trained on
MELS = 40
HOP = 160  # samples: 10 ms
WINDOW = 400  # samples: 25 ms
LAYERS, HIDDEN = 3, 256
BATCH = 64  # chunks at a time: 84 MB of gates while they are added up
REMEDY = "run scripts/setup"


class _Layer(NamedTuple):
    """One LSTM layer: input (4 x 256, inputs), recurrent (4 x 256, 256) weights and the sum of both biases."""

    inputs: Float32
    recurrent: Float32
    bias: Float32


class VoiceEncoder:
    """Turns 1.6 s of speech into a direction in 256 dimensions; voices alike point alike."""

    def __init__(self, path: Path, digest: str) -> None:
        """``digest``: sha256 of the file in hex. Raises ModelError when it is missing, altered or no such model."""
        content = verified_bytes(path, digest)
        try:
            tensors = read_tensors(content, "model_state")
            self._layers = [_layer(tensors, number) for number in range(LAYERS)]
            self._linear, self._bias = tensors["linear.weight"], tensors["linear.bias"]
        except (ValueError, KeyError) as error:
            raise ModelError(f"{path} is no GE2E voice encoder: {error}", REMEDY) from error

    def embed(self, mels: Float32) -> Float32:
        """Directions (chunks, 256) of unit length for mel frames (chunks, 160, 40) of :func:`mel_frames`."""
        if not len(mels):
            return np.zeros((0, HIDDEN), np.float32)
        return np.concatenate([self._embed(mels[at : at + BATCH]) for at in range(0, len(mels), BATCH)])

    def _embed(self, mels: Float32) -> Float32:
        outputs = np.ascontiguousarray(mels.transpose(1, 0, 2))
        for layer in self._layers:
            outputs = _run(layer, outputs)
        raw = np.maximum(outputs[-1] @ self._linear.T + self._bias, 0)
        lengths = np.linalg.norm(raw, axis=1, keepdims=True)
        return np.asarray(raw / np.maximum(lengths, np.finfo(np.float32).tiny), np.float32)


def _layer(tensors: dict[str, Float32], number: int) -> _Layer:
    inputs, recurrent = tensors[f"lstm.weight_ih_l{number}"], tensors[f"lstm.weight_hh_l{number}"]
    if recurrent.shape != (4 * HIDDEN, HIDDEN):
        raise ValueError(f"layer {number} has recurrent weights of shape {recurrent.shape}")
    return _Layer(inputs, recurrent, tensors[f"lstm.bias_ih_l{number}"] + tensors[f"lstm.bias_hh_l{number}"])


def _run(layer: _Layer, inputs: Float32) -> Float32:
    """Outputs (frames, batch, 256) of one layer. Gates in PyTorch's order: in, forget, cell, out."""
    frames, batch, _ = inputs.shape
    gates = inputs.reshape(frames * batch, -1) @ layer.inputs.T + layer.bias
    gates = gates.reshape(frames, batch, 4 * HIDDEN)
    outputs = np.empty((frames, batch, HIDDEN), np.float32)
    hidden = cell = np.zeros((batch, HIDDEN), np.float32)
    recurrent = np.ascontiguousarray(layer.recurrent.T)
    for frame in range(frames):
        now = gates[frame] + hidden @ recurrent
        # sigmoid by tanh: one fast function for all gates, and it cannot overflow
        opens = 0.5 + 0.5 * np.tanh(0.5 * now)
        heard = np.tanh(now[:, 2 * HIDDEN : 3 * HIDDEN])
        cell = opens[:, HIDDEN : 2 * HIDDEN] * cell + opens[:, :HIDDEN] * heard
        hidden = opens[:, 3 * HIDDEN :] * np.tanh(cell)
        outputs[frame] = hidden
    return outputs


def mel_frames(sound: Float32) -> Float32:
    """Mel power (not logarithmic) of sound at 16 kHz, shape (1 + samples // 160, 40), one frame each 10 ms, centred."""
    padded = np.pad(sound, WINDOW // 2)
    count = 1 + len(sound) // HOP
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:count]
    spectra = np.fft.rfft(frames * _HANN, axis=1)
    power = (spectra.real**2 + spectra.imag**2).astype(np.float32)
    return np.asarray(power @ _FILTERS.T, np.float32)


def _mel_filters() -> Float32:
    """Triangles of equal area on Slaney's mel scale (linear below 1 kHz), 0 … 8 kHz, shape (40, 201)."""
    edges_hz = _hz(np.linspace(0.0, _mel(MODEL_RATE_HZ / 2), MELS + 2))
    bins_hz = np.linspace(0.0, MODEL_RATE_HZ / 2, WINDOW // 2 + 1)
    low, peak, high = edges_hz[:-2, None], edges_hz[1:-1, None], edges_hz[2:, None]
    rising, falling = (bins_hz - low) / (peak - low), (high - bins_hz) / (high - peak)
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)) * 2 / (high - low), np.float32)


LINEAR_HZ, LINEAR_MELS, LOG_STEP = 1_000.0, 15.0, np.log(6.4) / 27.0


def _mel(hz: float) -> float:
    return float(LINEAR_MELS + np.log(hz / LINEAR_HZ) / LOG_STEP) if hz >= LINEAR_HZ else hz * LINEAR_MELS / LINEAR_HZ


def _hz(mels: Float32 | np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    linear = mels * LINEAR_HZ / LINEAR_MELS
    return np.where(mels >= LINEAR_MELS, LINEAR_HZ * np.exp(LOG_STEP * (mels - LINEAR_MELS)), linear)


_HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)
_FILTERS = _mel_filters()
