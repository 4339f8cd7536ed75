"""What a command was asked to inspect, all of it at once: how much there is to do is shown from the start."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from inspector.intake.targets import Files, Target, targets_of_manifest

__all__ = ["from_manifest", "from_paths"]


def from_paths(paths: Iterable[Path]) -> tuple[list[Target], int]:
    """Named files as they are, directories walked for audio suffixes, and how many other files were passed over."""
    files = Files(tuple(paths))
    return [*files], files.passed_over


def from_manifest(path: Path, key: bytes) -> list[Target]:
    """The calls of a manifest and what is wrong with its rows, in their order. Raises ManifestError."""
    return sorted(targets_of_manifest(path, key), key=lambda target: target.line_no or 0)
