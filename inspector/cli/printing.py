"""Lists on stdout: JSON lines for machines, lines for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console

from inspector.cli.streams import json_stdout
from inspector.reports.contract import to_line

__all__ = ["print_lines", "print_objects"]


def print_objects(objects: Iterable[dict[str, Any]]) -> None:
    """One object a line."""
    stream = json_stdout()
    for one in objects:
        stream.write(to_line(one) + "\n")


def print_lines(lines: Iterable[str]) -> None:
    """Lines as they are: no markup, never wrapped."""
    console = Console()
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
