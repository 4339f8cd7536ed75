"""One command as a fresh process: what it prints, how long it takes, how much processor and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from inspector.errors import ModelError

__all__ = ["Ended", "calibration_s", "run_module"]

_SOME_FAILED = 1
_CALIBRATION_VALUES, _CALIBRATION_ROUNDS = 200_000, 400


@dataclass(frozen=True, slots=True)
class Ended:
    """``rows``: one JSON value a file; ``elapsed_s``, ``cpu_s``: with start and model load, processor time of all its
    threads and children; ``peak_mb``: of the process itself."""

    rows: list[Any]
    elapsed_s: float
    cpu_s: float
    peak_mb: float


def run_module(arguments: Sequence[str], files: Sequence[str], threads: int | None = None) -> Ended:
    """``arguments``: a module and what it is told before the files; ``threads``: instead of those of the settings.

    Raises ModelError when it ends without an answer for each file.
    """
    env = os.environ | ({"INSPECTOR_HEARING__THREADS": str(threads)} if threads else {})
    with tempfile.TemporaryFile() as said, tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "peak"
        command = [sys.executable, "-m", "inspector.bench.hearing.alone", str(report), *arguments, *files]
        began_s = perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, env=env) as child:
            assert child.stdout is not None  # noqa: S101 - asked for above
            output = child.stdout.read()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        elapsed_s = perf_counter() - began_s
        said.seek(0)
        last_words = said.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
        peak_kb = report.read_text("ascii") if report.exists() else ""
    rows = [json.loads(line) for line in output.splitlines()]
    if child.returncode not in (0, _SOME_FAILED) or len(rows) != len(files) or not peak_kb:
        what = f"{' '.join(arguments[:3])} … ended with {child.returncode} after {len(rows)} of {len(files)} files"
        raise ModelError(f"{what}: {last_words}", "run inspector doctor")
    return Ended(rows, elapsed_s, usage.ru_utime + usage.ru_stime, int(peak_kb) / 1024)


def calibration_s() -> float:
    """Elapsed seconds of a fixed piece of work on one core: how fast the machine is just now, others on it included."""
    values = np.random.default_rng(0).standard_normal(_CALIBRATION_VALUES)
    began_s = perf_counter()
    for _ in range(_CALIBRATION_ROUNDS):
        np.sort(values)
    return perf_counter() - began_s
