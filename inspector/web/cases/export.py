"""Workbooks of this part, for who may see what is in them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from inspector.reports.workbook import Sheet, write_workbook
from inspector.web.console import Caller, Console

__all__ = ["workbook"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(console: Console, caller: Caller, subject: str, title: str, sheets: Iterable[Sheet]) -> Response:
    """The sheets as a download that is named ``title`` and the day (RFC 6266, RFC 8187); who took what of ``subject``
    is on record. Raises StorageError when there is no room for it."""
    zone = ZoneInfo(console.settings.business_tz)
    sheets = tuple(sheets)
    descriptor, name = tempfile.mkstemp(prefix="cases-", suffix=".xlsx")
    os.close(descriptor)
    file = Path(name)
    try:
        write_workbook(file, sheets, zone)
        rows = sum(len(tuple(sheet.rows)) for sheet in sheets)
        console.store.audit(caller.actor.name, f"{subject}_export", subject, {"rows": rows})
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    called = f"{title}-{console.clock().astimezone(zone):%Y%m%d}.xlsx"
    headers = {"content-disposition": f"attachment; filename=\"{subject}.xlsx\"; filename*=UTF-8''{quote(called)}"}
    return FileResponse(file, media_type=_XLSX, headers=headers, background=BackgroundTask(file.unlink))
