"""WAV files and recordings made in memory, for tests of everything that hears."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from inspector.audio.protocol import Int16
from inspector.model import Layout, Recording

TAGS = {"pcm_s16le": 1, "pcm_alaw": 6, "pcm_mulaw": 7}
GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")


class ArrayAudio:
    """An ``Audio`` over samples of shape (frames, channels); remembers the longest window it was asked for."""

    def __init__(self, lanes: Int16, rate_hz: int = 8000) -> None:
        self._lanes = lanes
        self.longest_read = 0
        frames, channels = lanes.shape
        layout = Layout.MONO if channels == 1 else Layout.STEREO
        self.recording = Recording("0" * 64, "made.wav", frames / rate_hz, rate_hz, channels, "pcm_s16le", layout)

    @property
    def frames(self) -> int:
        return len(self._lanes)

    def read(self, lane: int, start: int, stop: int) -> Int16:
        assert 0 <= start <= stop <= self.frames
        self.longest_read = max(self.longest_read, stop - start)
        return self._lanes[start:stop, lane]

    def close(self) -> None: ...


def chunk(name: bytes, body: bytes, size: int | None = None) -> bytes:
    """One chunk, padded to even length; ``size`` lies about its length."""
    return name + struct.pack("<I", len(body) if size is None else size) + body + b"\0" * (len(body) % 2)


def riff(*chunks: bytes, magic: bytes = b"RIFF") -> bytes:
    return chunk(magic, b"WAVE" + b"".join(chunks))


def fmt(tag: int = 1, channels: int = 1, rate: int = 8000, bits: int = 16, align: int | None = None) -> bytes:
    """A ``fmt `` chunk; ``align`` lies about the bytes per frame."""
    align = channels * bits // 8 if align is None else align
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * align % 2**32, align, bits))


def extensible(tag: int, channels: int, bits: int, guid_tail: bytes = GUID_TAIL) -> bytes:
    """A ``fmt `` chunk of WAVE_FORMAT_EXTENSIBLE at 8 kHz."""
    align = channels * bits // 8
    plain = struct.pack("<HHIIHH", 0xFFFE, channels, 8000, 8000 * align, align, bits)
    return chunk(b"fmt ", plain + struct.pack("<HHIH", 22, bits, 0, tag) + guid_tail)


def wav(lanes: Int16, codec: str = "pcm_s16le", rate: int = 8000) -> bytes:
    """A whole file from samples of shape (frames, channels)."""
    return riff(
        fmt(TAGS[codec], lanes.shape[1], rate, 16 if codec == "pcm_s16le" else 8), chunk(b"data", encode(lanes, codec))
    )


def encode(lanes: Int16, codec: str) -> bytes:
    if codec == "pcm_s16le":
        return lanes.astype("<i2").tobytes()
    return (mulaw if codec == "pcm_mulaw" else alaw)(lanes).tobytes()


def mulaw(samples: Int16) -> NDArray[np.uint8]:
    """G.711 mu-law codes, by the standard's segments and not by the product's table."""
    wide = samples.astype(np.int32)
    magnitude = np.minimum(np.abs(wide), 32635) + 132
    segment = np.searchsorted(2 ** np.arange(8, 15), magnitude, side="right")
    bits = (wide < 0) * 0x80 | segment << 4 | (magnitude >> (segment + 3)) & 15
    return (~bits & 0xFF).astype(np.uint8)


def alaw(samples: Int16) -> NDArray[np.uint8]:
    """G.711 A-law codes."""
    wide = samples.astype(np.int32) >> 3
    magnitude = np.where(wide >= 0, wide, -wide - 1)
    segment = np.searchsorted(2 ** np.arange(5, 12), magnitude, side="right")
    bits = segment << 4 | (magnitude >> np.maximum(segment, 1)) & 15
    return (bits ^ np.where(wide >= 0, 0xD5, 0x55)).astype(np.uint8)


def noise(seconds: float, dbfs: float, seed: int, rate_hz: int = 8000) -> Int16:
    """White noise of this RMS level, shape (samples,)."""
    samples = np.random.default_rng(seed).standard_normal(int(seconds * rate_hz)) * 32768 * 10 ** (dbfs / 20)
    return np.clip(np.round(samples), -32768, 32767).astype(np.int16)
