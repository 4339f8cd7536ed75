"""A worker whose ears are a stub: ``python -m tests.chaos.worker urgent|batch``.

The name of a recording says what becomes of whoever hears it: ``poison*`` ends the process by SIGSEGV, ``stuck*`` never
returns, ``slow*`` outlives its lease the first time. All others hold what is heard of them: their own bytes.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from inspector.config import Settings
from inspector.errors import ErrorKind, RecordingError
from inspector.pipeline import Heard, Progress
from inspector.storage.configured import open_store
from tests.accepted import DIGEST, hearing, plan
from workers.pulse import Pulse
from workers.run import main
from workers.shift import Hearer, Shift

HEARING_S = 0.005
LEASE_STUCK_S = 1.0  # of the leases only: a slow call loses its lease before the supervisor loses patience


class Ears:
    """``patience_s``: how long a slow call goes without progress that its lease could see."""

    def __init__(self, pulse: Pulse, patience_s: float) -> None:
        self._pulse, self._patience_s = pulse, patience_s

    def hear(self, paths: Iterable[Path], progress: Progress) -> Iterator[Heard]:
        for path in paths:
            progress(0.0)
            self._misbehave(path)
            time.sleep(HEARING_S)
            progress(HEARING_S)
            try:
                sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            except OSError:
                yield Heard(RecordingError(ErrorKind.NOT_FOUND, f"{path.name} is not there", "put it there"), {})
            else:
                yield Heard(hearing(sha256, path), {})

    def _misbehave(self, path: Path) -> None:
        if path.name.startswith("poison"):
            signal.signal(signal.SIGSEGV, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGSEGV)
        if path.name.startswith("stuck"):
            time.sleep(3600)
        if path.name.startswith("slow") and _first_time(path):
            ends_s = time.monotonic() + self._patience_s
            while time.monotonic() < ends_s:
                self._pulse.moved()
                time.sleep(0.1)
            path.with_suffix(".late").touch()


def _first_time(path: Path) -> bool:
    try:
        path.with_suffix(".begun").open("x").close()
    except FileExistsError:
        return False
    return True


def open_shift(settings: Settings, pulse: Pulse) -> Shift:
    work = settings.work
    ears = Ears(pulse, LEASE_STUCK_S + 2 * work.lease_s)
    patient = work.model_copy(update={"stuck_s": LEASE_STUCK_S})
    return Shift(open_store(settings), Hearer(ears.hear, DIGEST), plan(), patient, pulse)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], open_shift))
