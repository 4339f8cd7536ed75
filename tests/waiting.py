"""Waits for what must come to hold in another thread or process. Not a measurement: only a hang fails."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["PATIENCE_S", "until"]

PATIENCE_S = 90.0


def until(holds: Callable[[], object]) -> None:
    """Returns as soon as ``holds`` is true."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline_s, "it never came to hold"
        time.sleep(0.05)
