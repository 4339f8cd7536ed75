"""TOML files of this folder, or a bank's own in their place: read whole, every fault named with its place."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from inspector.errors import ConfigError

__all__ = ["SHIPPED", "Section", "read_section"]

SHIPPED = Path(__file__).resolve().parent / "data"
"""What is used where the settings name nothing else."""

ValueT = TypeVar("ValueT")

_KINDS = {dict: "a table", list: "a list", str: "text", int: "a whole number", float: "a number", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a file. ``place``: the file and where in it; ``sha256``: of the file, hex."""

    place: str
    values: Mapping[str, Any]
    sha256: str

    def only(self, *names: str) -> None:
        """Raises ConfigError for any other key: a misspelt one would silently do nothing."""
        if unknown := sorted(self.values.keys() - set(names)):
            raise self.wrong(f"unknown: {', '.join(unknown)}", f"use: {', '.join(names)}")

    def get(self, name: str, kind: type[ValueT], default: ValueT | None = None) -> ValueT:
        """A value of exactly that type; one without a default must be there. Raises ConfigError."""
        value = self.values.get(name, default)
        if type(value) is not kind:
            raise self.wrong(f"{name} must be {_KINDS[kind]}", "correct it or add it")
        return value

    def section(self, name: str) -> Section:
        """The table of that name. Raises ConfigError."""
        return Section(f"{self.place}:{name}", self.get(name, dict), self.sha256)

    def sections(self) -> Iterator[tuple[str, Section]]:
        """All its values, which must be tables, by name. Raises ConfigError."""
        return ((name, self.section(name)) for name in self.values)

    def listed(self, name: str) -> tuple[Section, ...]:
        """The tables of a list, numbered from 1. Raises ConfigError."""
        found = self.get(name, list, [])
        of_each = enumerate(found, start=1)
        tables = [Section(f"{self.place}:{name}[{number}]", one, self.sha256) for number, one in of_each]
        if not all(isinstance(one, dict) for one in found):
            raise self.wrong(f"{name} must be a list of tables", "correct it")
        return tuple(tables)

    def wrong(self, what: str, remedy: str) -> ConfigError:
        """The error for something in this table."""
        return ConfigError(f"{self.place}: {what}", remedy)


def read_section(path: Path) -> Section:
    """A whole file. Raises ConfigError when it cannot be read or is no TOML."""
    try:
        data = path.read_bytes()
        values = tomllib.loads(data.decode())
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", "correct the setting or the file") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} is no TOML: {error}", "correct the file") from error
    return Section(str(path), values, hashlib.sha256(data).hexdigest())
