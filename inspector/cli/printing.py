"""Lists on stdout: JSON lines for machines, lines and tables for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, JustifyMethod
from rich.table import Table

from inspector.cli.streams import json_stdout
from inspector.reports.contract import to_line
from inspector.reports.workbook import Cell, ColumnKind, Sheet

__all__ = ["print_lines", "print_objects", "print_table", "table_of"]


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


def print_table(sheet: Sheet) -> None:
    """A sheet on the screen."""
    Console().print(table_of(sheet, range(len(sheet.columns))))


def table_of(sheet: Sheet, places: Iterable[int]) -> Table:
    """These columns of a sheet as a table on the screen; the first one is never cut."""
    table = Table(box=None, pad_edge=False)
    shown = [(place, sheet.columns[place].kind) for place in places]
    for place, kind in shown:
        justify: JustifyMethod = "left" if kind is ColumnKind.TEXT else "right"
        table.add_column(sheet.columns[place].title, justify=justify, no_wrap=place == 0)
    for row in sheet.rows:
        table.add_row(*(_shown(row[place], kind) for place, kind in shown))
    return table


def _shown(cell: Cell, kind: ColumnKind) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:.1%}" if kind is ColumnKind.SHARE else f"{cell:.2f}"
    return str(cell).replace("[", "\\[")
