"""The first page, the language, and whether the console is there."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from inspector.web.allowed import Allowed
from inspector.web.console import Caller
from inspector.web.menu import menu_of
from inspector.web.pages import LANG_COOKIE, inside, page

__all__ = ["router"]

router = APIRouter()
_A_YEAR_S = 365 * 24 * 3600


@router.get("/")
def first(request: Request, caller: Annotated[Caller, Depends(Allowed())]) -> Response:
    """The part that comes first in his bar; who has none is told so."""
    entries = menu_of(caller)
    if entries:
        return RedirectResponse(entries[0].path, 303)
    return page(request, "nothing.html.j2")


@router.post("/lang")
def choose(lang: Annotated[Literal["zh", "en"], Form()], back: Annotated[str, Form()] = "/") -> Response:
    """The language of this browser, from now on."""
    answer = RedirectResponse(inside(back), 303)
    answer.set_cookie(LANG_COOKIE, lang, max_age=_A_YEAR_S, httponly=True, samesite="lax")
    return answer


@router.get("/healthz")
def alive() -> Response:
    """That the process answers; no more."""
    return PlainTextResponse("ok")
