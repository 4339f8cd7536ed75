"""What a command was given: files, directories, the calls of a manifest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inspector.errors import ErrorKind, RecordingError
from inspector.legs import Leg
from inspector.manifest import ManifestCall, manifest_entries
from inspector.model import Call

__all__ = ["AUDIO_SUFFIXES", "Files", "Target", "targets_of_manifest"]

_SUFFIXES = """wav wave w64 caf snd au al ul aif aiff aifc mp2 mp3 flac ogg oga opus spx m4a aac amr awb gsm wma
    g722 g726 g729 mp4 mov 3gp 3g2 mkv mka webm"""
AUDIO_SUFFIXES = frozenset(f".{name}" for name in _SUFFIXES.split())


@dataclass(frozen=True, slots=True)
class Target:
    """One input: the recordings of a call, the call when somebody named it, or the fault that stands in their place.

    ``path``: of the file that is spoken of: the recording, the first of several, or the manifest with the fault.
    ``line_no``: where the manifest names it. ``seen``: size in bytes and time of change (ns) that the recording still
    has when it is accepted.
    """

    path: Path
    call: Call | None = None
    fault: RecordingError | None = None
    legs: tuple[Leg, ...] = ()
    line_no: int | None = None
    seen: tuple[int, int] | None = None

    @classmethod
    def of_file(cls, path: Path, call: Call | None = None, seen: tuple[int, int] | None = None) -> Target:
        """One recording that is all of its call."""
        return cls(path, call, legs=(Leg(1, path),), seen=seen)

    @classmethod
    def of_listed(cls, listed: ManifestCall) -> Target:
        """A call of a manifest with its recordings."""
        first = next(leg.path for leg in listed.legs if leg.path is not None)
        return cls(first, listed.call, legs=listed.legs, line_no=listed.line_no)

    @property
    def size_bytes(self) -> int:
        """For progress only: what cannot be told counts 0."""
        return sum(_size_bytes(leg.path) for leg in self.legs if leg.path is not None)


@dataclass(slots=True)
class Files:
    """Named files as they are, directories walked for audio suffixes. ``passed_over`` counts the other files there."""

    paths: tuple[Path, ...]
    passed_over: int = 0

    def __iter__(self) -> Iterator[Target]:
        for path in self.paths:
            if path.is_dir():
                yield from self._walk(path)
            else:
                yield Target.of_file(path)

    def _walk(self, directory: Path) -> Iterator[Target]:
        try:
            with os.scandir(directory) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield Target(directory, fault=_unreadable(directory, error))
            return
        for entry in found:
            path = directory / entry.name
            if entry.is_dir():
                if not entry.is_symlink():
                    yield from self._walk(path)
            elif path.suffix.lower() in AUDIO_SUFFIXES and not entry.name.startswith("."):
                yield Target.of_file(path)
            else:
                self.passed_over += 1


def targets_of_manifest(path: Path, key: bytes) -> Iterator[Target]:
    """The calls of a manifest, each after its last row; what is wrong with rows becomes targets of its own.

    Raises ManifestError for the file as a whole.
    """
    for entry in manifest_entries(path, key):
        if isinstance(entry, ManifestCall):
            yield Target.of_listed(entry)
        else:
            message = f"{path.name}, line {entry.line_no}: {entry.message}"
            yield Target(path, fault=RecordingError(entry.kind, message, entry.remedy), line_no=entry.line_no)


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _unreadable(path: Path, error: OSError) -> RecordingError:
    return RecordingError(
        ErrorKind.NOT_READABLE, f"{path}: the directory cannot be read ({error.strerror})", "check its permissions"
    )
