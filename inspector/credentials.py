"""What servers outside are met with: secrets among the settings or in a file, and whose certificates are good."""

from __future__ import annotations

import ssl
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr

from inspector.errors import ConfigError

__all__ = ["Hidden", "InFile", "reveal", "trust"]


class InFile(BaseModel):
    """A secret that lies in a file of its own: ``{ file = "…" }``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Path


Hidden = SecretStr | InFile


def reveal(hidden: Hidden) -> str:
    """The secret itself, without blanks around it. Raises ConfigError when its file cannot be read."""
    if isinstance(hidden, SecretStr):
        return hidden.get_secret_value().strip()
    try:
        return hidden.file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "is no text"
        raise ConfigError(f"secret file {hidden.file} cannot be read: {what}", "make it readable for us") from error


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Verifies certificates against ``ca_file``, else the system's list. Raises ConfigError when it cannot be read."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise ConfigError(f"ca_file {ca_file} cannot be used: {error.strerror}", "name a PEM file") from error
