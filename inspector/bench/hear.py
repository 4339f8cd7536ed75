"""``inspector bench hear``: whole commands as fresh processes, ours and the peer in turn, accuracy beside speed."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table

from inspector import __version__
from inspector.bench.score import edits, normalised
from inspector.config import Settings
from inspector.errors import ModelError, UsageError
from inspector.models.store import ready_model

__all__ = ["run_bench"]


@dataclass(frozen=True, slots=True)
class Truth:
    """What was really said in one file, in the order it was said, and how long the file is."""

    path: Path
    text: str
    duration_s: float


@dataclass(frozen=True, slots=True)
class Run:
    """One fresh process over all files. ``hearing_s``: without start and model load; ``peak_mb``: of the process."""

    command_s: float
    hearing_s: float
    peak_mb: float
    cer: float


def run_bench(samples: Path, runs: int, out: Path | None, settings: Settings) -> int:
    """Prints medians, minima and maxima of ``runs`` paired runs; writes them as JSON when asked to."""
    truths = _truths(samples)
    model = ready_model(settings.hearing.asr_model, settings)
    files = [str(truth.path) for truth in truths]
    inspector = ["-m", "inspector", "inspect", "--json", "-", "--no-store", *files]
    peer = ["-m", "inspector.asr.peer", str(model.dir), str(settings.hearing.threads), *files]
    sides = {"inspector": (inspector, _ours), "faster-whisper defaults": (peer, _peers)}
    measured: dict[str, list[Run]] = {name: [] for name in sides}
    for _ in range(runs):
        for name, (arguments, read) in sides.items():
            rows, command_s, peak_mb = _process([sys.executable, *arguments])
            texts, seconds = zip(*map(read, rows), strict=True)
            measured[name].append(Run(command_s, sum(seconds), peak_mb, _cer(truths, texts)))
    audio_s = sum(truth.duration_s for truth in truths)
    _show(measured, audio_s)
    if out is not None:
        out.write_text(json.dumps(_result(measured, audio_s, files), ensure_ascii=False, indent=1) + "\n")
    return 0


def _ours(row: dict[str, Any]) -> tuple[str, float]:
    return "".join(turn["text"] for turn in row["turns"]), row["timing"]["wall_s"]


def _peers(row: dict[str, Any]) -> tuple[str, float]:
    return row["text"], row["wall_s"]


def _truths(samples: Path) -> list[Truth]:
    found = sorted((samples / "truth").glob("*.json"))
    if not found:
        raise UsageError(f"{samples} holds no truth/*.json", "name a directory made by scripts/make_samples")
    truths = []
    for path in found:
        row = json.loads(path.read_text(encoding="utf-8"))
        turns = sorted(row["turns"], key=lambda turn: turn["start_s"])
        truths.append(Truth(samples / row["file"], "".join(turn["text"] for turn in turns), row["duration_s"]))
    return truths


def _process(command: list[str]) -> tuple[list[dict[str, Any]], float, float]:
    """JSON lines of a fresh process, its elapsed seconds and its peak memory in MB."""
    began_s = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None  # noqa: S101 - asked for above
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    took_s = perf_counter() - began_s
    if child.returncode:
        raise ModelError(f"{' '.join(command[:4])} … ended with {child.returncode}", "run inspector doctor")
    return [json.loads(line) for line in output.splitlines()], took_s, usage.ru_maxrss / 1024


def _cer(truths: list[Truth], heard: Sequence[str]) -> float:
    pairs = [(normalised(truth.text), normalised(text)) for truth, text in zip(truths, heard, strict=True)]
    return sum(edits(*pair) for pair in pairs) / sum(len(reference) for reference, _ in pairs)


def _spread(values: list[float], form: str) -> str:
    return f"{statistics.median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def _show(measured: dict[str, list[Run]], audio_s: float) -> None:
    table = Table(title=f"{audio_s:.0f} s of audio, median (min–max)")
    for column in ("", "CER", "RTF hearing", "RTF whole command", "peak MB"):
        table.add_column(column)
    for name, runs in measured.items():
        table.add_row(
            name,
            _spread([run.cer * 100 for run in runs], ".1f") + " %",
            _spread([run.hearing_s / audio_s for run in runs], ".3f"),
            _spread([run.command_s / audio_s for run in runs], ".3f"),
            _spread([run.peak_mb for run in runs], ".0f"),
        )
    Console(width=120).print(table)


def _result(measured: dict[str, list[Run]], audio_s: float, files: list[str]) -> dict[str, Any]:
    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "code": __version__,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "audio_s": round(audio_s, 1),
        "files": [Path(file).name for file in files],
        "runs": {name: [asdict(run) for run in runs] for name, runs in measured.items()},
    }
