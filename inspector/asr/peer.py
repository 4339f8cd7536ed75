"""The peer to beat: plain faster-whisper on the mixed-down file, with its defaults. For ``inspector bench`` only.

Run as a process of its own (``python -m inspector.asr.peer MODEL_DIR THREADS FILE…``), so that time and memory are all
its own; prints one JSON line a file: its text, or the error that the peer raised for it.
"""

from __future__ import annotations

import json
import sys
from time import perf_counter

from faster_whisper import WhisperModel

__all__: list[str] = []


def _main(model_dir: str, threads: str, *files: str) -> None:
    model = WhisperModel(
        model_dir, device="cpu", compute_type="int8", cpu_threads=int(threads), local_files_only=True
    )
    for file in files:
        began_s = perf_counter()
        try:
            segments, _ = model.transcribe(file, language="zh")
            text = "".join(segment.text for segment in segments)
            row = {"path": file, "text": text, "wall_s": perf_counter() - began_s}
        except Exception as error:  # noqa: BLE001 - whatever the peer dies of is the bench's to tell, and files follow
            row = {"path": file, "error": type(error).__name__}
        sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    _main(*sys.argv[1:])
