"""Scripts and styles: ours (``static``) and other people's (``vendor``), named by what is in them."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

__all__ = ["Files", "static_url"]

HERE = Path(__file__).parent
FOLDERS = ("static", "vendor")


@cache
def static_url(name: str) -> str:
    """Where browsers find ``static/…`` or ``vendor/…``; it changes with the content. Raises FileNotFoundError."""
    digest = sha256((HERE / name).read_bytes()).hexdigest()[:16]
    return f"/{name}?v={digest}"


class Files(StaticFiles):
    """Kept by browsers for ever when asked for by digest, else asked for again each time (modules import by name)."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        kept = scope["query_string"].startswith(b"v=") and answer.status_code == 200
        answer.headers["cache-control"] = "public, max-age=31536000, immutable" if kept else "no-cache"
        return answer
