"""Runs our command and the peer's as fresh processes and reads what they answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from inspector.errors import ModelError
from inspector.model import Party, SpeechSpan

__all__ = ["OURS", "PEER", "Answer", "Measured", "Side", "our_speech", "sides_of"]

OURS, PEER = "inspector", "faster-whisper defaults"
_SOME_FAILED = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one file. ``error``: why there is no text. Seconds of work, and of speech without text."""

    text: str = ""
    wall_s: float = 0.0
    diarisation_s: float = 0.0
    unheard_s: float = 0.0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """One process over all files. ``command_s``: with start and model load; ``peak_mb``: of the process."""

    answers: tuple[Answer, ...]
    command_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Side:
    """A command that prints one JSON line a file, and how to read a line."""

    arguments: tuple[str, ...]
    read: Callable[[dict[str, Any]], Answer]

    def measure(self, files: Sequence[str]) -> Measured:
        """Raises ModelError when the command ends without an answer for each file."""
        rows, command_s, peak_mb = _process([*self.arguments, *files], len(files))
        return Measured(tuple(map(self.read, rows)), command_s, peak_mb)


def sides_of(model_dir: str, threads: int) -> dict[str, Side]:
    """Ours and the peer's, with the same weights of the recogniser."""
    return {
        OURS: Side(("-m", "inspector", "inspect", "--json", "-", "--no-store"), _ours),
        PEER: Side(("-m", "inspector.asr.peer", model_dir, str(threads)), _peers),
    }


def our_speech(files: Sequence[str]) -> list[tuple[SpeechSpan, ...]]:
    """The speech of each file, by voice and party; an untimed process of its own."""
    rows, _, _ = _process(["-m", "inspector.bench.hearing.ours", *files], len(files))
    return [tuple(SpeechSpan(**span | {"party": Party(span["party"])}) for span in row) for row in rows]


def _ours(row: dict[str, Any]) -> Answer:
    if "error" in row:
        return Answer(error=f"{row['error']['kind']}: {row['error']['message']}")
    return Answer(
        text="".join(turn["text"] for turn in row["turns"]),
        wall_s=row["timing"]["wall_s"],
        diarisation_s=row["timing"]["stages_s"].get("diarisation", 0.0),
        unheard_s=sum(span["end_s"] - span["start_s"] for span in row["unheard"]),
    )


def _peers(row: dict[str, Any]) -> Answer:
    if "error" in row:
        return Answer(error=row["error"])
    return Answer(text=row["text"], wall_s=row["wall_s"])


def _process(arguments: Sequence[str], files: int) -> tuple[list[Any], float, float]:
    """JSON lines of a fresh Python process, its elapsed seconds and its peak memory in MB."""
    began_s = perf_counter()
    command = [sys.executable, *arguments]
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as child:
        assert child.stdout is not None  # noqa: S101 - asked for above
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        took_s = perf_counter() - began_s
        said.seek(0)
        last_words = said.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
    rows = [json.loads(line) for line in output.splitlines()]
    if child.returncode not in (0, _SOME_FAILED) or len(rows) != files:
        what = f"{' '.join(command[1:4])} … ended with {child.returncode} after {len(rows)} of {files} files"
        raise ModelError(f"{what}: {last_words}", "run inspector doctor")
    return rows, took_s, usage.ru_maxrss / 1024
