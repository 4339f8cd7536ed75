"""Workbooks of this part, for who may see what is in them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from starlette.responses import Response

from inspector.reports.workbook import Sheet, write_workbook
from inspector.web.console import Caller, Console
from inspector.web.downloads import download

__all__ = ["workbook"]


def workbook(console: Console, caller: Caller, subject: str, title: str, sheets: Iterable[Sheet]) -> Response:
    """The sheets as a download that is named ``title`` and the day; who took what of ``subject`` is on record.

    Raises StorageError when there is no room for it.
    """
    sheets = tuple(sheets)

    def write(file: Path) -> None:
        write_workbook(file, sheets, console.zone)
        rows = sum(len(tuple(sheet.rows)) for sheet in sheets)
        console.store.audit(caller.actor.name, f"{subject}_export", subject, {"rows": rows})

    return download(write, f"{subject}.xlsx", f"{title}-{console.clock().astimezone(console.zone):%Y%m%d}.xlsx")
