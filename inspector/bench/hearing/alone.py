"""Runs a module as ``python -m`` does and writes down the most memory that it held.

``python -m inspector.bench.hearing.alone REPORT MODULE ARGUMENT…``. ``ru_maxrss`` would not do: it outlives ``exec``,
so that a command starts at the peak of whatever started it.
"""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

__all__: list[str] = []

_PEAK_KB = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


def _main(report: str, module: str, *arguments: str) -> None:
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        peak = _PEAK_KB.search(Path("/proc/self/status").read_text("ascii"))
        Path(report).write_text(peak[1] if peak else "", "ascii")


if __name__ == "__main__":
    _main(*sys.argv[1:])
