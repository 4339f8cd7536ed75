"""The file of a backup: a tar whose first member lists the others with their digests.

::

    manifest.json      schema inspector.backup/1, versions, when, of what; size and sha256 of each of the following
    database           SQLite: the file; PostgreSQL: an archive of pg_dump
    home/customer.key  home/sampling/2025-03.key …
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from inspector.errors import StorageError

__all__ = ["DATABASE", "SCHEMA", "Manifest", "extract", "write_archive"]

SCHEMA = "inspector.backup/1"
DATABASE = "database"

_MANIFEST = "manifest.json"
_MOST_MANIFEST_BYTES = 2**20
_MEMBER = re.compile(r"database|home/customer\.key|home/sampling/\d{4}-\d{2}\.key")
_CHUNK_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of. ``backend``: sqlite or postgresql; ``revision``: of its schema; ``made_at``: ISO 8601."""

    inspector: str
    backend: str
    revision: str
    made_at: str

    def __post_init__(self) -> None:
        if self.backend not in ("sqlite", "postgresql") or not all((self.inspector, self.revision, self.made_at)):
            raise ValueError("a backup says what it is of")


def write_archive(path: Path, manifest: Manifest, members: Mapping[str, Path]) -> None:
    """Writes an archive (0600) that is there whole or not at all, and on the disk. Raises OSError.

    ``members``: the file of each name; one of them is the database.
    """
    descriptor, name = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
                listed = {member: _described(file) for member, file in members.items()}
                plain = {"schema": SCHEMA, **_values(manifest), "members": listed}
                text = json.dumps(plain, indent=2, ensure_ascii=False).encode()
                tar.addfile(_info(_MANIFEST, len(text)), io.BytesIO(text))
                for member, file in members.items():
                    with file.open("rb") as content:
                        tar.addfile(_info(member, listed[member]["size"]), content)
            stream.flush()
            os.fsync(stream.fileno())
        path.hardlink_to(name)  # unlike a rename, never over a file that is there
        _sync(path.parent)
    finally:
        Path(name).unlink()


def extract(path: Path, to: Path) -> tuple[Manifest, dict[str, Path]]:
    """Unpacks an archive into an empty directory, every byte checked, and returns its files by member.

    Raises StorageError when it is damaged, no archive of ours or of a later kind.
    """
    try:
        with tarfile.open(path, "r:") as tar:
            manifest, listed = _read_manifest(tar)
            return manifest, {member: _unpack(tar, member, listed[member], to) for member in listed}
    except (tarfile.TarError, ValueError, KeyError, TypeError, EOFError) as error:
        raise StorageError(
            f"{path} is damaged or no backup of inspector's", "use another backup: nothing was restored"
        ) from error
    except OSError as error:
        raise StorageError(
            f"{path} cannot be unpacked: {error.strerror}", "make it readable, and make room on the disk"
        ) from error


def _values(manifest: Manifest) -> dict[str, str]:
    return {name: getattr(manifest, name) for name in Manifest.__slots__}


def _described(file: Path) -> dict[str, Any]:
    with file.open("rb") as content:
        return {"size": file.stat().st_size, "sha256": hashlib.file_digest(content, "sha256").hexdigest()}


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def _read_manifest(tar: tarfile.TarFile) -> tuple[Manifest, dict[str, dict[str, Any]]]:
    first = tar.next()
    if first is None or first.name != _MANIFEST or first.size > _MOST_MANIFEST_BYTES:
        raise ValueError("no manifest")
    plain = json.loads(_content(tar, first).read())
    if plain["schema"] != SCHEMA:
        raise StorageError(
            f"the backup is of kind {str(plain['schema'])[:40]!r}, which this version does not know",
            "use the version of inspector that made it or a newer one",
        )
    listed = plain["members"]
    if DATABASE not in listed or not all(_MEMBER.fullmatch(member) for member in listed):
        raise ValueError("wrong members")
    return Manifest(**{name: plain[name] for name in Manifest.__slots__}), listed


def _unpack(tar: tarfile.TarFile, member: str, listed: Mapping[str, Any], to: Path) -> Path:
    file = to / member
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.touch(mode=0o600, exist_ok=False)
    digest = hashlib.sha256()
    with _content(tar, tar.getmember(member)) as content, file.open("wb") as out:
        while chunk := content.read(_CHUNK_BYTES):
            digest.update(chunk)
            out.write(chunk)
    if (file.stat().st_size, digest.hexdigest()) != (listed["size"], listed["sha256"]):
        raise ValueError("wrong digest")
    return file


def _content(tar: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    content = tar.extractfile(info) if info.isreg() else None
    if content is None:
        raise ValueError("not a file")
    return content


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
