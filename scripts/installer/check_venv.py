"""Is this environment whole? Run by its own interpreter: ``python -I check_venv.py LOCK...``

Every package of the locks must be installed in the locked version with every file byte for byte as its wheel brought
it. Prints the first thing that is wrong and exits 1.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", re.MULTILINE)


def canonical(name: str) -> str:
    """The name a package goes by in an index."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(locks: Iterable[Path]) -> dict[str, str]:
    """Name and version of every package in the locks."""
    return {canonical(name): version for lock in locks for name, version in PIN.findall(lock.read_text("utf-8"))}


def installed(site: Path) -> dict[str, tuple[str, Path]]:
    """Version and directory of every installed package, by the name of its metadata directory."""
    found = {}
    for folder in site.glob("*.dist-info"):
        name, _, version = folder.name.removesuffix(".dist-info").rpartition("-")
        found[canonical(name)] = (version, folder)
    return found


def file_faults(folder: Path) -> Iterator[str]:
    """Files of one package that are missing or not as they came; those without a digest are made on the spot."""
    with (folder / "RECORD").open(encoding="utf-8", newline="") as record:
        for name, digest, _size in csv.reader(record):
            path = folder.parent / name
            if not digest or path.suffix == ".pyc":
                continue
            kind, _, wanted = digest.partition("=")
            actual = base64.urlsafe_b64encode(hashlib.new(kind, path.read_bytes()).digest()).decode().rstrip("=")
            if actual != wanted:
                yield f"{path} was altered"


def faults(locks: Iterable[Path]) -> Iterator[str]:
    """Everything that is wrong, one line each."""
    if sys.prefix == sys.base_prefix:
        yield "this is no virtual environment"
    found = installed(Path(sysconfig.get_path("purelib")))
    for name, version in pins(locks).items():
        have, folder = found.get(name, ("", Path()))
        if have != version:
            yield f"{name} {version} is locked, {have or 'nothing'} is installed"
            continue
        try:
            yield from file_faults(folder)
        except (OSError, ValueError, csv.Error) as error:
            yield f"{name} is damaged: {error}"


def main() -> int:
    """0: whole; 1: not."""
    for fault in faults(Path(name) for name in sys.argv[1:]):
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
