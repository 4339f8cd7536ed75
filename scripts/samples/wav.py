"""RIFF/WAVE files of telephone audio: PCM (tag 1), A-law (tag 6), mu-law (tag 7)."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from .telephone import SAMPLE_RATE, alaw_encode, mulaw_decode, mulaw_encode

TAG_PCM, TAG_ALAW, TAG_MULAW = 1, 6, 7


def wav_file(lanes: NDArray[np.int16], codec: str) -> bytes:
    """A whole WAV file from samples of shape (frames, channels) at 8 kHz.

    The PCM file too holds companded audio: it went over a mu-law line.
    """
    if codec == "pcm_alaw":
        return _container(TAG_ALAW, 8, alaw_encode(lanes))
    if codec == "pcm_mulaw":
        return _container(TAG_MULAW, 8, mulaw_encode(lanes))
    return _container(TAG_PCM, 16, mulaw_decode(mulaw_encode(lanes)).astype("<i2"))


def _container(tag: int, bits: int, frames: NDArray[np.uint8] | NDArray[np.int16]) -> bytes:
    """RIFF header and chunks around interleaved frames of shape (frames, channels)."""
    channels = frames.shape[1]
    align = channels * bits // 8
    layout = struct.pack("<HHIIHH", tag, channels, SAMPLE_RATE, SAMPLE_RATE * align, align, bits)
    chunks = _chunk(b"fmt ", layout if tag == TAG_PCM else layout + struct.pack("<H", 0))
    if tag != TAG_PCM:
        chunks += _chunk(b"fact", struct.pack("<I", frames.shape[0]))
    chunks += _chunk(b"data", frames.tobytes())
    return _chunk(b"RIFF", b"WAVE" + chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    """One RIFF chunk, padded to an even length."""
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
