"""``inspector db current | upgrade | downgrade``, ``inspector backup``, ``inspector restore``."""

from __future__ import annotations

import getpass
from pathlib import Path

from rich.console import Console

from inspector.backup import make_backup, restore_backup
from inspector.cli.messages import say
from inspector.config import Settings
from inspector.errors import UsageError
from inspector.storage.configured import open_store, store_url
from inspector.storage.schema import downgrade, known_revisions, revision_of

__all__ = ["run_backup", "run_current", "run_downgrade", "run_restore", "run_upgrade"]


def run_current(settings: Settings) -> int:
    """Says which schema there is; changes nothing. Exit code 1 when it is not the newest."""
    found, newest = revision_of(store_url(settings)), known_revisions()[0]
    _print(say(settings.lang, "db_current", current=found or say(settings.lang, "db_none"), newest=newest))
    return 0 if found == newest else 1


def run_upgrade(settings: Settings) -> int:
    """Does what every other command does at its beginning."""
    open_store(settings).close()
    _print(say(settings.lang, "db_upgraded", newest=known_revisions()[0]))
    return 0


def run_downgrade(revision: str, settings: Settings, *, sure: bool) -> int:
    """Goes back when it is said twice. Raises UsageError when it is not."""
    if not sure:
        raise UsageError(say(settings.lang, "db_forgets"), say(settings.lang, "db_forgets_remedy"))
    downgrade(store_url(settings), revision, getpass.getuser())
    _print(say(settings.lang, "db_downgraded", revision=revision))
    return 0


def run_backup(path: Path, settings: Settings) -> int:
    """Writes a backup of this installation."""
    manifest = make_backup(path, settings, store_url(settings), getpass.getuser())
    size = path.stat().st_size / 2**20
    _print(say(settings.lang, "backup_made", path=path, size=size, revision=manifest.revision))
    return 0


def run_restore(path: Path, into: str | None, settings: Settings, *, overwrite: bool) -> int:
    """Makes an installation of a backup, in the configured database or the one of a URL."""
    manifest = restore_backup(path, settings, into or store_url(settings), getpass.getuser(), overwrite=overwrite)
    _print(say(settings.lang, "backup_restored", made_at=manifest.made_at, version=manifest.inspector))
    return 0


def _print(line: str) -> None:
    Console().print(line, markup=False, highlight=False, soft_wrap=True)
