"""Calls found, read and exported."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi import Form as Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.errors import UsageError
from inspector.model import Outcome, Severity
from inspector.redaction import Purpose, mask_call_id, mask_staff
from inspector.reports.timeline import ICONS
from inspector.roles import Deed
from inspector.storage.search import MOST_SORTED_DAYS, Order, Page
from inspector.web.allowed import Allowed
from inspector.web.calls.export import MOST_ROWS, Format, exported
from inspector.web.calls.form import FIELDS, Form, form_of
from inspector.web.calls.view import call_values
from inspector.web.console import Caller, Console, console_of
from inspector.web.pages import lang_of, page
from inspector.web.words import say

__all__ = ["router"]

router = APIRouter()

Seer = Annotated[Caller, Depends(Allowed(Deed.SEE_CALLS))]
ROWS = 50
SHOWN_BADGES = 4


@router.get("/calls")
def listed(request: Request, caller: Seer, after: str = "") -> Response:
    """The list by the filters of the address; for a script of the page only its results."""
    console, form = console_of(request), _form(request)
    found = Page((), None)
    if form.query is not None:
        found = console.store.search.find(caller.actor, form.query, _place(after), ROWS)
    shared = _shared(console)
    stopped = found.stopped_at and f"{datetime.fromtimestamp(found.stopped_at, shared['zone']):%Y-%m-%d %H:%M}"
    values = {"form": form, "found": found, "after": after, "stopped": stopped, **shared}
    if "hx-request" in request.headers and "hx-history-restore-request" not in request.headers:
        return page(request, "calls/results.html.j2", **values)
    choices: dict[str, Any] = {"outcomes": (Outcome.FIRES, Outcome.UNDETERMINED), "severities": tuple(Severity)}
    choices |= {"orders": tuple(Order), "sorted_days": MOST_SORTED_DAYS}
    saved, left = console.store.search.saved(caller.actor), console.store.search.left()
    return page(request, "calls/list.html.j2", **values, **choices, saved=saved, left=left, address=urlencode)


@router.get("/calls/export")
def export(
    request: Request, caller: Annotated[Caller, Depends(Allowed(Deed.EXPORT_CALLS))], format: Format = Format.XLSX
) -> Response:
    """The calls that the filters of the address find, as a file; it is on record who took it."""
    console, form = console_of(request), _form(request)
    if form.query is None:
        raise UsageError(form.fault, say(lang_of(request), "fault_input_remedy"))
    return exported(console, caller, form, format, partial(say, lang_of(request)))


@router.post("/calls/searches")
async def save(request: Request, caller: Seer) -> Response:
    """Keeps the filters that the form brings along by the name that it gives."""
    given = await request.form()
    wanted = {name: str(given[name]).replace("\0", "\ufffd")[:200] for name in FIELDS if given.get(name)}
    console = console_of(request)
    await run_in_threadpool(
        console.store.search.save, caller.actor, str(given.get("name", "")), wanted, console.clock()
    )
    return RedirectResponse(f"/calls?{urlencode(wanted)}", 303)


@router.post("/calls/searches/{search_id}/rename")
def rename(request: Request, search_id: str, caller: Seer, name: Annotated[str, Field()]) -> Response:
    console_of(request).store.search.rename(caller.actor, search_id, name)
    return RedirectResponse("/calls", 303)


@router.post("/calls/searches/{search_id}/delete")
def unsave(request: Request, search_id: str, caller: Seer) -> Response:
    console_of(request).store.search.unsave(caller.actor, search_id)
    return RedirectResponse("/calls", 303)


@router.get("/calls/{call_id}")
def one(request: Request, call_id: str, caller: Seer) -> Response:
    """All that is known of a call: masked, unless the caller asked to see it whole."""
    console = console_of(request)
    call = console.store.search.read(caller.actor, call_id)
    full = console.store.full_views.holds(caller.actor, call_id, console.clock())
    values = call_values(console, call, partial(say, lang_of(request)), full=full)
    return page(request, "calls/call.html.j2", **values, **_shared(console))


def _form(request: Request) -> Form:
    console = console_of(request)
    today = console.store.business_day(console.clock())
    return form_of(request.query_params, today, partial(say, lang_of(request)))


def _place(after: str) -> int | None:
    """What is no place in the list is its beginning."""
    return int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else None


def _shared(console: Console) -> dict[str, Any]:
    """What lists and calls need to be shown."""
    return {
        "rules": console.rules.rules,
        "icons": {severity.value: icon for severity, icon in ICONS.items()},
        "zone": console.zone,
        "staff": partial(mask_staff, purpose=Purpose.SCREEN),
        "call_name": partial(mask_call_id, purpose=Purpose.SCREEN),
        "most_badges": SHOWN_BADGES,
        "export_rows": f"{MOST_ROWS:,}",
    }
