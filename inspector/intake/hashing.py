"""Recordings read through once: their digest is known and they are on the disk before anybody calls them accepted."""

from __future__ import annotations

import errno
import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from inspector.audio.disk import Disk, open_disk
from inspector.audio.pcm import RECORD_AGAIN
from inspector.errors import ErrorKind, IntakeError, IntakeFault, RecordingError
from inspector.intake.duration import estimated_s

__all__ = ["Received", "receive", "sync_directory"]

_NOTHING_TO_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EROFS)
"""Answers of file systems that keep nothing back or cannot be written at all."""

_LATER = "hand it in again when nothing writes to it any more"
_STORAGE = "check the storage it lies on"


@dataclass(frozen=True, slots=True)
class Received:
    """A recording that was read through. ``audio_s``: an estimate."""

    sha256: str
    size_bytes: int
    audio_s: float


def receive(path: Path, seen: tuple[int, int] | None = None) -> Received:
    """Reads a recording through, block by block, and returns when its bytes are on the disk; its name is when
    :func:`sync_directory` returned for its directory.

    ``seen``: the size in bytes and the time of change (ns) that it must have. Raises RecordingError (NOT_FOUND,
    NOT_READABLE, EMPTY_FILE, CHANGED_WHILE_READ) and IntakeError(BAD_NAME); pipes and devices are never read.
    """
    if not _is_text(path):
        shown = str(path).encode("utf-8", "backslashreplace").decode()
        raise IntakeError(IntakeFault.BAD_NAME, f"{shown}: the name is no UTF-8", "rename it")
    with closing(_opened(path, seen)) as disk:
        now = os.fstat(disk.descriptor)
        if seen is not None and seen != (now.st_size, now.st_mtime_ns):
            raise disk.refuse(ErrorKind.CHANGED_WHILE_READ, "the file was changed just now", _LATER)
        if not disk.size:
            raise disk.refuse(ErrorKind.EMPTY_FILE, "the file is empty", RECORD_AGAIN)
        sha256 = disk.sha256()
        _sync_file(disk)
        return Received(sha256, disk.size, estimated_s(disk, path.suffix))


def _opened(path: Path, seen: tuple[int, int] | None) -> Disk:
    try:
        return open_disk(path)
    except RecordingError as error:
        if seen is None or error.kind is not ErrorKind.NOT_FOUND:
            raise
        message = f"{path.name}: the file was renamed or deleted just now"
        raise RecordingError(ErrorKind.CHANGED_WHILE_READ, message, _LATER) from error


def sync_directory(path: Path) -> None:
    """Returns when the names in a directory are on the disk. Raises RecordingError(NOT_READABLE)."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _sync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise RecordingError(
            ErrorKind.NOT_READABLE, f"{path}: the directory cannot be brought to the disk: {error.strerror}", _STORAGE
        ) from error


def _sync_file(disk: Disk) -> None:
    try:
        _sync(disk.descriptor)
    except OSError as error:
        what = f"cannot be brought to the disk: {error.strerror}"
        raise disk.refuse(ErrorKind.NOT_READABLE, what, _STORAGE) from error


def _sync(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NOTHING_TO_SYNC:
            raise


def _is_text(path: Path) -> bool:
    """Whether the path can be written down: bytes of it that are no UTF-8 cannot."""
    try:
        str(path.absolute()).encode()
    except UnicodeEncodeError:
        return False
    return True
