"""The archive for machines without a network: ``bundle.py make FOLDER ARCHIVE`` and ``bundle.py open ARCHIVE FOLDER``.

A bundle holds ``MANIFEST.sha256`` (one line a file, as sha256sum writes it), ``bundle.json`` (for which machine and
which locks it was made), ``wheels/`` and ``models/``. The same content makes the same archive, byte for byte. Opening
takes only plain files that the manifest names, compares every digest and refuses a bundle made for another machine.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import platform
import re
import shutil
import sys
import tarfile
import zlib
from pathlib import Path

TOP = "inspector-bundle"
MANIFEST = "MANIFEST.sha256"
LABEL = "bundle.json"
LOCKS = ("build.txt", "core.txt", "models.txt")
MEMBER = re.compile(rf"{TOP}/((?:wheels/|models/)?[A-Za-z0-9][A-Za-z0-9._+!-]*)")
AGAIN = "copy the bundle again, or make it again with scripts/bundle"


class BundleError(Exception):
    """A bundle that cannot be made or used; ``remedy`` says what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


def label(locks: Path) -> dict[str, object]:
    """For which machine and which locks a bundle is made."""
    return {
        "bundle": 1,
        "python": ".".join(platform.python_version_tuple()[:2]),
        "machine": platform.machine(),
        "system": platform.system(),
        "locks": {name: digest(locks / name) for name in LOCKS},
    }


def digest(path: Path) -> str:
    """sha256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def make(folder: Path, archive: Path, locks: Path) -> None:
    """Writes the archive of a folder that holds ``wheels/`` and ``models/``."""
    (folder / LABEL).write_text(json.dumps(label(locks), indent=1, sort_keys=True) + "\n", "utf-8")
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    names = [name for name in names if name != MANIFEST]
    (folder / MANIFEST).write_text("".join(f"{digest(folder / name)}  {name}\n" for name in names), "utf-8")
    part = archive.with_name(f"{archive.name}.part")
    try:
        # wheels are compressed already: the lowest level, and neither name nor time in the header
        with part.open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, mtime=0) as packed:
            with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
                for name in (MANIFEST, *names):
                    add(tar, folder / name, f"{TOP}/{name}")
            packed.flush()
        part.replace(archive)
    finally:
        part.unlink(missing_ok=True)


def add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    """One file without owner, mode or time of its own."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = path.stat().st_size, 0o644
    with path.open("rb") as stream:
        tar.addfile(entry, stream)


def unpack(archive: Path, folder: Path) -> None:
    """Takes plain files with plain names out of an archive, nothing else."""
    with tarfile.open(archive, "r:gz") as tar:
        for entry in tar:
            named = MEMBER.fullmatch(entry.name)
            stream = tar.extractfile(entry) if entry.isreg() and named else None
            if not named or stream is None:
                raise BundleError(f"{archive} holds what no bundle holds: {entry.name}", AGAIN)
            path = folder / named[1]
            path.parent.mkdir(exist_ok=True)
            with stream, path.open("wb") as out:
                shutil.copyfileobj(stream, out, 1 << 20)


def compare(archive: Path, folder: Path) -> None:
    """Every file is in the manifest and as it says."""
    listed = dict(reversed(line.split("  ", 1)) for line in (folder / MANIFEST).read_text("utf-8").splitlines())
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    wrong = sorted(there ^ set(listed)) + sorted(
        name for name in there & set(listed) if digest(folder / name) != listed[name]
    )
    if wrong:
        raise BundleError(f"{archive}: {wrong[0]} is not what its manifest says", AGAIN)


def fits(archive: Path, folder: Path, locks: Path) -> None:
    """The bundle is for this machine and for these locks."""
    have, want = json.loads((folder / LABEL).read_text("utf-8")), label(locks)
    for key, what in (("system", "system"), ("machine", "processor"), ("python", "Python")):
        if have.get(key) != want[key]:
            remedy = f"make a bundle on such a machine, or name Python {have.get('python')} with INSPECTOR_PYTHON"
            raise BundleError(f"{archive} is for {what} {have.get(key)}, here it is {want[key]}", remedy)
    if have.get("locks") != want["locks"]:
        raise BundleError(f"{archive} was made from other locks", "make the bundle from this very version")


def open_(archive: Path, folder: Path, locks: Path) -> None:
    """Unpacks and verifies a bundle into a folder, which must not exist."""
    folder.mkdir()
    try:
        unpack(archive, folder)
        compare(archive, folder)
        fits(archive, folder, locks)
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError, KeyError) as error:
        raise BundleError(f"{archive} is damaged: {error}", AGAIN) from error
    except FileNotFoundError as error:
        raise BundleError(f"{archive} is incomplete: no {Path(error.filename).name}", AGAIN) from error


def main() -> int:
    """0: done; 3: not, and what to do about it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("verb", choices=("make", "open"))
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--locks", type=Path, required=True)
    options = parser.parse_args()
    try:
        (make if options.verb == "make" else open_)(options.source, options.target, options.locks)
    except BundleError as error:
        print(f"bundle: {error}\nbundle: what to do: {error.remedy}", file=sys.stderr)
        return 3
    except OSError as error:
        print(f"bundle: {error}\nbundle: what to do: make room and see that both places are usable", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
