"""The two codes of telephone sound (ITU-T G.711) as tables: 8 bits in, one int16 sample out."""

from __future__ import annotations

import numpy as np

from inspector.audio.protocol import Int16

__all__ = ["ALAW", "MULAW"]


def _mulaw_table() -> Int16:
    """int16 value of each of the 256 mu-law codes: bits inverted, sign, 3 bits segment, 4 bits step."""
    bits = ~np.arange(256) & 0xFF
    magnitude = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132
    return np.where(bits & 0x80, -magnitude, magnitude).astype(np.int16)


def _alaw_table() -> Int16:
    """int16 value of each of the 256 A-law codes: even bits inverted, segment 0 is linear like 1."""
    bits = np.arange(256) ^ 0x55
    segment, step = (bits >> 4) & 7, (bits & 15) << 4
    magnitude = np.where(segment == 0, step + 8, (step + 264) << np.maximum(segment - 1, 0))
    return np.where(bits & 0x80, magnitude, -magnitude).astype(np.int16)


MULAW, ALAW = _mulaw_table(), _alaw_table()
