"""Secrets this installation made for itself, kept below its home with mode 0600."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from inspector.errors import ConfigError

__all__ = ["customer_key_secret"]

_BYTES = 32


def customer_key_secret(home: Path) -> bytes:
    """The key that customers' identifiers are hashed with; made at first use. Losing it unlinks old from new calls.

    Raises ConfigError when it cannot be made or read.
    """
    path = home / "customer.key"
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = path.read_bytes()
        else:
            with os.fdopen(descriptor, "wb") as stream:
                key = secrets.token_bytes(_BYTES)
                stream.write(key)
    except OSError as error:
        raise ConfigError(f"{path} cannot be used: {error.strerror}", "make INSPECTOR_HOME writable") from error
    if len(key) != _BYTES:
        raise ConfigError(f"{path} does not hold a key of {_BYTES} bytes", "restore it from the backup")
    return key
