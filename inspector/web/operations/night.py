"""Runs over business days: how far, whether the day balances, what is missing, and its sign-off."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Depends, Form, Query
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from inspector.errors import UsageError
from inspector.night.closing import sign_off
from inspector.night.pace import Progress
from inspector.night.records import Run
from inspector.night.summary import figures_of
from inspector.roles import Deed
from inspector.storage.operations import Speed
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, Console, console_of
from inspector.web.operations.router import local_of, router
from inspector.web.pages import page

__all__ = ["balance", "file_of", "night", "nights", "sign"]

A_PAGE, MOST_NIGHTS = 50, 31
Sees = Annotated[Caller, Depends(Allowed(Deed.SEE_NIGHT))]
FileKind = Literal["xlsx", "html", "json"]


@router.get("/operations/night")
def nights(request: Request, caller: Sees) -> Response:
    """The last month's."""
    console = console_of(request)
    of = console.store.nights
    found = [(run, of.progress(run.business_date)) for run in of.latest(MOST_NIGHTS)]
    return page(request, "operations/nights.html.j2", nights=found, local=local_of(console))


@router.get("/operations/night/{day}")
def night(request: Request, caller: Sees, day: date, signed: bool = False) -> Response:
    """One of them; its balance is counted when the page is there."""
    console = console_of(request)
    run = _run(console, day)
    progress, speed = console.store.nights.progress(day), console.store.operations.speed(console.clock())
    values: dict[str, Any] = {
        "run": run,
        "progress": progress,
        "speed": speed,
        "done_at": None if run.is_closed else _done_at(console, progress, speed),
        "draws": [one.draw for one in console.store.draws.of(day)] if caller.may(Deed.SEE_SAMPLE) else [],
        "files": [kind for kind in ("xlsx", "html", "json") if _made(console, day, kind)],
        "signed": signed,
        "local": local_of(console),
    }
    return page(request, "operations/night.html.j2", **values)


@router.get("/operations/night/{day}/balance")
def balance(request: Request, caller: Sees, day: date, at: Annotated[int, Query(ge=0, le=10_000)] = 0) -> Response:
    """The balance, and a page of what is missing. Every call of the day is looked at."""
    console = console_of(request)
    _run(console, day)
    listed, of_switch = console.store.nights.counts(day)
    figures = figures_of(console.store.nights.calls(day), listed, has_cdr=of_switch > 0)
    first = at * A_PAGE
    return page(
        request,
        "operations/balance.html.j2",
        day=day,
        figures=figures,
        problems=figures.problems[first : first + A_PAGE],
        gaps=figures.gaps[first : first + A_PAGE],
        at=at,
        further=max(len(figures.problems), len(figures.gaps)) > first + A_PAGE,
    )


@router.post("/operations/night/{day}/sign-off")
def sign(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed(Deed.SIGN_NIGHT_OFF))],
    day: date,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """What is open is not waited for. UsageError without a reason, or when nothing is open to be signed off."""
    if not reason.strip() or not reason.strip().isprintable():
        raise UsageError("a sign-off needs a reason, in one line", "say why what is open is not waited for")
    console = console_of(request)
    done = sign_off(day, reason.strip(), settings=console.settings, store=console.store, actor=caller.actor)
    if done is None:
        raise UsageError(f"nothing of {day} is open to be signed off", "look at the run again")
    return RedirectResponse(f"/operations/night/{day}?signed=true", 303)


@router.get("/operations/night/{day}/files/{kind}")
def file_of(request: Request, caller: Sees, day: date, kind: FileKind) -> Response:
    """The day's report as it was written by ``inspector nightly --out``; leaves a trace."""
    console = console_of(request)
    path = _made(console, day, kind)
    if path is None:
        raise UsageError(f"no report of {day} was written, or it is not there any more", "inspector nightly --out …")
    console.store.audit(caller.actor.name, "night_download", f"{day}", {"kind": kind})
    name = quote(path.name)
    return FileResponse(path, headers={"content-disposition": f"attachment; filename*=utf-8''{name}"})


def _run(console: Console, day: date) -> Run:
    run = console.store.nights.of(day)
    if run is None:
        raise UsageError(f"no run over {day} began", "it is started with: inspector nightly")
    return run


def _made(console: Console, day: date, kind: str) -> Path | None:
    path = console.store.operations.made_file("night", f"质检日报-{day}.{kind}")
    return path if path is not None and os.access(path, os.R_OK) else None


def _done_at(console: Console, progress: Progress, speed: Speed) -> Any:
    """When what is accepted will be heard at this speed; None: nobody can say."""
    if not progress.open or not speed.audio_s:
        return None
    left_s = max(0.0, progress.audio_s - progress.audio_ended_s) / speed.times_real
    return console.clock() + timedelta(seconds=left_s)
