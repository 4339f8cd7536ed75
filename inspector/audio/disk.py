"""A recording's file, held open by one descriptor and read by offset: never mapped, never followed when it changes.

A file cut while it is read is an error of that file, not a SIGBUS.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import ExitStack
from pathlib import Path

from inspector.errors import ErrorKind, RecordingError

__all__ = ["Disk", "open_disk"]

HASH_BLOCK = 1 << 20  # bytes
STOPPED = "inspect it again when nothing writes to the file any more"


class Disk:
    """A regular file held open, and how it looked when it was opened. Owns the descriptor."""

    def __init__(self, descriptor: int, name: str) -> None:
        seen = os.fstat(descriptor)
        self.name = name
        self.size = seen.st_size
        self._mtime_ns = seen.st_mtime_ns
        self._descriptor: int | None = descriptor

    @property
    def descriptor(self) -> int:
        """For handing it on; raises ValueError after close."""
        if self._descriptor is None:
            raise ValueError(f"{self.name} is closed")
        return self._descriptor

    def refuse(self, kind: ErrorKind, what: str, remedy: str) -> RecordingError:
        return RecordingError(kind, f"{self.name}: {what}", remedy)

    def at(self, offset: int, count: int) -> bytes:
        """Up to ``count`` bytes from ``offset``; fewer only where the file ends.

        Raises RecordingError(NOT_READABLE) when the storage fails, ValueError after close.
        """
        descriptor = self.descriptor
        parts: list[bytes] = []
        try:
            while count > 0 and (part := os.pread(descriptor, count, offset)):
                parts.append(part)
                offset, count = offset + len(part), count - len(part)
        except OSError as error:
            raise self.refuse(
                ErrorKind.NOT_READABLE, f"reading fails: {error.strerror}", "check the storage it lies on"
            ) from error
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def exactly(self, offset: int, count: int) -> bytes:
        """``count`` bytes that lay there when the file was opened; raises RecordingError(CHANGED_WHILE_READ)."""
        read = self.at(offset, count)
        # Looked at after reading: a change before or during the read is then seen.
        seen = os.fstat(self.descriptor)
        if len(read) < count or (seen.st_size, seen.st_mtime_ns) != (self.size, self._mtime_ns):
            raise self.refuse(ErrorKind.CHANGED_WHILE_READ, "the file was changed while it was read", STOPPED)
        return read

    def sha256(self) -> str:
        """Hex digest of the whole file, read in blocks; raises RecordingError(CHANGED_WHILE_READ)."""
        digest = hashlib.sha256()
        for offset in range(0, self.size, HASH_BLOCK):
            digest.update(self.exactly(offset, min(HASH_BLOCK, self.size - offset)))
        return digest.hexdigest()

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def open_disk(path: Path) -> Disk:
    """Opens a regular file for reading. Raises RecordingError(NOT_FOUND or NOT_READABLE); never blocks on a pipe."""
    name = _printable(path.name)
    try:
        # Without O_NONBLOCK a pipe without writer would hang us; a terminal must not become ours.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise RecordingError(ErrorKind.NOT_FOUND, f"{name}: there is no such file", "correct the path") from error
    except OSError as error:
        raise RecordingError(
            ErrorKind.NOT_READABLE, f"{name}: cannot be opened: {error.strerror}", "give this user read access to it"
        ) from error
    with ExitStack() as opened:
        opened.callback(os.close, descriptor)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise RecordingError(
                ErrorKind.NOT_READABLE, f"{name}: is a directory, pipe or device", "name a regular file"
            )
        disk = Disk(descriptor, name)
        opened.pop_all()
        return disk


def _printable(text: str) -> str:
    """A file name fit for one line of a log: control characters and undecodable bytes are escaped."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
