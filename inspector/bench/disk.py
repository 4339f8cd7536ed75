"""How long the disk takes to keep a few bytes: what every figure with commits in it stands on."""

from __future__ import annotations

import os
from pathlib import Path
from time import perf_counter

__all__ = ["fsync_ms"]

TIMES, PAGE = 50, bytes(4096)


def fsync_ms(path: Path) -> list[float]:
    """Milliseconds until 4 KiB more of a new file at ``path`` are on its disk, 50 times."""
    took: list[float] = []
    with path.open("wb", buffering=0) as file:
        for _ in range(TIMES):
            file.write(PAGE)
            begin_s = perf_counter()
            os.fsync(file)
            took.append(1000 * (perf_counter() - begin_s))
    return took
