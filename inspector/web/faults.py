"""What went wrong, as the browser or program that asked can use it: what, and what to do. Never a trace."""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from inspector.errors import InspectorError, OutdatedError, PolicyError, SetupError, StorageError, UsageError
from inspector.web.allowed import NotSignedInError
from inspector.web.pages import lang_of, page
from inspector.web.words import say

__all__ = ["install_faults"]

_HAN = re.compile(r"[\u4e00-\u9fff]")


def install_faults(app: FastAPI) -> None:
    app.add_exception_handler(InspectorError, _ours)
    app.add_exception_handler(NotSignedInError, _not_signed_in)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _ours(request: Request, error: Exception) -> Response:
    if not isinstance(error, InspectorError):
        raise error
    status, what = 400, "fault_refused"
    if isinstance(error, OutdatedError):
        status, what = 409, "fault_outdated"
    elif isinstance(error, PolicyError):
        status, what = 403, "fault_forbidden"
    elif isinstance(error, SetupError):
        status, what = 503, "fault_database" if isinstance(error, StorageError) else "fault_setup"
    elif isinstance(error, UsageError) and request.method in ("GET", "HEAD"):
        status, what = 404, "fault_gone"
    # Services speak English: screens say first what kind of fault it is, where nobody has put it in words.
    plain = request.url.path.startswith("/api/") or _HAN.search(error.message)
    return _told(request, status, error.message, error.remedy, "" if plain else say(lang_of(request), what))


def _not_signed_in(request: Request, error: Exception) -> Response:
    """A page sends to the login; what a script or program asked for gets 401, and what was typed stays on its page."""
    if request.method == "GET" and _wants_page(request):
        return RedirectResponse(f"/login?next={quote(str(request.url.path))}", 303)
    lang = lang_of(request)
    return _told(request, 401, say(lang, "not_signed_in"), say(lang, "not_signed_in_remedy"))


def _invalid(request: Request, error: Exception) -> Response:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    where = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)
    return _told(request, 422, where, say(lang_of(request), "fault_input_remedy"))


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    lang = lang_of(request)
    key = "fault_not_found" if status == 404 else "fault_other"
    told = _told(request, status, say(lang, key), say(lang, "fault_remedy"))
    told.headers.update(getattr(error, "headers", None) or {})
    return told


def _unexpected(request: Request, error: Exception) -> Response:
    lang = lang_of(request)
    return _told(request, 500, say(lang, "fault_unexpected"), say(lang, "fault_unexpected_remedy"))


def _wants_page(request: Request) -> bool:
    """A browser that goes to an address, not a script on a page."""
    scripted = "hx-request" in request.headers or request.headers.get("sec-fetch-mode") == "cors"
    return (
        not request.url.path.startswith("/api/") and not scripted and "text/html" in request.headers.get("accept", "")
    )


def _told(request: Request, status: int, message: str, remedy: str, headline: str = "") -> Response:
    if _wants_page(request):
        return page(request, "fault.html.j2", status, headline=headline, message=message, remedy=remedy)
    whole = " ".join(filter(None, (headline, message)))
    return JSONResponse({"error": {"message": whole, "remedy": remedy}}, status)
