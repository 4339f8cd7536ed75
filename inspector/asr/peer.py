"""The peer to beat: plain faster-whisper in the usual ways. For ``inspector bench`` only.

Run as a process of its own (``python -m inspector.asr.peer WAY MODEL_DIR THREADS FILE…``), so that time and memory are
all its own; prints one JSON line a file: its text, or the error that the peer raised for it. ``WAY``:

- ``defaults``: all as it comes, channels mixed down
- ``lanes``: all as it comes, each channel by itself; segments in the order they begin
- ``best``: mixed down, a wider search
- ``fast``: mixed down, its voice detector, greedy, without the text before
- ``batched``: mixed down, its batched pipeline, which has its voice detector always on
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

from faster_whisper import BatchedInferencePipeline, WhisperModel, decode_audio

__all__: list[str] = []

_OPTIONS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "lanes": {},
    "best": {"beam_size": 10, "patience": 2},
    "fast": {"vad_filter": True, "beam_size": 1, "condition_on_previous_text": False},
    "batched": {"batch_size": 8, "vad_filter": True},
}


def _main(way: str, model_dir: str, threads: str, *files: str) -> None:
    model = WhisperModel(
        model_dir, device="cpu", compute_type="int8", cpu_threads=int(threads), local_files_only=True
    )
    transcribe = BatchedInferencePipeline(model).transcribe if way == "batched" else model.transcribe
    for file in files:
        began_s = perf_counter()
        try:
            heard = _segments(file, way == "lanes", lambda sound: transcribe(sound, language="zh", **_OPTIONS[way])[0])
            row = {"path": file, "text": "".join(text for _, text in heard), "wall_s": perf_counter() - began_s}
        except Exception as error:  # noqa: BLE001 - whatever the peer dies of is the bench's to tell, and files follow
            row = {"path": file, "error": type(error).__name__}
        sys.stdout.write(json.dumps(row) + "\n")


def _segments(file: str, by_lane: bool, transcribe: Callable[[Any], Iterable[Any]]) -> list[tuple[float, str]]:
    """Start and text of each segment, by start."""
    sounds = decode_audio(file, split_stereo=True) if by_lane else [file]
    return sorted((segment.start, segment.text) for sound in sounds for segment in transcribe(sound))


if __name__ == "__main__":
    _main(*sys.argv[1:])
