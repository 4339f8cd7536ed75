"""The API described as OpenAPI, for programs that make programs."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from fastapi import Depends
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from inspector import __version__
from inspector.web.allowed import Allowed
from inspector.web.api.router import router, told
from inspector.web.console import Caller

__all__ = ["described", "openapi"]

_ABOUT = (
    "Everything that is told of a call is masked. A list comes in pages: `limit` of them, and `next` is the `cursor` "
    "of the following page. Times are ISO 8601. A refusal says what is wrong and what to do about it."
)


@cache
def openapi() -> dict[str, Any]:
    """The document, of the routes below ``/api/v1`` alone."""
    document = get_openapi(title="inspector", version=__version__, description=_ABOUT, routes=router.routes)
    bearer = {"type": "http", "scheme": "bearer", "description": "a token that its person made in the console"}
    document.setdefault("components", {})["securitySchemes"] = {"bearer": bearer}
    document["security"] = [{"bearer": []}]
    return document


@router.get("/openapi.json", response_model=dict[str, Any], summary="This description")
def described(caller: Annotated[Caller, Depends(Allowed())]) -> Response:
    """OpenAPI 3.1."""
    return told(openapi())
