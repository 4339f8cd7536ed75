"""Files that are made for one answer and gone after it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

__all__ = ["XLSX", "attached", "download"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(write: Callable[[Path], object], plain: str, called: str, media_type: str = XLSX) -> Response:
    """What ``write`` puts into a file of mode 0600, as a download. Whatever ``write`` raises leaves no file behind."""
    descriptor, name = tempfile.mkstemp(prefix="inspector-", suffix=Path(plain).suffix)
    os.close(descriptor)
    file = Path(name)
    try:
        write(file)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    task = BackgroundTask(file.unlink)
    return FileResponse(file, media_type=media_type, headers=attached(plain, called), background=task)


def attached(plain: str, called: str) -> dict[str, str]:
    """The header of a download named ``called``; ``plain``: in ASCII, for browsers that read no other (RFC 6266,
    RFC 8187)."""
    return {"content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(called)}"}
