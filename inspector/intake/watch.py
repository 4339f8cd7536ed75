"""A directory that others put recordings into: what has settled there is accepted, by its name.

Polled, because notifications do not come from network file systems.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from inspector.enums import WorkQueue
from inspector.errors import ErrorKind, IntakeError, IntakeFault, RecordingError
from inspector.intake.names import call_of_name
from inspector.intake.settling import Look, Settling
from inspector.intake.submit import Answer, Fault, submit
from inspector.intake.targets import AUDIO_SUFFIXES, Target
from inspector.model import Call
from inspector.storage.ledger import Acceptance, Ledger

__all__ = ["RETRY_S", "Watch"]

RETRY_S = 60.0
"""What could not be read is tried again after so long."""


class Watch:
    """Looks at one directory, again and again. Nothing is kept but what it saw last: after a restart everything there
    is handed in again, and the ledger knows what it has."""

    def __init__(
        self,
        directory: Path,
        ledger: Ledger,
        queue: WorkQueue = WorkQueue.BATCH,
        settle_s: float = 5.0,
        call_of: Callable[[str], Call] | None = None,
    ) -> None:
        """``call_of``: from a file's name to its call; None: the path below the directory is the call's name."""
        self._directory, self._ledger, self._queue, self._call_of = directory, ledger, queue, call_of
        self._settling = Settling(settle_s)
        self._settle_s = settle_s
        self._told: frozenset[str] = frozenset()

    def tick(self, now_s: float) -> Iterator[Answer]:
        """Looks once and accepts what has settled, at ``now_s`` of a clock that never goes back.

        Answers what is new or wrong, the same fault of the same file once. Raises StorageError when the database
        fails: what was not answered is due at the next tick.
        """
        scan = _Scan(self._directory)
        for name in sorted(scan.lost.keys() - self._told):
            path = self._directory / name
            yield Answer(path, None, None, None, (Fault(path, _lost(path, scan.lost[name])),))
        self._told = frozenset(scan.lost)
        if "" in scan.lost:
            return  # the directory may come back with everything in it
        due = self._settling.look(scan.found, now_s)
        given = (self._given(name, scan.found[name]) for name in due)
        for name, answer in zip(due, submit(given, self._ledger, self._queue), strict=True):
            if self._settle(name, answer, now_s):
                yield answer

    def _given(self, name: str, look: Look) -> Target | Fault:
        path = self._directory / name
        try:
            call = call_of_name(name) if self._call_of is None else self._call_of(path.name)
        except IntakeError as error:
            return Fault(path, error)
        return Target.of_file(path, call, look)

    def _settle(self, name: str, answer: Answer, now_s: float) -> bool:
        """Notes what became of a file; whether that is news."""
        kinds = {fault.error.kind for fault in answer.faults}
        if not kinds or IntakeFault.CONFLICT in kinds:
            self._settling.taken(name)
            return answer.acceptance is not Acceptance.SAME
        if kinds == {ErrorKind.CHANGED_WHILE_READ}:
            self._settling.put_off(name, now_s + self._settle_s)
            return False
        return self._settling.put_off(name, now_s + RETRY_S)


class _Scan:
    """What a directory holds: ``found``, files with the suffix of sound and no dot before their name, by their path
    below it; ``lost``, folders and files that cannot be looked at with the reason, the directory itself as ``""``."""

    def __init__(self, directory: Path) -> None:
        self.found: dict[str, Look] = {}
        self.lost: dict[str, str] = {}
        self._scan(directory, "")

    def _scan(self, directory: Path, below: str) -> None:
        try:
            with os.scandir(directory / below) as entries:
                for entry in entries:
                    if not entry.name.startswith("."):
                        self._note(entry, directory, f"{below}{entry.name}")
        except OSError as error:
            self.lost[below.rstrip("/")] = error.strerror or str(error)

    def _note(self, entry: os.DirEntry[str], directory: Path, name: str) -> None:
        if entry.is_dir(follow_symlinks=False):
            self._scan(directory, f"{name}/")
            return
        if Path(entry.name).suffix.lower() not in AUDIO_SUFFIXES:
            return
        try:
            seen = entry.stat()
        except FileNotFoundError:
            return  # renamed or deleted meanwhile
        except OSError as error:
            self.lost[name] = error.strerror or str(error)
            return
        if stat.S_ISREG(seen.st_mode):
            self.found[name] = (seen.st_size, seen.st_mtime_ns)
        else:
            self.lost[name] = "a directory, pipe or device"


def _lost(path: Path, reason: str) -> RecordingError:
    remedy = "check that it is there and that this user may read it"
    return RecordingError(ErrorKind.NOT_READABLE, f"{path}: cannot be looked at: {reason}", remedy)
