"""A worker process without models, for tests: it writes down which calls it was given and what became of them.

``recording_worker.py QUEUE RECORD``: lines ``heard ID`` and ``left ID`` are added to the file RECORD. While a file
RECORD.hold exists, a call lasts; RECORD.fail makes it raise.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from inspector.config import Settings
from workers.pulse import Pulse
from workers.run import main


class Recorder:
    def __init__(self, record: Path) -> None:
        self.record, self.stopping = record, False
        self.write(f"pid {os.getpid()}")

    def work(self, call_ids: Sequence[str]) -> None:
        for call_id in call_ids:
            self.write(f"begun {call_id}")
            while self.record.with_suffix(".hold").exists() and not self.stopping:
                time.sleep(0.01)
            if self.record.with_suffix(".fail").exists():
                raise ArithmeticError(call_id)
            self.write(f"{'left' if self.stopping else 'heard'} {call_id}")

    def stop(self) -> None:
        self.stopping = True

    def close(self) -> None:
        self.write("closed")

    def write(self, line: str) -> None:
        with self.record.open("a", encoding="ascii") as file:
            file.write(f"{line}\n")


def open_shift(_settings: Settings, _pulse: Pulse) -> Recorder:
    return Recorder(Path(sys.argv[2]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:2], open_shift))
