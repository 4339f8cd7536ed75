"""Pages out of templates: escaped, in the caller's language, with what every page needs."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from inspector import __version__
from inspector.redaction import Purpose, mask
from inspector.reports.terminal import clock
from inspector.roles import Deed
from inspector.text import visible
from inspector.web.console import Caller, Lang, console_of
from inspector.web.files import static_url
from inspector.web.menu import menu_of
from inspector.web.titles import title_of
from inspector.web.words import say

__all__ = ["inside", "lang_of", "page"]

LANG_COOKIE = "inspector_lang"


def page(request: Request, template: str, /, status: int = 200, **values: Any) -> HTMLResponse:
    """The page of a template with ``values``, beside: ``caller`` (None: nobody is signed in), ``say``, ``lang``,
    ``nonce``, ``menu``, ``now`` (UTC), ``path``."""
    caller: Caller | None = getattr(request.state, "caller", None)
    lang = lang_of(request)
    values = {
        "caller": caller,
        "lang": lang,
        "say": partial(say, lang),
        "nonce": request.state.nonce,
        "menu": menu_of(caller),
        "now": console_of(request).clock(),
        "path": request.url.path,
        **values,
    }
    return HTMLResponse(_environment().get_template(template).render(values), status)


def lang_of(request: Request) -> Lang:
    """What the caller chose, else what the installation speaks."""
    chosen = request.cookies.get(LANG_COOKIE)
    if chosen in ("zh", "en"):
        return "en" if chosen == "en" else "zh"
    return console_of(request).settings.lang


def inside(path: str) -> str:
    """Only an address of this console: browsers drop control characters and read ``\\`` as ``/``."""
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if is_ours else "/"


@cache
def _environment() -> Environment:
    pages = Environment(
        loader=PackageLoader("inspector.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.globals.update(static=static_url, code=__version__, Deed=Deed, title_of=title_of)
    pages.filters.update(clock=clock, masked=partial(mask, purpose=Purpose.SCREEN))
    return pages
