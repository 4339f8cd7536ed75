"""Making a backup while the installation works, and an installation of a backup."""

from __future__ import annotations

import os
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from inspector import __version__
from inspector.backup.archive import DATABASE, Manifest, extract, write_archive
from inspector.config import Settings
from inspector.errors import StorageError
from inspector.storage import Store
from inspector.storage.dump import backend_of, dump, has_tables, load
from inspector.storage.schema import known_revisions, revision_of

__all__ = ["make_backup", "restore_backup"]

_HOME = "home/"


def make_backup(path: Path, settings: Settings, url: str, actor: str) -> Manifest:
    """Writes the database and the secrets below home to one file, and a row in the audit before it.

    Others may go on writing: the file has what was committed when the copy began. Raises StorageError.
    """
    if path.exists():
        raise StorageError(f"{path} is there already", "name another file, or move that one away")
    with closing(Store.open(url, settings.business_tz, make=False)) as store:
        store.audit(actor, "backup", path.name, {})
    try:
        with tempfile.TemporaryDirectory(prefix=".inspector-backup-", dir=path.parent) as scratch:
            copy = Path(scratch) / DATABASE
            made_at = datetime.now(UTC).isoformat(timespec="seconds")
            manifest = Manifest(__version__, backend_of(url), revision_of(url) or "", made_at)
            dump(url, copy)
            # Secrets after the database: whatever it refers to was made before.
            write_archive(path, manifest, {DATABASE: copy, **_secrets(settings.home)})
    except OSError as error:
        raise StorageError(
            f"the backup {path} cannot be written: {error.strerror}",
            "name a directory that can be written, with room for the database twice",
        ) from error
    return manifest


def restore_backup(path: Path, settings: Settings, url: str, actor: str, *, overwrite: bool = False) -> Manifest:
    """Makes an installation of a backup: the secrets below home, the database at ``url``, an audit row.

    What was being worked at when the backup was made waits again, and whoever was signed in signs in again.
    ``overwrite``: in the place of a database and secrets that are there. Raises StorageError, before anything is
    changed when the backup does not fit.
    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(prefix=".inspector-restore-", dir=settings.home) as scratch:
            manifest, files = extract(path, Path(scratch))
            database = files.pop(DATABASE)
            _check(manifest, url)
            there = has_tables(url)
            if not overwrite:
                _refuse_overwriting(there, settings.home, files)
            for member, file in files.items():
                _put(file, settings.home / member.removeprefix(_HOME))
            load(url, database, overwrite=there)
    except OSError as error:
        raise StorageError(
            f"the backup cannot be unpacked below {settings.home}: {error.strerror}",
            "make INSPECTOR_HOME writable, with room for the database",
        ) from error
    with closing(Store.open(url, settings.business_tz, make=False)) as store:
        store.ledger.after_restore()
        store.accounts.after_restore()
        store.audit(actor, "restore", path.name, {"made_at": manifest.made_at, "inspector": manifest.inspector})
    return manifest


def _secrets(home: Path) -> dict[str, Path]:
    """What a restored installation cannot make again: the key of customers' identifiers, the months' secrets."""
    found = [home / "customer.key", *sorted((home / "sampling").glob("[0-9]*-[0-9]*.key"))]
    return {f"{_HOME}{file.relative_to(home)}": file for file in found if file.exists()}


def _check(manifest: Manifest, url: str) -> None:
    if manifest.revision not in known_revisions():
        raise StorageError(
            f"the backup has schema {manifest.revision}, which this version does not know",
            f"restore it with inspector {manifest.inspector} or a newer one",
        )
    if manifest.backend != backend_of(url):
        raise StorageError(
            f"the backup is of a {manifest.backend} database and cannot go into one of {backend_of(url)}",
            f"name a {manifest.backend} database with --into",
        )


def _refuse_overwriting(there: bool, home: Path, files: dict[str, Path]) -> None:
    if there:
        raise StorageError(
            "the database that is to be restored is there already",
            "name an empty one with --into; --overwrite replaces it",
        )
    for member, file in files.items():
        kept = home / member.removeprefix(_HOME)
        if kept.exists() and kept.read_bytes() != file.read_bytes():
            raise StorageError(
                f"{kept} holds another secret than the backup",
                "restore with another INSPECTOR_HOME; --overwrite replaces it",
            )


def _put(file: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
    file.replace(place)
