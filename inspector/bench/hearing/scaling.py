"""Two single-threaded inspectors at once against one: does a machine with n cores hear n times as much?"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from inspector.bench.hearing.process import Ended, run_module
from inspector.bench.hearing.truth import Truth

__all__ = ["Scaling", "halves", "measure_scaling"]

_COMMAND = ("inspector", "inspect", "--json", "-", "--no-store")


@dataclass(frozen=True, slots=True)
class Scaling:
    """Elapsed seconds of hearing, models loaded: one process over all files, and the slower of two at once over half
    of them each. Peaks of one process each."""

    one_s: float
    two_s: float
    one_peak_mb: float
    two_peak_mb: float

    @property
    def speed_up(self) -> float:
        """2 where the two do not disturb each other."""
        return self.one_s / self.two_s


def measure_scaling(truths: Sequence[Truth]) -> Scaling:
    """One after the other: first alone, then two at once."""
    files = [str(truth.path) for truth in truths]
    alone = run_module(_COMMAND, files, threads=1)
    parts = [[str(truth.path) for truth in half] for half in halves(truths)]
    with ThreadPoolExecutor(2) as pool:
        both = [*pool.map(lambda part: run_module(_COMMAND, part, threads=1), parts)]
    return Scaling(
        one_s=_hearing_s(alone),
        two_s=max(map(_hearing_s, both)),
        one_peak_mb=alone.peak_mb,
        two_peak_mb=max(ended.peak_mb for ended in both),
    )


def halves(truths: Sequence[Truth]) -> tuple[list[Truth], list[Truth]]:
    """Two parts that last about equally long: longest first, each to the shorter part."""
    parts: tuple[list[Truth], list[Truth]] = ([], [])
    for truth in sorted(truths, key=lambda one: -one.duration_s):
        min(parts, key=lambda part: sum(one.duration_s for one in part)).append(truth)
    return parts


def _hearing_s(ended: Ended) -> float:
    return sum(float(row["timing"]["wall_s"]) for row in ended.rows if "timing" in row)
