"""The secret that a month's samples are drawn by: a file below home (0600), its sha256 in the audit."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

from inspector.errors import ConfigError, PolicyError
from inspector.storage import Store

__all__ = ["committed_secret", "known_secret"]

_BYTES = 32


def committed_secret(home: Path, month: str, store: Store, actor: str) -> bytes:
    """The secret of a month (``YYYY-MM``), made at first use, with its commitment in the audit before it is used.

    Raises ConfigError when the file cannot be made or read, and PolicyError when the audit speaks of another secret.
    """
    path = _path(home, month)
    committed = store.draws.commitment(month) is not None
    try:
        if not path.exists():
            if committed:
                raise PolicyError(
                    f"{path} is missing, and the audit holds the commitment to it",
                    "restore it from the backup: a month's secret cannot be replaced",
                )
            _make(path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be made: {error.strerror}", "make INSPECTOR_HOME writable") from error
    secret = _read(path)
    store.draws.commit(month, hashlib.sha256(secret).hexdigest(), actor)
    return secret


def known_secret(home: Path, month: str) -> bytes | None:
    """The secret of a month if this installation has it. Raises ConfigError when its file cannot be read."""
    path = _path(home, month)
    return _read(path) if path.exists() else None


def _path(home: Path, month: str) -> Path:
    return home / "sampling" / f"{month}.key"


def _make(path: Path) -> None:
    """Whole or not at all, and never over a file that is there: two processes end up with the same secret."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        path.hardlink_to(name)
    except FileExistsError:
        return
    finally:
        Path(name).unlink()


def _read(path: Path) -> bytes:
    try:
        secret = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", "make it readable for this user") from error
    if len(secret) != _BYTES:
        raise ConfigError(f"{path} does not hold a secret of {_BYTES} bytes", "restore it from the backup")
    return secret
