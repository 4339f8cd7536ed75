"""How figures of a bench are written, whatever was measured."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence

from inspector.bench.interval import Ratio

__all__ = ["bare", "machine", "percent", "spread"]


def bare(ratio: Ratio | None) -> str:
    """A ratio in per cent, without its interval."""
    return "–" if ratio is None else f"{ratio.value * 100:.1f}"


def percent(ratio: Ratio | None) -> str:
    """A ratio in per cent, with its interval where it has one."""
    if ratio is None or ratio.low is None or ratio.high is None:
        return bare(ratio)
    return f"{bare(ratio)} ({ratio.low * 100:.1f}–{ratio.high * 100:.1f})"


def spread(values: Sequence[float], form: str) -> str:
    """Median, least and most."""
    return f"{statistics.median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def machine() -> str:
    """What was measured on."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
