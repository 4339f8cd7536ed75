"""What a command was asked to inspect: files, directories, a manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from inspector.errors import ErrorKind, RecordingError
from inspector.legs import Leg
from inspector.manifest import ManifestCall, ManifestFault, read_manifest
from inspector.model import Call

__all__ = ["AUDIO_SUFFIXES", "Target", "from_manifest", "from_paths"]

_SUFFIXES = """wav wave w64 caf snd au al ul aif aiff aifc mp2 mp3 flac ogg oga opus spx m4a aac amr awb gsm wma
    g722 g726 g729 mp4 mov 3gp 3g2 mkv mka webm"""
AUDIO_SUFFIXES = frozenset(f".{name}" for name in _SUFFIXES.split())


@dataclass(frozen=True, slots=True)
class Target:
    """One input: the recordings of a call, the call when a manifest names it, or the fault that stands in their place.

    ``path``: of the file that is spoken of: the recording, the first of several, or the manifest with the fault.
    """

    path: Path
    call: Call | None = None
    fault: RecordingError | None = None
    legs: tuple[Leg, ...] = ()

    @property
    def size_bytes(self) -> int:
        """For progress only: what cannot be told counts 0."""
        return sum(_size_bytes(leg.path) for leg in self.legs if leg.path is not None)


def from_paths(paths: Iterable[Path]) -> tuple[list[Target], int]:
    """Named files as they are, directories walked for audio suffixes, and how many other files were passed over."""
    targets: list[Target] = []
    passed_over = 0
    for path in paths:
        if not path.is_dir():
            targets.append(_alone(path))
            continue
        try:
            found = sorted(_walk(path))
        except OSError as error:
            targets.append(Target(path, None, _unreadable(path, error)))
            continue
        audio = [file for file in found if file.suffix.lower() in AUDIO_SUFFIXES]
        targets += [_alone(file) for file in audio]
        passed_over += len(found) - len(audio)
    return targets, passed_over


def from_manifest(path: Path, key: bytes) -> list[Target]:
    """The calls of a manifest; a bad row becomes an error of its own. Raises ManifestError for the file as a whole."""
    manifest = read_manifest(path, key)
    good = [(listed.line_no, _call(listed)) for listed in manifest.calls]
    bad = [(fault.line_no, Target(path, None, _row_error(path, fault))) for fault in manifest.faults]
    return [target for _, target in sorted([*good, *bad], key=lambda numbered: numbered[0])]


def _alone(path: Path) -> Target:
    return Target(path, legs=(Leg(1, path),))


def _call(listed: ManifestCall) -> Target:
    first = next(leg.path for leg in listed.legs if leg.path is not None)
    return Target(first, listed.call, legs=listed.legs)


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _row_error(path: Path, fault: ManifestFault) -> RecordingError:
    return RecordingError(fault.kind, f"{path.name}, line {fault.line_no}: {fault.message}", fault.remedy)


def _walk(directory: Path) -> Iterator[Path]:
    for entry in directory.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(entry)
        elif not entry.is_dir():
            yield entry


def _unreadable(path: Path, error: OSError) -> RecordingError:
    return RecordingError(
        ErrorKind.NOT_READABLE, f"{path}: the directory cannot be read ({error.strerror})", "check its permissions"
    )
