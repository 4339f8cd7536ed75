"""The ways of plain faster-whisper that are measured beside the inspector. Light: the command line names them."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["OURS", "Peer"]

OURS = "inspector"


class Peer(StrEnum):
    """The value is what the peer's own process is told (``inspector/asr/peer.py``)."""

    DEFAULTS = "defaults"
    LANES = "lanes"
    BEST = "best"
    FAST = "fast"
    BATCHED = "batched"
